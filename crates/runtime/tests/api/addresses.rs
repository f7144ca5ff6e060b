//! Addresses that people type: none leads into this machine or its network, unless the operator opened that.

use crate::connections::recheck;
use crate::mcp::find;
use crate::oauth::{authorize_body, walk};
use crate::outside::authorization::Authority;
use crate::support::{Client, Server, Wish, answer};
use crate::test_mcp::TestMcp;
use reqwest::Method;
use serde_json::{Value, json};
use std::net::TcpListener;

async fn closed() -> (Server, Client) {
    let server = Server::with(Wish {
        public_only: true,
        ..Wish::default()
    })
    .await;
    let admin = server.admin().await;
    (server, admin)
}

/// Every place where an address is typed that the runtime itself calls: the request, and the pointer to the address.
fn typed(url: &str) -> Vec<(Method, &'static str, Value, &'static str)> {
    let oauth = json!({
        "type": "oauth2", "authorize_url": "https://a.example/", "token_url": url, "client_id": "me",
    });
    vec![
        (
            Method::POST,
            "/v1/connections",
            json!({ "id": "crm", "auth": { "type": "bearer" }, "probe": { "url": url } }),
            "/probe/url",
        ),
        (
            Method::POST,
            "/v1/connections",
            json!({ "id": "crm", "auth": oauth }),
            "/auth/token_url",
        ),
        (
            Method::POST,
            "/v1/mcp/servers",
            json!({ "name": "shop", "transport": { "url": url } }),
            "/transport/url",
        ),
        (
            Method::POST,
            "/v1/entities",
            json!({ "id": "erp", "wire": url, "tools": [] }),
            "/wire",
        ),
        (
            Method::POST,
            "/v1/entities",
            json!({ "id": "erp", "wire": url.replace("http://", "tcp://").trim_end_matches('/'), "tools": [] }),
            "/wire",
        ),
        (Method::POST, "/v1/webhooks", json!({ "url": url }), "/url"),
        (
            Method::PUT,
            "/v1/reports/target",
            json!({ "webhook_url": url }),
            "/webhook_url",
        ),
    ]
}

#[tokio::test]
async fn a_private_address_is_refused_wherever_one_is_typed() {
    let (_server, admin) = closed().await;
    for url in [
        "http://127.0.0.1:9/",
        "http://[::1]:9/",
        "http://10.0.0.1:9/",
        "http://192.168.1.1:9/",
        "http://169.254.169.254:80/",
        "http://[::ffff:10.0.0.1]:9/",
        "http://2130706433:9/",
    ] {
        for (method, path, body, pointer) in typed(url) {
            let (status, problem) = answer(admin.request(method, path).json(&body)).await;
            assert_eq!(
                (status, &problem["errors"][0]["pointer"]),
                (422, &json!(pointer)),
                "{path} {body}: {problem}"
            );
            let message = problem["errors"][0]["message"].as_str().unwrap();
            assert!(message.contains("--allow-private-urls"), "{message}");
        }
    }
    for (method, path, body, _) in typed("http://shop.example:9/") {
        let (status, made) = answer(admin.request(method, path).json(&body)).await;
        // One name of each kind can be taken once.
        assert!([200, 201, 409].contains(&status), "{path} {body}: {made}");
    }
}

#[tokio::test]
async fn a_model_provider_may_be_near_but_not_where_a_machine_keeps_its_secrets() {
    let (_server, admin) = closed().await;
    let address = |url: &str| json!({ "base_url": url });
    for near in ["http://127.0.0.1:11434/v1", "http://192.168.1.7:8000/v1"] {
        let (status, problem) = admin
            .try_patch("/v1/providers/default", address(near))
            .await;
        assert_eq!(status, 200, "{near}: {problem}");
    }
    for secret in ["http://169.254.169.254/v1", "http://[fe80::1]/v1"] {
        let (status, problem) = admin
            .try_patch("/v1/providers/default", address(secret))
            .await;
        assert_eq!(
            (status, &problem["errors"][0]["pointer"]),
            (422, &json!("/base_url")),
            "{problem}"
        );
    }
}

/// A name says nothing when it is typed; where it leads is looked at when it is used.
#[tokio::test]
async fn a_name_that_leads_here_is_not_followed() {
    let (_server, admin) = closed().await;
    let here = TcpListener::bind("127.0.0.1:0").unwrap();
    here.set_nonblocking(true).unwrap();
    let port = here.local_addr().unwrap().port();
    let url = format!("http://localhost:{port}/");
    let body = json!({
        "id": "crm", "auth": { "type": "bearer" }, "secret": "one-two-three", "probe": { "url": url },
    });
    admin.post("/v1/connections", body).await;
    let body = json!({ "name": "shop", "transport": { "url": url } });
    admin.post("/v1/mcp/servers", body).await;
    for (id, wire) in [
        ("over-http", url.clone()),
        ("over-tcp", format!("tcp://localhost:{port}")),
    ] {
        let body = json!({ "id": id, "wire": wire, "tools": [] });
        admin.post("/v1/entities", body).await;
    }
    for check in [
        "connection:crm",
        "mcp_server:shop",
        "entity:over-http",
        "entity:over-tcp",
    ] {
        let found = recheck(&admin, check).await;
        assert_eq!(found["state"], "failing", "{found}");
        let message = found["message"].as_str().unwrap();
        assert!(message.contains("private network"), "{check}: {message}");
    }
    let health = admin.get("/v1/health").await;
    assert_eq!(find(&health, "mcp_server:shop")["code"], "POLICY_BLOCKED");
    let came = here.accept();
    assert!(came.is_err(), "somebody connected: {came:?}");
}

#[tokio::test]
async fn an_authorization_server_that_is_here_is_given_no_code() {
    let (_server, admin) = closed().await;
    let authority = Authority::start().await;
    let here = |path: &str| authority.url(path).replace("127.0.0.1", "localhost");
    let body = json!({
        "id": "google",
        "auth": {
            "type": "oauth2", "authorize_url": authority.url("/authorize"), "token_url": here("/token"),
            "client_id": "signalbox", "scopes": [],
        },
    });
    admin.post("/v1/connections", body).await;
    let told = walk(&admin).await;
    let (status, problem) = admin
        .try_post("/v1/connections/google/authorize", authorize_body(&told))
        .await;
    assert_eq!(
        (status, &problem["code"]),
        (502, &json!("authorization_failed"))
    );
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("private network"),
        "{problem}"
    );
    assert_eq!(authority.tokens_given(), 0);
}

#[tokio::test]
async fn the_operator_opens_what_is_near() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let mcp = TestMcp::start(None);
    let body = json!({ "name": "shop", "transport": { "url": mcp.url } });
    admin.post("/v1/mcp/servers", body).await;
    let found = recheck(&admin, "mcp_server:shop").await;
    assert_eq!(found["state"], "passing", "{found}");
}
