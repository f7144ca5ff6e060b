//! The journal's entries. A run is the fold of its events; every event ever written still folds.

use crate::actor::Actor;
use crate::failure::Failure;
use crate::id::{ArtifactId, RunId, SandboxId, StepPath, TaskId};
use crate::money::Usage;
use crate::run::{Belongs, EntityRef, Labels, Trigger, WorkflowRef};
use crate::status::{BlockedBy, QueuedReason, SkipReason, StopMode, WaitKind};
use crate::time::Timestamp;
use crate::transcript::TranscriptEntry;
use crate::words::words;
use crate::workflow::{Effect, Workflow};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;

/// One entry of a run's journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Counts from 1 in each run, without gaps.
    pub seq: u64,
    pub at: Timestamp,
    /// Who caused it; absent for the runtime itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<Actor>,
    pub event: EventKind,
}

/// One execution of a step: the key under which its result comes back.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TryKey {
    pub path: StepPath,
    /// Counts from 1.
    pub attempt: u32,
    /// Counts from 1 in each attempt.
    #[serde(rename = "try")]
    pub try_no: u32,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum EventKind {
    /// Always the first event.
    RunCreated(Box<RunCreated>),
    RunQueued {
        reason: QueuedReason,
    },
    /// A worker took it: `starting`.
    RunDequeued {
        worker: String,
    },
    /// Attempt 2 and later; attempt 1 begins with the run.
    AttemptStarted {
        attempt: u32,
        /// The step chosen in "Retry from step".
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<StepPath>,
        /// The steps that go back to pending; every other finished step is reused.
        reset: Vec<StepPath>,
        /// Replaces the resolved input of `from`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        input: Option<Value>,
        /// What a person wrote to the agent of a failed step: its next turn.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<StepMessage>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    RunPaused {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    RunResumed,
    RunBlocked {
        by: BlockedBy,
        /// The check that fails, where one does: `mcp_server:github`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        check: Option<String>,
        /// The plain reason: "GitHub connection needs re-authorization".
        reason: String,
        /// What clears it: "Reconnect GitHub on Health".
        clears: String,
        /// The step that would have begun.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<StepPath>,
    },
    /// The cause is gone; Resume is possible.
    RunUnblocked,
    RunDraining {
        deadline: Timestamp,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    RunInterrupted {
        /// The step that was in flight.
        step: StepPath,
        failure: Failure,
    },
    RunCompleted {
        output: Value,
    },
    RunFailed {
        /// The root cause; absent when no step had begun.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<StepPath>,
        failure: Failure,
    },
    RunCancelled {
        mode: StopMode,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    RunRejected {
        step: StepPath,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        comment: Option<String>,
    },
    RunExpired,
    StepStarted {
        #[serde(flatten)]
        key: TryKey,
        /// The input with its templates resolved.
        input: Value,
        effect: Effect,
        /// Started again by itself after a restart of the runtime; safe by its effect.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        recovered: bool,
        /// An agent goes on with the conversation of its last try.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        continues: bool,
    },
    /// The try failed; another follows at `until`.
    StepRetrying {
        #[serde(flatten)]
        key: TryKey,
        failure: Failure,
        until: Timestamp,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        usage: Option<Usage>,
    },
    StepWaiting {
        path: StepPath,
        wait: Wait,
    },
    /// A person decided a task.
    StepDecided {
        path: StepPath,
        task: TaskId,
        decision: Decision,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        comment: Option<String>,
    },
    StepCompleted {
        #[serde(flatten)]
        key: TryKey,
        output: Value,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        usage: Option<Usage>,
    },
    StepFailed {
        #[serde(flatten)]
        key: TryKey,
        failure: Failure,
        /// Set when the run goes on all the same.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        handled: Option<Handled>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        usage: Option<Usage>,
    },
    /// Was in flight when the run failed, was stopped or was rejected.
    StepCancelled {
        path: StepPath,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        caused_by_step_id: Option<StepPath>,
    },
    /// One event for all steps skipped for one cause at once.
    StepsSkipped {
        paths: Vec<StepPath>,
        reason: SkipReason,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        caused_by_step_id: Option<StepPath>,
    },
    /// A `for_each` knows its items.
    ItemsListed {
        path: StepPath,
        items: Vec<Value>,
    },
    /// An iteration of a loop begins: its steps exist from here on.
    IterationStarted {
        path: StepPath,
        index: usize,
    },
    /// What a step did, written while it happens. What an agent's turns used is counted from here, so that a try that is
    /// cut off is paid for too.
    StepTranscript {
        #[serde(flatten)]
        key: TryKey,
        entries: Vec<TranscriptEntry>,
    },
    ArtifactWritten {
        artifact: Artifact,
    },
    /// The run has a folder for its agents' files.
    SandboxOpened {
        sandbox: SandboxId,
        /// The step that needed it.
        step: StepPath,
        /// Why the one before could not be used again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        replaces: Option<String>,
    },
}

/// How a run began.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunCreated {
    pub run: RunId,
    pub workflow: WorkflowRef,
    /// The version's document, so that the journal folds by itself.
    pub definition: Arc<Workflow>,
    pub input: Value,
    /// What people call this run: the record it is about, or the workflow's name.
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<EntityRef>,
    pub queue: String,
    pub environment: String,
    pub trigger: Trigger,
    #[serde(default, skip_serializing_if = "Labels::is_empty")]
    pub labels: Labels,
    #[serde(default)]
    pub belongs: Belongs,
    /// Not before this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
    /// The run this one repeats ("Run again").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again_of: Option<RunId>,
    /// The step of another run that called it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Parent>,
    /// Where it was executed, when its journal was brought here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported: Option<Imported>,
}

/// A run's origin: it was executed elsewhere and only its journal is here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// Its id there.
    pub run: RunId,
    /// When the journal was brought here.
    pub at: Timestamp,
}

/// The `workflow_call` a run was started by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parent {
    pub run: RunId,
    #[serde(flatten)]
    pub key: TryKey,
}

