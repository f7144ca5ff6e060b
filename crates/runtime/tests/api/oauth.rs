//! Reconnecting by OAuth 2.0, against an authorization server that checks what it is sent.

use crate::connections::recheck;
use crate::outside::{authorization::Authority, mcp_step};
use crate::support::{Client, Server, http, raw};
use crate::test_mcp::TestMcp;
use model::{Role, RunStatus};
use serde_json::{Value, json};

pub async fn connection(admin: &Client, authority: &Authority, secret: Option<&str>) {
    let mut body = json!({
        "id": "google",
        "auth": {
            "type": "oauth2", "authorize_url": authority.url("/authorize"), "token_url": authority.url("/token"),
            "client_id": "signalbox", "scopes": ["mail", "files"],
        },
    });
    if let Some(secret) = secret {
        body["secret"] = json!(secret);
    }
    admin.post("/v1/connections", body).await;
}

/// Goes where a browser would: to the authorization server, back to the runtime, on to the console. Answers with what the
/// console is told.
pub async fn walk(admin: &Client) -> Value {
    let begun = admin
        .post("/v1/connections/google/reconnect", json!({}))
        .await;
    let url = begun["authorize_url"].as_str().unwrap();
    let (status, headers, text) = raw(http().get(url)).await;
    assert_eq!(status, 303, "{text}");
    let back = headers["location"].to_str().unwrap();
    assert!(back.starts_with(&admin.base), "{back}");
    // No cookie and no token: the browser comes from another site.
    let (status, headers, text) = raw(http().get(back)).await;
    assert_eq!(status, 303, "{text}");
    assert_eq!(headers["cache-control"], "no-store");
    let to = headers["location"].to_str().unwrap();
    let (path, query) = to.split_once('?').unwrap();
    assert_eq!(path, "/local/main/health");
    let pairs = reqwest::Url::parse(&format!("http://x/?{query}")).unwrap();
    let pairs = pairs
        .query_pairs()
        .map(|(k, v)| (k.into_owned(), Value::from(v.into_owned())));
    Value::Object(pairs.collect())
}

pub fn authorize_body(told: &Value) -> Value {
    json!({ "state": told["state"], "code": told["code"] })
}

#[tokio::test]
async fn a_person_reconnects_and_what_was_held_goes_on() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let authority = Authority::start().await;
    let mcp = TestMcp::start(Some("access-number-1"));
    connection(&admin, &authority, Some("client-secret")).await;
    let body = json!({
        "name": "mail", "transport": { "url": mcp.url }, "wires": [{ "connection": "google" }],
    });
    admin.post("/v1/mcp/servers", body).await;
    let document = json!({ "name": "Mail", "resume": "auto", "steps": [mcp_step("mail", "look")] });
    let workflow = admin.publish(document).await;
    let run = admin.start(&workflow, json!({})).await;
    server.until(&run, RunStatus::Blocked).await;
    let blocker = admin.get("/v1/health").await["blockers"][0].clone();
    assert_eq!(blocker["code"], "CREDENTIAL_REQUIRED");
    assert!(
        blocker["clears"]
            .as_str()
            .unwrap()
            .contains("Reconnect “google”"),
        "{blocker}"
    );

    let told = walk(&admin).await;
    let asked = authority.asked();
    assert_eq!(asked["client_id"], "signalbox");
    assert_eq!(asked["scope"], "mail files");
    assert_eq!(asked["code_challenge_method"], "S256");
    let authorize = "/v1/connections/google/authorize";
    let connected = admin.post(authorize, authorize_body(&told)).await;
    assert_eq!(connected["connected"], true);
    assert!(
        !connected.to_string().contains("access-number"),
        "{connected}"
    );
    server.until(&run, RunStatus::Completed).await;

    let (status, problem) = admin.try_post(authorize, authorize_body(&told)).await;
    assert_eq!(
        (status, &problem["code"]),
        (400, &json!("unknown_state")),
        "good once"
    );
}

#[tokio::test]
async fn only_the_one_who_began_completes_it() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let authority = Authority::start().await;
    connection(&admin, &authority, None).await;
    let told = walk(&admin).await;
    let authorize = "/v1/connections/google/authorize";
    let colleague = server.as_role(Role::ProjectAdmin).await;
    let refused = colleague.try_post(authorize, authorize_body(&told)).await;
    assert_eq!(
        (refused.0, &refused.1["code"]),
        (400, &json!("unknown_state"))
    );
    let mut forged = authorize_body(&told);
    forged["state"] = json!("guessed");
    assert_eq!(admin.try_post(authorize, forged).await.0, 400);
    let nowhere = format!("{}/v1/oauth/callback?state=guessed&code=x", server.base);
    assert_eq!(http().get(nowhere).send().await.unwrap().status(), 400);
    // A code that belongs to another verifier is refused by the server, and nothing is connected.
    let mut stolen = authorize_body(&told);
    stolen["code"] = json!("code-of-somebody-else");
    let (status, problem) = admin.try_post(authorize, stolen).await;
    assert_eq!(
        (status, &problem["code"]),
        (502, &json!("authorization_failed"))
    );
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("invalid_grant"),
        "{problem}"
    );
    assert_eq!(
        admin.get("/v1/connections").await["items"][0]["connected"],
        false
    );
}

#[tokio::test]
async fn a_token_is_renewed_before_it_ends_until_the_server_refuses() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let authority = Authority::start().await;
    connection(&admin, &authority, None).await;
    // Two minutes are less than the five that a look wants to see ahead.
    authority.grant(120);
    let told = walk(&admin).await;
    let authorize = "/v1/connections/google/authorize";
    admin.post(authorize, authorize_body(&told)).await;
    authority.grant(3600);
    let check = recheck(&admin, "credential:google").await;
    assert_eq!(check["state"], "passing", "{check}");
    assert_eq!(authority.tokens_given(), 2, "it was renewed");
    recheck(&admin, "credential:google").await;
    assert_eq!(authority.tokens_given(), 2, "it lasts now");

    authority.grant(0);
    let told = walk(&admin).await;
    admin.post(authorize, authorize_body(&told)).await;
    authority.refuse();
    let check = recheck(&admin, "credential:google").await;
    assert_eq!(
        (&check["state"], &check["code"]),
        (&json!("failing"), &json!("CREDENTIAL_REQUIRED"))
    );
    assert!(
        check["clears"].as_str().unwrap().contains("Reconnect"),
        "{check}"
    );
    assert!(!check.to_string().contains("refresh-number"), "{check}");
}

#[tokio::test]
async fn what_is_refused_there_is_told_here() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let authority = Authority::start().await;
    connection(&admin, &authority, None).await;
    authority.refuse();
    let told = walk(&admin).await;
    assert_eq!(told["error"], "access_denied");
    assert_eq!(told["reconnect"], "google");
    let body = json!({ "id": "plain", "auth": { "type": "bearer" }, "secret": "some-secret" });
    admin.post("/v1/connections", body).await;
    let (status, problem) = admin
        .try_post("/v1/connections/plain/reconnect", json!({}))
        .await;
    assert_eq!((status, &problem["code"]), (409, &json!("not_oauth")));
}
