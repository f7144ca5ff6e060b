//! A run as its journal tells it.

use model::event::{Artifact, Decision, Handled, Imported, Parent, StepMessage, Wait};
use model::run::{Belongs, EntityRef, Labels, Trigger, WorkflowRef};
use model::{
    Actor, BlockedBy, Cost, Effect, Failure, QueuedReason, RunId, RunStatus, SandboxId, SkipReason,
    StepPath, StepStatus, StopMode, Timestamp, Usage, WaitKind, Workflow,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The fold of a run's journal up to `seq`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    pub id: RunId,
    /// The last event folded.
    pub seq: u64,
    pub workflow: WorkflowRef,
    pub definition: Arc<Workflow>,
    pub title: String,
    pub about: Option<EntityRef>,
    pub input: Value,
    pub queue: String,
    pub environment: String,
    pub trigger: Trigger,
    pub labels: Labels,
    pub belongs: Belongs,
    pub parent: Option<Parent>,
    pub again_of: Option<RunId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported: Option<Imported>,
    pub created_by: Actor,
    pub created_at: Timestamp,
    pub not_before: Option<Timestamp>,
    /// When it expires if it has not started.
    pub expires_at: Option<Timestamp>,

    pub status: RunStatus,
    /// Since when the status holds.
    pub status_since: Timestamp,
    pub queued_reason: Option<QueuedReason>,
    pub wait_kind: Option<WaitKind>,
    pub block: Option<Block>,
    pub stop: Option<Stop>,
    /// Who made the last move on the run and when.
    pub last_move_by: Option<Actor>,
    /// When it was paused, blocked or draining: the last [`HOLDS`] times, in order.
    #[serde(default)]
    pub holds: Vec<Hold>,
    pub attempt: u32,
    pub attempts: Vec<AttemptState>,
    pub dequeued_at: Option<Timestamp>,
    pub worker: Option<String>,
    /// When the first step of the first attempt started.
    pub started_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub last_event_at: Timestamp,
    /// Working time of the current attempt up to `working_since`, in milliseconds.
    pub worked_ms: u64,
    /// Since when the attempt is working; absent while it waits, is paused or has ended.
    pub working_since: Option<Timestamp>,
    /// Why the current attempt failed or was interrupted.
    pub failure: Option<Failure>,
    pub failed_step: Option<StepPath>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "present"
    )]
    pub output: Option<Value>,
    pub cost: Option<Cost>,
    /// Some output was played from a Mock Mode script.
    #[serde(default)]
    pub mock: bool,
    pub artifacts: Vec<Artifact>,
    /// Kept while a retry may need it ([`RunStatus::keeps_sandbox`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sandbox: Option<Sandbox>,
    /// Every step that exists so far, by path: top-level ones from the start, a loop's when their iteration begins. Copies of
    /// the run share the steps that do not differ.
    pub steps: BTreeMap<StepPath, Arc<StepState>>,
    /// The paths in the order of the document, loops' steps after their loop.
    pub order: Vec<StepPath>,
    /// Derived from the rest; built when first needed.
    #[serde(skip)]
    pub(crate) index: crate::index::Index,
}

/// How many [`Run::holds`] are kept at most.
pub const HOLDS: usize = 50;

/// A time in which the run was kept from going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// `paused`, `blocked` or `draining`.
    pub status: RunStatus,
    pub from: Timestamp,
    /// Absent while it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Timestamp>,
}

/// What blocks a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    pub by: BlockedBy,
    /// The check that fails, where one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<String>,
    pub reason: String,
    pub clears: String,
    pub step: Option<StepPath>,
    pub since: Timestamp,
    /// The cause is gone; Resume goes on.
    pub cleared: bool,
}

/// A stop that is under way or done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stop {
    pub mode: StopMode,
    pub by: Option<Actor>,
    pub reason: Option<String>,
    pub at: Timestamp,
    /// When a graceful stop gives up.
    pub deadline: Option<Timestamp>,
}

/// One execution inside a run. The record of an ended attempt never changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AttemptState {
    pub attempt: u32,
    /// The event that began it; 0 in a report's file that is older than this field.
    #[serde(default)]
    pub seq: u64,
    pub started_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    /// How it stands or ended.
    pub status: RunStatus,
    pub from: Option<StepPath>,
    pub failed_step: Option<StepPath>,
    pub failure: Option<Failure>,
    pub by: Option<Actor>,
    pub reason: Option<String>,
    pub worked_ms: u64,
    pub cost: Option<Cost>,
}

/// One step of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepState {
    pub path: StepPath,
    pub status: StepStatus,
    /// The attempt in which the status came about.
    pub attempt: u32,
    /// Tries in that attempt.
    pub tries: u32,
    pub max_tries: u32,
    pub effect: Effect,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// When the next try begins, while retrying.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait: Option<Wait>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting_since: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<Actor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skip_reason: Option<SkipReason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caused_by: Option<StepPath>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// Set when the run goes on in spite of the failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handled: Option<Handled>,
    /// Finished in an earlier attempt and kept.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reused: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// The result; on the wire only where the whole step is asked for.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "present"
    )]
    pub output: Option<Value>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "present"
    )]
    pub input: Option<Value>,
    /// An operator's replacement for the resolved input.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "present"
    )]
    pub input_override: Option<Value>,
    /// The input of an unfinished try of an earlier attempt, by which a retry knows whether an agent can go on with its
    /// conversation.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "present"
    )]
    pub last_input: Option<Value>,
    /// What a person wrote to the agent while the step was not running: its next turn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<StepMessage>,
    /// Tool calls of an agent that went out and have no result yet.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub open_calls: u32,
    /// A `for_each`'s items.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<Value>>,
    /// How many items or iterations a loop has so far, and how many have begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iterations: Option<Iterations>,
    /// Every try so far, of all attempts.
    pub history: Vec<TryState>,
}

/// A loop's progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Iterations {
    /// Known for `for_each` only.
    pub total: Option<usize>,
    pub begun: usize,
}

/// One try of a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TryState {
    pub attempt: u32,
    #[serde(rename = "try")]
    pub try_no: u32,
    pub started_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Since when it waited, where it did: up to its end, or still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting_since: Option<Timestamp>,
    /// How it stands or ended.
    pub status: StepStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// Entries in its transcript.
    pub entries: u64,
    /// It went on with the conversation of the try before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub continues: bool,
}

/// The folder that the agents of a run work on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sandbox {
    pub id: SandboxId,
    pub opened_at: Timestamp,
    /// Why the one before could not be used again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
const fn is_zero(n: &u32) -> bool {
    *n == 0
}

/// A result of `null` is a result; only an absent one is none.
fn present<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(from).map(Some)
}