/// What a step waits for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Wait {
    HumanTask {
        task: TaskId,
        title: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        instructions: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        assignee: Option<String>,
        #[serde(default)]
        data: Value,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        result_schema: Option<Value>,
        #[serde(default)]
        checkpoint: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires_at: Option<Timestamp>,
    },
    Waitpoint {
        /// The token's id, for `POST /v1/waitpoints/tokens/{id}/complete`.
        token: String,
        title: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        schema: Option<Value>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires_at: Option<Timestamp>,
    },
    Timer {
        until: Timestamp,
    },
    ChildRun {
        run: RunId,
    },
    /// An agent asked a person.
    Chat {
        question: String,
    },
}

/// What a person wrote to a step's agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepMessage {
    pub step: StepPath,
    pub text: String,
}

impl Wait {
    pub const fn kind(&self) -> WaitKind {
        match self {
            Self::HumanTask {
                checkpoint: true, ..
            } => WaitKind::Checkpoint,
            Self::HumanTask {
                checkpoint: false, ..
            } => WaitKind::HumanTask,
            Self::Waitpoint { .. } => WaitKind::Waitpoint,
            Self::Timer { .. } => WaitKind::Timer,
            Self::ChildRun { .. } => WaitKind::ChildRun,
            Self::Chat { .. } => WaitKind::Chat,
        }
    }

    /// The run that is waited for, where it is one.
    pub const fn child(&self) -> Option<&RunId> {
        match self {
            Self::ChildRun { run } => Some(run),
            Self::HumanTask { .. }
            | Self::Waitpoint { .. }
            | Self::Timer { .. }
            | Self::Chat { .. } => None,
        }
    }
}

words! {
    /// How a person decided a task.
    Decision {
        Approved = "approved", "Approved";
        Rejected = "rejected", "Rejected";
        Skipped = "skipped", "Skipped";
    }
}

/// Why a failed step did not end the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Handled {
    /// `on_failure: skip`, or a loop that tolerates failing items.
    Skipped,
    /// `on_failure: {fallback: …}`: that step's result stands in.
    Fallback(StepPath),
}

/// A file or value a run produced. Its content is fetched on its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Artifact {
    pub id: ArtifactId,
    /// The name people read: `quote.md`.
    pub name: String,
    /// The step that produced it.
    pub step: StepPath,
    pub attempt: u32,
    pub media_type: String,
    pub bytes: u64,
    pub created_at: Timestamp,
    /// The step had not finished when it was written.
    #[serde(default)]
    pub partial: bool,
}

