//! The real program, started, killed and started again on the same data.

use runtime::steps::net::{self, Reach};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A runtime that is killed when this is dropped.
pub struct Process {
    child: Child,
    pub base: String,
}

impl Process {
    pub fn start(data: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_signalbox"))
            .args(["serve", "--port", "0", "--rate", "1000000", "--data"])
            .arg(data)
            .env("SIGNALBOX_LOG", "error")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        let base = first.strip_prefix("listening on ").unwrap().to_owned();
        // Read on, so that the program never writes into a closed pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, base }
    }

    /// SIGKILL: nothing of the program runs after it.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A token for everything.
pub fn token(data: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_signalbox"))
        .args([
            "token",
            "create",
            "--name",
            "crash",
            "--role",
            "project_admin",
            "--data",
        ])
        .arg(data)
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Speaks to whichever process runs at the moment.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    token: String,
}

impl Client {
    pub fn new(token: String) -> Self {
        Self {
            http: net::client(Reach::Anywhere, None).unwrap(),
            token,
        }
    }

    /// The answer; `None` when the process was gone before it came.
    pub async fn try_post(&self, base: &str, path: &str, body: Value) -> Option<(u16, Value)> {
        let request = self.http.post(format!("{base}{path}")).json(&body);
        self.send(request).await
    }

    pub async fn post(&self, base: &str, path: &str, body: Value) -> Value {
        let (status, body) = self.try_post(base, path, body).await.unwrap();
        assert!((200..300).contains(&status), "{path}: {status} {body}");
        body
    }

    pub async fn try_get(&self, base: &str, path: &str) -> Option<Value> {
        let (status, body) = self.send(self.http.get(format!("{base}{path}"))).await?;
        assert_eq!(status, 200, "{path}: {body}");
        Some(body)
    }

    pub async fn get(&self, base: &str, path: &str) -> Value {
        self.try_get(base, path).await.unwrap()
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Option<(u16, Value)> {
        let answer = request
            .bearer_auth(&self.token)
            .header("X-Tenant-Id", "local")
            .header("X-Project-Id", "main")
            .send()
            .await
            .ok()?;
        let status = answer.status().as_u16();
        Some((status, answer.json().await.ok()?))
    }

    /// Starts a run; its id is an acknowledgement.
    pub async fn start(&self, base: &str, workflow: &str, n: usize) -> Option<String> {
        let body = json!({ "command": "start", "params": { "input": { "n": n.to_string() } } });
        let path = format!("/v1/workflows/{workflow}/command");
        let (status, moved) = self.try_post(base, &path, body).await?;
        assert_eq!(status, 201, "{moved}");
        Some(moved["run"]["id"].as_str().unwrap().to_owned())
    }
}
