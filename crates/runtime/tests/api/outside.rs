//! What stands outside in these tests: a service that takes one credential, and steps that call servers.

pub mod authorization;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

/// A service that answers 200 to whoever sends the header it wants, and 401 to the others.
pub struct Service {
    address: std::net::SocketAddr,
    wants: Arc<Mutex<(String, String)>>,
}

impl Service {
    pub async fn start() -> Self {
        let wants = Arc::new(Mutex::new((String::new(), String::new())));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&wants));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, wants }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// From now on it wants this header; none when the name is empty.
    pub fn want(&self, header: &str, value: &str) {
        *self.wants.lock().unwrap() = (header.to_owned(), value.to_owned());
    }
}

async fn answer(State(wants): State<Arc<Mutex<(String, String)>>>, request: Request) -> StatusCode {
    let (header, value) = wants.lock().unwrap().clone();
    let given = request
        .headers()
        .get(&header)
        .map(|v| v.to_str().unwrap().to_owned());
    if header.is_empty() || given == Some(value) {
        StatusCode::OK
    } else {
        StatusCode::UNAUTHORIZED
    }
}

/// An address where nothing listens yet.
pub fn free_address() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

/// A step `call` that calls a tool.
pub fn mcp_step(server: &str, tool: &str) -> Value {
    json!({ "id": "call", "type": "mcp_call", "server": server, "tool_name": tool, "effect": "read" })
}
