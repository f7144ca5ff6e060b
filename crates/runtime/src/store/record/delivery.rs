//! Records of what leaves Signalbox: where it goes, and what is on its way.

use super::{Place, Record, RecordKind};
use model::notify::{DeliveryState, DeliveryTry, Notification, SmtpSecurity};
use model::{Actor, DeliveryId, NotificationKind, ReportId, TenantId, Timestamp, WebhookId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The e-mail server of a tenant. Key: the tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailServerRecord {
    pub tenant: TenantId,
    pub host: String,
    pub port: u16,
    pub security: SmtpSecurity,
    pub username: Option<String>,
    /// Encrypted, as text; whoever writes it knows how.
    pub sealed_password: Option<String>,
    pub from: String,
    pub console_url: Option<String>,
    pub updated_at: Timestamp,
    pub updated_by: Actor,
}

impl Record for EmailServerRecord {
    const KIND: RecordKind = RecordKind::EmailServer;
    fn key(&self) -> String {
        self.tenant.to_string()
    }
    fn group(&self) -> String {
        String::new()
    }
}

/// An address messages are posted to. Key: its id. Group: the place. Side: [`WebhookRecord::WANTS_COMPLETED`] where it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookRecord {
    pub id: WebhookId,
    pub place: Place,
    pub url: String,
    pub description: String,
    pub kinds: BTreeSet<NotificationKind>,
    pub enabled: bool,
    pub disabled_reason: Option<String>,
    /// Encrypted, as text; whoever writes it knows how.
    pub sealed_secret: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub updated_by: Actor,
}

impl WebhookRecord {
    /// What those who want to hear of completed runs are found by.
    pub const WANTS_COMPLETED: &'static str = "completed";

    pub fn wants_completed(&self) -> bool {
        self.enabled && self.kinds.contains(&NotificationKind::Completed)
    }
}

impl Record for WebhookRecord {
    const KIND: RecordKind = RecordKind::Webhook;
    fn key(&self) -> String {
        self.id.to_string()
    }
    fn group(&self) -> String {
        self.place.group()
    }
    fn side(&self) -> Option<String> {
        self.wants_completed()
            .then(|| Self::WANTS_COMPLETED.to_owned())
    }
}

/// Where a message goes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    Webhook(WebhookId),
    /// An address, by way of the tenant's server.
    Email(String),
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    Notification(Box<Notification>),
    /// A report on its way to support, with its file.
    Report {
        report: ReportId,
        subject: String,
    },
    /// Somebody wants to see whether the server works.
    Test,
}

/// Days a delivery is kept after it was made.
const KEPT_DAYS: u64 = 30;

/// One message on its way, or arrived. Key: [`DeliveryRecord::key`], the newest first. Group: [`DeliveryRecord::log_of`].
/// Side: its id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeliveryRecord {
    pub id: DeliveryId,
    pub place: Place,
    pub target: Target,
    pub content: Content,
    pub state: DeliveryState,
    pub created_at: Timestamp,
    pub due_at: Option<Timestamp>,
    pub tries: Vec<DeliveryTry>,
    /// It went out at least once, or is about to: what it says stays as it is.
    pub begun: bool,
    /// Failed tries since it was first sent or sent again by hand.
    pub failures: u32,
}

impl DeliveryRecord {
    /// The log a target's deliveries stand in: the webhook's own, or the tenant's for e-mail.
    pub fn log_of(place: &Place, target: &Target) -> String {
        match target {
            Target::Webhook(id) => id.to_string(),
            Target::Email(_) => Self::email_log(&place.tenant),
        }
    }

    pub fn email_log(tenant: &TenantId) -> String {
        format!("email/{tenant}")
    }

    /// Where it stands in its log: the cursor behind it.
    pub fn order(&self) -> String {
        let age = u64::MAX - u64::try_from(self.created_at.millis()).unwrap_or(0);
        format!("{age:020}-{}", self.id)
    }
}

impl Record for DeliveryRecord {
    const KIND: RecordKind = RecordKind::Delivery;
    fn key(&self) -> String {
        format!("{}/{}", self.group(), self.order())
    }
    fn group(&self) -> String {
        Self::log_of(&self.place, &self.target)
    }
    fn side(&self) -> Option<String> {
        Some(self.id.to_string())
    }
    fn expires(&self) -> Option<Timestamp> {
        Some(self.created_at.plus_s(KEPT_DAYS * 24 * 3600))
    }
}

/// A delivery that is to be tried. Key: when, then which. Listed as a whole, the most urgent first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueRecord {
    pub at: Timestamp,
    /// The delivery's key.
    pub delivery: String,
}

impl Record for DueRecord {
    const KIND: RecordKind = RecordKind::Due;
    fn key(&self) -> String {
        format!("{:020}-{}", self.at.millis().max(0), self.delivery)
    }
    fn group(&self) -> String {
        String::new()
    }
}

/// What is told to one receiver of one cause goes out at once and then, for a while, together. Key: receiver and grouping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatherRecord {
    pub key: String,
    /// What comes before this moment waits for it.
    pub until: Timestamp,
    /// The delivery that counts what comes, as long as it has not begun.
    pub delivery: String,
}

impl GatherRecord {
    pub fn key_of(place: &Place, target: &Target, grouping: &str) -> String {
        let receiver = match target {
            Target::Webhook(id) => id.as_str(),
            Target::Email(address) => address,
        };
        format!("{}/{receiver}/{grouping}", place.group())
    }
}

impl Record for GatherRecord {
    const KIND: RecordKind = RecordKind::Gather;
    fn key(&self) -> String {
        self.key.clone()
    }
    fn group(&self) -> String {
        String::new()
    }
    fn expires(&self) -> Option<Timestamp> {
        Some(self.until)
    }
}
