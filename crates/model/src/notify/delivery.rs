//! How messages leave Signalbox: the e-mail server of a tenant, the webhooks of a project, and what became of each message.

use super::{Channel, NotificationKind};
use crate::actor::Actor;
use crate::id::{DeliveryId, WebhookId};
use crate::time::Timestamp;
use crate::words::words;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

words! {
    /// How the connection to an e-mail server is kept private.
    SmtpSecurity {
        /// TLS from the first byte, usually port 465.
        Tls = "tls", "TLS";
        /// TLS after a word in the clear, usually port 587; without it nothing is sent.
        StartTls = "starttls", "STARTTLS";
        /// In the clear: for a server on this machine.
        Plain = "plain", "none";
    }
}

/// The e-mail server of a tenant; `GET /v1/notifications/email`. Its password is never sent back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct EmailServer {
    pub host: String,
    pub port: u16,
    pub security: SmtpSecurity,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    pub has_password: bool,
    /// The sender: `signalbox@example.com`.
    pub from: String,
    /// Where people reach the console, for the links in messages: `https://signalbox.example.com`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub console_url: Option<String>,
    pub updated_at: Timestamp,
    pub updated_by: Actor,
}

/// `GET /v1/notifications/email`: the server, if one is set up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct EmailSetup {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<EmailServer>,
}

/// `PUT /v1/notifications/email`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EmailServerBody {
    pub host: String,
    pub port: u16,
    pub security: SmtpSecurity,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The one that is kept when absent; an empty string removes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    pub from: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub console_url: Option<String>,
}

/// An address of a project that messages are posted to, signed as Standard Webhooks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Webhook {
    pub id: WebhookId,
    pub url: String,
    #[serde(default)]
    pub description: String,
    /// What is posted; what the project's preferences let through when empty.
    #[serde(default)]
    pub kinds: BTreeSet<NotificationKind>,
    pub enabled: bool,
    /// Why it was turned off by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_reason: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub updated_by: Actor,
}

/// `POST /v1/webhooks`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateWebhook {
    pub url: String,
    #[serde(default)]
    pub description: String,
    #[serde(default)]
    pub kinds: BTreeSet<NotificationKind>,
}

/// A webhook just made, with the secret its receiver checks signatures with. It is shown this once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct NewWebhook {
    #[serde(flatten)]
    pub webhook: Webhook,
    /// `whsec_…`: what follows is the key in base64.
    pub secret: String,
}

/// `PATCH /v1/webhooks/{webhook}`; absent fields stay.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WebhookPatch {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kinds: Option<BTreeSet<NotificationKind>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
}

words! {
    /// How a message on its way stands.
    DeliveryState {
        /// Not sent yet, or to be sent again.
        Waiting = "waiting", "Waiting";
        Delivered = "delivered", "Delivered";
        /// Given up; it goes out again on *Redeliver*.
        Failed = "failed", "Failed";
    }
}

/// One message to one receiver, with every try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Delivery {
    /// Also its `webhook-id`, the same in every try.
    pub id: DeliveryId,
    pub channel: Channel,
    /// The address it goes to.
    pub to: String,
    /// The message's line.
    pub title: String,
    pub state: DeliveryState,
    pub created_at: Timestamp,
    /// When it is tried next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// Oldest first.
    #[serde(default)]
    pub tries: Vec<DeliveryTry>,
}

/// `POST /v1/notifications/email/test`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EmailTest {
    pub to: String,
}

/// One try of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct DeliveryTry {
    pub at: Timestamp,
    pub ok: bool,
    /// The HTTP status or the SMTP code, where there was an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What came of it: "Answered 204." or what went wrong. Untrusted text.
    pub message: String,
    pub duration_ms: u64,
}
