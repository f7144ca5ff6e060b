//! Report this Run: what is attached, what is cut out, where it goes, and what comes back.

use crate::outside::mcp_step;
use crate::receivers::{Hook, Mailbox};
use crate::support::{Client, Server, raw};
use crate::test_mcp::TestMcp;
use flate2::read::GzDecoder;
use model::report::Bundle;
use model::{Role, RunStatus};
use reqwest::Method;
use runtime::serve::courier::signature;
use runtime::store::record::CheckRecord;
use runtime::store::{Change, ChangeSet};
use serde_json::{Value, json};
use std::io::Read;

/// A step that says a secret and fails.
fn leaks() -> Value {
    json!({
        "id": "draft", "type": "lua_script", "name": "Draft quote",
        "script": "print('asked with Bearer abcdef123456') error('no answer for ann@example.com, key sk-abcdef123456')"
    })
}

async fn failed(server: &Server, admin: &Client) -> String {
    let workflow = admin.workflow("Quote", json!([leaks()])).await;
    let run = admin.start(&workflow, json!({})).await;
    server.until(&run, RunStatus::Failed).await;
    run
}

fn report(run: &str) -> Value {
    json!({
        "run": run, "subject": "The draft fails", "expected": "A draft", "category": "failure", "severity": "high",
        "contact": "Ann, ann@example.com",
        "client": { "build": "0.1.0+test", "browser": "Chromium 140", "page": "/local/main/runs" }
    })
}

fn unpack(file: &[u8]) -> Bundle {
    let mut text = String::new();
    GzDecoder::new(file).read_to_string(&mut text).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn a_preview_shows_what_is_attached_and_what_was_cut_out() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let viewer = server.as_role(Role::ProjectViewer).await;
    let run = failed(&server, &admin).await;
    let preview = viewer.post("/v1/reports/preview", report(&run)).await;
    let attached = &preview["bundle"]["attached"];
    assert_eq!(attached["run"]["id"], json!(run));
    assert_eq!(attached["workflow"]["version"], 1);
    assert_eq!(attached["step"]["name"], "Draft quote");
    assert_eq!(attached["failure"]["code"], "LUA_SCRIPT_FAILED");
    assert_eq!(attached["attempt"], 1);
    assert_eq!(attached["health"][0]["what"], "Queue default");
    assert_eq!(attached["health"][1]["what"], "Worker worker-1");
    assert_eq!(attached["client"]["browser"], "Chromium 140");
    assert_eq!(attached["record"]["run"]["status"], "failed");
    assert_eq!(attached["journal"][0]["event"]["type"], "run_created");
    assert!(!attached["transcript"].as_array().unwrap().is_empty());
    let masked = &preview["bundle"]["masked"];
    for rule in ["authorization", "api_key", "email"] {
        assert!(
            masked[rule].as_u64().is_some_and(|count| count > 0),
            "{rule}: {masked}"
        );
    }
    let text = attached.to_string();
    for secret in ["abcdef123456", "ann@example.com"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    // What the person wrote is theirs.
    assert_eq!(preview["bundle"]["form"]["contact"], "Ann, ann@example.com");
    assert_eq!(preview["duplicates"], json!([]));
    assert_eq!(viewer.get("/v1/reports").await["count"], 0);
}

#[tokio::test]
async fn the_checks_that_the_step_and_the_workflow_depend_on_are_attached() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let mcp = TestMcp::start(None);
    let body = json!({ "id": "crm", "auth": { "type": "bearer" }, "secret": "one-two-three" });
    admin.post("/v1/connections", body).await;
    for (name, wires) in [
        ("shop", json!([{ "connection": "crm" }])),
        ("other", json!([])),
        ("unused", json!([])),
    ] {
        let body = json!({ "name": name, "transport": { "url": mcp.url }, "wires": wires });
        admin.post("/v1/mcp/servers", body).await;
    }
    let backend = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    for (id, tool) in [("warehouse", "fail"), ("depot", "look")] {
        let body = json!({
            "id": id, "wire": format!("tcp://{}", backend.local_addr().unwrap()),
            "tools": [{ "server": "shop", "names": [tool] }],
        });
        admin.post("/v1/entities", body).await;
    }
    let mut first = mcp_step("other", "look");
    first["id"] = json!("first");
    let mut second = mcp_step("shop", "fail");
    second["depends_on"] = json!(["first"]);
    let ask =
        json!({ "id": "ask", "type": "llm_call", "prompt": "Say it", "depends_on": ["call"] });
    let workflow = admin.workflow("Shop", json!([first, second, ask])).await;
    let run = admin.start(&workflow, json!({})).await;
    server.until(&run, RunStatus::Failed).await;
    // A service may say more than it should.
    let store = server.host.store();
    let mut told = store
        .get::<CheckRecord>("local/main/entity:warehouse")
        .await
        .unwrap()
        .unwrap()
        .value;
    told.message = "It answered: the key sk-abcdef123456 is no good.".into();
    let change = Change::put(&told).unwrap();
    store.change(ChangeSet::new(change)).await.unwrap();

    let preview = admin.post("/v1/reports/preview", report(&run)).await;
    assert!(!preview.to_string().contains("abcdef123456"), "{preview}");
    let health = preview["bundle"]["attached"]["health"].as_array().unwrap();
    assert_eq!(
        health[3]["message"],
        "It answered: the key sk-••• is no good."
    );
    let facts: Vec<(&str, Option<bool>)> = health
        .iter()
        .map(|fact| (fact["what"].as_str().unwrap(), fact["ok"].as_bool()))
        .collect();
    assert_eq!(
        facts,
        [
            // Of the step that failed.
            ("Credential crm", Some(true)),
            ("Connection crm", None),
            ("MCP server shop", Some(true)),
            ("Entity warehouse", Some(true)),
            // Of the others.
            ("MCP server other", Some(true)),
            ("Model provider default", None),
            ("Queue default", Some(true)),
            ("Worker worker-1", Some(true)),
        ]
    );
}

