//! What carries messages out, and what they say.

use crate::store::record::{Content, DeliveryRecord, EmailServerRecord, WebhookRecord};
use async_trait::async_trait;
use model::Timestamp;
use model::notify::{About, Notification};
use serde_json::json;

/// Takes messages out of the house.
#[async_trait]
pub trait Courier: Send + Sync + 'static {
    /// Posts a body to a webhook, signed.
    async fn post(&self, webhook: &WebhookRecord, letter: &Letter) -> Sent;
    /// Hands a message to an e-mail server.
    async fn mail(&self, server: &EmailServerRecord, mail: &Mail) -> Sent;
}

/// A webhook's request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// `webhook-id`.
    pub id: String,
    /// `webhook-timestamp`: when this try is made.
    pub at: Timestamp,
    /// JSON.
    pub body: String,
}

/// An e-mail message in plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The part of its `Message-ID` before the @.
    pub id: String,
    pub to: String,
    pub subject: String,
    pub text: String,
}

/// What came of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    pub ok: bool,
    pub status: Option<u16>,
    pub message: String,
    /// It makes no sense to try again.
    pub for_good: bool,
    /// The receiver wants nothing more, ever (410).
    pub gone: bool,
}

impl Sent {
    pub fn ok(status: Option<u16>, message: impl Into<String>) -> Self {
        Self {
            ok: true,
            status,
            message: message.into(),
            for_good: false,
            gone: false,
        }
    }

    pub fn failed(status: Option<u16>, message: impl Into<String>) -> Self {
        Self {
            ok: false,
            ..Self::ok(status, message)
        }
    }

    pub fn for_good(mut self) -> Self {
        self.for_good = true;
        self
    }

    pub fn gone(mut self) -> Self {
        self.gone = true;
        self.for_good()
    }
}

/// The line of a delivery, as its log shows it.
pub fn title(content: &Content) -> String {
    match content {
        Content::Notification(message) => message.title.clone(),
        Content::Test => "A test message".into(),
    }
}

/// The request of a delivery; the same in every try but for its moment.
pub fn letter(delivery: &DeliveryRecord, at: Timestamp) -> Letter {
    let (kind, data) = match &delivery.content {
        Content::Notification(message) => (
            format!("notification.{}", message.kind),
            json!({
                "tenant": delivery.place.tenant,
                "project": delivery.place.project,
                "notification": message,
            }),
        ),
        Content::Test => (
            "test".to_owned(),
            json!({ "tenant": delivery.place.tenant, "project": delivery.place.project }),
        ),
    };
    Letter {
        id: delivery.id.to_string(),
        at,
        body: json!({ "type": kind, "timestamp": delivery.created_at, "data": data }).to_string(),
    }
}

/// The message of a delivery. `console` is where people reach the console.
pub fn mail(delivery: &DeliveryRecord, to: &str, console: Option<&str>) -> Mail {
    let place = &delivery.place;
    let (subject, text) = match &delivery.content {
        Content::Notification(message) => (message.title.clone(), notification(message)),
        Content::Test => (
            "A test message".to_owned(),
            "The e-mail server works: this message came from Signalbox.".to_owned(),
        ),
    };
    let link = match &delivery.content {
        Content::Notification(message) => path(&message.about),
        Content::Test => "notifications".to_owned(),
    };
    let link = match console {
        Some(console) => format!(
            "{}/{}/{}/{link}",
            console.trim_end_matches('/'),
            place.tenant,
            place.project
        ),
        None => format!(
            "In Signalbox: tenant {}, project {}, {link}",
            place.tenant, place.project
        ),
    };
    Mail {
        id: delivery.id.to_string(),
        to: to.to_owned(),
        subject: line(&subject),
        text: format!(
            "{text}\n\n{link}\n\n-- \nYou get this because your notification preferences in Signalbox ask for it.\n"
        ),
    }
}

fn notification(message: &Notification) -> String {
    let mut parts = vec![message.title.clone()];
    if !message.text.is_empty() {
        parts.push(message.text.clone());
    }
    if message.count > 1 {
        parts.push(format!(
            "{} times between {} and {}.",
            message.count, message.first_at, message.last_at
        ));
    }
    parts.join("\n\n")
}

fn path(about: &About) -> String {
    match (&about.report, &about.run) {
        (Some(report), _) => format!("reports/{report}"),
        (None, Some(run)) => format!("runs/{run}"),
        (None, None) => "notifications".to_owned(),
    }
}

/// One line of at most 200 characters: it stands in a header.
fn line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(200)
        .collect()
}
