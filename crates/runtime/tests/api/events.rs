//! A journal, read from both ends and through filters; transcripts and artifacts.

use crate::support::{Client, Server, echo, fails, raw};
use model::RunStatus;
use reqwest::Method;
use serde_json::{Value, json};

/// A completed run with many events.
async fn long(server: &Server) -> (Client, String) {
    let admin = server.admin().await;
    let workflow = admin
        .workflow(
            "Loop",
            json!([{
                "id": "each", "type": "for_each", "items": "{{input.items}}", "concurrency": 4,
                "steps": [{ "id": "one", "type": "lua_script", "script": "return input", "input": "{{item}}" }]
            }]),
        )
        .await;
    let items: Vec<String> = (0..60).map(|n| format!("thing-{n:03}")).collect();
    let run = admin
        .start(&workflow, json!({ "input": { "items": items } }))
        .await;
    server.until(&run, RunStatus::Completed).await;
    (admin, run)
}

fn seqs(page: &Value) -> Vec<u64> {
    page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["seq"].as_u64().unwrap())
        .collect()
}

#[tokio::test]
async fn forward_pages_add_up_to_the_journal() {
    let server = Server::new().await;
    let (admin, run) = long(&server).await;
    let (mut found, mut after) = (Vec::new(), 0);
    let last = loop {
        let page = admin
            .get(&format!("/v1/runs/{run}/events?after={after}&limit=17"))
            .await;
        found.extend(seqs(&page));
        match page["next_after"].as_u64() {
            Some(next) => after = next,
            None => break page["last_seq"].as_u64().unwrap(),
        }
    };
    assert_eq!(found, (1..=last).collect::<Vec<_>>());
}

#[tokio::test]
async fn backward_pages_add_up_to_the_journal() {
    let server = Server::new().await;
    let (admin, run) = long(&server).await;
    let mut found: Vec<u64> = Vec::new();
    let mut query = "tail=true".to_owned();
    let last = loop {
        let page = admin
            .get(&format!("/v1/runs/{run}/events?{query}&limit=17"))
            .await;
        let mut items = seqs(&page);
        items.append(&mut found);
        found = items;
        match page["next_before"].as_u64() {
            Some(before) => query = format!("before={before}"),
            None => break page["last_seq"].as_u64().unwrap(),
        }
    };
    assert_eq!(found, (1..=last).collect::<Vec<_>>());
}

#[tokio::test]
async fn who_has_the_run_reads_its_events_without_its_steps() {
    let server = Server::new().await;
    let (admin, run) = long(&server).await;
    let events = format!("/v1/runs/{run}/events?limit=5");
    let whole = admin.get(&events).await;
    let mut lean = admin.get(&format!("{events}&definition=false")).await;
    let steps = "/items/0/event/definition/steps";
    let left_out = lean.pointer_mut(steps).unwrap();
    assert_eq!(*left_out, json!([]));
    *left_out = whole.pointer(steps).unwrap().clone();
    assert_eq!(left_out[0]["id"], "each");
    assert_eq!(lean, whole);
}

#[tokio::test]
async fn filters_work_from_both_ends() {
    let server = Server::new().await;
    let (admin, run) = long(&server).await;
    let events = format!("/v1/runs/{run}/events");
    let all = admin.get(&format!("{events}?limit=1000")).await;
    let of_type: Vec<u64> = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|event| event["event"]["type"] == "step_completed")
        .map(|event| event["seq"].as_u64().unwrap())
        .collect();
    let filter = "types=step_completed";
    let forward = admin.get(&format!("{events}?{filter}&limit=10")).await;
    assert_eq!(seqs(&forward), of_type[..10]);
    let tail = admin
        .get(&format!("{events}?{filter}&limit=10&tail=true"))
        .await;
    assert_eq!(seqs(&tail), of_type[of_type.len() - 10..]);
    let front = tail["next_before"].as_u64().unwrap();
    let before = admin
        .get(&format!("{events}?{filter}&limit=10&before={front}"))
        .await;
    assert_eq!(
        seqs(&before),
        of_type[of_type.len() - 20..of_type.len() - 10]
    );

    let step = admin
        .get(&format!("{events}?step=each%5B7%5D.one&limit=100"))
        .await;
    assert!(!seqs(&step).is_empty());
    for event in step["items"].as_array().unwrap() {
        assert_eq!(event["event"]["path"], "each[7].one");
    }
    let text = admin
        .get(&format!("{events}?q=THING-059&types=step_completed"))
        .await;
    assert_eq!(
        text["items"].as_array().unwrap().len(),
        2,
        "the item's step and the loop"
    );
    let (status, problem) = admin.try_get(&format!("{events}?types=nonsense")).await;
    assert_eq!((status, &problem["code"]), (400, &json!("invalid_query")));
    for both in [
        "after=1&before=5",
        "before=5&tail=true",
        "after=1&tail=true",
    ] {
        assert_eq!(
            admin.try_get(&format!("{events}?{both}")).await.0,
            400,
            "{both}"
        );
    }
}