#[tokio::test]
async fn what_is_left_out_is_nowhere_in_the_file() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let run = failed(&server, &admin).await;
    let mut body = report(&run);
    body["leave_out"] = json!(["step", "client"]);
    let made = admin.post("/v1/reports", body).await;
    assert_eq!(
        made["left_out"],
        json!(["step", "record", "journal", "transcript", "client"])
    );
    let id = made["id"].as_str().unwrap();
    let path = format!("/v1/reports/{id}/bundle");
    let response = admin.request(Method::GET, &path).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "application/gzip");
    let file = response.bytes().await.unwrap();
    let bundle = unpack(&file);
    assert_eq!(bundle.format, "signalbox.report/1");
    assert_eq!(bundle.report.unwrap().as_str(), id);
    assert!(bundle.attached.step.is_none() && bundle.attached.record.is_none());
    assert!(bundle.attached.failure.is_some());
    let text = serde_json::to_string(&bundle.attached).unwrap();
    assert!(
        !text.contains("Draft quote") && !text.contains("Chromium"),
        "{text}"
    );
}

#[tokio::test]
async fn the_same_failure_is_suggested_before_it_is_reported_again() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let run = failed(&server, &admin).await;
    let first = admin.post("/v1/reports", report(&run)).await;
    let again = admin.post("/v1/reports/preview", report(&run)).await;
    assert_eq!(again["duplicates"][0]["id"], first["id"]);
    let second = admin.post("/v1/reports", report(&run)).await;
    let list = admin.get(&format!("/v1/reports?run={run}&limit=1")).await;
    assert_eq!(list["items"][0]["id"], second["id"]);
    let cursor = list["next_cursor"].as_str().unwrap();
    let rest = admin
        .get(&format!("/v1/reports?limit=1&cursor={cursor}"))
        .await;
    assert_eq!(rest["items"][0]["id"], first["id"]);
    for (field, value) in [("subject", " "), ("expected", "")] {
        let mut wrong = report(&run);
        wrong[field] = json!(value);
        let (status, problem) = admin.try_post("/v1/reports", wrong).await;
        assert_eq!(
            (status, &problem["errors"][0]["pointer"]),
            (422, &json!(format!("/{field}")))
        );
    }
}