impl EventKind {
    /// Every word of `type`.
    pub const NAMES: &'static [&'static str] = &[
        "run_created",
        "run_queued",
        "run_dequeued",
        "attempt_started",
        "run_paused",
        "run_resumed",
        "run_blocked",
        "run_unblocked",
        "run_draining",
        "run_interrupted",
        "run_completed",
        "run_failed",
        "run_cancelled",
        "run_rejected",
        "run_expired",
        "step_started",
        "step_retrying",
        "step_waiting",
        "step_decided",
        "step_completed",
        "step_failed",
        "step_cancelled",
        "steps_skipped",
        "items_listed",
        "iteration_started",
        "step_transcript",
        "artifact_written",
        "sandbox_opened",
    ];

    /// The word of `type`, for filters and lists.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::RunCreated(_) => "run_created",
            Self::RunQueued { .. } => "run_queued",
            Self::RunDequeued { .. } => "run_dequeued",
            Self::AttemptStarted { .. } => "attempt_started",
            Self::RunPaused { .. } => "run_paused",
            Self::RunResumed => "run_resumed",
            Self::RunBlocked { .. } => "run_blocked",
            Self::RunUnblocked => "run_unblocked",
            Self::RunDraining { .. } => "run_draining",
            Self::RunInterrupted { .. } => "run_interrupted",
            Self::RunCompleted { .. } => "run_completed",
            Self::RunFailed { .. } => "run_failed",
            Self::RunCancelled { .. } => "run_cancelled",
            Self::RunRejected { .. } => "run_rejected",
            Self::RunExpired => "run_expired",
            Self::StepStarted { .. } => "step_started",
            Self::StepRetrying { .. } => "step_retrying",
            Self::StepWaiting { .. } => "step_waiting",
            Self::StepDecided { .. } => "step_decided",
            Self::StepCompleted { .. } => "step_completed",
            Self::StepFailed { .. } => "step_failed",
            Self::StepCancelled { .. } => "step_cancelled",
            Self::StepsSkipped { .. } => "steps_skipped",
            Self::ItemsListed { .. } => "items_listed",
            Self::IterationStarted { .. } => "iteration_started",
            Self::StepTranscript { .. } => "step_transcript",
            Self::ArtifactWritten { .. } => "artifact_written",
            Self::SandboxOpened { .. } => "sandbox_opened",
        }
    }

    /// Whether it says that a step or the run failed for good.
    pub const fn is_failure(&self) -> bool {
        matches!(
            self,
            Self::StepFailed { .. } | Self::RunFailed { .. } | Self::RunInterrupted { .. }
        )
    }

    /// The one step the event is about, where there is one.
    pub const fn step(&self) -> Option<&StepPath> {
        match self {
            Self::StepStarted { key, .. }
            | Self::StepRetrying { key, .. }
            | Self::StepCompleted { key, .. }
            | Self::StepFailed { key, .. }
            | Self::StepTranscript { key, .. } => Some(&key.path),
            Self::StepWaiting { path, .. }
            | Self::StepDecided { path, .. }
            | Self::StepCancelled { path, .. }
            | Self::ItemsListed { path, .. }
            | Self::IterationStarted { path, .. } => Some(path),
            Self::RunInterrupted { step, .. }
            | Self::RunRejected { step, .. }
            | Self::SandboxOpened { step, .. } => Some(step),
            Self::RunBlocked { step, .. } | Self::RunFailed { step, .. } => step.as_ref(),
            Self::ArtifactWritten { artifact } => Some(&artifact.step),
            Self::AttemptStarted { from, .. } => from.as_ref(),
            Self::RunCreated(_)
            | Self::RunQueued { .. }
            | Self::RunDequeued { .. }
            | Self::RunPaused { .. }
            | Self::RunResumed
            | Self::RunUnblocked
            | Self::RunDraining { .. }
            | Self::RunCompleted { .. }
            | Self::RunCancelled { .. }
            | Self::RunExpired
            | Self::StepsSkipped { .. } => None,
        }
    }
}
