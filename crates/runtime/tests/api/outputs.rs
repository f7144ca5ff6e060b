//! Which outputs of two runs differ is known without fetching any.

use crate::support::{Client, Server, raw};
use model::cut::MOST;
use model::{Digest, RunStatus};
use reqwest::Method;
use serde_json::{Value, json};

/// Some 200 KB, which do not travel with a step; `odd` stands in their middle.
const LARGE: &str = "local rows = {}
for i = 1, 9000 do rows[i] = { id = i, name = 'Article' } end
rows[4500].name = input.odd
return rows";

const TRIP: &str = "if input[4500].name == 'bad' then error('no') end return input[4500]";

/// Steps with a large output, a small one, and one that fails where the odd one out is bad.
async fn workflow(admin: &Client) -> String {
    let steps = json!([
        { "id": "read", "type": "lua_script", "script": LARGE, "input": "{{input}}" },
        { "id": "say", "type": "lua_script", "script": "return 'done'", "depends_on": ["read"] },
        { "id": "trip", "type": "lua_script", "script": TRIP, "input": "{{steps.read.result}}", "depends_on": ["say"] },
    ]);
    admin.workflow("Outputs", steps).await
}

async fn started(admin: &Client, workflow: &str, odd: &str) -> String {
    let input = json!({ "input": { "odd": odd } });
    admin.start(workflow, input).await
}

#[tokio::test]
async fn outputs_that_differ_have_other_digests() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let workflow = workflow(&admin).await;
    let mut answers = Vec::new();
    for odd in ["a", "a", "b"] {
        let run = started(&admin, &workflow, odd).await;
        server.until(&run, RunStatus::Completed).await;
        answers.push(admin.get(&format!("/v1/runs/{run}/outputs")).await);
        let (_, _, whole) =
            raw(admin.request(Method::GET, &format!("/v1/runs/{run}/steps/read/output"))).await;
        let whole: Value = serde_json::from_str(&whole).unwrap();
        assert_eq!(answers.last().unwrap()["read"], json!(Digest::of(&whole)));
    }
    let [one, again, other] = answers.as_slice() else {
        panic!("three answers");
    };
    assert_eq!(one, again);
    assert_eq!(one["say"], other["say"]);
    for step in ["read", "trip"] {
        assert_ne!(one[step], other[step], "{step}");
    }
    assert_eq!(one["say"], json!(Digest::of(&json!("done"))));
}

#[tokio::test]
async fn an_attempt_has_the_outputs_it_ended_with() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let workflow = workflow(&admin).await;
    let run = started(&admin, &workflow, "bad").await;
    server.until(&run, RunStatus::Failed).await;
    let outputs = format!("/v1/runs/{run}/outputs");
    let failed = admin.get(&outputs).await;
    assert!(failed.get("read").is_some() && failed.get("trip").is_none());

    let input = json!({ "step": "read", "input": { "input": { "odd": "b" } } });
    admin.post(&format!("/v1/runs/{run}/retry"), input).await;
    server.until(&run, RunStatus::Completed).await;
    let now = admin.get(&outputs).await;
    assert_ne!(now["read"], failed["read"]);
    assert!(now.get("trip").is_some());
    let then = |attempt| format!("/v1/runs/{run}/attempts/{attempt}/outputs");
    assert_eq!(admin.get(&then(1)).await, failed);
    assert_eq!(admin.get(&then(2)).await, now);

    // So are the values themselves, and what was given.
    let part = |attempt, part| format!("/v1/runs/{run}/attempts/{attempt}/steps/{part}");
    let text = async |path: String| raw(admin.request(Method::GET, &path)).await;
    let (status, headers, first) = text(part(1, "read/output?download=true")).await;
    assert_eq!(status, 200);
    let named = headers["content-disposition"].to_str().unwrap();
    assert!(
        named.starts_with("attachment; filename=\"read-output-attempt-1.json\""),
        "{named}"
    );
    assert!(first.contains("bad"));
    let (_, _, second) = text(part(2, "read/output")).await;
    assert!(!second.contains("bad") && second.len() > MOST);
    assert!(text(part(1, "trip/input")).await.2.contains("bad"));
    assert!(!text(part(2, "trip/input")).await.2.contains("bad"));
    for (part, code) in [
        (part(1, "trip/output"), "value_not_found"),
        (part(1, "nope/output"), "step_not_found"),
        (part(2, "nope/input"), "step_not_found"),
        (part(3, "read/output"), "attempt_not_found"),
        (part(0, "read/input"), "attempt_not_found"),
    ] {
        let (status, problem) = admin.try_get(&part).await;
        assert_eq!((status, &problem["code"]), (404, &json!(code)), "{part}");
    }
    let (status, problem) = admin.try_get(&then(3)).await;
    assert_eq!(
        (status, &problem["code"]),
        (404, &json!("attempt_not_found"))
    );
}

#[tokio::test]
async fn digests_are_sent_once_until_the_run_goes_on() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let workflow = workflow(&admin).await;
    let run = started(&admin, &workflow, "bad").await;
    server.until(&run, RunStatus::Failed).await;
    let path = format!("/v1/runs/{run}/outputs");
    let (_, headers, _) = raw(admin.request(Method::GET, &path)).await;
    let again = || {
        let tag = headers["etag"].to_str().unwrap();
        raw(admin
            .request(Method::GET, &path)
            .header("If-None-Match", tag))
    };
    let (status, _, text) = again().await;
    assert_eq!((status.as_u16(), text.as_str()), (304, ""));
    admin
        .post(&format!("/v1/runs/{run}/retry"), json!({}))
        .await;
    assert_eq!(again().await.0, 200);
}
