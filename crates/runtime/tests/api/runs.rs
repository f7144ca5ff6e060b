//! Starting runs, finding them, reading them.

use crate::support::{Server, Wish, answer, decision, echo, fails, raw};
use model::{Role, RunStatus};
use reqwest::Method;
use serde_json::{Value, json};

fn ids(page: &Value) -> Vec<String> {
    page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_run_is_started_and_read() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let workflow = admin.workflow("Echo", json!([echo("say")])).await;
    let about = json!({ "type": "rfq", "id": "2231", "label": "Metro Equipment" });
    let run = admin
        .start(
            &workflow,
            json!({ "input": { "a": 1 }, "about": about, "labels": { "team": "sales" } }),
        )
        .await;
    server.until(&run, RunStatus::Completed).await;

    let view = admin.get(&format!("/v1/runs/{run}")).await;
    assert_eq!(view["run"]["status"], "completed");
    assert_eq!(view["run"]["trigger"], "api");
    assert!(view["position"].as_u64().unwrap() >= view["run"]["seq"].as_u64().unwrap());
    assert!(
        view["run"]["steps"]["say"].get("output").is_none(),
        "the first answer is lean"
    );

    let step = admin.get(&format!("/v1/runs/{run}/steps/say")).await;
    assert_eq!(step["output"], json!({ "a": 1 }));
    assert_eq!(step["input"]["input"], json!({ "a": 1 }));

    let context = admin.get(&format!("/v1/runs/{run}/context")).await;
    assert_eq!(context["input"], json!({ "a": 1 }));
    assert_eq!(context["steps"][0]["result"], json!({ "a": 1 }));
    assert_eq!(context["about"], about);
    assert_eq!(context["labels"], json!({ "team": "sales" }));

    let summary = admin.get(&format!("/v1/runs/{run}/summary")).await;
    assert_eq!(summary["row"]["status"], "completed");
    assert_eq!(summary["attempts"], 1);
    assert!(summary["worker"].is_string());

    let checkpoints = admin.get(&format!("/v1/runs/{run}/checkpoints")).await;
    assert_eq!(checkpoints["items"][0]["step"], "say");
    assert_eq!(checkpoints["items"][0]["kind"], "step_finished");

    let attempts = admin.get(&format!("/v1/runs/{run}/attempts")).await;
    assert_eq!(attempts["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        admin.try_get(&format!("/v1/runs/{run}/steps/nope")).await.0,
        404
    );
}

#[tokio::test]
async fn the_sequence_is_the_etag() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let workflow = admin.workflow("Wait", json!([decision("ask")])).await;
    let run = admin.start(&workflow, json!({})).await;
    server.until(&run, RunStatus::Waiting).await;
    let (_, headers, text) = raw(admin.request(Method::GET, &format!("/v1/runs/{run}"))).await;
    let view: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        headers["etag"].to_str().unwrap(),
        format!("\"{}\"", view["run"]["seq"])
    );
}

#[tokio::test]
async fn every_filter_finds_its_runs_and_no_others() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let good = admin.workflow("Good", json!([echo("say")])).await;
    let bad = admin.workflow("Bad", json!([fails("trip")])).await;
    let wait = admin.workflow("Wait", json!([decision("ask")])).await;
    let mission = admin
        .post("/v1/missions", json!({ "title": "North" }))
        .await;
    let mission = mission["id"].as_str().unwrap().to_owned();
    let a = admin
        .start(&good, json!({ "labels": { "team": "sales" } }))
        .await;
    let b = admin.start(&bad, json!({ "queue": "slow" })).await;
    let c = admin
        .start(&wait, json!({ "mission": mission, "about": { "type": "order", "id": "77", "label": "Zebra" } }))
        .await;
    server.until(&a, RunStatus::Completed).await;
    server.until(&b, RunStatus::Failed).await;
    server.until(&c, RunStatus::Waiting).await;

    let me = admin.get("/v1/me").await["actor"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let early = "2020-01-01T00:00:00Z";
    for (query, expected) in [
        (String::new(), vec![&c, &b, &a]),
        ("status=completed".into(), vec![&a]),
        ("status=completed,failed".into(), vec![&b, &a]),
        ("status=completed&status=failed".into(), vec![&b, &a]),
        (format!("workflow={good}"), vec![&a]),
        ("queue=slow".into(), vec![&b]),
        ("trigger=api".into(), vec![&c, &b, &a]),
        ("trigger=manual".into(), vec![]),
        (format!("actor={me}"), vec![&c, &b, &a]),
        ("actor=usr_other".into(), vec![]),
        ("label=team:sales".into(), vec![&a]),
        ("label=team".into(), vec![&a]),
        ("label=team:other".into(), vec![]),
        ("failure_code=LUA_SCRIPT_FAILED".into(), vec![&b]),
        (format!("since={early}"), vec![&c, &b, &a]),
        (format!("until={early}"), vec![]),
        ("unresolved=true".into(), vec![&c, &b]),
        (format!("mission={mission}"), vec![&c]),
        ("q=zebra".into(), vec![&c]),
        (format!("q={b}"), vec![&b]),
        ("status=failed&queue=slow".into(), vec![&b]),
        ("status=failed&queue=default".into(), vec![]),
    ] {
        let found = admin.get(&format!("/v1/runs?{query}")).await;
        assert_eq!(ids(&found).iter().collect::<Vec<_>>(), expected, "{query}");
        assert_eq!(found["count"], json!(expected.len()), "{query}");
        assert_eq!(found["count_is_exact"], true, "{query}");
    }
}

