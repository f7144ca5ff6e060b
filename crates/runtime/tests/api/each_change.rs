//! Every route that changes something, called so that it succeeds: each call leaves exactly one entry, and the answer names it.

mod messages;
mod surroundings;

use crate::support::{Client, Server, decision, echo, fails, raw, waitpoint};
use model::RunStatus;
use reqwest::Method;
use reqwest::header::HeaderMap;
use runtime::api::access::{Need, ROUTES, Route};
use runtime::store::AuditQuery;
use serde_json::{Value, json};

/// Routes that take a body and change nothing.
const READS: [&str; 4] = [
    "/v1/runs/{run}/plan",
    "/v1/bulk/plan",
    "/v1/workflows/{workflow}/validate",
    "/v1/reports/preview",
];
/// Begins anew each time, by design: its answer holds what must not lie in the store.
const ANEW: &str = "/v1/connections/{connection}/reconnect";
/// Signing in and out: `session.rs` and `people.rs` look at those entries.
const SESSIONS: [&str; 2] = ["/v1/session", "/v1/sessions/{session}"];

struct Kit {
    server: Server,
    admin: Client,
}

/// A call that succeeds.
struct Call {
    path: String,
    /// A text is sent as lines of JSON.
    body: Value,
}

fn call(path: impl Into<String>, body: Value) -> Call {
    Call {
        path: path.into(),
        body,
    }
}

impl Kit {
    /// A new run of one step that stands at `status`.
    async fn run(&self, step: Value, status: RunStatus) -> String {
        let workflow = self.admin.workflow("One step", json!([step])).await;
        let run = self.admin.start(&workflow, json!({ "input": {} })).await;
        self.server.until(&run, status).await;
        run
    }

    async fn failed(&self) -> String {
        self.run(fails("trip"), RunStatus::Failed).await
    }

    async fn waiting(&self) -> String {
        self.run(decision("decide"), RunStatus::Waiting).await
    }

    /// A run in a queue that is paused.
    async fn queued(&self) -> String {
        self.admin.post("/v1/queues/default/pause", json!({})).await;
        self.run(echo("say"), RunStatus::Queued).await
    }

    /// A bulk job that has not begun.
    async fn bulk(&self) -> String {
        let record =
            crate::bulk::untouched(&self.server, vec![self.waiting().await.as_str().into()]);
        record.await.job.id.to_string()
    }

