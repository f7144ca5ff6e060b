//! E-mail and webhooks, against real receivers on this machine.

use crate::receivers::{Hook, Mailbox, Posted};
use crate::support::{Client, Server, Wish, fails, raw};
use model::{Role, RunStatus};
use reqwest::Method;
use runtime::serve::courier::signature;
use serde_json::{Value, json};

async fn failed(server: &Server, admin: &Client, workflow: &str) {
    let run = admin
        .start(workflow, json!({ "input": { "good": false } }))
        .await;
    server.until(&run, RunStatus::Failed).await;
}

fn is_signed(posted: &Posted, secret: &str) -> bool {
    let seconds = posted.timestamp.parse().unwrap();
    signature(secret, &posted.id, seconds, &posted.body).as_ref() == Some(&posted.signature)
}

/// The newest delivery of a log once it stands at `state`.
async fn delivery(client: &Client, log: &str, state: &str) -> Value {
    for _ in 0..2_000 {
        let newest = client.get(log).await["items"][0].clone();
        if newest["state"] == state {
            return newest;
        }
        tokio::task::yield_now().await;
    }
    panic!(
        "no delivery of {log} came to {state}: {}",
        client.get(log).await
    );
}

#[tokio::test]
async fn a_webhook_arrives_signed_after_a_failed_try_and_once_more_when_asked() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let mut hook = Hook::answering(&[503]).await;
    let made = admin
        .post(
            "/v1/webhooks",
            json!({ "url": hook.url, "kinds": ["failed"] }),
        )
        .await;
    let secret = made["secret"].as_str().unwrap();
    assert!(secret.starts_with("whsec_"));
    let workflow = admin.workflow("Quote", json!([fails("draft")])).await;
    failed(&server, &admin, &workflow).await;

    let (first, second) = (hook.next().await, hook.next().await);
    assert!(is_signed(&first, secret) && is_signed(&second, secret));
    assert_eq!(first.id, second.id);
    assert_eq!(first.body, second.body);
    let body: Value = serde_json::from_str(&second.body).unwrap();
    assert_eq!(body["type"], "notification.failed");
    assert_eq!(body["data"]["project"], "main");
    assert_eq!(
        body["data"]["notification"]["title"],
        "Quote failed at draft"
    );

    let log = format!("/v1/webhooks/{}/deliveries", made["id"].as_str().unwrap());
    let delivered = delivery(&admin, &log, "delivered").await;
    assert_eq!(delivered["tries"][0]["status"], 503);
    assert_eq!(delivered["tries"][1]["ok"], true);
    let id = delivered["id"].as_str().unwrap();
    assert_eq!(id, second.id);
    admin
        .post(&format!("{log}/{id}/redeliver"), json!({}))
        .await;
    let third = hook.next().await;
    assert_eq!((&third.id, &third.body), (&first.id, &first.body));
    assert!(is_signed(&third, secret));
    let delivered = delivery(&admin, &log, "delivered").await;
    assert_eq!(delivered["tries"].as_array().unwrap().len(), 3);

    // The secret was shown once.
    let (_, _, text) = raw(admin.request(Method::GET, "/v1/webhooks")).await;
    assert!(!text.contains("whsec_"));
}

#[tokio::test]
async fn what_was_on_its_way_at_a_stop_arrives_after_the_next_start() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let token = admin.token.clone().unwrap();
    let mut hook = Hook::answering(&[500, 500]).await;
    admin.post("/v1/webhooks", json!({ "url": hook.url })).await;
    let workflow = admin.workflow("Quote", json!([fails("draft")])).await;
    failed(&server, &admin, &workflow).await;
    let first = hook.next().await;
    let server = server.restart().await;
    while hook.next().await.id != first.id {}
    drop((server, token));
}