#[tokio::test]
async fn pages_neither_miss_nor_repeat_while_runs_are_added() {
    let server = Server::with(Wish {
        no_workers: true,
        ..Wish::default()
    })
    .await;
    let admin = server.admin().await;
    let workflow = admin.workflow("Echo", json!([echo("say")])).await;
    let mut started = Vec::new();
    for _ in 0..7 {
        started.push(admin.start(&workflow, json!({})).await);
    }
    started.reverse();
    let mut found = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = admin.get(&format!("/v1/runs?limit=3{cursor}")).await;
        found.extend(ids(&page));
        admin.start(&workflow, json!({})).await;
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(found, started);
}

#[tokio::test]
async fn a_wrong_filter_is_named_and_nothing_is_guessed() {
    let server = Server::new().await;
    let admin = server.admin().await;
    for (query, parameter) in [
        ("status=broken", "status"),
        ("statos=failed", "statos"),
        ("failure_code=NOPE", "failure_code"),
        ("since=yesterday", "since"),
        ("unresolved=maybe", "unresolved"),
        ("limit=many", "limit"),
        ("limit=0", "limit"),
        (
            "since=2026-02-01T00:00:00Z&until=2026-01-01T00:00:00Z",
            "until",
        ),
        ("cursor=from-somewhere-else", "cursor"),
    ] {
        let (status, problem) = admin.try_get(&format!("/v1/runs?{query}")).await;
        assert_eq!(
            (status, &problem["code"]),
            (400, &json!("invalid_query")),
            "{query}"
        );
        assert_eq!(problem["errors"][0]["pointer"], parameter, "{query}");
    }
}

#[tokio::test]
async fn an_input_that_does_not_fit_the_schema_is_refused_at_its_field() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let workflow = admin
        .publish(json!({
            "name": "Strict",
            "input_schema": { "type": "object", "required": ["rfq"], "properties": { "rfq": { "type": "string" } } },
            "steps": [echo("say")]
        }))
        .await;
    let command = format!("/v1/workflows/{workflow}/command");
    let start = |input: Value| json!({ "command": "start", "params": { "input": input } });
    let (status, problem) = admin.try_post(&command, start(json!({ "rfq": 7 }))).await;
    assert_eq!(
        (status, &problem["code"]),
        (422, &json!("does_not_fit_schema"))
    );
    assert_eq!(problem["errors"][0]["pointer"], "/params/input/rfq");
    assert_eq!(admin.try_post(&command, start(json!({}))).await.0, 422);
    assert_eq!(
        admin
            .try_post(&command, start(json!({ "rfq": "7" })))
            .await
            .0,
        201
    );
}

