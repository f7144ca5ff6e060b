//! Connections, MCP servers, entities and checks.

use super::{Call, Kit, call};
use crate::oauth;
use crate::outside::authorization::Authority;
use crate::test_mcp::TestMcp;
use runtime::api::access::Route;
use serde_json::json;

impl Kit {
    async fn connection(&self) -> &'static str {
        let body = json!({ "id": "crm", "auth": { "type": "bearer" }, "secret": "one-two-three" });
        self.admin.post("/v1/connections", body).await;
        "/v1/connections/crm"
    }

    async fn mcp_server(&self) -> &'static str {
        let mcp = TestMcp::start(None);
        let body = json!({ "name": "shop", "transport": { "url": mcp.url } });
        self.admin.post("/v1/mcp/servers", body).await;
        "/v1/mcp/servers/shop"
    }

    async fn instance(&self) -> &'static str {
        self.mcp_server().await;
        let body = json!({ "name": "shop-eu", "server": "shop", "profiles": [{ "name": "staging" }, { "name": "live" }] });
        self.admin.post("/v1/mcp/instances", body).await;
        "/v1/mcp/instances/shop-eu"
    }

    async fn entity(&self) -> &'static str {
        let body = json!({ "id": "warehouse", "wire": "tcp://127.0.0.1:9" });
        self.admin.post("/v1/entities", body).await;
        "/v1/entities/warehouse"
    }

    /// `None` for a route that is about something else.
    pub(super) async fn call_of_surroundings(&self, route: &Route) -> Option<Call> {
        let none = json!({});
        Some(match (route.method.as_str(), route.path) {
            ("POST", "/v1/health/checks/{check}/recheck") => {
                call("/v1/health/checks/provider:default/recheck", none)
            }
            ("POST", "/v1/connections") => call(
                "/v1/connections",
                json!({ "id": "crm", "auth": { "type": "bearer" }, "secret": "one-two-three" }),
            ),
            ("PATCH", "/v1/connections/{connection}") => call(
                self.connection().await,
                json!({ "secret": "four-five-six" }),
            ),
            ("DELETE", "/v1/connections/{connection}") => call(self.connection().await, none),
            ("POST", "/v1/connections/{connection}/reconnect") => {
                let authority = Authority::start().await;
                oauth::connection(&self.admin, &authority, None).await;
                call("/v1/connections/google/reconnect", none)
            }
            ("POST", "/v1/connections/{connection}/authorize") => {
                let authority = Authority::start().await;
                oauth::connection(&self.admin, &authority, None).await;
                let told = oauth::walk(&self.admin).await;
                call(
                    "/v1/connections/google/authorize",
                    oauth::authorize_body(&told),
                )
            }
            ("POST", "/v1/mcp/servers") => call(
                "/v1/mcp/servers",
                json!({ "name": "shop", "transport": { "url": "http://127.0.0.1:9/mcp" } }),
            ),
            ("PATCH", "/v1/mcp/servers/{server}") => call(
                self.mcp_server().await,
                json!({ "transport": { "url": "http://127.0.0.1:9/other" } }),
            ),
            ("DELETE", "/v1/mcp/servers/{server}") => call(self.mcp_server().await, none),
            ("POST", "/v1/mcp/servers/{server}/validate") => {
                call(format!("{}/validate", self.mcp_server().await), none)
            }
            ("POST", "/v1/mcp/instances") => {
                self.mcp_server().await;
                call(
                    "/v1/mcp/instances",
                    json!({ "name": "shop-eu", "server": "shop", "profiles": [{ "name": "live" }] }),
                )
            }
            ("PATCH", "/v1/mcp/instances/{instance}") => call(
                self.instance().await,
                json!({ "profiles": [{ "name": "staging" }] }),
            ),
            ("DELETE", "/v1/mcp/instances/{instance}") => call(self.instance().await, none),
            ("POST", "/v1/mcp/instances/{instance}/profiles/{profile}/set-active") => call(
                format!("{}/profiles/live/set-active", self.instance().await),
                none,
            ),
            ("PUT", "/v1/workflows/{workflow}/connection-overrides") => {
                self.connection().await;
                let workflow = self
                    .admin
                    .workflow("Own", json!([super::echo("say")]))
                    .await;
                call(
                    format!("/v1/workflows/{workflow}/connection-overrides"),
                    json!({ "overrides": { "crm": "crm" } }),
                )
            }
            ("POST", "/v1/entities") => call(
                "/v1/entities",
                json!({ "id": "warehouse", "wire": "tcp://127.0.0.1:9" }),
            ),
            ("PUT", "/v1/entities/{entity}") => call(
                self.entity().await,
                json!({ "id": "warehouse", "wire": "tcp://127.0.0.1:10" }),
            ),
            ("DELETE", "/v1/entities/{entity}") => call(self.entity().await, none),
            _ => return None,
        })
    }
}
