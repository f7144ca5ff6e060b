//! What is written: decisions of runs and changes of records, each with its audit entry, in one transaction.

use super::StoreError;
use super::record::{Place, Record, RecordKind, Stored};
use model::api::{PendingTask, RunRow, WaitpointToken};
use model::event::{Event, Parent};
use model::{Actor, ArtifactId, AuditEntry, RunId, StepPath, TaskId, TenantId, Timestamp};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// One decision about one run.
#[derive(Debug, Clone)]
pub struct Append {
    pub run: RunId,
    pub place: Place,
    /// The journal's last sequence before this decision; 0 creates the run.
    pub expected_seq: u64,
    /// In order, numbered on from `expected_seq`; never empty.
    pub events: Arc<Vec<Event>>,
    /// How the run stands afterwards.
    pub row: Arc<RunRow>,
    pub stage: Stage,
    /// When the run's earliest timer is due.
    pub timer: Option<Timestamp>,
    /// While queued: not before this moment.
    pub not_before: Option<Timestamp>,
    /// For a new run: the call that started it. A call has one child at most.
    pub parent: Option<Parent>,
    pub waits: Vec<WaitChange>,
    pub artifacts: Vec<(ArtifactId, Vec<u8>)>,
    pub audit: Option<AuditEntry>,
    pub changes: Vec<Change>,
}

/// What the runtime has to do for a run when it starts again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Stage {
    /// Nothing, ever: the run has ended.
    Ended,
    /// Nothing but its timer: it waits for a person or the outside.
    Idle,
    /// Put it into its queue.
    Queued,
    /// It waits for the run of a `workflow_call`: look whether that has ended.
    Child,
    /// Its next calls were never begun, because the runtime was shutting down: begin them.
    Held,
    /// Something was in flight: [`engine::Command::Recover`].
    Working,
    /// Part of a journal from elsewhere. Nobody sees the run until its last part makes it [`Stage::Ended`]; what never gets
    /// there is forgotten when the store is opened again.
    Arriving,
}

impl Stage {
    pub const fn code(self) -> u8 {
        match self {
            Self::Ended => 0,
            Self::Idle => 1,
            Self::Queued => 2,
            Self::Child => 3,
            Self::Held => 4,
            Self::Working => 5,
            Self::Arriving => 6,
        }
    }

    pub const fn from_code(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::Ended),
            1 => Some(Self::Idle),
            2 => Some(Self::Queued),
            3 => Some(Self::Child),
            4 => Some(Self::Held),
            5 => Some(Self::Working),
            6 => Some(Self::Arriving),
            _ => None,
        }
    }
}

/// A change in what a run waits for from the outside.
#[derive(Debug, Clone, PartialEq)]
pub enum WaitChange {
    OpenTask(Box<PendingTask>),
    /// With `state` = `open`.
    OpenWaitpoint(Box<WaitpointToken>),
    /// Every open wait of the step is over.
    Close {
        step: StepPath,
        state: WaitState,
        at: Timestamp,
    },
}

/// How a wait stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitState {
    Open,
    Completed,
    TimedOut,
    Cancelled,
}

impl WaitState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Completed => "completed",
            Self::TimedOut => "timed_out",
            Self::Cancelled => "cancelled",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Open, Self::Completed, Self::TimedOut, Self::Cancelled]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

/// Changes of records that belong together.
#[derive(Debug, Clone, Default)]
pub struct ChangeSet {
    pub changes: Vec<Change>,
    pub audit: Option<AuditEntry>,
}

impl ChangeSet {
    pub fn new(change: Change) -> Self {
        Self {
            changes: vec![change],
            audit: None,
        }
    }

    pub fn and(mut self, change: Change) -> Self {
        self.changes.push(change);
        self
    }

    pub fn audited(mut self, audit: AuditEntry) -> Self {
        self.audit = Some(audit);
        self
    }
}

