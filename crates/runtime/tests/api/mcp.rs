//! MCP servers, instances, their profiles, and validation.

use crate::outside::mcp_step;
use crate::support::{Client, Server, Wish};
use crate::test_mcp::TestMcp;
use model::{Role, RunStatus};
use serde_json::{Value, json};

/// Speaks MCP; one of its tools has a schema that is none. It answers with the key it was told, if any.
const PROGRAM: &str = r#"
while IFS= read -r line; do
  id=$(printf %s "$line" | sed -n 's/.*"id":\([0-9]*\).*/\1/p')
  answer() { printf '{"jsonrpc":"2.0","id":%s,"result":%s}\n' "$id" "$1"; }
  case "$line" in
    *'"initialize"'*) answer '{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"sh","version":"1"}}' ;;
    *'tools/list'*) answer '{"tools":[{"name":"good","inputSchema":{"type":"object"}},{"name":"odd","inputSchema":{"type":"object","required":7}}]}' ;;
    *'tools/call'*) if [ -n "$PLAIN" ]; then answer '{"content":[{"type":"text","text":"told"}]}'; fi ;;
  esac
done
"#;

fn names(validation: &Value) -> Vec<(String, bool)> {
    let checks = validation["checks"].as_array().unwrap();
    checks
        .iter()
        .map(|check| {
            let name = check["name"].as_str().unwrap().to_owned();
            (name, check["ok"].as_bool().unwrap())
        })
        .collect()
}

async fn bearer(admin: &Client, id: &str, secret: &str) {
    let body = json!({ "id": id, "auth": { "type": "bearer" }, "secret": secret });
    admin.post("/v1/connections", body).await;
}

#[tokio::test]
async fn a_program_is_started_only_where_the_operator_allows_it() {
    let body =
        json!({ "name": "local", "transport": { "command": "sh", "args": ["-c", PROGRAM] } });
    let server = Server::new().await;
    let admin = server.admin().await;
    let (status, problem) = admin.try_post("/v1/mcp/servers", body.clone()).await;
    assert_eq!(
        (status, &problem["code"]),
        (403, &json!("programs_not_allowed"))
    );
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("--allow-mcp-programs")
    );
    let told = admin.get("/v1/health").await;
    assert_eq!(told["no_programs"], problem["detail"], "known beforehand");

    let open = Server::with(Wish {
        programs: true,
        ..Wish::default()
    })
    .await;
    let contributor = open.as_role(Role::ProjectContributor).await;
    assert_eq!(
        contributor
            .try_post("/v1/mcp/servers", body.clone())
            .await
            .0,
        403
    );
    let admin = open.admin().await;
    assert_eq!(admin.get("/v1/health").await["no_programs"], json!(null));
    admin.post("/v1/mcp/servers", body).await;
    let validation = admin
        .post("/v1/mcp/servers/local/validate", json!({}))
        .await;
    let expected = [
        ("set_up", true),
        ("handshake", true),
        ("tools", true),
        ("schema", false),
    ];
    assert_eq!(
        names(&validation),
        expected.map(|(name, ok)| (name.to_owned(), ok))
    );
    assert_eq!(validation["tools"], json!(["good", "odd"]));
    let schema = validation["checks"][3]["message"].as_str().unwrap();
    assert!(
        schema.contains("odd") && !schema.contains("good"),
        "{schema}"
    );
    // A broken schema is a warning: the other tools work.
    let health = admin.get("/v1/health").await;
    let check = find(&health, "mcp_server:local");
    assert_eq!(check["state"], "warning");

    // Started again without the permission, the server that is set up is not started either.
    let data = open.stop().await;
    let closed = Server::with(Wish {
        data: Some(data),
        ..Wish::default()
    })
    .await;
    let admin = closed.admin().await;
    let validation = admin
        .post("/v1/mcp/servers/local/validate", json!({}))
        .await;
    assert_eq!(names(&validation), [("set_up".to_owned(), false)]);
}

pub fn find(health: &Value, id: &str) -> Value {
    let checks = health["checks"].as_array().unwrap();
    let found = checks.iter().find(|check| check["id"] == id);
    found
        .unwrap_or_else(|| panic!("no check {id} in {health}"))
        .clone()
}

#[tokio::test]
async fn a_program_gets_its_credential_in_the_variable_it_is_wired_to() {
    let server = Server::with(Wish {
        programs: true,
        ..Wish::default()
    })
    .await;
    let admin = server.admin().await;
    bearer(&admin, "github", "word-of-mouth").await;
    let body = json!({
        "name": "local", "transport": { "command": "sh", "args": ["-c", PROGRAM] },
        "wires": [{ "connection": "github", "env": "PLAIN" }],
    });
    admin.post("/v1/mcp/servers", body).await;
    let workflow = admin
        .workflow("Local", json!([mcp_step("local", "good")]))
        .await;
    let run = admin.start(&workflow, json!({})).await;
    server.until(&run, RunStatus::Completed).await;
}

#[tokio::test]
async fn what_cannot_be_wired_is_named() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let http = json!({ "url": "http://127.0.0.1:9/mcp" });
    for (pointer, body) in [
        ("/name", json!({ "name": "not a slug", "transport": http })),
        (
            "/transport/url",
            json!({ "name": "a", "transport": { "url": "nonsense" } }),
        ),
        (
            "/transport/headers/Authorization",
            json!({ "name": "a", "transport": { "url": "http://127.0.0.1:9/",
            "headers": { "Authorization": "Bearer x" } } }),
        ),
        (
            "/wires/0/env",
            json!({ "name": "a", "transport": http, "wires": [{ "connection": "c", "env": "E" }] }),
        ),
        (
            "/wires/0/header",
            json!({ "name": "a", "transport": http, "wires": [{ "connection": "c", "header": "no header" }] }),
        ),
    ] {
        let (status, problem) = admin.try_post("/v1/mcp/servers", body).await;
        assert_eq!(
            (status, &problem["errors"][0]["pointer"]),
            (422, &json!(pointer)),
            "{problem}"
        );
    }
    let (status, problem) = admin
        .try_post(
            "/v1/mcp/servers",
            json!({ "name": "files", "transport": http }),
        )
        .await;
    assert_eq!((status, &problem["code"]), (409, &json!("already_exists")));
}

