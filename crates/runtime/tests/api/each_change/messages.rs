//! Notifications, their channels, and reports.

use super::{Call, Kit, call};
use crate::receivers::{Hook, Mailbox};
use runtime::api::access::Route;
use serde_json::{Value, json};

impl Kit {
    async fn webhook(&self) -> String {
        let made = self
            .admin
            .post("/v1/webhooks", json!({ "url": "http://127.0.0.1:9/" }))
            .await;
        format!("/v1/webhooks/{}", made["id"].as_str().unwrap())
    }

    async fn mail(&self) -> Mailbox {
        let mailbox = Mailbox::failing(0).await;
        let server = json!({ "host": "localhost", "port": mailbox.port, "security": "plain", "from": "signalbox@example.com" });
        self.admin.put("/v1/notifications/email", server).await;
        mailbox
    }

    /// The path of a log's newest delivery once it has arrived.
    async fn delivered(&self, log: &str) -> String {
        loop {
            let newest = self.admin.get(log).await["items"][0].clone();
            if newest["state"] == "delivered" {
                return format!("{log}/{}", newest["id"].as_str().unwrap());
            }
            tokio::task::yield_now().await;
        }
    }

    async fn report(&self) -> String {
        let made = self
            .admin
            .post("/v1/reports", report(&self.failed().await))
            .await;
        format!("/v1/reports/{}", made["id"].as_str().unwrap())
    }

    /// `None` for a route that is about something else.
    pub(super) async fn call_of_messages(&self, route: &Route) -> Option<Call> {
        let none = json!({});
        Some(match (route.method.as_str(), route.path) {
            ("PUT", "/v1/runs/{run}/watch") => call(
                format!("/v1/runs/{}/watch", self.waiting().await),
                json!({ "watching": true }),
            ),
            ("POST", "/v1/notifications/read") => {
                call("/v1/notifications/read", json!({ "all": true }))
            }
            ("PUT", "/v1/notifications/preferences") => call(
                "/v1/notifications/preferences",
                json!({ "layer": "me", "preferences": { "kinds": { "failed": { "in_app": false } } } }),
            ),
            ("PUT", "/v1/notifications/email") => call(
                "/v1/notifications/email",
                json!({ "host": "smtp.example.com", "port": 587, "security": "starttls", "from": "a@example.com" }),
            ),
            ("DELETE", "/v1/notifications/email") => {
                self.mail().await;
                call("/v1/notifications/email", none)
            }
            ("POST", "/v1/notifications/email/test") => {
                self.mail().await;
                call(
                    "/v1/notifications/email/test",
                    json!({ "to": "ann@example.com" }),
                )
            }
            ("POST", "/v1/notifications/email/deliveries/{delivery}/redeliver") => {
                let _mailbox = self.mail().await;
                self.admin
                    .post(
                        "/v1/notifications/email/test",
                        json!({ "to": "ann@example.com" }),
                    )
                    .await;
                let delivery = self.delivered("/v1/notifications/email/deliveries").await;
                call(format!("{delivery}/redeliver"), none)
            }
            ("POST", "/v1/webhooks") => {
                call("/v1/webhooks", json!({ "url": "http://127.0.0.1:9/" }))
            }
            ("PATCH", "/v1/webhooks/{webhook}") => {
                call(self.webhook().await, json!({ "enabled": false }))
            }
            ("DELETE", "/v1/webhooks/{webhook}") => call(self.webhook().await, none),
            ("POST", "/v1/webhooks/{webhook}/deliveries/{delivery}/redeliver") => {
                let hook = Hook::answering(&[]).await;
                let made = self
                    .admin
                    .post("/v1/webhooks", json!({ "url": hook.url }))
                    .await;
                self.failed().await;
                let log = format!("/v1/webhooks/{}/deliveries", made["id"].as_str().unwrap());
                let delivery = self.delivered(&log).await;
                call(format!("{delivery}/redeliver"), none)
            }
            ("POST", "/v1/reports") => call("/v1/reports", report(&self.failed().await)),
            ("PUT", "/v1/reports/target") => call(
                "/v1/reports/target",
                json!({ "webhook_url": "http://127.0.0.1:9/" }),
            ),
            ("POST", "/v1/reports/{report}/answers") => call(
                format!("{}/answers", self.report().await),
                json!({ "text": "We look into it." }),
            ),
            ("POST", "/v1/reports/{report}/redeliver") => {
                let hook = Hook::answering(&[]).await;
                self.admin
                    .put("/v1/reports/target", json!({ "webhook_url": hook.url }))
                    .await;
                let report = self.report().await;
                loop {
                    let view = self.admin.get(&report).await;
                    if view["delivery"]["state"] == "delivered" {
                        break;
                    }
                    tokio::task::yield_now().await;
                }
                call(format!("{report}/redeliver"), none)
            }
            _ => return None,
        })
    }
}

fn report(run: &str) -> Value {
    json!({ "run": run, "subject": "It stopped", "expected": "That it goes on", "category": "other", "severity": "low" })
}
