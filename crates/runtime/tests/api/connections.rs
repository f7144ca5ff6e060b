//! Connections: credentials go in, reach where they are wired, and are seen nowhere.

use crate::outside::{Service, mcp_step};
use crate::support::{Server, raw};
use crate::test_mcp::TestMcp;
use model::{Role, RunStatus};
use reqwest::Method;
use serde_json::{Value, json};

const SECRET: &str = "t0psecret";

async fn everything(server: &Server, run: &str) -> String {
    let admin = server.admin().await;
    let mut seen = String::new();
    for path in [
        "/v1/connections".to_owned(),
        "/v1/mcp/servers".to_owned(),
        "/v1/health".to_owned(),
        format!("/v1/runs/{run}"),
        format!("/v1/runs/{run}/events"),
        format!("/v1/runs/{run}/attempts"),
        format!("/v1/runs/{run}/steps/call"),
        format!("/v1/runs/{run}/steps/call/transcript"),
    ] {
        let (status, _, text) = raw(admin.request(Method::GET, &path)).await;
        assert_eq!(status, 200, "{path}");
        seen.push_str(&text);
    }
    let audit = server
        .host
        .store()
        .audit(runtime::store::AuditQuery {
            tenant: "local".into(),
            limit: 500,
            ..Default::default()
        })
        .await
        .unwrap();
    seen + &serde_json::to_string(&audit).unwrap()
}

#[tokio::test]
async fn a_secret_reaches_its_server_and_is_seen_nowhere() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let mcp = TestMcp::start(Some(SECRET));
    let body = json!({ "id": "github", "auth": { "type": "bearer" }, "secret": SECRET });
    let made = admin.post("/v1/connections", body).await;
    assert_eq!(made["has_secret"], true);
    let body = json!({
        "name": "shop", "transport": { "url": mcp.url }, "wires": [{ "connection": "github" }],
    });
    admin.post("/v1/mcp/servers", body).await;
    // The tool answers with the token it was told.
    let workflow = admin
        .workflow("Shop", json!([mcp_step("shop", "fail")]))
        .await;
    let run = admin.start(&workflow, json!({})).await;
    server.until(&run, RunStatus::Failed).await;
    let seen = everything(&server, &run).await;
    assert!(
        seen.contains("Code 17, token •••"),
        "the tool's answer is there"
    );
    assert!(!seen.contains(SECRET), "{seen}");
    for entry in std::fs::read_dir(server.data()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            let found = bytes
                .windows(SECRET.len())
                .any(|part| part == SECRET.as_bytes());
            assert!(!found, "{}", path.display());
        }
    }
}

#[tokio::test]
async fn a_new_secret_changes_nothing_of_what_has_happened() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let mcp = TestMcp::start(Some(SECRET));
    let body = json!({ "id": "github", "auth": { "type": "bearer" }, "secret": SECRET });
    admin.post("/v1/connections", body).await;
    let body = json!({
        "name": "shop", "transport": { "url": mcp.url }, "wires": [{ "connection": "github" }],
    });
    admin.post("/v1/mcp/servers", body).await;
    let workflow = admin
        .workflow("Shop", json!([mcp_step("shop", "fail")]))
        .await;
    let run = admin.start(&workflow, json!({})).await;
    server.until(&run, RunStatus::Failed).await;
    let paths = ["events", "attempts", "steps/call", "steps/call/transcript"];
    let mut before = Vec::new();
    for path in paths {
        before.push(admin.get(&format!("/v1/runs/{run}/{path}")).await);
    }
    let patch = json!({ "secret": "another-secret" });
    assert_eq!(
        admin.try_patch("/v1/connections/github", patch).await.0,
        200
    );
    let (_, kept) = admin
        .try_patch(
            "/v1/connections/github",
            json!({ "auth": { "type": "api_key", "header": "X-Key" } }),
        )
        .await;
    assert_eq!(kept["has_secret"], true, "what is not sent stays");
    for (path, before) in paths.iter().zip(before) {
        let after = admin.get(&format!("/v1/runs/{run}/{path}")).await;
        assert_eq!(after, before, "{path}");
    }
}