#[tokio::test]
async fn what_cannot_be_started_says_why() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let made = admin
        .post(
            "/v1/workflows",
            json!({ "draft": { "name": "Draft", "steps": [] } }),
        )
        .await;
    let draft = made["id"].as_str().unwrap();
    let start = json!({ "command": "start", "params": {} });
    let (status, problem) = admin
        .try_post(&format!("/v1/workflows/{draft}/command"), start.clone())
        .await;
    assert_eq!(
        (status, &problem["code"]),
        (409, &json!("workflow_not_published"))
    );

    let workflow = admin.workflow("Echo", json!([echo("say")])).await;
    assert_eq!(
        admin
            .try_delete(&format!("/v1/workflows/{workflow}"))
            .await
            .0,
        200
    );
    let (status, problem) = admin
        .try_post(&format!("/v1/workflows/{workflow}/command"), start)
        .await;
    assert_eq!(
        (status, &problem["code"]),
        (409, &json!("workflow_archived"))
    );

    let workflow = admin.workflow("Other", json!([echo("say")])).await;
    let command = format!("/v1/workflows/{workflow}/command");
    for (params, pointer) in [
        (json!({ "queue": "not a slug" }), "/params/queue"),
        (json!({ "environment": "" }), "/params/environment"),
        (json!({ "mission": "mis_none" }), "/params/mission"),
        (json!({ "labels": { "": "x" } }), "/params/labels/"),
    ] {
        let (status, problem) = admin
            .try_post(&command, json!({ "command": "start", "params": params }))
            .await;
        assert_eq!(
            (status, problem["errors"][0]["pointer"].as_str().unwrap()),
            (422, pointer),
            "{problem}"
        );
    }
    let (status, _) = admin
        .try_post(&command, json!({ "command": "dance", "params": {} }))
        .await;
    assert_eq!(status, 422);
}

#[tokio::test]
async fn a_run_that_nobody_picks_up_says_so() {
    let server = Server::with(Wish {
        no_workers: true,
        ..Wish::default()
    })
    .await;
    let admin = server.admin().await;
    let workflow = admin.workflow("Echo", json!([echo("say")])).await;
    let run = admin.start(&workflow, json!({})).await;
    let view = admin.get(&format!("/v1/runs/{run}")).await;
    assert_eq!(view["run"]["status"], "queued");
    assert_eq!(view["world"]["queue"]["workers"], 0);
}

#[tokio::test]
async fn the_command_center_sorts_what_needs_a_person() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let bad = admin.workflow("Bad", json!([fails("trip")])).await;
    let wait = admin.workflow("Wait", json!([decision("ask")])).await;
    let failed = admin.start(&bad, json!({})).await;
    let waiting = admin.start(&wait, json!({})).await;
    server.until(&failed, RunStatus::Failed).await;
    server.until(&waiting, RunStatus::Waiting).await;
    let center = admin.get("/v1/command-center").await;
    assert_eq!(center["failed"]["items"][0]["id"], json!(failed));
    assert_eq!(center["failed"]["count"], 1);
    let item = &center["needs_decision"]["items"][0];
    assert_eq!(item["id"], json!(waiting));
    assert_eq!(item["task"]["title"], "Approve it");
    assert!(center["position"].as_u64().unwrap() > 0);

    let dismissed = admin
        .post(
            &format!("/v1/attention/{failed}/dismiss"),
            json!({ "reason": "a test" }),
        )
        .await;
    assert!(dismissed["audit"].as_str().unwrap().starts_with("aud_"));
    let snoozed = json!({ "until": "2999-01-01T00:00:00Z" });
    admin
        .post(&format!("/v1/attention/{waiting}/snooze"), snoozed)
        .await;
    let center = admin.get("/v1/command-center").await;
    assert_eq!(center["failed"]["count"], 0);
    assert_eq!(center["needs_decision"]["count"], 0);
    let handled = admin.get("/v1/runs?hide_handled=true").await;
    assert_eq!(handled["items"], json!([]));

    // A new failure is a new reason to look.
    admin
        .post(&format!("/v1/runs/{failed}/retry"), json!({}))
        .await;
    server.until(&failed, RunStatus::Failed).await;
    let mut published = server.host.subscribe();
    loop {
        let attempts = admin.get(&format!("/v1/runs/{failed}/attempts")).await;
        if attempts["items"].as_array().unwrap().len() == 2
            && attempts["items"][1]["status"] == "failed"
        {
            break;
        }
        published.recv().await.unwrap();
    }
    assert_eq!(admin.get("/v1/command-center").await["failed"]["count"], 1);
}

