//! A runtime of its own for each test, and a client that speaks to it.

use model::{Role, RunId, RunStatus, Scope, TokenId, UserId};
use reqwest::{Method, RequestBuilder, StatusCode};
use runtime::auth::people;
use runtime::host::{Host, HostConfig};
use runtime::notify::Notifier;
use runtime::serve::running::{Running, Setup};
use runtime::serve::services::random;
use runtime::steps::net::{self, Reach};
use runtime::store::{ChangeSet, Place};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// How long a test waits for what it waits for. A test that passes never waits so long, however busy the machine is.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// A runtime on a port and a data folder of its own.
pub struct Server {
    pub base: String,
    pub host: Host,
    pub code: String,
    pub data: Arc<TempDir>,
    notifier: Notifier,
    stop: Option<oneshot::Sender<()>>,
    served: JoinHandle<()>,
}

/// How a test wants its runtime.
#[derive(Default)]
pub struct Wish {
    pub data: Option<Arc<TempDir>>,
    pub console: Option<PathBuf>,
    pub examples: Option<PathBuf>,
    /// Nobody picks runs up.
    pub no_workers: bool,
    pub rate: Option<u32>,
    /// Addresses that people typed lead to the public internet only.
    pub public_only: bool,
    /// MCP servers may start programs.
    pub programs: bool,
    /// The time between two rounds of checks; an hour when absent, so that only what is asked for is looked at.
    pub check_every: Option<Duration>,
}

impl Server {
    pub async fn new() -> Self {
        Self::with(Wish::default()).await
    }

    pub async fn with(wish: Wish) -> Self {
        let data = wish
            .data
            .unwrap_or_else(|| Arc::new(tempfile::tempdir().unwrap()));
        let mut host = HostConfig::default();
        if wish.no_workers {
            host.workers = 0;
        }
        let running = Running::start(Setup {
            data: data.path().to_owned(),
            console: wish.console,
            examples: wish.examples,
            host,
            rate: NonZeroU32::new(wish.rate.unwrap_or(100_000)).unwrap(),
            allow_private_urls: !wish.public_only,
            allow_mcp_programs: wish.programs,
            check_every: wish.check_every.unwrap_or(Duration::from_hours(1)),
            sandbox: runtime::mcp_files::Quota::default(),
            secret_key: None,
            build: "0.1.0+test".into(),
            program: Some(env!("CARGO_BIN_EXE_signalbox").into()),
        })
        .await
        .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let host = running.host().clone();
        let notifier = running.notifier().clone();
        let code = running.owner_code().await.unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let served = tokio::spawn(async move {
            let stop = async {
                let _ = stopped.await;
            };
            running.serve(listener, stop).await.unwrap();
        });
        Self {
            base,
            host,
            code,
            data,
            notifier,
            stop: Some(stop),
            served,
        }
    }

    /// Stops as on SIGTERM, and starts again on the same data.
    pub async fn restart(self) -> Self {
        let data = self.stop().await;
        Self::with(Wish {
            data: Some(data),
            ..Wish::default()
        })
        .await
    }

    /// What happens from here on is told to nobody until the next start.
    pub async fn stop_telling(&self) {
        self.notifier.shutdown().await;
    }

    /// Stops as on SIGTERM; answers with the data it leaves.
    pub async fn stop(mut self) -> Arc<TempDir> {
        let _ = self.stop.take().unwrap().send(());
        self.served.await.unwrap();
        self.data
    }

    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// A token with every scope.
    pub async fn token(&self, role: Role) -> String {
        self.token_with(
            &Place::new("local", "main"),
            role,
            Scope::ALL.iter().copied().collect(),
        )
        .await
    }

    pub async fn token_with(&self, place: &Place, role: Role, scopes: BTreeSet<Scope>) -> String {
        self.token_until(place, role, scopes, None).await.1
    }

    pub async fn token_until(
        &self,
        place: &Place,
        role: Role,
        scopes: BTreeSet<Scope>,
        expires_at: Option<model::Timestamp>,
    ) -> (TokenId, String) {
        let now = self.host.now();
        let id = TokenId::new(self.host.new_id(TokenId::PREFIX));
        let user = UserId::new(self.host.new_id(UserId::PREFIX));
        let new = people::NewToken {
            id: id.clone(),
            user: user.clone(),
            tenant: place.tenant.clone(),
            project: None,
            name: "test".into(),
            scopes,
            role: None,
            ai: false,
            expires_at,
        };
        let bearer = people::bearer(user.clone(), "Tess Test", &id, now).unwrap();
        let member = people::membership(
            user,
            place.tenant.clone(),
            Some(place.project.clone()),
            role,
        )
        .unwrap();
        let (secret, token) = people::token(&random, new, now).unwrap();
        self.host
            .store()
            .change(ChangeSet {
                changes: vec![bearer, member, token],
                audit: None,
            })
            .await
            .unwrap();
        (id, secret.reveal().to_owned())
    }

    /// A second tenant with a project, and a client who is an admin there.
    pub async fn foreign(&self) -> Client {
        let place = Place::new("acme", "main");
        let now = self.host.now();
        let changes = vec![
            people::tenant(place.tenant.clone(), "Acme", now).unwrap(),
            people::project(&place, "Main", now).unwrap(),
        ];
        self.host
            .store()
            .change(ChangeSet {
                changes,
                audit: None,
            })
            .await
            .unwrap();
        let token = self
            .token_with(
                &place,
                Role::TenantAdmin,
                Scope::ALL.iter().copied().collect(),
            )
            .await;
        Client {
            place,
            ..self.client(token)
        }
    }

