#![allow(clippy::unwrap_used)]
//! An MCP server over streamable HTTP on a local port, with tools that behave in special ways.

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::IntoResponse;
use rmcp::handler::server::router::tool::ToolRouter;
use rmcp::handler::server::wrapper::{Json, Parameters};
use rmcp::model::{CallToolResult, ContentBlock};
use rmcp::service::{RequestContext, RoleServer};
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use rmcp::{ErrorData, ServerHandler, tool, tool_handler, tool_router};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::runtime::Runtime;
use tokio::sync::Notify;

/// What the tests watch.
#[derive(Default)]
pub struct Watch {
    pub orders: AtomicU32,
    /// `hang` was called.
    pub hanging: Notify,
    /// A call of `hang` was cancelled by the client.
    pub cancelled: Notify,
}

#[derive(Clone)]
struct Tools {
    watch: Arc<Watch>,
    router: ToolRouter<Self>,
}

#[derive(Deserialize, rmcp::schemars::JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
struct Order {
    /// How many.
    qty: u32,
}

#[derive(Serialize, rmcp::schemars::JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
struct Ordered {
    number: u32,
    qty: u32,
}

#[tool_router]
impl Tools {
    #[tool(description = "Looks.", annotations(read_only_hint = true))]
    async fn look(&self) -> Result<CallToolResult, ErrorData> {
        let texts = ["one", "two"].map(ContentBlock::text);
        Ok(CallToolResult::success(texts.into()))
    }

    #[tool(description = "Orders.")]
    async fn order(&self, Parameters(order): Parameters<Order>) -> Json<Ordered> {
        let number = self.watch.orders.fetch_add(1, Ordering::SeqCst) + 1;
        Json(Ordered {
            number,
            qty: order.qty,
        })
    }

    #[tool(description = "Fails.", annotations(idempotent_hint = true))]
    async fn fail(&self) -> Result<String, String> {
        Err("The carrier rejected the address.\nCode 17, token t0psecret".into())
    }

    #[tool(description = "Never answers.")]
    async fn hang(&self, context: RequestContext<RoleServer>) -> String {
        self.watch.hanging.notify_one();
        context.ct.cancelled().await;
        self.watch.cancelled.notify_one();
        String::new()
    }

    #[tool(description = "Answers at length.")]
    async fn long(&self) -> String {
        "x".repeat(32 * 1024 * 1024 + 1)
    }
}

#[tool_handler(router = self.router)]
impl ServerHandler for Tools {}

#[allow(dead_code, reason = "each test file uses its own part")]
pub struct TestMcp {
    pub url: String,
    pub watch: Arc<Watch>,
    runtime: Option<Runtime>,
}

#[allow(dead_code, reason = "each test file uses its own part")]
impl TestMcp {
    /// A server that wants `token` as its bearer token, if any.
    pub fn start(token: Option<&'static str>) -> Self {
        Self::start_at("127.0.0.1:0", token)
    }

    /// As [`TestMcp::start`], on an address of the test's choice.
    pub fn start_at(address: &str, token: Option<&'static str>) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = std::net::TcpListener::bind(address).unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}/mcp", listener.local_addr().unwrap());
        let watch = Arc::new(Watch::default());
        let own = Arc::clone(&watch);
        let tools = move || {
            Ok(Tools {
                watch: Arc::clone(&own),
                router: Tools::tool_router(),
            })
        };
        let sessions = Arc::new(LocalSessionManager::default());
        let service =
            StreamableHttpService::new(tools, sessions, StreamableHttpServerConfig::default());
        let guard = move |request: Request, next: Next| async move {
            let given = request.headers().get("authorization").cloned();
            match token {
                Some(token) if given.is_none_or(|g| g != format!("Bearer {token}")) => {
                    StatusCode::UNAUTHORIZED.into_response()
                }
                _ => next.run(request).await,
            }
        };
        let router = Router::new()
            .nest_service("/mcp", service)
            .layer(middleware::from_fn(guard));
        runtime.spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            axum::serve(listener, router).await
        });
        Self {
            url,
            watch,
            runtime: Some(runtime),
        }
    }

    /// Breaks all connections and takes no new ones.
    pub fn stop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Drop for TestMcp {
    fn drop(&mut self) {
        self.stop();
    }
}