#[tokio::test]
async fn one_profile_of_an_instance_is_in_use() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let mcp = TestMcp::start(Some("right-token"));
    bearer(&admin, "wrong", "wrong-token").await;
    bearer(&admin, "right", "right-token").await;
    let body = json!({ "name": "shop", "transport": { "url": mcp.url } });
    admin.post("/v1/mcp/servers", body).await;
    let profiles = json!([
        { "name": "staging", "wires": [{ "connection": "wrong" }] },
        { "name": "live", "wires": [{ "connection": "right" }] },
    ]);
    let twice = json!([{ "name": "live" }, { "name": "live" }]);
    for (wrong, pointer) in [(json!([]), "/profiles"), (twice, "/profiles/1/name")] {
        let body = json!({ "name": "shop-eu", "server": "shop", "profiles": wrong });
        let (status, problem) = admin.try_post("/v1/mcp/instances", body).await;
        assert_eq!(
            (status, &problem["errors"][0]["pointer"]),
            (422, &json!(pointer))
        );
    }
    let body = json!({ "name": "shop", "server": "shop", "profiles": profiles });
    assert_eq!(
        admin.try_post("/v1/mcp/instances", body).await.0,
        409,
        "a name is one thing"
    );
    let body = json!({ "name": "shop-eu", "server": "shop", "profiles": profiles });
    let made = admin.post("/v1/mcp/instances", body).await;
    assert_eq!(made["active"], "staging");

    let validation = admin
        .post("/v1/mcp/servers/shop-eu/validate", json!({}))
        .await;
    let failed = validation["checks"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()
        .clone();
    assert_eq!(
        (&failed["name"], &failed["ok"]),
        (&json!("handshake"), &json!(false))
    );
    assert!(
        failed["message"].as_str().unwrap().contains("credential"),
        "{failed}"
    );

    let at = "/v1/mcp/instances/shop-eu/profiles";
    assert_eq!(
        admin
            .try_post(&format!("{at}/none/set-active"), json!({}))
            .await
            .0,
        404
    );
    let now = admin
        .post(&format!("{at}/live/set-active"), json!({}))
        .await;
    assert_eq!(now["active"], "live");
    let validation = admin
        .post("/v1/mcp/servers/shop-eu/validate", json!({}))
        .await;
    assert_eq!(validation["ok"], true, "{validation}");
    assert!(
        validation["tools"]
            .as_array()
            .unwrap()
            .contains(&json!("order"))
    );
    let workflow = admin
        .workflow("Shop", json!([mcp_step("shop-eu", "look")]))
        .await;
    let run = admin.start(&workflow, json!({})).await;
    server.until(&run, RunStatus::Completed).await;

    let (status, problem) = admin.try_delete("/v1/mcp/servers/shop").await;
    assert_eq!((status, &problem["code"]), (409, &json!("in_use")));
    let only = json!({ "profiles": [{ "name": "staging" }] });
    assert_eq!(
        admin.try_patch("/v1/mcp/instances/shop-eu", only).await.0,
        422
    );
    let renamed = json!({
        "profiles": [{ "name": "production", "wires": [{ "connection": "right" }] }],
        "active": "production",
    });
    let (_, now) = admin.try_patch("/v1/mcp/instances/shop-eu", renamed).await;
    assert_eq!(now["active"], "production", "renamed in one go");
    assert_eq!(admin.try_delete("/v1/mcp/instances/shop-eu").await.0, 200);
    assert_eq!(admin.try_delete("/v1/mcp/servers/shop").await.0, 200);
}

#[tokio::test]
async fn a_workflow_may_use_connections_of_its_own() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let mcp = TestMcp::start(Some("right-token"));
    bearer(&admin, "usual", "wrong-token").await;
    bearer(&admin, "special", "right-token").await;
    let body = json!({
        "name": "shop", "transport": { "url": mcp.url }, "wires": [{ "connection": "usual" }],
    });
    admin.post("/v1/mcp/servers", body).await;
    let own = admin
        .workflow("Own", json!([mcp_step("shop", "look")]))
        .await;
    let other = admin
        .workflow("Other", json!([mcp_step("shop", "look")]))
        .await;
    let at = format!("/v1/workflows/{own}/connection-overrides");
    assert_eq!(admin.get(&at).await, json!({ "overrides": {} }));
    let put =
        |body: Value| crate::support::answer(admin.request(reqwest::Method::PUT, &at).json(&body));
    assert_eq!(
        put(json!({ "overrides": { "usual": "nobody" } })).await.0,
        404
    );
    let (status, _) = put(json!({ "overrides": { "usual": "special" } })).await;
    assert_eq!(status, 200);
    let every = "/v1/connection-overrides";
    assert_eq!(
        admin.get(every).await["items"],
        json!([{ "workflow": own, "workflow_name": "Own", "overrides": { "usual": "special" } }])
    );
    let run = admin.start(&own, json!({})).await;
    server.until(&run, RunStatus::Completed).await;
    assert_eq!(put(json!({ "overrides": {} })).await.0, 200);
    assert_eq!(admin.get(every).await["items"], json!([]), "taken back");
    let held = admin.start(&other, json!({})).await;
    server.until(&held, RunStatus::Blocked).await;
}
