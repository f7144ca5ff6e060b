//! What a person looks for in a journal.

use crate::state::Run;
use model::event::{Decision, Wait};
use model::{
    BlockedBy, Event, EventKind, FailureCode, RunStatus, StepPath, StepStatus, StopMode, Timestamp,
};
use thiserror::Error;

/// An event worth a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyMoment {
    pub seq: u64,
    pub at: Timestamp,
    pub kind: MomentKind,
}

/// Why an event is worth a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MomentKind {
    Resumed,
    Retry,
    Wait,
    Decision,
    Paused,
    /// A later attempt begins.
    Attempt,
    Draining,
    Blocked,
    /// A budget, a quota, the credits or the limit of an agent is used up.
    Budget,
    /// A step failed after another one had in the same attempt.
    Failure,
    /// The first step to fail in an attempt.
    FirstFailure,
    /// The attempt ended, one way or the other.
    End,
}

/// Why no event holds the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NothingBlocks {
    #[error("Nothing blocked this run: it completed.")]
    Completed,
    #[error("Nothing blocks this run: it is under way.")]
    UnderWay,
}

/// What `event` is to a person; `before` is the run in front of it.
pub(super) fn moment(before: &Run, event: &Event, failed_before: bool) -> Option<KeyMoment> {
    let kind = match &event.event {
        EventKind::AttemptStarted { .. } => MomentKind::Attempt,
        EventKind::StepFailed { .. } if !failed_before => MomentKind::FirstFailure,
        EventKind::StepFailed { failure, .. } if uses_up(failure.code) => MomentKind::Budget,
        EventKind::StepFailed { .. } => MomentKind::Failure,
        EventKind::StepRetrying { .. } => MomentKind::Retry,
        EventKind::StepWaiting { .. } => MomentKind::Wait,
        EventKind::StepDecided { .. } => MomentKind::Decision,
        // The outside answered.
        EventKind::StepCompleted { key, .. } if awaits_signal(before, &key.path) => {
            MomentKind::Decision
        }
        // A person answered an agent.
        EventKind::StepStarted { key, .. } if awaits_answer(before, &key.path) => {
            MomentKind::Decision
        }
        EventKind::RunPaused { .. } => MomentKind::Paused,
        EventKind::RunResumed => MomentKind::Resumed,
        EventKind::RunBlocked { by, .. } => match by {
            BlockedBy::Budget | BlockedBy::Quota | BlockedBy::Credits => MomentKind::Budget,
            BlockedBy::Credential
            | BlockedBy::Environment
            | BlockedBy::Host
            | BlockedBy::Entity
            | BlockedBy::Policy => MomentKind::Blocked,
        },
        EventKind::RunDraining { .. } => MomentKind::Draining,
        EventKind::RunInterrupted { .. }
        | EventKind::RunCompleted { .. }
        | EventKind::RunFailed { .. }
        | EventKind::RunCancelled { .. }
        | EventKind::RunRejected { .. }
        | EventKind::RunExpired => MomentKind::End,
        EventKind::RunCreated(_)
        | EventKind::RunQueued { .. }
        | EventKind::RunDequeued { .. }
        | EventKind::RunUnblocked
        | EventKind::StepStarted { .. }
        | EventKind::StepCompleted { .. }
        | EventKind::StepCancelled { .. }
        | EventKind::StepsSkipped { .. }
        | EventKind::ItemsListed { .. }
        | EventKind::IterationStarted { .. }
        | EventKind::StepTranscript { .. }
        | EventKind::ArtifactWritten { .. }
        | EventKind::SandboxOpened { .. } => return None,
    };
    Some(KeyMoment {
        seq: event.seq,
        at: event.at,
        kind,
    })
}

fn uses_up(code: FailureCode) -> bool {
    matches!(
        code,
        FailureCode::BudgetExceeded
            | FailureCode::QuotaExceeded
            | FailureCode::InsufficientCredits
            | FailureCode::AgentLimitReached
    )
}

fn awaits_signal(run: &Run, path: &StepPath) -> bool {
    run.step(path).is_some_and(|step| {
        step.status == StepStatus::Waiting && matches!(step.wait, Some(Wait::Waitpoint { .. }))
    })
}

fn awaits_answer(run: &Run, path: &StepPath) -> bool {
    run.step(path).is_some_and(|step| {
        step.status == StepStatus::Waiting && matches!(step.wait, Some(Wait::Chat { .. }))
    })
}

/// The event that decided how `run` stands; `back` are its events, the last one first.
pub(super) fn blocking<'a>(
    run: &Run,
    back: impl Iterator<Item = &'a Event>,
) -> Result<u64, NothingBlocks> {
    let waits = || {
        let first = run.live().waiting.first();
        first.map(|(_, path)| path.clone())
    };
    let of_step = match run.status {
        RunStatus::Completed => return Err(NothingBlocks::Completed),
        RunStatus::Queued | RunStatus::Starting | RunStatus::Running => {
            return Err(NothingBlocks::UnderWay);
        }
        RunStatus::Waiting => waits(),
        RunStatus::Failed | RunStatus::Rejected => run.failed_step.clone(),
        RunStatus::Paused
        | RunStatus::Blocked
        | RunStatus::Draining
        | RunStatus::Interrupted
        | RunStatus::Cancelled
        | RunStatus::Expired => None,
    };
    let mut found = None;
    for event in back {
        let (is_cause, is_end) = matches(run, of_step.as_ref(), &event.event);
        if is_cause {
            return Ok(event.seq);
        }
        if is_end && found.is_none() {
            found = Some(event.seq);
            // Without a step to look for there is no earlier cause.
            if of_step.is_none() && !drained(run) {
                break;
            }
        }
        if matches!(event.event, EventKind::AttemptStarted { .. }) {
            break;
        }
    }
    found.ok_or(NothingBlocks::UnderWay)
}

fn drained(run: &Run) -> bool {
    let mode = run.stop.as_ref().map(|stop| stop.mode);
    run.status == RunStatus::Cancelled && mode == Some(StopMode::Graceful)
}

/// Whether the event is what led to the status, and whether it is what set it.
fn matches(run: &Run, step: Option<&StepPath>, event: &EventKind) -> (bool, bool) {
    match (run.status, event) {
        (RunStatus::Waiting, EventKind::StepWaiting { path, .. }) => (Some(path) == step, true),
        (RunStatus::Failed, EventKind::StepFailed { key, .. }) => (Some(&key.path) == step, false),
        (RunStatus::Rejected, EventKind::StepDecided { path, decision, .. }) => {
            (Some(path) == step && *decision == Decision::Rejected, false)
        }
        // Stopping gracefully was decided before the run was cancelled.
        (RunStatus::Cancelled, EventKind::RunDraining { .. }) => (drained(run), false),
        (RunStatus::Failed, EventKind::RunFailed { .. })
        | (RunStatus::Rejected, EventKind::RunRejected { .. })
        | (RunStatus::Cancelled, EventKind::RunCancelled { .. })
        | (RunStatus::Paused, EventKind::RunPaused { .. })
        | (RunStatus::Blocked, EventKind::RunBlocked { .. })
        | (RunStatus::Draining, EventKind::RunDraining { .. })
        | (RunStatus::Interrupted, EventKind::RunInterrupted { .. })
        | (RunStatus::Expired, EventKind::RunExpired) => (false, true),
        _ => (false, false),
    }
}