#[tokio::test]
async fn the_first_failure_of_the_current_attempt_is_named() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let workflow = admin
        .workflow("Trip", json!([echo("say"), fails("trip")]))
        .await;
    let run = admin.start(&workflow, json!({ "input": {} })).await;
    server.until(&run, RunStatus::Failed).await;
    let page = admin
        .get(&format!("/v1/runs/{run}/events?tail=true&limit=1"))
        .await;
    let at = page["first_failure"].as_u64().unwrap();
    let event = admin
        .get(&format!("/v1/runs/{run}/events?after={}&limit=1", at - 1))
        .await;
    assert_eq!(event["items"][0]["event"]["type"], "step_failed");
    assert_eq!(event["items"][0]["event"]["path"], "trip");

    let body = json!({ "step": "trip", "input": { "input": { "good": true } } });
    admin.post(&format!("/v1/runs/{run}/retry"), body).await;
    server.until(&run, RunStatus::Completed).await;
    let page = admin
        .get(&format!("/v1/runs/{run}/events?tail=true&limit=1"))
        .await;
    assert!(page.get("first_failure").is_none());
}

/// The provider plays its script: no network.
async fn with_artifact(server: &Server, name: &str, text: &str) -> (Client, String) {
    let admin = server.admin().await;
    assert_eq!(
        admin
            .try_patch("/v1/providers/default", json!({ "mode": "mock" }))
            .await
            .0,
        200
    );
    let workflow = admin
        .workflow(
            "Write",
            json!([{ "id": "write", "type": "llm_call", "prompt": "Write.", "artifact": name, "mock": [text] }]),
        )
        .await;
    let run = admin.start(&workflow, json!({})).await;
    server.until(&run, RunStatus::Completed).await;
    (admin, run)
}

#[tokio::test]
async fn a_transcript_is_read_by_try() {
    let server = Server::new().await;
    let (admin, run) = with_artifact(&server, "note.md", "Well written.").await;
    let path = format!("/v1/runs/{run}/steps/write/transcript");
    let all = admin.get(&path).await;
    let entries = all["items"].as_array().unwrap();
    assert!(
        entries
            .iter()
            .any(|line| line["entry"]["role"] == "assistant"),
        "{all}"
    );
    assert!(
        entries
            .iter()
            .all(|line| line["attempt"] == 1 && line["try"] == 1)
    );
    assert_eq!(
        admin.get(&format!("{path}?try=2")).await["items"],
        json!([])
    );
    let first = admin.get(&format!("{path}?limit=1")).await;
    let rest = match first["next_after"].as_u64() {
        Some(after) => admin.get(&format!("{path}?after={after}")).await["items"]
            .as_array()
            .unwrap()
            .len(),
        None => 0,
    };
    assert_eq!(
        first["items"].as_array().unwrap().len() + rest,
        entries.len()
    );
    assert_eq!(
        admin
            .try_get(&format!("/v1/runs/{run}/steps/none/transcript"))
            .await
            .0,
        404
    );
}

#[tokio::test]
async fn an_artifact_is_a_download_that_cannot_run() {
    let server = Server::new().await;
    let script = "<script>alert(1)</script>";
    let (admin, run) = with_artifact(&server, "evil \"page\".html", script).await;
    let list = admin.get(&format!("/v1/runs/{run}/artifacts")).await;
    let id = list["items"][0]["id"].as_str().unwrap();
    let url = format!("/v1/runs/{run}/artifacts/{id}/content");
    let (status, headers, text) = raw(admin.request(Method::GET, &url)).await;
    assert_eq!((status.as_u16(), text.as_str()), (200, script));
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    assert!(header("content-disposition").starts_with("attachment; filename=\"evil _page_.html\""));
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert!(
        header("content-security-policy").starts_with("sandbox"),
        "{headers:?}"
    );
    assert_eq!(header("content-type"), "text/html; charset=utf-8");
    let other = admin.workflow("Echo", json!([echo("say")])).await;
    let other = admin.start(&other, json!({})).await;
    let (status, _) = admin
        .try_get(&format!("/v1/runs/{other}/artifacts/{id}/content"))
        .await;
    assert_eq!(status, 404, "an artifact was read through another run");
}
