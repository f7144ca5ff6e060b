//! Waits that the outside resolves.

use crate::support::{Client, Server, answer, waitpoint};
use model::RunStatus;
use reqwest::Method;
use serde_json::{Value, json};

async fn waiting(server: &Server, schema: Option<Value>) -> (Client, String, String) {
    let admin = server.admin().await;
    let mut step = waitpoint("wait");
    if let Some(schema) = schema {
        step["schema"] = schema;
    }
    let workflow = admin.workflow("Wait", json!([step])).await;
    let run = admin.start(&workflow, json!({})).await;
    server.until(&run, RunStatus::Waiting).await;
    let list = admin.get("/v1/waitpoints/tokens?state=open").await;
    assert_eq!(list["count"], 1);
    let token = list["items"][0]["token"].as_str().unwrap().to_owned();
    (admin, run, token)
}

#[tokio::test]
async fn completing_twice_gives_the_same_answer_and_one_result() {
    let server = Server::new().await;
    let (admin, run, token) = waiting(&server, None).await;
    let complete = format!("/v1/waitpoints/tokens/{token}/complete");
    let first = admin.post(&complete, json!({ "ok": 1 })).await;
    assert_eq!(first["state"], "completed");
    server.until(&run, RunStatus::Completed).await;
    let second = admin.post(&complete, json!({ "ok": 2 })).await;
    assert_eq!(first, second);
    let step = admin.get(&format!("/v1/runs/{run}/steps/wait")).await;
    assert_eq!(step["output"], json!({ "ok": 1 }));
    let stands = admin.get(&format!("/v1/waitpoints/tokens/{token}")).await;
    assert_eq!(stands["state"], "completed");
    let (status, problem) = admin
        .try_post(&format!("/v1/waitpoints/tokens/{token}/timeout"), json!({}))
        .await;
    assert_eq!(
        (status, &problem["code"]),
        (409, &json!("waitpoint_closed"))
    );
}

#[tokio::test]
async fn many_at_once_get_one_answer() {
    let server = Server::new().await;
    let (admin, run, token) = waiting(&server, None).await;
    let complete = |n: u32| {
        let request = admin
            .request(
                Method::POST,
                &format!("/v1/waitpoints/tokens/{token}/complete"),
            )
            .json(&json!({ "n": n }));
        async move { answer(request).await }
    };
    let answers = tokio::join!(complete(1), complete(2), complete(3), complete(4));
    let answers = [answers.0, answers.1, answers.2, answers.3];
    for (status, body) in &answers {
        assert_eq!((*status, body), (200, &answers[0].1));
    }
    server.until(&run, RunStatus::Completed).await;
}

#[tokio::test]
async fn a_body_must_fit_the_schema() {
    let server = Server::new().await;
    let schema = json!({ "type": "object", "required": ["pickup"], "properties": { "pickup": { "type": "string" } } });
    let (admin, run, token) = waiting(&server, Some(schema)).await;
    let complete = format!("/v1/waitpoints/tokens/{token}/complete");
    let (status, problem) = admin.try_post(&complete, json!({ "pickup": 9 })).await;
    assert_eq!(
        (status, &problem["errors"][0]["pointer"]),
        (422, &json!("/pickup"))
    );
    assert_eq!(admin.try_post(&complete, json!(["list"])).await.0, 422);
    admin.post(&complete, json!({ "pickup": "Tuesday" })).await;
    server.until(&run, RunStatus::Completed).await;
}

#[tokio::test]
async fn a_forced_timeout_fails_the_step() {
    let server = Server::new().await;
    let (admin, run, token) = waiting(&server, None).await;
    let timeout = format!("/v1/waitpoints/tokens/{token}/timeout");
    let first = admin.post(&timeout, json!({})).await;
    assert_eq!(first["state"], "timed_out");
    server.until(&run, RunStatus::Failed).await;
    assert_eq!(admin.post(&timeout, json!({})).await, first);
    let row = admin.get("/v1/runs?failure_code=WAITPOINT_TIMED_OUT").await;
    assert_eq!(row["count"], 1);
    let (status, _) = admin
        .try_post(
            &format!("/v1/waitpoints/tokens/{token}/complete"),
            json!({}),
        )
        .await;
    assert_eq!(status, 409);
}

#[tokio::test]
async fn a_foreign_token_is_not_found() {
    let server = Server::new().await;
    let (_, _, token) = waiting(&server, None).await;
    let foreign = server.foreign().await;
    for path in ["", "/complete", "/timeout"] {
        let url = format!("/v1/waitpoints/tokens/{token}{path}");
        let (status, problem) = if path.is_empty() {
            foreign.try_get(&url).await
        } else {
            foreign.try_post(&url, json!({})).await
        };
        assert_eq!(
            (status, &problem["code"]),
            (404, &json!("waitpoint_not_found")),
            "{path}"
        );
    }
}