/// One change of a record.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    Put(PutRecord),
    Delete {
        kind: RecordKind,
        key: String,
    },
    /// How an attention item is handled; each of `None` clears. A dismissal ends by itself when the run's status changes.
    Attention {
        run: RunId,
        attention: Attention,
    },
    /// These runs' next calls were never begun. See [`Stage::Held`].
    Held(Vec<RunId>),
    /// Forgets the last events, at most this many, of a run that is [`Stage::Arriving`].
    Discard {
        run: RunId,
        events: u64,
    },
    /// Forgets what expired before `before`.
    Purge {
        kind: RecordKind,
        before: Timestamp,
    },
    /// Deletes every record of a group.
    Clear {
        kind: RecordKind,
        group: String,
    },
    /// Removes a tenant's audit entries up to `to`. At least one must stay.
    TrimAudit {
        tenant: TenantId,
        to: u64,
    },
}

impl Change {
    /// Writes `record`, whatever was there.
    pub fn put<T: Record>(record: &T) -> Result<Self, StoreError> {
        Self::put_if(record, Expect::Any)
    }

    /// Writes `record` when nothing is there under its key.
    pub fn create<T: Record>(record: &T) -> Result<Self, StoreError> {
        Self::put_if(record, Expect::New)
    }

    /// Writes `record` over the revision that was read.
    pub fn update<T: Record>(record: &Stored<T>) -> Result<Self, StoreError> {
        Self::put_if(&record.value, Expect::Revision(record.revision))
    }

    pub fn put_if<T: Record>(record: &T, expect: Expect) -> Result<Self, StoreError> {
        Ok(Self::Put(PutRecord {
            kind: T::KIND,
            key: record.key(),
            group: record.group(),
            side: record.side(),
            expires: record.expires(),
            doc: serde_json::to_string(record)?,
            expect,
        }))
    }

    pub fn delete<T: Record>(key: impl Into<String>) -> Self {
        Self::Delete {
            kind: T::KIND,
            key: key.into(),
        }
    }
}

/// A record as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutRecord {
    pub kind: RecordKind,
    pub key: String,
    pub group: String,
    pub side: Option<String>,
    pub expires: Option<Timestamp>,
    pub doc: String,
    pub expect: Expect,
}

impl PutRecord {
    /// Whether it may be written over the `current` revision.
    pub(super) fn check(&self, current: Option<u64>) -> Result<(), StoreError> {
        match (self.expect, current) {
            (Expect::Any, _) | (Expect::New, None) => Ok(()),
            (Expect::New, Some(_)) => Err(StoreError::Exists(self.key.clone())),
            (Expect::Revision(expected), Some(current)) if expected == current => Ok(()),
            (Expect::Revision(expected), Some(current)) => {
                Err(StoreError::Stale { expected, current })
            }
            (Expect::Revision(_), None) => Err(StoreError::Missing(self.key.clone())),
        }
    }
}

/// What must be there for a write to go through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    Any,
    /// Nothing; else [`StoreError::Exists`].
    New,
    /// This revision; else [`StoreError::Stale`].
    Revision(u64),
}

/// How a person handled an attention item.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attention {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snoozed_until: Option<Timestamp>,
    /// The reason given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dismissed: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assigned_to: Option<Actor>,
}

/// One decision, as everyone hears of it after it is durable. Positions grow by one an event over all runs, in the order in
/// which decisions became durable.
#[derive(Debug, Clone)]
pub struct Published {
    /// The position of the last of `events`.
    pub position: u64,
    pub place: Place,
    pub run: RunId,
    pub events: Arc<Vec<Event>>,
    pub row: Arc<RunRow>,
}

/// An open task with the place it belongs to.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredTask {
    pub place: Place,
    pub task: PendingTask,
    pub state: WaitState,
}

/// A waitpoint with the place it belongs to.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredWaitpoint {
    pub place: Place,
    pub token: WaitpointToken,
}

impl WaitChange {
    /// The task's or token's id, where a wait is opened.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::OpenTask(task) => Some(TaskId::as_str(&task.task)),
            Self::OpenWaitpoint(token) => Some(&token.token),
            Self::Close { .. } => None,
        }
    }
}