#[tokio::test]
async fn many_failures_of_one_cause_are_few_messages_that_count_them() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let mut hook = Hook::answering(&[]).await;
    let made = admin.post("/v1/webhooks", json!({ "url": hook.url })).await;
    let workflow = admin.workflow("Quote", json!([fails("draft")])).await;
    failed(&server, &admin, &workflow).await;
    hook.next().await;
    for _ in 0..8 {
        failed(&server, &admin, &workflow).await;
    }
    admin.inbox(|inbox| inbox["items"][0]["count"] == 9).await;
    // One went out at once; the eight after it wait together.
    let log = format!("/v1/webhooks/{}/deliveries", made["id"].as_str().unwrap());
    let all = admin.get(&log).await;
    assert_eq!(all["count"], 2, "{all}");
    assert_eq!(all["items"][0]["title"], "Quote failed at draft, 8 times");
    assert_eq!(all["items"][0]["state"], "waiting");
}

#[tokio::test]
async fn a_receiver_that_wants_nothing_more_is_turned_off() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let mut hook = Hook::answering(&[410]).await;
    let made = admin.post("/v1/webhooks", json!({ "url": hook.url })).await;
    let workflow = admin.workflow("Quote", json!([fails("draft")])).await;
    failed(&server, &admin, &workflow).await;
    hook.next().await;
    let log = format!("/v1/webhooks/{}/deliveries", made["id"].as_str().unwrap());
    delivery(&admin, &log, "failed").await;
    let webhook = admin.get("/v1/webhooks").await["items"][0].clone();
    assert_eq!(webhook["enabled"], false);
    assert!(webhook["disabled_reason"].as_str().unwrap().contains("410"));
    let path = format!("/v1/webhooks/{}", made["id"].as_str().unwrap());
    let (_, on) = admin.try_patch(&path, json!({ "enabled": true })).await;
    assert_eq!(on["enabled"], true);
    assert!(on.get("disabled_reason").is_none());
    assert_eq!(admin.try_delete(&path).await.0, 200);
    assert_eq!(admin.get("/v1/webhooks").await["count"], 0);
}

#[tokio::test]
async fn private_addresses_are_closed_unless_they_were_opened() {
    let server = Server::with(Wish {
        public_only: true,
        ..Wish::default()
    })
    .await;
    let admin = server.admin().await;
    for url in [
        "http://127.0.0.1:9/",
        "http://[::1]/",
        "http://10.0.0.1/",
        "ftp://example.com/",
    ] {
        let (status, problem) = admin.try_post("/v1/webhooks", json!({ "url": url })).await;
        assert_eq!(
            (status, &problem["errors"][0]["pointer"]),
            (422, &json!("/url")),
            "{url}"
        );
    }
    // A name says nothing yet; where it leads is looked at when it is used.
    let mailbox = Mailbox::failing(0).await;
    let made = admin
        .post("/v1/webhooks", json!({ "url": "http://localhost:9/" }))
        .await;
    set_up_mail(&admin, mailbox.port).await;
    let workflow = admin.workflow("Quote", json!([fails("draft")])).await;
    failed(&server, &admin, &workflow).await;
    let log = format!("/v1/webhooks/{}/deliveries", made["id"].as_str().unwrap());
    for log in [log.as_str(), "/v1/notifications/email/deliveries"] {
        if log.contains("email") {
            admin
                .post(
                    "/v1/notifications/email/test",
                    json!({ "to": "ann@example.com" }),
                )
                .await;
        }
        let mut tried = Value::Null;
        for _ in 0..2_000 {
            tried = admin.get(log).await["items"][0]["tries"][0].clone();
            if !tried.is_null() {
                break;
            }
            tokio::task::yield_now().await;
        }
        let message = tried["message"].as_str().unwrap();
        assert!(message.contains("private network"), "{log}: {message}");
    }
}

async fn set_up_mail(admin: &Client, port: u16) {
    let server = json!({
        "host": "localhost", "port": port, "security": "plain", "from": "signalbox@example.com",
        "console_url": "https://signalbox.example.com"
    });
    admin.put("/v1/notifications/email", server).await;
}

