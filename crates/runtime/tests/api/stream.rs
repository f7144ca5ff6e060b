//! The stream: in order, nothing missed and nothing twice, whatever happens to the line.

use crate::receivers::Hook;
use crate::support::{Client, PATIENCE, Server, answer, decision, echo, http};
use crate::test_provider::{Answer, TestProvider, piece};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use model::{Role, RunId, RunStatus, Scope};
use reqwest::header::COOKIE;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// One message: its id and its data.
#[derive(Debug, Clone)]
struct Message {
    id: Option<String>,
    data: Value,
}

/// A browser's view of a stream.
struct Reader {
    bytes: BoxStream<'static, reqwest::Result<Vec<u8>>>,
    text: String,
    last_id: Option<String>,
}

impl Reader {
    async fn open(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert!(!response.headers().contains_key("content-encoding"));
        let bytes = response
            .bytes_stream()
            .map(|chunk| chunk.map(|bytes| bytes.to_vec()))
            .boxed();
        Self {
            bytes,
            text: String::new(),
            last_id: None,
        }
    }

    /// The next message; `None` at the end of the stream.
    async fn next(&mut self) -> Option<Message> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                let field = |name: &str| {
                    block.lines().find_map(|line| {
                        line.strip_prefix(name)?
                            .strip_prefix(": ")
                            .map(str::to_owned)
                    })
                };
                let id = field("id");
                if id.is_some() {
                    self.last_id.clone_from(&id);
                }
                if let Some(data) = field("data") {
                    return Some(Message {
                        id,
                        data: serde_json::from_str(&data).unwrap(),
                    });
                }
                continue;
            }
            let chunk = tokio::time::timeout(PATIENCE, self.bytes.next())
                .await
                .expect("the stream is silent");
            match chunk {
                Some(Ok(bytes)) => self.text.push_str(std::str::from_utf8(&bytes).unwrap()),
                Some(Err(_)) | None => return None,
            }
        }
    }

    /// The sequences of a run's events, until its journal stands at `last`.
    async fn events_until(&mut self, run: &str, last: u64) -> Vec<u64> {
        let mut found = Vec::new();
        while found.last() != Some(&last) {
            let message = self.next().await.expect("the stream ended early");
            if message.data["topic"] == "run" && message.data["run"] == json!(run) {
                let events = message.data["events"].as_array().unwrap();
                found.extend(events.iter().map(|event| event["seq"].as_u64().unwrap()));
            }
        }
        found
    }
}

fn stream(client: &Client, query: &str) -> RequestBuilder {
    client.request(Method::GET, &format!("/v1/stream?{query}"))
}

async fn last_seq(client: &Client, run: &str) -> u64 {
    client.get(&format!("/v1/runs/{run}/events?limit=1")).await["last_seq"]
        .as_u64()
        .unwrap()
}

#[tokio::test]
async fn an_answer_that_comes_in_is_told_to_those_who_look_at_its_run() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let provider = TestProvider::start([Answer::Held(vec![piece("Ten metres of ")])]).await;
    let address = json!({ "base_url": provider.base_url });
    assert_eq!(
        admin.try_patch("/v1/providers/default", address).await.0,
        200
    );
    let gate = json!({ "id": "gate", "type": "waitpoint" });
    let agent =
        json!({ "id": "plan", "type": "agent_call", "prompt": "p", "depends_on": ["gate"] });
    let workflow = admin.workflow("Plan", json!([gate, agent])).await;
    let run = admin.start(&workflow, json!({})).await;
    server.until(&run, RunStatus::Waiting).await;

    let mut own = Reader::open(stream(&admin, &format!("topics=run:{run},runs"))).await;
    let mut other = Reader::open(stream(&admin, "topics=runs")).await;
    let tokens = admin.get("/v1/waitpoints/tokens").await;
    let token = tokens["items"][0]["token"].as_str().unwrap();
    admin
        .post(
            &format!("/v1/waitpoints/tokens/{token}/complete"),
            json!({}),
        )
        .await;
    let told = loop {
        let message = own.next().await.unwrap();
        if message.data["topic"] == "saying" {
            break message;
        }
    };
    assert_eq!(told.id, None, "nothing is resumed from it");
    assert_eq!(
        told.data,
        json!({
            "topic": "saying", "run": run, "path": "plan", "attempt": 1, "try": 1,
            "thinking": "", "text": "Ten metres of"
        })
    );
    let mut late = Reader::open(stream(&admin, &format!("topics=run:{run}"))).await;
    let said = late.next().await.unwrap();
    assert_eq!(said.data, told.data, "whoever comes later reads it too");
    admin
        .post(&format!("/v1/runs/{run}/cancel"), json!({}))
        .await;
    let mut topics = BTreeSet::new();
    loop {
        let message = other.next().await.unwrap();
        topics.insert(message.data["topic"].to_string());
        if message.data["row"]["status"] == "cancelled" {
            break;
        }
    }
    assert_eq!(topics, BTreeSet::from(["\"runs\"".to_owned()]));
    let run = RunId::new(run);
    while !server.host.saying_in(&run).is_empty() {
        tokio::task::yield_now().await;
    }
}