#[tokio::test]
async fn a_report_reaches_support_signed_and_once_more_when_asked() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let mut hook = Hook::answering(&[500]).await;
    let target = admin
        .put("/v1/reports/target", json!({ "webhook_url": hook.url }))
        .await;
    let secret = target["secret"].as_str().unwrap();
    let run = failed(&server, &admin).await;
    let made = admin.post("/v1/reports", report(&run)).await;
    assert_eq!(made["delivery"]["state"], "waiting");
    let (first, second) = (hook.next().await, hook.next().await);
    assert_eq!(first.id, second.id);
    let seconds = second.timestamp.parse().unwrap();
    assert_eq!(
        signature(secret, &second.id, seconds, &second.body),
        Some(second.signature)
    );
    let body: Value = serde_json::from_str(&second.body).unwrap();
    assert_eq!(body["type"], "report.created");
    assert_eq!(body["data"]["bundle"]["form"]["subject"], "The draft fails");
    assert!(!second.body.contains("abcdef123456"));
    let path = format!("/v1/reports/{}", made["id"].as_str().unwrap());
    let mut view = admin.get(&path).await;
    for _ in 0..2_000 {
        if view["delivery"]["state"] == "delivered" {
            break;
        }
        view = admin.get(&path).await;
    }
    assert_eq!(view["delivery"]["tries"][1]["status"], 204);
    admin.post(&format!("{path}/redeliver"), json!({})).await;
    assert_eq!(hook.next().await.id, first.id);
    // The target's webhook is no webhook of the project.
    assert_eq!(admin.get("/v1/webhooks").await["count"], 0);
    let (_, _, text) = raw(admin.request(Method::GET, "/v1/reports/target")).await;
    assert!(text.contains(&hook.url) && !text.contains("whsec_"));
}

#[tokio::test]
async fn a_report_goes_by_email_with_its_file() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let mut mailbox = Mailbox::failing(0).await;
    let run = failed(&server, &admin).await;
    let nowhere = admin.post("/v1/reports", report(&run)).await;
    assert!(nowhere.get("delivery").is_none());
    admin
        .put(
            "/v1/reports/target",
            json!({ "email": "support@example.com" }),
        )
        .await;
    let (status, problem) = admin.try_post("/v1/reports", report(&run)).await;
    assert_eq!((status, &problem["code"]), (409, &json!("no_email_server")));
    let mail = json!({ "host": "localhost", "port": mailbox.port, "security": "plain", "from": "box@example.com" });
    admin.put("/v1/notifications/email", mail).await;
    let made = admin.post("/v1/reports", report(&run)).await;
    let letter = mailbox.next().await;
    assert!(letter.to.contains("support@example.com"));
    assert!(
        letter.data.contains("Subject: Report: The draft fails"),
        "{}",
        letter.data
    );
    let name = format!("{}.signalbox.gz", made["id"].as_str().unwrap());
    assert!(letter.data.contains(&name), "{}", letter.data);
}

#[tokio::test]
async fn an_answer_is_kept_and_told_to_whoever_reported() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let viewer = server.as_role(Role::ProjectViewer).await;
    let run = failed(&server, &admin).await;
    let made = viewer.post("/v1/reports", report(&run)).await;
    let id = made["id"].as_str().unwrap();
    let path = format!("/v1/reports/{id}/answers");
    assert_eq!(viewer.try_post(&path, json!({ "text": "me" })).await.0, 403);
    assert_eq!(admin.try_post(&path, json!({ "text": " " })).await.0, 422);
    let view = admin
        .post(&path, json!({ "text": "Fixed in version 2." }))
        .await;
    assert_eq!(view["thread"][0]["text"], "Fixed in version 2.");
    let told = |inbox: &Value| inbox["items"][0]["kind"] == "report_answered";
    let inbox = viewer.inbox(told).await;
    assert_eq!(inbox["items"][0]["report"], json!(id));
    assert_eq!(inbox["items"][0]["text"], "Fixed in version 2.");
    assert_eq!(viewer.get(&format!("/v1/reports/{id}")).await["answers"], 1);
}