#[tokio::test]
async fn an_email_arrives_after_a_busy_server_and_once_more_when_asked() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let reader = server.as_role(Role::ProjectViewer).await;
    let mut mailbox = Mailbox::failing(1).await;
    set_up_mail(&admin, mailbox.port).await;
    let wish = json!({ "email": "ann@example.com", "kinds": { "failed": { "email": true } } });
    reader
        .put(
            "/v1/notifications/preferences",
            json!({ "layer": "me", "preferences": wish }),
        )
        .await;
    let view = reader.get("/v1/notifications/preferences").await;
    assert_eq!(view["email_to"], "ann@example.com");
    assert_eq!(view["email_ready"], true);
    let workflow = admin.workflow("Quote", json!([fails("draft")])).await;
    failed(&server, &admin, &workflow).await;
    let letter = mailbox.next().await;
    assert!(
        letter.from.contains("<signalbox@example.com>"),
        "{letter:?}"
    );
    assert!(letter.to.contains("<ann@example.com>"), "{letter:?}");
    assert!(
        letter.data.contains("Subject: Quote failed at draft"),
        "{letter:?}"
    );
    assert!(
        letter
            .data
            .contains("https://signalbox.example.com/local/main/runs/run_"),
        "{letter:?}"
    );
    let log = "/v1/notifications/email/deliveries";
    let delivered = delivery(&admin, log, "delivered").await;
    assert_eq!(delivered["to"], "ann@example.com");
    assert_eq!(delivered["tries"][0]["status"], 451);
    assert_eq!(delivered["tries"][1]["status"], 250);
    let id = delivered["id"].as_str().unwrap();
    admin
        .post(&format!("{log}/{id}/redeliver"), json!({}))
        .await;
    let again = mailbox.next().await;
    assert!(again.data.contains("Subject: Quote failed at draft"));
}

#[tokio::test]
async fn email_waits_for_the_end_of_quiet_hours() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let mailbox = Mailbox::failing(0).await;
    set_up_mail(&admin, mailbox.port).await;
    let hour = (server.host.now().millis() / 3_600_000 + 6) % 24;
    let quiet = json!({ "from": format!("{hour:02}:01"), "to": format!("{hour:02}:00"), "zone": "Etc/UTC" });
    let wish = json!({ "email": "ann@example.com", "kinds": { "failed": { "email": true } }, "quiet": quiet });
    admin
        .put(
            "/v1/notifications/preferences",
            json!({ "layer": "me", "preferences": wish }),
        )
        .await;
    let workflow = admin.workflow("Quote", json!([fails("draft")])).await;
    failed(&server, &admin, &workflow).await;
    failed(&server, &admin, &workflow).await;
    admin.inbox(|inbox| inbox["items"][0]["count"] == 2).await;
    let all = admin.get("/v1/notifications/email/deliveries").await;
    assert_eq!(all["count"], 1);
    assert_eq!(all["items"][0]["title"], "Quote failed at draft, 2 times");
    assert_eq!(all["items"][0]["state"], "waiting");
    assert!(
        all["items"][0]["due_at"]
            .as_str()
            .unwrap()
            .contains(&format!("T{hour:02}:00:00"))
    );
}

#[tokio::test]
async fn a_password_goes_in_and_never_comes_out() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let path = "/v1/notifications/email";
    let mut body = json!({
        "host": "smtp.example.com", "port": 587, "security": "starttls", "from": "signalbox@example.com",
        "username": "box", "password": "swordfish-1"
    });
    assert_eq!(admin.put(path, body.clone()).await["has_password"], true);
    let (_, _, text) = raw(admin.request(Method::GET, path)).await;
    assert!(!text.contains("swordfish"));
    body["security"] = json!("plain");
    body.as_object_mut().unwrap().remove("password");
    let (status, problem) = admin.try_put(path, body.clone()).await;
    assert_eq!(
        (status, &problem["errors"][0]["pointer"]),
        (422, &json!("/security"))
    );
    body["password"] = json!("");
    assert_eq!(admin.put(path, body).await["has_password"], false);
    let audit = server
        .host
        .store()
        .audit(runtime::store::AuditQuery {
            tenant: "local".into(),
            limit: 50,
            ..Default::default()
        })
        .await
        .unwrap();
    assert!(!serde_json::to_string(&audit).unwrap().contains("swordfish"));
    assert_eq!(admin.try_delete(path).await.0, 200);
    assert!(admin.get(path).await.get("server").is_none());
    let test = json!({ "to": "ann@example.com" });
    assert_eq!(admin.try_post(&format!("{path}/test"), test).await.0, 404);
}