    async fn task(&self, word: &str) -> String {
        let run = self.waiting().await;
        let tasks = self.admin.get("/v1/tasks/pending").await;
        let task = tasks["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|task| task["run"] == json!(run))
            .unwrap();
        let task = task["task"].as_str().unwrap();
        format!("/v1/runs/{run}/tasks/{task}/{word}")
    }

    async fn token(&self, word: &str) -> String {
        let run = self.run(waitpoint("wait"), RunStatus::Waiting).await;
        let tokens = self.admin.get("/v1/waitpoints/tokens").await;
        let token = tokens["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|token| token["run"] == json!(run))
            .unwrap();
        let token = token["token"].as_str().unwrap();
        format!("/v1/waitpoints/tokens/{token}/{word}")
    }

    async fn provider(&self) {
        let body = json!({ "id": "spare", "mode": "mock", "base_url": "http://127.0.0.1:9/v1", "default_model": "m" });
        self.admin.try_post("/v1/providers", body).await;
    }

    /// Somebody else with a role in the project.
    async fn member(&self) -> String {
        self.server.as_role(model::Role::ProjectViewer).await;
        let members = self.admin.get("/v1/members").await;
        let member = members["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|member| member["role"] == "project_viewer")
            .unwrap();
        member["user"].as_str().unwrap().to_owned()
    }

    /// What has to be there, and the call.
    async fn call(&self, route: &Route) -> Call {
        if let Some(call) = self.call_of_messages(route).await {
            return call;
        }
        if let Some(call) = self.call_of_surroundings(route).await {
            return call;
        }
        let none = json!({});
        let workflow = || async { self.admin.workflow("Changed", json!([echo("say")])).await };
        match (route.method.as_str(), route.path) {
            ("POST", "/v1/attention/{id}/snooze") => call(
                format!("/v1/attention/{}/snooze", self.failed().await),
                json!({ "until": "2999-01-01T00:00:00Z" }),
            ),
            // A run that the move refuses leaves no entry of its own.
            ("POST", "/v1/bulk") => call(
                "/v1/bulk",
                json!({ "move": "retry", "runs": [self.waiting().await], "reason": "all of them" }),
            ),
            ("POST", "/v1/bulk/{job}/abort") => {
                call(format!("/v1/bulk/{}/abort", self.bulk().await), none)
            }
            ("POST", "/v1/attention/{id}/dismiss") => call(
                format!("/v1/attention/{}/dismiss", self.failed().await),
                json!({ "reason": "seen" }),
            ),
            ("POST", "/v1/attention/{id}/assign") => call(
                format!("/v1/attention/{}/assign", self.failed().await),
                none,
            ),
            ("POST", "/v1/runs/import") => {
                let path = format!("/v1/runs/{}/journal", self.failed().await);
                let (_, _, journal) = raw(self.admin.request(Method::GET, &path)).await;
                call("/v1/runs/import", Value::String(journal))
            }
            ("POST", "/v1/runs/{run}/retry") => {
                call(format!("/v1/runs/{}/retry", self.failed().await), none)
            }
            ("POST", "/v1/runs/{run}/run-again") => {
                call(format!("/v1/runs/{}/run-again", self.failed().await), none)
            }
            ("POST", "/v1/runs/{run}/pause") => {
                call(format!("/v1/runs/{}/pause", self.queued().await), none)
            }
            ("POST", "/v1/runs/{run}/resume") => {
                let run = self.queued().await;
                self.admin
                    .post(&format!("/v1/runs/{run}/pause"), json!({}))
                    .await;
                call(format!("/v1/runs/{run}/resume"), none)
            }
            ("POST", "/v1/runs/{run}/stop") => {
                call(format!("/v1/runs/{}/stop", self.waiting().await), none)
            }
            ("POST", "/v1/runs/{run}/cancel") => {
                call(format!("/v1/runs/{}/cancel", self.waiting().await), none)
            }
            ("POST", "/v1/runs/{run}/steps/{step}/chat") => {
                let agent = json!({"id": "plan", "type": "agent_call", "prompt": "p", "mock": [{"error": "no"}]});
                let run = self.run(agent, RunStatus::Failed).await;
                call(
                    format!("/v1/runs/{run}/steps/plan/chat"),
                    json!({ "message": "Go on." }),
                )
            }
            ("POST", "/v1/runs/{run}/tasks/{task}/complete") => {
                call(self.task("complete").await, json!({ "approved": true }))
            }
            ("POST", "/v1/runs/{run}/tasks/{task}/skip") => call(self.task("skip").await, none),
            ("POST", "/v1/waitpoints/tokens/{token}/complete") => {
                call(self.token("complete").await, json!({ "sent": true }))
            }
            ("POST", "/v1/waitpoints/tokens/{token}/timeout") => {
                call(self.token("timeout").await, none)
            }
            ("POST", "/v1/missions") => call("/v1/missions", json!({ "title": "North" })),
            ("POST", "/v1/workflows") => call(
                "/v1/workflows",
                json!({ "draft": { "name": "Made", "steps": [] } }),
            ),
            ("POST", "/v1/workflows/import") => {
                let path = format!("/v1/workflows/{}/export", workflow().await);
                let mut document = self.admin.get(&path).await;
                document["name"] = json!("Imported");
                call("/v1/workflows/import", document)
            }
            ("PATCH", "/v1/workflows/{workflow}") => call(
                format!("/v1/workflows/{}", workflow().await),
                json!({ "draft": { "name": "Changed", "steps": [] } }),
            ),
            ("DELETE", "/v1/workflows/{workflow}") => {
                call(format!("/v1/workflows/{}", workflow().await), none)
            }
            ("POST", "/v1/workflows/{workflow}/versions") => {
                let made = self
                    .admin
                    .post(
                        "/v1/workflows",
                        json!({ "draft": { "name": "Draft", "steps": [echo("say")] } }),
                    )
                    .await;
                let id = made["id"].as_str().unwrap();
                call(format!("/v1/workflows/{id}/versions"), none)
            }
            ("POST", "/v1/workflows/{workflow}/command") => call(
                format!("/v1/workflows/{}/command", workflow().await),
                json!({ "command": "start", "params": { "input": {} } }),
            ),
            ("POST", "/v1/providers") => call(
                "/v1/providers",
                json!({ "id": "other", "mode": "mock", "base_url": "http://127.0.0.1:9/v1", "default_model": "m" }),
            ),
            ("PATCH", "/v1/providers/{provider}") => {
                call("/v1/providers/default", json!({ "mode": "mock" }))
            }
            ("DELETE", "/v1/providers/{provider}") => {
                self.provider().await;
                call("/v1/providers/spare", none)
            }
            ("POST", "/v1/providers/{provider}/check") => call("/v1/providers/default/check", none),
            ("POST", "/v1/queues/{queue}/pause") => call("/v1/queues/default/pause", none),
            ("POST", "/v1/queues/{queue}/resume") => call("/v1/queues/default/resume", none),
            ("POST", "/v1/pats") => call(
                "/v1/pats",
                json!({ "name": "deploy", "scopes": ["workflow:read"] }),
            ),
            ("DELETE", "/v1/pats/{pat}") => {
                let made = self
                    .admin
                    .post(
                        "/v1/pats",
                        json!({ "name": "gone", "scopes": ["workflow:read"] }),
                    )
                    .await;
                let id = made["pat"]["id"].as_str().unwrap();
                call(format!("/v1/pats/{id}"), none)
            }
            ("PATCH", "/v1/members/{user}") => call(
                format!("/v1/members/{}", self.member().await),
                json!({ "role": "project_admin" }),
            ),
            ("DELETE", "/v1/members/{user}") => {
                call(format!("/v1/members/{}", self.member().await), none)
            }
            ("POST", "/v1/invitations") => call(
                "/v1/invitations",
                json!({ "name": "Kim", "role": "project_viewer" }),
            ),
            ("DELETE", "/v1/invitations/{invitation}") => {
                let made = self
                    .admin
                    .post(
                        "/v1/invitations",
                        json!({ "name": "Kim", "role": "project_viewer" }),
                    )
                    .await;
                let id = made["invitation"]["id"].as_str().unwrap();
                call(format!("/v1/invitations/{id}"), none)
            }
            ("POST", "/v1/projects") => {
                call("/v1/projects", json!({ "id": "second", "name": "Second" }))
            }
            ("PATCH", "/v1/projects/{project}") => {
                call("/v1/projects/main", json!({ "name": "First" }))
            }
            ("PUT", "/v1/audit/retention") => {
                call("/v1/audit/retention", json!({ "keep_days": 365 }))
            }
            (method, path) => {
                panic!("{method} {path} changes something: say here how it is called")
            }
        }
    }

    /// What the caller did, newest first; a check that changes by it is the runtime's own entry.
    async fn entries(&self) -> Vec<model::AuditEntry> {
        let all = AuditQuery {
            tenant: "local".into(),
            limit: 1_000,
            ..AuditQuery::default()
        };
        let mut entries = self.server.host.store().audit(all).await.unwrap();
        entries.retain(|entry| entry.actor.name == "test");
        entries
    }

    async fn send(&self, method: &Method, call: &Call) -> (u16, HeaderMap, Value) {
        let request = self.admin.request(method.clone(), &call.path).header(
            "Idempotency-Key",
            format!("key-{}", call.path.replace('/', "-")),
        );
        let request = match &call.body {
            Value::String(lines) => request
                .header("Content-Type", "application/x-ndjson")
                .body(lines.clone()),
            body => request.json(body),
        };
        let (status, headers, text) = raw(request).await;
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        (status.as_u16(), headers, body)
    }
}

#[tokio::test]
async fn each_changing_route_leaves_one_entry_and_names_it() {
    let mut called = 0;
    for route in ROUTES {
        let changes = *route.method != Method::GET
            && !READS.contains(&route.path)
            && !SESSIONS.contains(&route.path)
            && route.need != Need::Nothing;
        if !changes {
            continue;
        }
        // One runtime each: a paused queue or a changed provider is nobody else's.
        let server = Server::new().await;
        let kit = Kit {
            admin: server.admin().await,
            server,
        };
        let what = format!("{} {}", route.method, route.path);
        let call = kit.call(route).await;
        let before = kit.entries().await.len();
        let (status, headers, answer) = kit.send(route.method, &call).await;
        assert!((200..300).contains(&status), "{what}: {status} {answer}");
        let entries = kit.entries().await;
        assert_eq!(entries.len(), before + 1, "{what}: {answer}");
        let entry = &entries[0];
        assert_eq!(answer["audit"], json!(entry.id), "{what}: {answer}");
        assert_eq!(entry.actor.name, "test", "{what}");
        assert_eq!(entry.ip.as_deref(), Some("127.0.0.1"), "{what}");
        assert_eq!(
            entry.request_id.as_deref(),
            headers["x-request-id"].to_str().ok(),
            "{what}"
        );
        assert!(!entry.object.is_empty(), "{what}");
        assert!(entry.before.is_some() || entry.after.is_some(), "{what}");

        called += 1;
        if route.path == ANEW {
            continue;
        }
        // The same again under the same key: the same answer, and nothing more is written.
        let (status, _, again) = kit.send(route.method, &call).await;
        assert!(
            (200..300).contains(&status),
            "{what} again: {status} {again}"
        );
        assert_eq!(again["audit"], answer["audit"], "{what} again");
        assert_eq!(kit.entries().await.len(), entries.len(), "{what} again");
    }
    assert!(called >= 25, "{called}");
}
