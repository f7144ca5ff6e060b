//! What comes with a command, and what comes back.

use crate::store::{AuditEntry, Change, Place, StoreError};
use engine::Run;
use model::api::RunRow;
use model::{Actor, AuditId, Event, Plan, RunId, Timestamp};
use serde_json::Value;
use std::sync::Arc;

/// What comes with a command besides the command.
#[derive(Default)]
pub struct Meta {
    /// The sequence the caller has seen (`If-Match`); another one is [`super::HostError::Stale`].
    pub expected_seq: Option<u64>,
    /// Written with the decision; nothing is written when the command changes nothing.
    pub audit: Option<AuditDraft>,
    /// Kept with the decision.
    pub idempotency: Option<IdempotencyDraft>,
    /// What else is written with the decision.
    pub also: Option<Also>,
}

impl Meta {
    pub fn audited(audit: AuditDraft) -> Self {
        Self {
            audit: Some(audit),
            ..Self::default()
        }
    }
}

/// An audit entry without what the host knows: id, time, place, run, and how the run stood before and after.
#[derive(Debug, Clone)]
pub struct AuditDraft {
    pub actor: Actor,
    /// `run.start`, `run.retry`, …
    pub action: String,
    pub reason: Option<String>,
    pub plan: Option<Plan>,
    /// What else is known of the change, beside how the run stands after it.
    pub detail: Option<Value>,
    pub request_id: Option<String>,
    pub ip: Option<String>,
}

impl AuditDraft {
    pub fn new(actor: Actor, action: impl Into<String>) -> Self {
        Self {
            actor,
            action: action.into(),
            reason: None,
            plan: None,
            detail: None,
            request_id: None,
            ip: None,
        }
    }

    pub(super) fn entry(
        self,
        id: AuditId,
        at: Timestamp,
        place: &Place,
        run: &RunId,
        before: Option<Value>,
        mut after: Value,
    ) -> AuditEntry {
        if let Some(detail) = self.detail {
            after["detail"] = detail;
        }
        AuditEntry {
            run: Some(run.clone()),
            before,
            after: Some(after),
            reason: self.reason,
            plan: self.plan.and_then(|plan| serde_json::to_value(plan).ok()),
            request_id: self.request_id,
            ip: self.ip,
            ..AuditEntry::new(id, at, place.clone(), self.actor, self.action, run.as_str())
        }
    }
}

/// Makes further changes of the run as it then stands and of the audit entry.
pub type Also =
    Box<dyn FnOnce(&RunRow, Option<&AuditId>) -> Result<Vec<Change>, StoreError> + Send>;

/// Makes an answer's body of the run and the audit entry.
pub type AnswerBody = Box<dyn FnOnce(&RunRow, Option<&AuditId>) -> Value + Send>;

/// An `Idempotency-Key` whose answer is stored in the decision's transaction.
pub struct IdempotencyDraft {
    /// The actor's id.
    pub actor: String,
    pub idempotency_key: String,
    pub fingerprint: String,
    pub status: u16,
    pub expires_at: Timestamp,
    pub body: AnswerBody,
}

/// What a command did.
#[derive(Debug, Clone)]
pub struct Outcome {
    pub row: Arc<RunRow>,
    /// Empty when the command changed nothing: a repeated result, a timer that came too early.
    pub events: Arc<Vec<Event>>,
    pub audit: Option<AuditId>,
    /// The decision's position in the feed.
    pub position: u64,
}

/// A folded run at a moment of its journal.
#[derive(Debug, Clone)]
pub struct Snapshot {
    pub place: Place,
    pub run: Arc<Run>,
    /// Everything up to `run.seq` was published at or before this position: subscribe from here.
    pub position: u64,
}
