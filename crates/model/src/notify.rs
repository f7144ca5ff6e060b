//! Notifications: what a person is told of, over which channels, and when they want quiet.

mod delivery;
mod preferences;
mod quiet;

pub use delivery::{
    CreateWebhook, Delivery, DeliveryState, DeliveryTry, EmailServer, EmailServerBody, EmailSetup,
    EmailTest, NewWebhook, SmtpSecurity, Webhook, WebhookPatch,
};
pub use preferences::{Layer, Preferences, PreferencesBody, PreferencesView};
pub use quiet::{QuietHours, QuietMistake};

use crate::failure::FailureCode;
use crate::id::{NotificationId, ReportId, RunId, StepPath, WorkflowId};
use crate::time::Timestamp;
use crate::words::words;
use serde::{Deserialize, Serialize};

words! {
    /// What a notification is about.
    NotificationKind {
        /// A run waits for a person's decision.
        NeedsDecision = "needs_decision", "Needs decision";
        /// Something outside of a run must be resolved.
        Blocked = "blocked", "Blocked";
        Failed = "failed", "Failed";
        /// Only for those who asked for it.
        Completed = "completed", "Completed";
        /// A token or a connection's credential is about to run out.
        CredentialExpiring = "credential_expiring", "Credential expiring";
        ReportAnswered = "report_answered", "Report answered";
        /// A run that a person follows stands otherwise than before.
        RunChanged = "run_changed", "Run changed";
    }
}

words! {
    /// How a notification reaches somebody.
    Channel {
        /// The inbox behind the bell.
        InApp = "in_app", "In Signalbox";
        /// The browser shows it, where a person turned that on in this browser.
        Desktop = "desktop", "Desktop";
        Email = "email", "E-mail";
        /// A signed HTTP request to an address of the project.
        Webhook = "webhook", "Webhook";
    }
}

impl NotificationKind {
    /// What holds where no layer says anything: everything that needs somebody is shown, nothing leaves by e-mail, and
    /// completed runs are silent.
    pub const fn usual(self, channel: Channel) -> bool {
        match (channel, self) {
            (Channel::Email, _) => false,
            (Channel::InApp, Self::RunChanged) => true,
            (Channel::InApp | Channel::Desktop | Channel::Webhook, kind) => {
                !matches!(kind, Self::Completed | Self::RunChanged)
            }
        }
    }
}

/// One message of an inbox. Occurrences of one cause (workflow, step and code) that come while it is unread are counted in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Notification {
    pub id: NotificationId,
    pub kind: NotificationKind,
    /// What happened, in one line: "Quote RFQ failed at Draft quote".
    pub title: String,
    /// The newest occurrence in a sentence; may be empty. Untrusted text.
    #[serde(default)]
    pub text: String,
    /// How often it happened.
    pub count: u64,
    pub first_at: Timestamp,
    pub last_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_at: Option<Timestamp>,
    /// Since when there is nothing left to decide: all of it was decided, or the runs went on or ended without. Such a
    /// message counts as read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_at: Option<Timestamp>,
    #[serde(flatten)]
    pub about: About,
    /// The newest runs it is about, newest first, at most 20.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub runs: Vec<RunId>,
    /// Whether the browser may show it by itself: the preferences allow it and it is no quiet hour.
    #[serde(default)]
    pub desktop: bool,
}

/// What a notification leads to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct About {
    /// The newest run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workflow: Option<WorkflowId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workflow_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<StepPath>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<FailureCode>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<ReportId>,
    /// The token's or connection's id, for a credential.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
}

/// `GET /v1/notifications`: newest first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Inbox {
    pub items: Vec<Notification>,
    /// Give it back as `cursor` for the next page; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// How many messages there are, up to 1,000.
    pub count: u64,
    pub count_is_exact: bool,
    /// How many are unread, up to 1,000.
    pub unread: u64,
}

/// `POST /v1/notifications/read`: these, or all there are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MarkRead {
    #[serde(default)]
    pub ids: Vec<NotificationId>,
    #[serde(default)]
    pub all: bool,
}

/// `GET, PUT /v1/runs/{run}/watch`: *Tell me when this changes*.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Watch {
    pub watching: bool,
}
