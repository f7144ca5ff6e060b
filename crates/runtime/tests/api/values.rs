//! A value of 20 MB is kept and can be had; it does not travel with the run, its journal or its stream.

use crate::support::{Client, Server, raw};
use model::RunStatus;
use model::cut::{Cut, Kind, MOST};
use reqwest::Method;
use serde_json::{Value, json};

const ROWS: usize = 100_000;
const SCRIPT: &str = "local rows, note = {}, ('n'):rep(180)
for i = 1, 100000 do rows[i] = { id = i, note = note } end
return rows";

/// A run whose first step leaves some 20 MB, which the second is given and counts.
async fn large(server: &Server, admin: &Client) -> String {
    let steps = json!([
        { "id": "make", "type": "lua_script", "script": SCRIPT },
        { "id": "count", "type": "lua_script", "script": "return #input", "input": "{{steps.make.result}}", "depends_on": ["make"] },
    ]);
    let workflow = admin.workflow("Large", steps).await;
    let run = admin.start(&workflow, json!({ "input": {} })).await;
    server.until(&run, RunStatus::Completed).await;
    run
}

#[tokio::test]
async fn twenty_megabytes_are_kept_and_do_not_travel() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let run = large(&server, &admin).await;

    let (status, headers, text) =
        raw(admin.request(Method::GET, &format!("/v1/runs/{run}/steps/make/output"))).await;
    assert_eq!(status, 200);
    assert_eq!(headers["content-type"], "application/json");
    assert!(text.len() > 20_000_000);
    let whole: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(whole.as_array().unwrap().len(), ROWS);

    let step = admin.get(&format!("/v1/runs/{run}/steps/make")).await;
    let known = Cut::of(&step["output"]).unwrap();
    assert_eq!(known.bytes, text.len() as u64);
    assert_eq!((known.kind, known.length), (Kind::Array, Some(ROWS as u64)));
    assert!(text.starts_with(&known.start));
    let next = admin.get(&format!("/v1/runs/{run}/steps/count")).await;
    assert_eq!(next["output"], ROWS);
    assert!(Cut::of(&next["input"]["input"]).is_none() && Cut::of(&next["input"]).is_some());

    for part in ["", "/events", "/context", "/steps/make", "/steps/count"] {
        let (_, _, text) = raw(admin.request(Method::GET, &format!("/v1/runs/{run}{part}"))).await;
        assert!(text.len() < MOST, "{part}: {} bytes", text.len());
    }
    let all = format!("/v1/runs/{run}/events?whole=true&types=step_completed");
    let (_, _, all) = raw(admin.request(Method::GET, &all)).await;
    assert!(all.contains(&text));

    let events = admin.get(&format!("/v1/runs/{run}/events")).await;
    let events = events["items"].as_array().unwrap();
    let done = events
        .iter()
        .find(|event| event["event"]["type"] == "step_completed")
        .unwrap();
    assert_eq!(Cut::of(&done["event"]["output"]), Some(known));
    let value = format!("/v1/runs/{run}/events/{}/value", done["seq"]);
    let (_, _, again) = raw(admin.request(Method::GET, &value)).await;
    assert!(again == text);

    // The stream from the run's start tells all of it in little.
    let topics = format!("/v1/stream?topics=run:{run}&after=0");
    let mut stream = admin.request(Method::GET, &topics).send().await.unwrap();
    let mut told = String::new();
    while !told.contains("run_completed") {
        told.push_str(&String::from_utf8_lossy(
            &stream.chunk().await.unwrap().unwrap(),
        ));
    }
    assert!(told.len() < 2 * MOST, "{} bytes", told.len());
    assert!(told.contains("$cut"));
}

#[tokio::test]
async fn a_value_has_its_own_type_and_is_sent_once() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let steps = json!([
        { "id": "say", "type": "lua_script", "script": "return 'a\\nb'" },
        { "id": "ask", "type": "human_task", "depends_on": ["say"] },
    ]);
    let workflow = admin.workflow("Small", steps).await;
    let run = admin.start(&workflow, json!({ "input": {} })).await;
    server.until(&run, RunStatus::Waiting).await;
    let path = format!("/v1/runs/{run}/steps/say/output");

    let (status, headers, text) = raw(admin.request(Method::GET, &path)).await;
    assert_eq!((status.as_u16(), text.as_str()), (200, "a\nb"));
    assert_eq!(headers["content-type"], "text/plain; charset=utf-8");
    assert_eq!(
        headers["content-security-policy"],
        "sandbox; default-src 'none'"
    );
    let again = admin
        .request(Method::GET, &path)
        .header("If-None-Match", headers["etag"].to_str().unwrap());
    let (status, _, text) = raw(again).await;
    assert_eq!((status.as_u16(), text.as_str()), (304, ""));
    let (_, headers, _) = raw(admin.request(Method::GET, &format!("{path}?download=true"))).await;
    let named = headers["content-disposition"].to_str().unwrap();
    assert!(
        named.starts_with("attachment; filename=\"say-output.txt\""),
        "{named}"
    );

    for (part, code) in [
        ("output", "value_not_found"),
        ("steps/ask/output", "value_not_found"),
        ("steps/nope/output", "step_not_found"),
        ("steps/nope/input", "step_not_found"),
        ("events/2/value", "value_not_found"),
        ("events/9999/value", "value_not_found"),
    ] {
        let (status, problem) = admin.try_get(&format!("/v1/runs/{run}/{part}")).await;
        assert_eq!((status, &problem["code"]), (404, &json!(code)), "{part}");
    }
}
