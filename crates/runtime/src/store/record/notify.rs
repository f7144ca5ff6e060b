//! Records around notifications.

use super::{Place, Record, RecordKind};
use model::notify::{About, Layer, Notification, Preferences};
use model::{Actor, NotificationId, NotificationKind, Role, RunId, TenantId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Who is to hear of something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recipients {
    /// Everyone in the project whose preferences let it through, and whoever follows the run.
    Project,
    /// Everyone in the project with this role or a higher one, whose preferences let it through.
    Role(Role),
    /// Only whoever follows the run.
    Watchers,
    Person(UserId),
}

/// Something people are to be told of. It is written in the transaction of what happened and deleted in the one that puts it
/// into inboxes, so that it is neither lost nor told twice. Key: its id. Listed as a whole, oldest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CauseRecord {
    pub id: NotificationId,
    pub place: Place,
    pub at: Timestamp,
    pub kind: NotificationKind,
    pub to: Recipients,
    /// Whoever did it hears nothing of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Actor>,
    /// "Metro Equipment failed at Draft quote".
    pub title: String,
    /// The same where several runs are meant: "Quote RFQ failed at Draft quote".
    pub title_of_many: String,
    #[serde(default)]
    pub text: String,
    pub about: About,
    /// The run has come to its end: nobody needs to follow it any more.
    #[serde(default)]
    pub last: bool,
    /// What was told of earlier is past: nobody is told of it, the message of it is settled.
    #[serde(default)]
    pub past: bool,
}

impl CauseRecord {
    /// What tells one decision that is needed from others in the same message.
    pub fn decision(&self) -> Option<String> {
        let (run, step) = (self.about.run.as_ref()?, self.about.step.as_ref()?);
        (self.kind == NotificationKind::NeedsDecision).then(|| format!("{run}/{step}"))
    }

    /// What makes two occurrences one message: workflow, step and code, or the one thing it is about.
    pub fn grouping(&self) -> String {
        let about = &self.about;
        let part = |text: Option<&str>| text.unwrap_or_default().to_owned();
        let parts = match self.kind {
            NotificationKind::NeedsDecision
            | NotificationKind::Blocked
            | NotificationKind::Failed
            | NotificationKind::Completed => [
                part(about.workflow.as_ref().map(AsRef::as_ref)),
                part(
                    about
                        .step
                        .as_ref()
                        .map(|path| path.step().into_string())
                        .as_deref(),
                ),
                part(about.code.map(model::FailureCode::as_str)),
            ],
            NotificationKind::RunChanged => [
                part(about.run.as_ref().map(AsRef::as_ref)),
                String::new(),
                String::new(),
            ],
            NotificationKind::CredentialExpiring => [
                part(about.credential.as_deref()),
                String::new(),
                String::new(),
            ],
            NotificationKind::ReportAnswered => [
                part(about.report.as_ref().map(AsRef::as_ref)),
                String::new(),
                String::new(),
            ],
        };
        format!("{}|{}", self.kind, parts.join("|"))
    }
}

impl Record for CauseRecord {
    const KIND: RecordKind = RecordKind::Cause;
    fn key(&self) -> String {
        self.id.to_string()
    }
    fn group(&self) -> String {
        String::new()
    }
}

/// A message of somebody's inbox. Key: [`NotificationRecord::key`], so that the newest comes first. Group: the inbox. Side:
/// while it is unread, inbox and grouping.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NotificationRecord {
    pub user: UserId,
    pub place: Place,
    pub grouping: String,
    pub title_of_many: String,
    pub notification: Notification,
    /// The decisions it tells of that are still needed.
    #[serde(default)]
    pub open: OpenDecisions,
}

/// The decisions of one message that are still needed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenDecisions {
    /// Each is a [`CauseRecord::decision`].
    known: BTreeSet<String>,
    /// There were more than are kept: whether all are settled is not known any more.
    #[serde(default)]
    too_many: bool,
}

