//! How messages leave: the webhooks of a project, the e-mail server of a tenant, what became of each message.

use super::{
    error::ApiError,
    transport::{ActionKey, Api, Guard},
};
use crate::routes::with_query;
use model::api::Changed;
use model::notify::{
    CreateWebhook, Delivery, EmailServer, EmailServerBody, EmailTest, NewWebhook, Webhook,
    WebhookPatch,
};
use model::{DeliveryId, WebhookId};

pub const WEBHOOKS: &str = "/v1/webhooks";
pub const EMAIL: &str = "/v1/notifications/email";

/// Whose messages a log keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Log {
    Webhook(WebhookId),
    Email,
}

impl Log {
    fn path(&self) -> String {
        match self {
            Self::Webhook(id) => format!("{WEBHOOKS}/{id}/deliveries"),
            Self::Email => format!("{EMAIL}/deliveries"),
        }
    }

    /// Its name in the stream.
    pub fn name(&self) -> &str {
        match self {
            Self::Webhook(id) => id.as_str(),
            Self::Email => "email",
        }
    }

    /// The address of one page, newest first.
    pub fn page(&self, cursor: &str) -> String {
        with_query(&self.path(), &[("limit", "20"), ("cursor", cursor)])
    }

    /// Sends one of its messages again.
    pub async fn redeliver(
        &self,
        api: Api,
        delivery: &DeliveryId,
        key: &ActionKey,
    ) -> Result<(), ApiError> {
        let path = format!("{}/{delivery}/redeliver", self.path());
        let nothing = serde_json::json!({});
        api.post_quiet(&path, &nothing, Guard::once(key)).await
    }
}

pub async fn create_webhook(
    api: Api,
    body: &CreateWebhook,
    key: &ActionKey,
) -> Result<Changed<NewWebhook>, ApiError> {
    api.post(WEBHOOKS, body, Guard::once(key)).await
}

pub async fn change_webhook(
    api: Api,
    webhook: &WebhookId,
    patch: &WebhookPatch,
    key: &ActionKey,
) -> Result<Changed<Webhook>, ApiError> {
    api.patch(&format!("{WEBHOOKS}/{webhook}"), patch, Guard::once(key))
        .await
}

pub async fn set_email(
    api: Api,
    body: &EmailServerBody,
    key: &ActionKey,
) -> Result<Changed<EmailServer>, ApiError> {
    api.put(EMAIL, body, Guard::once(key)).await
}

/// Sends a test message; what comes of it stands in the log.
pub async fn test_email(
    api: Api,
    to: String,
    key: &ActionKey,
) -> Result<Changed<Delivery>, ApiError> {
    api.post(
        &format!("{EMAIL}/test"),
        &EmailTest { to },
        Guard::once(key),
    )
    .await
}
