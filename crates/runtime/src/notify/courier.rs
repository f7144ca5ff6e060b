//! What carries messages out, and what they say.

use crate::report::compress;
use crate::store::record::{Content, DeliveryRecord, EmailServerRecord, WebhookRecord};
use async_trait::async_trait;
use model::Timestamp;
use model::notify::{About, Notification};
use model::report::Bundle;
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
    /// A file that goes with it: its name and its content, gzip.
    pub file: Option<(String, Vec<u8>)>,
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
        Content::Report { subject, .. } => format!("Report: {subject}"),
        Content::Test => "A test message".into(),
    }
}

/// The request of a delivery; the same in every try but for its moment.
pub fn letter(delivery: &DeliveryRecord, bundle: Option<&Bundle>, at: Timestamp) -> Letter {
    let (kind, data) = match &delivery.content {
        Content::Notification(message) => (
            format!("notification.{}", message.kind),
            json!({
                "tenant": delivery.place.tenant,
                "project": delivery.place.project,
                "notification": message,
            }),
        ),
        Content::Report { report, .. } => (
            "report.created".to_owned(),
            json!({
                "tenant": delivery.place.tenant,
                "project": delivery.place.project,
                "report": report,
                "bundle": bundle,
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
pub fn mail(
    delivery: &DeliveryRecord,
    bundle: Option<&Bundle>,
    to: &str,
    console: Option<&str>,
) -> Mail {
    let place = &delivery.place;
    let (subject, text) = match &delivery.content {
        Content::Notification(message) => (message.title.clone(), notification(message)),
        Content::Report { subject, .. } => (
            format!("Report: {subject}"),
            bundle.map_or_else(|| subject.clone(), report),
        ),
        Content::Test => (
            "A test message".to_owned(),
            "The e-mail server works: this message came from Signalbox.".to_owned(),
        ),
    };
    let link = match &delivery.content {
        Content::Notification(message) => path(&message.about),
        Content::Report { report, .. } => format!("reports/{report}"),
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
    let (file, because) = match (&delivery.content, bundle) {
        (Content::Report { report, .. }, Some(bundle)) => (
            match compress(bundle) {
                Ok(file) => Some((format!("{report}.signalbox.gz"), file)),
                Err(error) => {
                    tracing::error!(%error, "a report's file could not be made");
                    None
                }
            },
            "Open the attached file in any Signalbox console: drag it in.",
        ),
        _ => (
            None,
            "You get this because your notification preferences in Signalbox ask for it.",
        ),
    };
    Mail {
        file,
        id: delivery.id.to_string(),
        to: to.to_owned(),
        subject: line(&subject),
        text: format!("{text}\n\n{link}\n\n-- \n{because}\n"),
    }
}

/// What whoever reported says, and the facts they left in.
fn report(bundle: &Bundle) -> String {
    let (form, attached) = (&bundle.form, &bundle.attached);
    let mut lines = vec![
        format!("Expected: {}", form.expected),
        format!("Category: {}", form.category.shown()),
        format!("Severity: {}", form.severity.shown()),
    ];
    let mut fact = |name: &str, value: Option<String>| {
        lines.extend(value.map(|value| format!("{name}: {value}")));
    };
    fact(
        "Contact",
        Some(form.contact.clone()).filter(|contact| !contact.is_empty()),
    );
    let run = attached.run.as_ref();
    fact(
        "Run",
        run.map(|run| format!("{} ({}), {}", run.title, run.id, run.status.shown())),
    );
    let workflow = attached.workflow.as_ref();
    fact(
        "Workflow",
        workflow.map(|of| format!("{}, version {}", of.name, of.version)),
    );
    let step = attached.step.as_ref();
    fact(
        "Step",
        step.map(|step| format!("{} ({})", step.name, step.path)),
    );
    let failure = attached.failure.as_ref();
    fact(
        "Failure",
        failure.map(|failure| format!("{}: {}", failure.code, failure.message)),
    );
    lines.join("\n")
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