    pub fn client(&self, token: String) -> Client {
        Client {
            base: self.base.clone(),
            token: Some(token),
            place: Place::new("local", "main"),
            http: http(),
        }
    }

    /// A client with every right in the first project.
    pub async fn admin(&self) -> Client {
        self.client(self.token(Role::TenantAdmin).await)
    }

    pub async fn as_role(&self, role: Role) -> Client {
        self.client(self.token(role).await)
    }

    /// Waits until the run stands at `status`, without looking again and again.
    pub async fn until(&self, run: &str, status: RunStatus) {
        let run = RunId::from(run);
        let mut published = self.host.subscribe();
        loop {
            let row = self.host.store().run(&run).await.unwrap().unwrap().row;
            if row.status == status {
                return;
            }
            assert!(
                !row.status.is_terminal()
                    || matches!(row.status, RunStatus::Failed | RunStatus::Cancelled),
                "the run ended as {} instead of {status}: {:?}",
                row.status,
                row.failure
            );
            let next = tokio::time::timeout(PATIENCE, published.recv());
            next.await
                .unwrap_or_else(|_| panic!("the run stays at {} instead of {status}", row.status))
                .unwrap();
        }
    }
}

pub fn http() -> reqwest::Client {
    net::client(Reach::Anywhere, None).unwrap()
}

/// Someone who calls the API.
#[derive(Clone)]
pub struct Client {
    pub base: String,
    pub token: Option<String>,
    pub place: Place,
    pub http: reqwest::Client,
}

impl Client {
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut request = self
            .http
            .request(method, format!("{}{path}", self.base))
            .header("X-Tenant-Id", self.place.tenant.as_str())
            .header("X-Project-Id", self.place.project.as_str());
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        request
    }

    pub async fn get(&self, path: &str) -> Value {
        let (status, body) = self.try_get(path).await;
        assert_eq!(status, 200, "GET {path}: {body}");
        body
    }

    pub async fn try_get(&self, path: &str) -> (u16, Value) {
        answer(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.try_post(path, body.clone()).await;
        assert!(
            (200..300).contains(&status),
            "POST {path} {body}: {status} {answer}"
        );
        answer
    }

    pub async fn try_post(&self, path: &str, body: Value) -> (u16, Value) {
        answer(self.request(Method::POST, path).json(&body)).await
    }

    pub async fn try_patch(&self, path: &str, body: Value) -> (u16, Value) {
        answer(self.request(Method::PATCH, path).json(&body)).await
    }

    pub async fn try_delete(&self, path: &str) -> (u16, Value) {
        answer(self.request(Method::DELETE, path)).await
    }

    /// What `path` answers once `enough` says so; the stream of `topic` tells when it changed.
    pub async fn once(&self, path: &str, topic: &str, enough: impl Fn(&Value) -> bool) -> Value {
        let topics = format!("/v1/stream?topics={topic}");
        let mut stream = self.request(Method::GET, &topics).send().await.unwrap();
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let answer = self.get(path).await;
            if enough(&answer) {
                return answer;
            }
            // The stream's own heartbeat is no reason to wait on.
            tokio::time::timeout_at(deadline, stream.chunk())
                .await
                .unwrap_or_else(|_| panic!("{path} stays at {answer}"))
                .unwrap();
        }
    }

    /// Makes and publishes a workflow of these steps; answers with its id.
    pub async fn workflow(&self, name: &str, steps: Value) -> String {
        self.publish(json!({ "name": name, "steps": steps })).await
    }

    pub async fn publish(&self, document: Value) -> String {
        let made = self
            .post("/v1/workflows", json!({ "draft": document }))
            .await;
        let id = made["id"].as_str().unwrap().to_owned();
        self.post(&format!("/v1/workflows/{id}/versions"), json!({}))
            .await;
        id
    }

    /// Starts a run; answers with its id.
    pub async fn start(&self, workflow: &str, params: Value) -> String {
        let body = json!({ "command": "start", "params": params });
        let moved = self
            .post(&format!("/v1/workflows/{workflow}/command"), body)
            .await;
        moved["run"]["id"].as_str().unwrap().to_owned()
    }
}

/// Sends it; the body is `null` where it is not JSON.
pub async fn answer(request: RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let problem = response
        .headers()
        .get("content-type")
        .is_some_and(|kind| kind == "application/problem+json");
    assert!(
        status < 400 || problem,
        "an error that is no problem: {status}"
    );
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

/// Sends it and gives back status, headers and text.
pub async fn raw(request: RequestBuilder) -> (StatusCode, reqwest::header::HeaderMap, String) {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    (status, headers, response.text().await.unwrap())
}

/// A step that returns its input.
pub fn echo(id: &str) -> Value {
    json!({ "id": id, "type": "lua_script", "script": "return input", "input": "{{input}}" })
}

/// A step that fails until its input says otherwise.
pub fn fails(id: &str) -> Value {
    json!({ "id": id, "type": "lua_script", "script": "if input.good then return 'well' end error('no good')", "input": "{{input}}" })
}

/// A step that waits for a decision.
pub fn decision(id: &str) -> Value {
    json!({ "id": id, "type": "human_task", "name": "Approve it", "instructions": "Look at it." })
}

/// A step that waits for the outside.
pub fn waitpoint(id: &str) -> Value {
    json!({ "id": id, "type": "waitpoint", "title": "the confirmation" })
}
