//! Decisions that are no longer needed: their messages are settled.

use crate::support::{Client, Server, decision};
use model::{Role, RunStatus};
use serde_json::{Value, json};

async fn waiting(server: &Server, admin: &Client, workflow: &str) -> String {
    let run = admin.start(workflow, json!({ "input": {} })).await;
    server.until(&run, RunStatus::Waiting).await;
    run
}

fn settled(inbox: &Value) -> bool {
    inbox["items"][0]["settled_at"].is_string()
}

#[tokio::test]
async fn a_message_is_settled_when_the_last_of_its_decisions_was_made_or_its_run_was_cancelled() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let reader = server.as_role(Role::ProjectViewer).await;
    let workflow = admin.workflow("Approve", json!([decision("first")])).await;
    let one = waiting(&server, &admin, &workflow).await;
    let other = waiting(&server, &admin, &workflow).await;
    reader.inbox(|inbox| inbox["items"][0]["count"] == 2).await;

    let tasks = admin.get("/v1/tasks/pending").await;
    let task = tasks["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|task| task["run"] == json!(one))
        .unwrap()["task"]
        .as_str()
        .unwrap();
    let complete = format!("/v1/runs/{one}/tasks/{task}/complete");
    admin.post(&complete, json!({ "approved": true })).await;
    server.until(&one, RunStatus::Completed).await;
    let third = waiting(&server, &admin, &workflow).await;
    // The third one was told after the first one was decided, so that is known by now.
    let inbox = reader.inbox(|inbox| inbox["items"][0]["count"] == 3).await;
    assert!(!settled(&inbox), "two are still needed: {inbox}");
    assert_eq!(inbox["unread"], 1);

    for run in [&other, &third] {
        admin
            .post(&format!("/v1/runs/{run}/cancel"), json!({}))
            .await;
    }
    let inbox = reader.inbox(settled).await;
    let message = &inbox["items"][0];
    assert_eq!((&inbox["unread"], &inbox["count"]), (&json!(0), &json!(1)));
    assert!(message["read_at"].is_string(), "{message}");
    assert_eq!(message["desktop"], false, "nothing pops up for it");
    assert_eq!(
        message["text"],
        "The run was cancelled, so there is nothing left to decide."
    );

    // What is needed from here on is a new message.
    waiting(&server, &admin, &workflow).await;
    let inbox = reader.inbox(|inbox| inbox["count"] == 2).await;
    assert_eq!(
        (&inbox["unread"], &inbox["items"][0]["count"]),
        (&json!(1), &json!(1))
    );
}

#[tokio::test]
async fn a_run_that_fails_beside_its_decision_takes_the_message_with_it() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let reader = server.as_role(Role::ProjectViewer).await;
    // The one branch waits for a person while the other one waits for the outside, and then fails.
    let steps = json!([
        decision("approve"),
        { "id": "hold", "type": "waitpoint", "title": "the signal", "depends_on": [] },
        { "depends_on": ["hold"], "id": "draft", "type": "lua_script", "script": "error('no good')" },
    ]);
    let workflow = admin.workflow("Both", steps).await;
    let run = waiting(&server, &admin, &workflow).await;
    reader.inbox(|inbox| inbox["unread"] == 1).await;
    let tokens = admin.get("/v1/waitpoints/tokens").await;
    let token = tokens["items"][0]["token"].as_str().unwrap();
    admin
        .post(
            &format!("/v1/waitpoints/tokens/{token}/complete"),
            json!({}),
        )
        .await;
    server.until(&run, RunStatus::Failed).await;
    let inbox = reader
        .inbox(|inbox| {
            inbox["items"]
                .as_array()
                .unwrap()
                .iter()
                .any(|message| message["settled_at"].is_string())
        })
        .await;
    assert_eq!(inbox["unread"], 1, "the failure alone: {inbox}");
    let message = &inbox["items"][1];
    assert_eq!(message["kind"], "needs_decision");
    assert_eq!(
        message["text"],
        "The run failed, so there is nothing left to decide."
    );
}
