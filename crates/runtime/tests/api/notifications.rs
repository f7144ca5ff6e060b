//! The inbox: who is told of what, once, and counted.

mod credentials;
mod decisions;

use crate::support::{Client, Server, Wish, answer, decision, echo, fails};
use model::{Role, RunStatus};
use reqwest::Method;
use serde_json::{Value, json};

impl Client {
    pub async fn put(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.try_put(path, body).await;
        assert_eq!(status, 200, "PUT {path}: {answer}");
        answer
    }

    pub async fn try_put(&self, path: &str, body: Value) -> (u16, Value) {
        answer(self.request(Method::PUT, path).json(&body)).await
    }

    /// The inbox once `enough` says so; the stream tells when it changed.
    pub async fn inbox(&self, enough: impl Fn(&Value) -> bool) -> Value {
        self.once("/v1/notifications", "notifications", enough)
            .await
    }
}

async fn failed(server: &Server, admin: &Client, workflow: &str) -> String {
    let run = admin
        .start(workflow, json!({ "input": { "good": false } }))
        .await;
    server.until(&run, RunStatus::Failed).await;
    run
}

#[tokio::test]
async fn failures_of_one_cause_are_one_message_with_a_count() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let reader = server.as_role(Role::ProjectViewer).await;
    let workflow = admin.workflow("Quote", json!([fails("draft")])).await;
    let other = admin.workflow("Other", json!([fails("draft")])).await;
    for _ in 0..12 {
        failed(&server, &admin, &workflow).await;
    }
    failed(&server, &admin, &other).await;
    let inbox = reader
        .inbox(|inbox| inbox["items"][1]["count"] == 12 && inbox["count"] == 2)
        .await;
    assert_eq!(inbox["unread"], 2);
    let message = &inbox["items"][1];
    assert_eq!(message["kind"], "failed");
    assert_eq!(message["title"], "Quote failed at draft, 12 times");
    assert_eq!(message["runs"].as_array().unwrap().len(), 12);
    assert_eq!(message["step"], "draft");
    assert_eq!(message["code"], "LUA_SCRIPT_FAILED");

    // Once read, what happens next is a new message.
    let id = &message["id"];
    let read = reader
        .post("/v1/notifications/read", json!({ "ids": [id] }))
        .await;
    assert_eq!((&read["read"], &read["unread"]), (&json!(1), &json!(1)));
    failed(&server, &admin, &workflow).await;
    let inbox = reader.inbox(|inbox| inbox["count"] == 3).await;
    assert_eq!(inbox["items"][0]["count"], 1);
    assert_eq!(inbox["unread"], 2);
    assert_eq!(
        reader.get("/v1/notifications?unread=true").await["count"],
        2
    );
    let read = reader
        .post("/v1/notifications/read", json!({ "all": true }))
        .await;
    assert_eq!(read["unread"], 0);
}

#[tokio::test]
async fn pages_follow_each_other() {
    let server = Server::new().await;
    let admin = server.admin().await;
    for name in ["A", "B", "C"] {
        let workflow = admin.workflow(name, json!([fails("draft")])).await;
        failed(&server, &admin, &workflow).await;
    }
    admin.inbox(|inbox| inbox["count"] == 3).await;
    let first = admin.get("/v1/notifications?limit=2").await;
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = admin
        .get(&format!("/v1/notifications?limit=2&cursor={cursor}"))
        .await;
    let titles: Vec<&str> = [&first, &second]
        .iter()
        .flat_map(|page| page["items"].as_array().unwrap())
        .map(|item| item["title"].as_str().unwrap())
        .collect();
    assert_eq!(
        titles,
        [
            "C failed at draft",
            "B failed at draft",
            "A failed at draft"
        ]
    );
    assert!(second.get("next_cursor").is_none());
}

#[tokio::test]
async fn what_was_not_told_before_a_stop_is_told_after_it() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let token = admin.token.clone().unwrap();
    let workflow = admin.workflow("Quote", json!([fails("draft")])).await;
    // Nobody is there to tell: the notifier has gone, the host has not.
    server.stop_telling().await;
    failed(&server, &admin, &workflow).await;
    assert_eq!(admin.get("/v1/notifications").await["count"], 0);
    let server = server.restart().await;
    let inbox = server
        .client(token)
        .inbox(|inbox| inbox["count"] == 1)
        .await;
    assert_eq!(inbox["items"][0]["count"], 1);
}

