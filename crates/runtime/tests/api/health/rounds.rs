//! The rounds: what breaks and what is mended is found without anybody asking.

use crate::mcp::find;
use crate::outside::mcp_step;
use crate::support::{Client, Server, Wish};
use crate::test_mcp::TestMcp;
use model::RunStatus;
use serde_json::{Value, json};
use std::time::Duration;

impl Client {
    /// The project's health once `enough` says so; the stream tells when it changed.
    async fn health(&self, enough: impl Fn(&Value) -> bool) -> Value {
        self.once("/v1/health", "health", enough).await
    }
}

#[tokio::test]
async fn what_breaks_is_found_and_what_is_mended_lets_its_runs_go_on() {
    let server = Server::with(Wish {
        check_every: Some(Duration::from_millis(20)),
        ..Wish::default()
    })
    .await;
    let admin = server.admin().await;
    let mcp = TestMcp::start(None);
    let body = json!({ "name": "shop", "transport": { "url": mcp.url } });
    admin.post("/v1/mcp/servers", body).await;
    let backend = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = backend.local_addr().unwrap();
    let body = json!({
        "id": "warehouse", "wire": format!("tcp://{address}"), "tools": [{ "server": "shop" }],
    });
    admin.post("/v1/entities", body).await;
    let stands = |state: &'static str| {
        move |health: &Value| find(health, "entity:warehouse")["state"] == state
    };
    admin.health(stands("passing")).await;
    drop(backend);
    admin.health(stands("failing")).await;

    let document = json!({ "name": "Shop", "resume": "auto", "steps": [mcp_step("shop", "look")] });
    let workflow = admin.publish(document).await;
    let run = admin.start(&workflow, json!({})).await;
    server.until(&run, RunStatus::Blocked).await;
    let health = admin.get("/v1/health").await;
    assert_eq!(health["blockers"][0]["check"], "entity:warehouse");

    let _back = std::net::TcpListener::bind(address).unwrap();
    server.until(&run, RunStatus::Completed).await;
    let health = admin.health(stands("passing")).await;
    assert_eq!(health["blockers"], json!([]));
    let audit = admin
        .get("/v1/audit?action=health.change&object=entity:warehouse")
        .await;
    let states: Vec<&Value> = audit["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| &entry["after"]["state"])
        .collect();
    assert_eq!(
        states,
        ["passing", "failing", "passing"],
        "a change is an entry, a look is none"
    );
}
