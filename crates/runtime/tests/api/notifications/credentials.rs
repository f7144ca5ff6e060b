//! Credentials that run out: who is told, and how often.

use crate::connections::recheck;
use crate::oauth::{authorize_body, connection, walk};
use crate::outside::authorization::Authority;
use crate::support::Server;
use model::Role;
use serde_json::json;

#[tokio::test]
async fn a_connection_that_ends_within_a_week_is_told_to_its_admins_once_for_each_end() {
    let server = Server::new().await;
    let admin = server.as_role(Role::ProjectAdmin).await;
    let contributor = server.as_role(Role::ProjectContributor).await;
    let day = 24 * 3600;
    let at = |s: u64| {
        let at = server.host.now().plus_s(s);
        serde_json::to_value(at).unwrap()
    };
    let body = json!({
        "id": "github", "auth": { "type": "bearer" }, "secret": "long-token", "expires_at": at(8 * day),
    });
    admin.post("/v1/connections", body).await;
    recheck(&admin, "credential:github").await;
    let soon = json!({ "expires_at": at(3 * day + 60) });
    admin.try_patch("/v1/connections/github", soon).await;
    recheck(&admin, "credential:github").await;
    let inbox = admin.inbox(|inbox| inbox["count"] == 1).await;
    let message = &inbox["items"][0];
    assert_eq!(
        (&message["kind"], &message["credential"], &message["count"]),
        (&json!("credential_expiring"), &json!("github"), &json!(1))
    );
    assert_eq!(
        message["title"],
        "The credential of “github” expires in 3 days"
    );
    assert!(
        message["text"].as_str().unwrap().contains("new secret"),
        "{message}"
    );
    // The same end is not spoken of again; another one is.
    recheck(&admin, "credential:github").await;
    let sooner = json!({ "secret": "another-token", "expires_at": at(2 * day + 60) });
    admin.try_patch("/v1/connections/github", sooner).await;
    recheck(&admin, "credential:github").await;
    let inbox = admin
        .inbox(|inbox| inbox["items"][0]["title"] == "The credential of “github” expires in 2 days")
        .await;
    assert_eq!(
        (&inbox["count"], &inbox["items"][0]["count"]),
        (&json!(1), &json!(2)),
        "one message of one connection, counted"
    );
    // Who cannot replace it is not told.
    assert_eq!(contributor.get("/v1/notifications").await["count"], 0);
}

#[tokio::test]
async fn a_token_that_is_renewed_by_itself_is_told_to_nobody() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let authority = Authority::start().await;
    connection(&admin, &authority, None).await;
    let told = walk(&admin).await;
    let authorize = "/v1/connections/google/authorize";
    admin.post(authorize, authorize_body(&told)).await;
    let check = recheck(&admin, "credential:google").await;
    assert_eq!(check["state"], "passing", "{check}");
    // Without a refresh token somebody has to come back, and is told so.
    authority.grant_once(3600);
    let told = walk(&admin).await;
    admin.post(authorize, authorize_body(&told)).await;
    let check = recheck(&admin, "credential:google").await;
    assert_eq!(check["state"], "warning", "{check}");
    let inbox = admin.inbox(|inbox| inbox["count"] == 1).await;
    let message = &inbox["items"][0];
    assert_eq!(
        (&message["title"], &message["count"]),
        (
            &json!("The credential of “google” expires within a day"),
            &json!(1)
        )
    );
    assert!(
        message["text"].as_str().unwrap().contains("Reconnect"),
        "{message}"
    );
}