impl OpenDecisions {
    /// More than anybody decides before they look at the list instead of the message.
    const MOST: usize = 200;

    pub fn extend(&mut self, decisions: impl IntoIterator<Item = String>) {
        for decision in decisions {
            if self.known.len() < Self::MOST {
                self.known.insert(decision);
            } else {
                self.too_many = true;
            }
        }
    }

    /// One is past; whether it was the last one.
    pub fn close(&mut self, decision: &str) -> bool {
        self.known.remove(decision) && self.known.is_empty() && !self.too_many
    }
}

/// Days a message is kept after it last changed.
const KEPT_DAYS: u64 = 90;

impl NotificationRecord {
    /// The group of a person's messages in a project.
    pub fn inbox(user: &UserId, place: &Place) -> String {
        format!("{user}/{}", place.group())
    }

    /// What an unread message of `grouping` is found by.
    pub fn side_of(user: &UserId, place: &Place, grouping: &str) -> String {
        format!("{}/{grouping}", Self::inbox(user, place))
    }

    /// Where it stands in its inbox, newest first: the cursor behind it.
    pub fn order(&self) -> String {
        let age = u64::MAX - u64::try_from(self.notification.last_at.millis()).unwrap_or(0);
        format!("{age:020}-{}", self.notification.id)
    }
}

impl Record for NotificationRecord {
    const KIND: RecordKind = RecordKind::Notification;
    fn key(&self) -> String {
        format!("{}/{}", self.group(), self.order())
    }
    fn group(&self) -> String {
        Self::inbox(&self.user, &self.place)
    }
    fn side(&self) -> Option<String> {
        self.notification
            .read_at
            .is_none()
            .then(|| Self::side_of(&self.user, &self.place, &self.grouping))
    }
    fn expires(&self) -> Option<Timestamp> {
        Some(self.notification.last_at.plus_s(KEPT_DAYS * 24 * 3600))
    }
}

/// One layer of preferences. Key: [`PreferencesRecord::key_of`]. Listed as a whole: the host wants to know who asked for what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreferencesRecord {
    pub key: String,
    pub tenant: TenantId,
    pub preferences: Preferences,
}

impl PreferencesRecord {
    pub fn key_of(layer: Layer, user: &UserId, place: &Place) -> String {
        match layer {
            Layer::Tenant => place.tenant.to_string(),
            Layer::Project => place.group(),
            Layer::Me => NotificationRecord::inbox(user, place),
        }
    }
}

impl Record for PreferencesRecord {
    const KIND: RecordKind = RecordKind::Preferences;
    fn key(&self) -> String {
        self.key.clone()
    }
    fn group(&self) -> String {
        String::new()
    }
}

/// Somebody follows a run. Key: `run/user`. Listed as a whole. Side: the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchRecord {
    pub run: RunId,
    pub user: UserId,
    pub since: Timestamp,
}

impl WatchRecord {
    pub fn key_of(run: &RunId, user: &UserId) -> String {
        format!("{run}/{user}")
    }
}

impl Record for WatchRecord {
    const KIND: RecordKind = RecordKind::Watch;
    fn key(&self) -> String {
        Self::key_of(&self.run, &self.user)
    }
    fn group(&self) -> String {
        String::new()
    }
    fn side(&self) -> Option<String> {
        Some(self.run.to_string())
    }
}

/// People were told that a credential runs out. Key: the credential and its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialMark {
    /// The token's id, or the key of the connection.
    pub credential: String,
    pub expires_at: Timestamp,
}

impl CredentialMark {
    pub fn key_of(credential: &str, expires_at: Timestamp) -> String {
        format!("{credential}@{}", expires_at.millis())
    }
}

impl Record for CredentialMark {
    const KIND: RecordKind = RecordKind::CredentialMark;
    fn key(&self) -> String {
        Self::key_of(&self.credential, self.expires_at)
    }
    fn group(&self) -> String {
        String::new()
    }
    fn expires(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}
