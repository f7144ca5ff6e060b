//! Decisions.

use crate::support::{Client, Server, decision, echo};
use model::RunStatus;
use serde_json::{Value, json};

async fn waiting(server: &Server, step: Value) -> (Client, String, String) {
    let admin = server.admin().await;
    let mut after = echo("after");
    after["depends_on"] = json!([step["id"]]);
    let workflow = admin.workflow("Decide", json!([step, after])).await;
    let run = admin.start(&workflow, json!({})).await;
    server.until(&run, RunStatus::Waiting).await;
    let tasks = admin.get("/v1/tasks/pending").await;
    assert_eq!(tasks["count"], 1);
    assert_eq!(tasks["items"][0]["run"], json!(run));
    let task = tasks["items"][0]["task"].as_str().unwrap().to_owned();
    (admin, run, task)
}

#[tokio::test]
async fn an_approval_goes_on_and_is_recorded() {
    let server = Server::new().await;
    let (admin, run, task) = waiting(&server, decision("ask")).await;
    let complete = format!("/v1/runs/{run}/tasks/{task}/complete");
    let moved = admin
        .post(&complete, json!({ "approved": true, "comment": "Fine." }))
        .await;
    server.until(&run, RunStatus::Completed).await;
    let step = admin.get(&format!("/v1/runs/{run}/steps/ask")).await;
    assert_eq!(step["decision"], "approved");
    assert_eq!(step["comment"], "Fine.");
    assert_eq!(step["decided_by"]["name"], "test");
    let audit = admin.get(&format!("/v1/runs/{run}/audit")).await;
    assert_eq!(audit["items"][0]["action"], "task.approve");
    assert_eq!(audit["items"][0]["id"], moved["audit"]);
    assert_eq!(admin.get("/v1/tasks/pending").await["count"], 0);
    let (status, problem) = admin.try_post(&complete, json!({ "approved": true })).await;
    assert_eq!((status, &problem["code"]), (409, &json!("move_not_legal")));
}

#[tokio::test]
async fn a_rejection_ends_the_run() {
    let server = Server::new().await;
    let (admin, run, task) = waiting(&server, decision("ask")).await;
    let body = json!({ "approved": false, "comment": "Too dear." });
    let moved = admin
        .post(&format!("/v1/runs/{run}/tasks/{task}/complete"), body)
        .await;
    assert_eq!(moved["run"]["status"], "rejected");
}

#[tokio::test]
async fn a_skip_goes_on_without() {
    let server = Server::new().await;
    let (admin, run, task) = waiting(&server, decision("ask")).await;
    admin
        .post(
            &format!("/v1/runs/{run}/tasks/{task}/skip"),
            json!({ "comment": "Not now." }),
        )
        .await;
    server.until(&run, RunStatus::Completed).await;
}

#[tokio::test]
async fn a_result_must_fit_the_tasks_schema() {
    let server = Server::new().await;
    let mut step = decision("ask");
    step["result_schema"] = json!({
        "type": "object", "required": ["discount"], "properties": { "discount": { "type": "integer", "maximum": 30 } }
    });
    let (admin, run, task) = waiting(&server, step).await;
    let complete = format!("/v1/runs/{run}/tasks/{task}/complete");
    let (status, problem) = admin
        .try_post(
            &complete,
            json!({ "approved": true, "result": { "discount": 99 } }),
        )
        .await;
    assert_eq!(
        (status, &problem["errors"][0]["pointer"]),
        (422, &json!("/result/discount"))
    );
    let (status, _) = admin.try_post(&complete, json!({ "approved": true })).await;
    assert_eq!(status, 422);
    let (status, problem) = admin
        .try_post(&complete, json!({ "approved": "yes" }))
        .await;
    assert_eq!(
        (status, &problem["errors"][0]["pointer"]),
        (422, &json!("/approved"))
    );
    admin
        .post(
            &complete,
            json!({ "approved": true, "result": { "discount": 5 } }),
        )
        .await;
    server.until(&run, RunStatus::Completed).await;
    let context = admin.get(&format!("/v1/runs/{run}/context")).await;
    assert_eq!(
        context["steps"][0]["result"]["result"],
        json!({ "discount": 5 })
    );
}

#[tokio::test]
async fn a_task_of_another_run_is_not_found() {
    let server = Server::new().await;
    let (admin, run, _) = waiting(&server, decision("ask")).await;
    let (status, problem) = admin
        .try_post(
            &format!("/v1/runs/{run}/tasks/tsk_none/complete"),
            json!({ "approved": true }),
        )
        .await;
    assert_eq!((status, &problem["code"]), (404, &json!("task_not_found")));
}
