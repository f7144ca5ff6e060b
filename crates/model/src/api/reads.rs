//! What the API says about a run, beyond its row and its fold.

use super::{MissionRow, RunRow};
use crate::actor::Actor;
use crate::audit::AuditHead;
use crate::digest::Digest;
use crate::event::{Artifact, Decision, Event, EventKind};
use crate::id::{AuditId, RunId, StepPath};
use crate::run::{EntityRef, Labels};
use crate::status::StepStatus;
use crate::time::Timestamp;
use crate::transcript::TranscriptEntry;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Part of a journal; `GET /v1/runs/{id}/events`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct EventPage {
    /// In order of their sequence, whichever end was asked for.
    #[cfg_attr(feature = "schema", schema(value_type = Vec<Object>))]
    pub items: Vec<Event>,
    /// Give it as `after` for the events behind these; absent when there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_after: Option<u64>,
    /// Give it as `before` for the events in front of these; absent when there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_before: Option<u64>,
    /// The journal's last event: how many there are in all.
    pub last_seq: u64,
    /// Where the current attempt's first failure stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_failure: Option<u64>,
}

/// What a run's templates see: its input and what its steps made of it; `GET /v1/runs/{id}/context`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RunContext {
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub input: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<EntityRef>,
    #[serde(default)]
    pub labels: Labels,
    pub environment: String,
    /// Every step that has a result, in the document's order.
    pub steps: Vec<StepResult>,
    /// The run's own result, once it is completed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Object>))]
    pub output: Option<Value>,
}

/// What tells the output of each step from another one without carrying it; `GET /v1/runs/{id}/outputs`. A step without an
/// output is not in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Outputs(pub BTreeMap<StepPath, Digest>);

/// What one step left for the others: `{{steps.<id>.result}}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct StepResult {
    pub step: StepPath,
    pub name: String,
    pub status: StepStatus,
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub result: Value,
    /// The attempt it comes from.
    pub attempt: u32,
}

/// The summary card; `GET /v1/runs/{id}/summary`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RunSummary {
    pub row: RunRow,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dequeued_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worker: Option<String>,
    pub attempts: u32,
    /// Events in its journal.
    pub events: u64,
    pub artifacts: u64,
    /// The run this one repeats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again_of: Option<RunId>,
    /// The runs its `workflow_call`s started.
    #[serde(default)]
    pub children: Vec<RunRow>,
    /// Who handles it, where somebody took it over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assigned_to: Option<Actor>,
}

/// A saved point of a run; `GET /v1/runs/{id}/checkpoints`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Checkpoint {
    /// The journal stands here.
    pub seq: u64,
    pub at: Timestamp,
    pub step: StepPath,
    pub step_name: String,
    pub attempt: u32,
    pub kind: CheckpointKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Actor>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
}

/// What makes a point a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CheckpointKind {
    /// A step finished; its output is kept.
    StepFinished,
    /// The run waits for a person to decide.
    DecisionOpen,
    /// A person decided.
    Decided,
}

/// `GET /v1/runs/{id}/artifacts`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ArtifactList {
    pub items: Vec<Artifact>,
}

/// Part of a step's transcript; `GET /v1/runs/{id}/steps/{step}/transcript`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TranscriptPage {
    pub items: Vec<TranscriptLine>,
    /// Give it as `after` for the next lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_after: Option<u64>,
}

/// One entry of a transcript with the try it belongs to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TranscriptLine {
    /// The event that holds it.
    pub seq: u64,
    pub at: Timestamp,
    pub attempt: u32,
    #[serde(rename = "try")]
    pub try_no: u32,
    pub entry: TranscriptEntry,
}

/// Whether a person can write to a step's agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Chat {
    pub open: bool,
    /// Why not, for a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What the agent asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
}

impl TranscriptLine {
    /// What an event adds to the transcript of a step; nothing for every other event.
    pub fn of(event: &Event, step: &StepPath) -> Vec<Self> {
        let EventKind::StepTranscript { key, entries } = &event.event else {
            return Vec::new();
        };
        if key.path != *step {
            return Vec::new();
        }
        let line = |entry: &TranscriptEntry| Self {
            seq: event.seq,
            at: event.at,
            attempt: key.attempt,
            try_no: key.try_no,
            entry: entry.clone(),
        };
        entries.iter().map(line).collect()
    }
}

/// `GET /v1/missions/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct MissionView {
    #[serde(flatten)]
    pub row: MissionRow,
    /// Its newest runs, at most 200.
    pub items: Vec<RunRow>,
    /// Its open decisions.
    pub tasks: Vec<super::PendingTask>,
    /// What its newest runs produced, with the run each belongs to.
    pub artifacts: Vec<MissionArtifact>,
}

/// An artifact of a mission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct MissionArtifact {
    pub run: RunId,
    #[serde(flatten)]
    pub artifact: Artifact,
}

/// The answer of completing or timing out a waitpoint; the same each time it is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct WaitpointClosed {
    pub token: String,
    /// `completed` or `timed_out`.
    pub state: String,
    pub run: RunId,
    pub step: StepPath,
    pub audit: AuditId,
}

/// A queue; `GET /v1/queues`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct QueueRow {
    pub name: String,
    /// Runs that may work at the same time.
    pub limit: u32,
    pub in_use: u32,
    /// Runs that wait, delayed ones not counted.
    pub depth: u64,
    pub delayed: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_by: Option<Actor>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_at: Option<Timestamp>,
    /// When a run last left it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_dequeue_at: Option<Timestamp>,
}

/// What was changed, with the audit entry that records it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Changed<T> {
    #[serde(flatten)]
    pub value: T,
    pub audit: AuditId,
}

/// `GET /v1/version`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Version {
    /// `0.1.0+<commit>`.
    pub build: String,
}

/// `GET /v1/audit/retention`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AuditRetention {
    /// Days an entry is kept; without end when absent.
    pub keep_days: Option<u32>,
    /// The signed end of what was removed; absent where nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed: Option<AuditHead>,
}