#[tokio::test]
async fn an_item_is_assigned_to_a_member_and_to_nobody_else() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let bad = admin.workflow("Bad", json!([fails("trip")])).await;
    let run = admin.start(&bad, json!({})).await;
    server.until(&run, RunStatus::Failed).await;
    let assign = format!("/v1/attention/{run}/assign");
    let mine = admin.post(&assign, json!({})).await;
    assert_eq!(mine["attention"]["assigned_to"]["name"], "test");
    let center = admin.get("/v1/command-center").await;
    assert_eq!(center["failed"]["items"][0]["assigned_to"]["name"], "test");
    let (status, problem) = admin
        .try_post(&assign, json!({ "user": "usr_nobody" }))
        .await;
    assert_eq!(
        (status, &problem["errors"][0]["pointer"]),
        (422, &json!("/user"))
    );
    admin.post(&assign, json!({ "nobody": true })).await;
    let center = admin.get("/v1/command-center").await;
    assert!(center["failed"]["items"][0].get("assigned_to").is_none());
    let (status, _) = admin
        .try_post(
            &format!("/v1/attention/{run}/dismiss"),
            json!({ "reason": "  " }),
        )
        .await;
    assert_eq!(status, 422);
    let (status, _) = admin
        .try_post(
            &format!("/v1/attention/{run}/snooze"),
            json!({ "until": "2001-01-01T00:00:00Z" }),
        )
        .await;
    assert_eq!(status, 422);
}

#[tokio::test]
async fn a_viewer_reads_and_sees_why_moves_are_closed() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let bad = admin.workflow("Bad", json!([fails("trip")])).await;
    let run = admin.start(&bad, json!({})).await;
    server.until(&run, RunStatus::Failed).await;
    let viewer = server.as_role(Role::ProjectViewer).await;
    let moves = viewer.get(&format!("/v1/runs/{run}/moves")).await;
    let retry = moves
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["kind"] == "retry")
        .unwrap();
    assert_eq!(retry["legal"], false);
    assert!(
        retry["reason"]
            .as_str()
            .unwrap()
            .contains("project_contributor"),
        "{retry}"
    );
    let (status, _) = answer(viewer.request(Method::POST, &format!("/v1/runs/{run}/retry"))).await;
    assert_eq!(status, 403);
}

#[tokio::test]
async fn missions_gather_their_runs() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let workflow = admin.workflow("Wait", json!([decision("ask")])).await;
    let mission = admin
        .post("/v1/missions", json!({ "title": "North" }))
        .await;
    assert!(mission["audit"].is_string());
    let id = mission["id"].as_str().unwrap();
    let run = admin.start(&workflow, json!({ "mission": id })).await;
    server.until(&run, RunStatus::Waiting).await;
    let list = admin.get("/v1/missions").await;
    assert_eq!(list["items"][0]["runs"], 1);
    let view = admin.get(&format!("/v1/missions/{id}")).await;
    assert_eq!(view["items"][0]["id"], json!(run));
    assert_eq!(view["tasks"][0]["run"], json!(run));
    assert_eq!(view["by_status"], json!([["waiting", 1]]));
    assert_eq!(
        admin
            .try_post("/v1/missions", json!({ "title": " " }))
            .await
            .0,
        422
    );
}

#[tokio::test]
async fn a_decision_beside_running_work_needs_a_person_too() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let steps = json!([decision("ask"), crate::support::waitpoint("other")]);
    let workflow = admin.workflow("Both", steps).await;
    let run = admin.start(&workflow, json!({})).await;
    server.until(&run, RunStatus::Waiting).await;
    let center = admin.get("/v1/command-center").await;
    assert_eq!(center["needs_decision"]["items"][0]["id"], json!(run));
    assert_eq!(center["needs_decision"]["items"][0]["task"]["step"], "ask");
}

#[tokio::test]
async fn a_queued_run_says_how_its_queue_stands_now() {
    let server = Server::with(Wish {
        no_workers: true,
        ..Wish::default()
    })
    .await;
    let admin = server.admin().await;
    let workflow = admin.workflow("Echo", json!([echo("say")])).await;
    admin.start(&workflow, json!({})).await;
    let why = || async { admin.get("/v1/runs").await["items"][0]["why"].to_string() };
    assert!(why().await.contains("no worker"), "{}", why().await);
    admin.post("/v1/queues/default/pause", json!({})).await;
    assert!(
        why().await.contains("paused"),
        "the sentence is old: {}",
        why().await
    );
}