#[tokio::test]
async fn each_way_of_proving_reaches_the_service_as_it_expects() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let service = Service::start().await;
    let ways = [
        (
            json!({ "type": "bearer" }),
            "authorization",
            "Bearer s3cret-word",
        ),
        (
            json!({ "type": "api_key", "header": "X-Api-Key" }),
            "x-api-key",
            "s3cret-word",
        ),
        (
            json!({ "type": "basic", "username": "tess" }),
            "authorization",
            "Basic dGVzczpzM2NyZXQtd29yZA==",
        ),
    ];
    for (index, (auth, header, value)) in ways.into_iter().enumerate() {
        let id = format!("way{index}");
        let body = json!({
            "id": id, "auth": auth, "secret": "s3cret-word", "probe": { "url": service.url("/me") },
        });
        admin.post("/v1/connections", body).await;
        service.want(header, value);
        let check = recheck(&admin, &format!("connection:{id}")).await;
        assert_eq!(check["state"], "passing", "{check}");
        service.want(header, "something else");
        let check = recheck(&admin, &format!("connection:{id}")).await;
        assert_eq!(
            (&check["state"], &check["code"]),
            (&json!("failing"), &json!("CREDENTIAL_REQUIRED"))
        );
    }
}

pub async fn recheck(client: &crate::support::Client, check: &str) -> Value {
    client
        .post(&format!("/v1/health/checks/{check}/recheck"), json!({}))
        .await
}

#[tokio::test]
async fn connections_are_made_changed_and_removed_by_admins() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let body = json!({ "id": "crm", "auth": { "type": "bearer" }, "secret": "one-two-three" });
    assert_eq!(admin.try_post("/v1/connections", body.clone()).await.0, 201);
    let (status, problem) = admin.try_post("/v1/connections", body.clone()).await;
    assert_eq!((status, &problem["code"]), (409, &json!("already_exists")));
    for (field, value) in [
        ("/id", json!({ "id": "not a slug" })),
        (
            "/auth/header",
            json!({ "auth": { "type": "api_key", "header": "no header" } }),
        ),
        (
            "/auth/username",
            json!({ "auth": { "type": "basic", "username": "a:b" } }),
        ),
        (
            "/auth/token_url",
            json!({ "auth": { "type": "oauth2", "authorize_url": "https://a.example/",
            "token_url": "ftp://a.example/", "client_id": "me" } }),
        ),
        (
            "/auth/client_id",
            json!({ "auth": { "type": "oauth2", "authorize_url": "https://a.example/",
            "token_url": "https://a.example/", "client_id": "" } }),
        ),
        ("/probe/url", json!({ "probe": { "url": "nonsense" } })),
        (
            "/probe/expected_status",
            json!({ "probe": { "url": "https://a.example", "expected_status": 99 } }),
        ),
        ("/secret", json!({ "secret": "ends with a space " })),
    ] {
        let mut wrong = body.clone();
        wrong["id"] = json!("other");
        wrong
            .as_object_mut()
            .unwrap()
            .extend(value.as_object().unwrap().clone());
        let (status, problem) = admin.try_post("/v1/connections", wrong).await;
        assert_eq!(
            (status, &problem["errors"][0]["pointer"]),
            (422, &json!(field)),
            "{problem}"
        );
    }
    let late = admin
        .request(Method::PATCH, "/v1/connections/crm")
        .header("If-Match", "\"7\"")
        .json(&json!({ "secret": "four-five" }));
    assert_eq!(crate::support::answer(late).await.0, 409);
    let contributor = server.as_role(Role::ProjectContributor).await;
    let patch = json!({ "secret": "" });
    assert_eq!(
        contributor
            .try_patch("/v1/connections/crm", patch.clone())
            .await
            .0,
        403
    );
    let (_, bare) = admin.try_patch("/v1/connections/crm", patch).await;
    assert_eq!(bare["has_secret"], false);
    assert_eq!(admin.try_delete("/v1/connections/crm").await.0, 200);
    assert_eq!(admin.try_delete("/v1/connections/crm").await.0, 404);
}