async fn loop_of(client: &Client, items: usize) -> (String, Value) {
    let workflow = client
        .workflow(
            "Loop",
            json!([{
                "id": "each", "type": "for_each", "items": "{{input.items}}",
                "steps": [{ "id": "one", "type": "lua_script", "script": "return input", "input": "{{item}}" }]
            }]),
        )
        .await;
    let items: Vec<usize> = (0..items).collect();
    (workflow, json!({ "input": { "items": items } }))
}

#[tokio::test]
async fn a_run_is_followed_from_the_position_it_was_read_at() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let workflow = admin
        .workflow("Wait", json!([decision("ask"), echo("say")]))
        .await;
    let run = admin.start(&workflow, json!({})).await;
    server.until(&run, RunStatus::Waiting).await;
    let view = admin.get(&format!("/v1/runs/{run}")).await;
    let (seq, position) = (view["run"]["seq"].as_u64().unwrap(), &view["position"]);
    let mut reader = Reader::open(stream(
        &admin,
        &format!("topics=run:{run}&after={position}"),
    ))
    .await;
    admin
        .post(&format!("/v1/runs/{run}/cancel"), json!({}))
        .await;
    let last = last_seq(&admin, &run).await;
    let found = reader.events_until(&run, last).await;
    assert_eq!(found, (seq + 1..=last).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_broken_line_resumes_without_a_gap_and_without_repeats() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let (workflow, params) = loop_of(&admin, 80).await;
    let run = admin.start(&workflow, params).await;
    server.until(&run, RunStatus::Completed).await;
    let last = last_seq(&admin, &run).await;
    let topics = format!("topics=run:{run},runs");
    let mut found: Vec<u64> = Vec::new();
    let mut resume: Option<String> = None;
    // Every connection is dropped after some messages, wherever that is.
    for size in (1..).map(|n| n % 7 + 1) {
        let mut request = stream(&admin, &format!("{topics}&after=0"));
        if let Some(id) = &resume {
            request = request.header("Last-Event-ID", id);
        }
        let mut reader = Reader::open(request).await;
        let mut pending: Vec<u64> = Vec::new();
        for _ in 0..size {
            let message = reader.next().await.unwrap();
            if message.data["topic"] == "run" {
                let events = message.data["events"].as_array().unwrap();
                pending.extend(events.iter().map(|event| event["seq"].as_u64().unwrap()));
            }
            // Only what stands before an id has arrived for good.
            if message.id.is_some() {
                found.append(&mut pending);
            }
            if found.last() == Some(&last) {
                break;
            }
        }
        resume = reader.last_id.clone().or(resume);
        if found.last() == Some(&last) {
            break;
        }
    }
    assert_eq!(found, (1..=last).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_restart_of_the_runtime_loses_nothing_for_the_reader() {
    let server = Server::new().await;
    let token = server.token(Role::TenantAdmin).await;
    let admin = server.client(token.clone());
    let workflow = admin.workflow("Wait", json!([decision("ask")])).await;
    let run = admin.start(&workflow, json!({})).await;
    server.until(&run, RunStatus::Waiting).await;
    let topics = format!("topics=run:{run}");
    let mut reader = Reader::open(stream(&admin, &format!("{topics}&after=0"))).await;
    let before = last_seq(&admin, &run).await;
    let mut found = reader.events_until(&run, before).await;

    let server = server.restart().await;
    assert!(
        reader.next().await.is_none(),
        "the old stream ends with its runtime"
    );
    let admin = server.client(token);
    admin
        .post(&format!("/v1/runs/{run}/cancel"), json!({}))
        .await;
    let after = last_seq(&admin, &run).await;
    let request = stream(&admin, &topics).header("Last-Event-ID", reader.last_id.unwrap());
    let mut reader = Reader::open(request).await;
    found.extend(reader.events_until(&run, after).await);
    assert_eq!(found, (1..=after).collect::<Vec<_>>());
}

#[tokio::test]
async fn the_list_hears_of_every_run_of_its_project_and_of_no_other() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let foreign = server.foreign().await;
    let theirs = foreign.workflow("Theirs", json!([echo("say")])).await;
    let ours = admin.workflow("Ours", json!([echo("say")])).await;
    let mut reader = Reader::open(stream(&admin, "topics=command-center,runs")).await;
    let secret = foreign.start(&theirs, json!({})).await;
    server.until(&secret, RunStatus::Completed).await;
    let run = admin.start(&ours, json!({})).await;
    loop {
        let message = reader.next().await.unwrap();
        assert_eq!(message.data["topic"], "runs");
        assert_eq!(message.data["row"]["id"], json!(run));
        if message.data["row"]["status"] == "completed" {
            break;
        }
    }
}

#[tokio::test]
async fn a_new_entry_of_the_trail_is_told_to_its_own_tenant_only() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let foreign = server.foreign().await;
    let mut ours = Reader::open(stream(&admin, "topics=audit,runs")).await;
    for name in ["A", "B", "C", "D"] {
        foreign.workflow(name, json!([echo("say")])).await;
    }
    let workflow = admin.workflow("Ours", json!([echo("say")])).await;
    let run = admin.start(&workflow, json!({})).await;
    let (mut told, mut done) = (0, false);
    while told == 0 || !done {
        let message = ours.next().await.unwrap();
        match message.data["topic"].as_str() {
            Some("audit") => told += 1,
            _ => done |= message.data["row"]["status"] == "completed",
        }
    }
    let trail = admin.get("/v1/audit?limit=100").await;
    let entries = trail["items"].as_array().unwrap();
    assert!(entries.iter().any(|entry| entry["run"] == json!(run)));
    assert!(
        told <= entries.len(),
        "{told} for {} entries",
        entries.len()
    );
    let scopes = BTreeSet::from([Scope::WorkflowRead]);
    let token = server.token_with(&admin.place, Role::ProjectViewer, scopes);
    let unread = server.client(token.await);
    let (status, problem) = answer(stream(&unread, "topics=audit")).await;
    assert_eq!((status, &problem["missing"]), (403, &json!("audit:read")));
}

