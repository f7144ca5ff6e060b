//! What can be asked of a run.

use model::event::{Parent, TryKey};
use model::run::{Belongs, EntityRef, Labels, Trigger, WorkflowRef};
use model::{
    Actor, BlockedBy, Failure, Move, QueuedReason, RunId, SandboxId, StepPath, Timestamp,
    TranscriptEntry, Usage, Workflow,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;

/// Everything that can happen to a run from outside. Commands of the runtime carry the key of what they answer; a stale or
/// repeated one is ignored, so results may be delivered more than once.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// The first command of every run.
    Create(Box<CreateRun>),
    /// A worker takes the run from its queue and begins.
    Dequeue { worker: String },
    /// The queue knows better why the run is still queued.
    Requeue { reason: QueuedReason },
    /// An operator's move.
    Move {
        actor: Actor,
        what: Move,
        reason: Option<String>,
    },
    /// A try ended well.
    Completed {
        key: TryKey,
        output: Value,
        usage: Option<Usage>,
    },
    /// A try ended badly.
    Failed {
        key: TryKey,
        failure: Failure,
        usage: Option<Usage>,
    },
    /// An agent asked a person; the try is over.
    Asked { key: TryKey, question: String },
    /// The try opened the run's sandbox; `replaces` says why the one before could not be used again.
    SandboxOpened {
        key: TryKey,
        sandbox: SandboxId,
        replaces: Option<String>,
    },
    /// The run of a `workflow_call` exists now.
    ChildStarted { key: TryKey, run: RunId },
    /// A try did something worth keeping.
    Noted {
        key: TryKey,
        entries: Vec<TranscriptEntry>,
    },
    /// A try wrote an artifact.
    Artifact {
        key: TryKey,
        artifact: model::event::Artifact,
    },
    /// A timer of [`crate::effect::Effect::Timer`] is due. Early or stale ones are ignored.
    TimerDue,
    /// Something outside must be resolved before `step` can begin.
    Block {
        by: BlockedBy,
        /// The check that fails, where one does.
        check: Option<String>,
        reason: String,
        clears: String,
        step: Option<StepPath>,
    },
    /// The cause of a block is gone.
    Unblock,
    /// The runtime starts again after a crash or an update: whatever was in flight is lost.
    Recover,
}

/// What a new run needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CreateRun {
    pub run: RunId,
    pub actor: Actor,
    pub workflow: WorkflowRef,
    pub definition: Arc<Workflow>,
    pub input: Value,
    /// What the run is about; the workflow's `about` template over the input when absent.
    pub about: Option<EntityRef>,
    pub environment: String,
    pub trigger: Trigger,
    pub labels: Labels,
    pub belongs: Belongs,
    pub not_before: Option<Timestamp>,
    pub again_of: Option<RunId>,
    pub parent: Option<Parent>,
}

/// Why a command was refused, in a sentence for a person. Nothing changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The move is not legal in this state.
    #[error("{0}")]
    NotLegal(String),
    /// The command's own values are wrong: an unknown step, a body that does not fit its schema.
    #[error("{message}")]
    Invalid { pointer: String, message: String },
}