#[tokio::test]
async fn a_decision_is_told_to_others_and_not_to_whoever_caused_it() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let reader = server.as_role(Role::ProjectViewer).await;
    let workflow = admin
        .workflow("Approve", json!([decision("first"), { "id": "second", "type": "human_task", "name": "Second", "depends_on": ["first"] }]))
        .await;
    let run = admin.start(&workflow, json!({})).await;
    server.until(&run, RunStatus::Waiting).await;
    let first =
        |inbox: &Value| inbox["items"][0]["title"] == "Approve needs a decision at Approve it";
    admin.inbox(first).await;
    reader.inbox(first).await;
    let tasks = admin.get("/v1/tasks/pending").await;
    let task = tasks["items"][0]["task"].as_str().unwrap();
    admin
        .post(
            &format!("/v1/runs/{run}/tasks/{task}/complete"),
            json!({ "approved": true }),
        )
        .await;
    // The second decision follows from the admin's own approval.
    reader.inbox(|inbox| inbox["count"] == 2).await;
    assert_eq!(admin.get("/v1/notifications").await["count"], 1);
}

#[tokio::test]
async fn completed_runs_are_silent_until_somebody_asks() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let asking = server.as_role(Role::ProjectViewer).await;
    let workflow = admin.workflow("Quote", json!([fails("draft")])).await;
    let good = json!({ "input": { "good": true } });
    let run = admin.start(&workflow, good.clone()).await;
    server.until(&run, RunStatus::Completed).await;
    let wish =
        json!({ "layer": "me", "preferences": { "kinds": { "completed": { "in_app": true } } } });
    let view = asking.put("/v1/notifications/preferences", wish).await;
    assert_eq!(view["effective"]["completed"]["in_app"], true);
    let run = admin.start(&workflow, good).await;
    server.until(&run, RunStatus::Completed).await;
    let inbox = asking.inbox(|inbox| inbox["count"] == 1).await;
    assert_eq!(inbox["items"][0]["run"], json!(run));
    assert_eq!(admin.get("/v1/notifications").await["count"], 0);
}

#[tokio::test]
async fn a_layer_nearer_to_the_person_counts_before_one_behind_it() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let viewer = server.as_role(Role::ProjectViewer).await;
    let path = "/v1/notifications/preferences";
    let says = |layer: &str, told: bool| json!({ "layer": layer, "preferences": { "kinds": { "failed": { "in_app": told } } } });
    admin.put(path, says("tenant", false)).await;
    assert_eq!(
        viewer.get(path).await["effective"]["failed"]["in_app"],
        false
    );
    admin.put(path, says("project", true)).await;
    assert_eq!(
        viewer.get(path).await["effective"]["failed"]["in_app"],
        true
    );
    viewer.put(path, says("me", false)).await;
    let workflow = admin.workflow("Quote", json!([fails("draft")])).await;
    failed(&server, &admin, &workflow).await;
    admin.inbox(|inbox| inbox["count"] == 1).await;
    assert_eq!(viewer.get("/v1/notifications").await["count"], 0);
    for (layer, role) in [("project", "project_admin"), ("tenant", "tenant_admin")] {
        let (status, problem) = viewer.try_put(path, says(layer, true)).await;
        assert_eq!((status, &problem["missing"]), (403, &json!(role)));
    }
    for (pointer, preferences) in [
        (
            "/preferences/quiet",
            json!({ "quiet": { "from": "22:00", "to": "07:00", "zone": "Europe/Nowhere" } }),
        ),
        (
            "/preferences/quiet",
            json!({ "quiet": { "from": "22:61", "to": "07:00", "zone": "UTC" } }),
        ),
        ("/preferences/email", json!({ "email": "nobody" })),
        (
            "/preferences/kinds/failed/webhook",
            json!({ "kinds": { "failed": { "webhook": true } } }),
        ),
    ] {
        let (status, problem) = viewer
            .try_put(path, json!({ "layer": "me", "preferences": preferences }))
            .await;
        assert_eq!(
            (status, &problem["errors"][0]["pointer"]),
            (422, &json!(pointer))
        );
    }
}