#[tokio::test]
async fn a_message_on_its_way_is_told_to_who_may_read_its_log() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let hook = Hook::answering(&[]).await;
    let made = admin.post("/v1/webhooks", json!({ "url": hook.url })).await;
    let log = format!("topics=deliveries:{}", made["id"].as_str().unwrap());
    let mut reader = Reader::open(stream(&admin, &log)).await;
    let fails = json!([{ "id": "a", "type": "lua_script", "script": "error('no')" }]);
    let workflow = admin.workflow("Quote", fails).await;
    admin.start(&workflow, json!({})).await;
    let told = json!({ "topic": "deliveries" });
    assert_eq!(reader.next().await.unwrap().data, told);

    let contributor = server.as_role(Role::ProjectContributor).await;
    assert_eq!(answer(stream(&contributor, &log)).await.0, 403);
    let foreign = server.foreign().await;
    assert_eq!(answer(stream(&foreign, &log)).await.0, 404);
    let email = "topics=deliveries:email";
    let project_admin = server.as_role(Role::ProjectAdmin).await;
    assert_eq!(answer(stream(&project_admin, email)).await.0, 403);
    Reader::open(stream(&admin, email)).await;
}

#[tokio::test]
async fn a_position_that_is_not_ours_says_load_again() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let workflow = admin.workflow("Echo", json!([echo("say")])).await;
    let run = admin.start(&workflow, json!({})).await;
    server.until(&run, RunStatus::Completed).await;
    let mut reader = Reader::open(stream(&admin, "topics=runs&after=999999999")).await;
    let message = reader.next().await.unwrap();
    assert_eq!(message.data, json!({ "topic": "reset" }));
    // From here on the stream is good again.
    let run = admin.start(&workflow, json!({})).await;
    assert_eq!(reader.next().await.unwrap().data["row"]["id"], json!(run));
}

#[tokio::test]
async fn what_cannot_be_followed_is_a_problem_and_no_stream() {
    let server = Server::new().await;
    let admin = server.admin().await;
    for query in [
        "",
        "topics=",
        "topics=everything",
        "topics=run:",
        "topics=runs&after=x",
    ] {
        let (status, problem) = answer(stream(&admin, query)).await;
        assert_eq!(
            (status, &problem["code"]),
            (400, &json!("invalid_query")),
            "{query}"
        );
    }
    assert_eq!(answer(stream(&admin, "topics=run:run_none")).await.0, 404);
    let wrong = stream(&admin, "topics=runs").header("Last-Event-ID", "abc");
    assert_eq!(answer(wrong).await.1["code"], "invalid_last_event_id");
}

#[tokio::test]
async fn signing_out_ends_the_streams_of_the_session() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let sign_in = http()
        .post(format!("{}/v1/session", server.base))
        .json(&json!({ "code": server.code }));
    let response = sign_in.send().await.unwrap();
    let cookie = response.headers()["set-cookie"].to_str().unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    // As a browser's EventSource: a cookie, and no headers of its own.
    let request = http()
        .get(format!(
            "{}/v1/stream?topics=runs&tenant=local&project=main",
            server.base
        ))
        .header(COOKIE, &cookie);
    let mut reader = Reader::open(request).await;
    let mut other = Reader::open(stream(&admin, "topics=runs")).await;
    let end = http()
        .delete(format!("{}/v1/session", server.base))
        .header(COOKIE, &cookie);
    assert_eq!(answer(end).await.0, 204);
    assert!(reader.next().await.is_none());
    let workflow = admin.workflow("Echo", json!([echo("say")])).await;
    admin.start(&workflow, json!({})).await;
    assert!(
        other.next().await.is_some(),
        "another caller's stream goes on"
    );
}
