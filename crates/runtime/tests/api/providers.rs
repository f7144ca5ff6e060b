//! Providers and queues.

use crate::support::{Server, Wish, echo, raw};
use model::Role;
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn the_first_provider_is_live_and_its_check_is_real() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let list = admin.get("/v1/providers").await;
    assert_eq!(list["items"][0]["id"], "default");
    assert_eq!(list["items"][0]["mode"], "live");
    // Nothing listens on the discard port.
    let patch = json!({ "base_url": "http://127.0.0.1:9/v1" });
    assert_eq!(admin.try_patch("/v1/providers/default", patch).await.0, 200);
    let checked = admin.post("/v1/providers/default/check", json!({})).await;
    assert_eq!(checked["check"]["ok"], false);
    assert!(
        checked["check"]["message"]
            .as_str()
            .unwrap()
            .contains("127.0.0.1:9")
    );
    let (_, patched) = admin
        .try_patch("/v1/providers/default", json!({ "mode": "mock" }))
        .await;
    assert!(
        patched.get("check").is_none(),
        "an old check stands beside a new set-up"
    );
    let checked = admin.post("/v1/providers/default/check", json!({})).await;
    assert_eq!(checked["check"]["ok"], true);
    assert_eq!(
        admin.get("/v1/providers").await["items"][0]["check"]["ok"],
        true
    );
}

#[tokio::test]
async fn a_key_goes_in_and_never_comes_out() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let (_, patched) = admin
        .try_patch("/v1/providers/default", json!({ "api_key": "sk-secret-1" }))
        .await;
    assert_eq!(patched["has_key"], true);
    let (_, _, text) = raw(admin.request(Method::GET, "/v1/providers")).await;
    assert!(!text.contains("sk-secret-1"));
    let (_, kept) = admin
        .try_patch("/v1/providers/default", json!({ "default_model": "other" }))
        .await;
    assert_eq!(kept["has_key"], true);
    let (_, gone) = admin
        .try_patch("/v1/providers/default", json!({ "api_key": "" }))
        .await;
    assert_eq!(gone["has_key"], false);
    let audit = server
        .host
        .store()
        .audit(runtime::store::AuditQuery {
            tenant: "local".into(),
            limit: 50,
            ..Default::default()
        })
        .await
        .unwrap();
    assert!(
        !serde_json::to_string(&audit)
            .unwrap()
            .contains("sk-secret-1")
    );
}

#[tokio::test]
async fn providers_are_made_and_removed() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let body = json!({ "id": "big", "mode": "live", "base_url": "https://api.example.com/v1", "default_model": "m" });
    assert_eq!(admin.try_post("/v1/providers", body.clone()).await.0, 201);
    let (status, problem) = admin.try_post("/v1/providers", body.clone()).await;
    assert_eq!((status, &problem["code"]), (409, &json!("already_exists")));
    for (field, value) in [
        ("id", "not a slug"),
        ("base_url", "ftp://example.com"),
        ("base_url", "nonsense"),
    ] {
        let mut wrong = body.clone();
        wrong[field] = json!(value);
        let (status, problem) = admin.try_post("/v1/providers", wrong).await;
        assert_eq!(
            (status, &problem["errors"][0]["pointer"]),
            (422, &json!(format!("/{field}")))
        );
    }
    assert_eq!(admin.try_delete("/v1/providers/big").await.0, 200);
    assert_eq!(admin.try_delete("/v1/providers/big").await.0, 404);
    let contributor = server.as_role(Role::ProjectContributor).await;
    assert_eq!(
        contributor
            .try_patch("/v1/providers/default", json!({ "mode": "mock" }))
            .await
            .0,
        403
    );
}

#[tokio::test]
async fn a_late_change_of_a_provider_is_refused() {
    let server = Server::new().await;
    let admin = server.admin().await;
    admin
        .try_patch("/v1/providers/default", json!({ "mode": "mock" }))
        .await;
    let late = admin
        .request(Method::PATCH, "/v1/providers/default")
        .header("If-Match", "\"1\"")
        .json(&json!({ "mode": "live" }));
    let (status, problem) = crate::support::answer(late).await;
    assert_eq!((status, &problem["current"]["mode"]), (409, &json!("mock")));
}

#[tokio::test]
async fn a_paused_queue_holds_its_runs_and_says_who() {
    let server = Server::with(Wish::default()).await;
    let admin = server.admin().await;
    let workflow = admin.workflow("Echo", json!([echo("say")])).await;
    let paused = admin.post("/v1/queues/default/pause", json!({})).await;
    assert_eq!(paused["paused_by"]["name"], "test");
    let run = admin.start(&workflow, json!({})).await;
    let row = admin.get("/v1/queues").await["items"][0].clone();
    assert_eq!(
        (&row["name"], &row["depth"]),
        (&json!("default"), &json!(1))
    );
    let view = admin.get(&format!("/v1/runs/{run}")).await;
    assert_eq!(view["world"]["queue"]["paused_by"], "test");
    admin.post("/v1/queues/default/resume", json!({})).await;
    server.until(&run, model::RunStatus::Completed).await;
    assert_eq!(
        admin.try_post("/v1/queues/none/pause", json!({})).await.0,
        404
    );
}