#[tokio::test]
async fn quiet_hours_keep_the_desktop_still_and_fill_the_inbox() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let workflow = admin.workflow("Quote", json!([fails("draft")])).await;
    failed(&server, &admin, &workflow).await;
    let loud = admin.inbox(|inbox| inbox["count"] == 1).await;
    assert_eq!(loud["items"][0]["desktop"], true);
    // All day but a minute that is hours away.
    let hour = (server.host.now().millis() / 3_600_000 + 6) % 24;
    let quiet = json!({ "from": format!("{hour:02}:01"), "to": format!("{hour:02}:00"), "zone": "Etc/UTC" });
    admin
        .put(
            "/v1/notifications/preferences",
            json!({ "layer": "me", "preferences": { "quiet": quiet } }),
        )
        .await;
    failed(&server, &admin, &workflow).await;
    let still = admin.inbox(|inbox| inbox["items"][0]["count"] == 2).await;
    assert_eq!(still["items"][0]["desktop"], false);
}

#[tokio::test]
async fn who_follows_a_run_hears_of_every_change_by_others_until_it_ends() {
    let server = Server::with(Wish {
        no_workers: true,
        ..Wish::default()
    })
    .await;
    let admin = server.admin().await;
    let follower = server.as_role(Role::ProjectViewer).await;
    let workflow = admin.workflow("Wait", json!([echo("say")])).await;
    let run = admin.start(&workflow, json!({})).await;
    let watch = format!("/v1/runs/{run}/watch");
    assert_eq!(follower.get(&watch).await["watching"], false);
    follower.put(&watch, json!({ "watching": true })).await;
    admin.put(&watch, json!({ "watching": true })).await;
    admin
        .post(&format!("/v1/runs/{run}/pause"), json!({}))
        .await;
    let inbox = follower.inbox(|inbox| inbox["count"] == 1).await;
    assert_eq!(inbox["items"][0]["kind"], "run_changed");
    assert_eq!(inbox["items"][0]["title"], "Wait is paused");
    admin
        .post(&format!("/v1/runs/{run}/cancel"), json!({}))
        .await;
    let inbox = follower
        .inbox(|inbox| inbox["items"][0]["title"] == "Wait is cancelled")
        .await;
    assert_eq!(inbox["items"][0]["count"], 2);
    assert_eq!(admin.get("/v1/notifications").await["count"], 0);
    assert_eq!(follower.get(&watch).await["watching"], false);
}

#[tokio::test]
async fn a_token_that_ends_within_a_week_is_spoken_of_once() {
    let server = Server::new().await;
    let soon = server.host.now().plus_s(3 * 24 * 3600 + 60);
    let place = runtime::store::Place::new("local", "main");
    let scopes = model::Scope::ALL.iter().copied().collect();
    let (id, token) = server
        .token_until(&place, Role::ProjectViewer, scopes, Some(soon))
        .await;
    let server = server.restart().await;
    let bearer = server.client(token.clone());
    let inbox = bearer.inbox(|inbox| inbox["count"] == 1).await;
    assert_eq!(inbox["items"][0]["kind"], "credential_expiring");
    assert_eq!(
        inbox["items"][0]["title"],
        "The token “test” expires in 3 days"
    );
    assert_eq!(inbox["items"][0]["credential"], json!(id));
    let server = server.restart().await;
    let admin = server.admin().await;
    let workflow = admin.workflow("Quote", json!([fails("draft")])).await;
    failed(&server, &admin, &workflow).await;
    let again = server
        .client(token)
        .inbox(|inbox| inbox["count"] == 2)
        .await;
    assert_eq!(again["items"][1]["count"], 1);
}

#[tokio::test]
async fn another_tenant_hears_nothing() {
    let server = Server::with(Wish::default()).await;
    let admin = server.admin().await;
    let foreign = server.foreign().await;
    let workflow = admin.workflow("Quote", json!([fails("draft")])).await;
    let run = failed(&server, &admin, &workflow).await;
    admin.inbox(|inbox| inbox["count"] == 1).await;
    assert_eq!(foreign.get("/v1/notifications").await["count"], 0);
    let watch = json!({ "watching": true });
    assert_eq!(
        foreign
            .try_put(&format!("/v1/runs/{run}/watch"), watch)
            .await
            .0,
        404
    );
}
