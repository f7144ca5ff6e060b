//! What an event changes. Total: whatever the journal holds folds; what makes no sense changes nothing.

mod attempt;
mod first;
pub(crate) use attempt::iteration_in;
mod status;
mod steps;
pub(crate) use steps::Noted;

use crate::state::{Block, Run, Sandbox, Stop};
use model::{Event, EventKind, QueuedReason, RunStatus, StopMode};

/// Folds a journal from its first event on; `None` when it does not begin with `run_created`.
pub fn fold<'a>(events: impl IntoIterator<Item = &'a Event>) -> Option<Run> {
    let mut events = events.into_iter();
    let mut run = Run::fold_first(events.next()?)?;
    for event in events {
        apply(&mut run, event);
    }
    Some(run)
}

/// Applies the next event. An event that was applied already changes nothing.
pub fn apply(run: &mut Run, event: &Event) {
    if event.seq <= run.seq {
        return;
    }
    run.seq = event.seq;
    run.last_event_at = event.at;
    if event.actor.is_some() {
        run.last_move_by.clone_from(&event.actor);
    }
    let at = event.at;
    match &event.event {
        EventKind::RunCreated(_) => {}
        EventKind::RunQueued { reason } => {
            run.queued_reason = Some(*reason);
            run.worker = None;
            run.set_status(RunStatus::Queued, at);
        }
        EventKind::RunDequeued { worker } => {
            run.worker = Some(worker.clone());
            run.dequeued_at = Some(at);
            run.queued_reason = None;
            run.set_status(RunStatus::Starting, at);
        }
        EventKind::AttemptStarted { .. } => run.start_attempt(event),
        EventKind::RunPaused { .. } => run.set_status(RunStatus::Paused, at),
        EventKind::RunResumed => {
            run.block = None;
            if run.worker.is_none() {
                run.queued_reason.get_or_insert(QueuedReason::Capacity);
                run.set_status(RunStatus::Queued, at);
            } else if run.started_at.is_none() {
                run.set_status(RunStatus::Starting, at);
            } else {
                run.set_status(RunStatus::Running, at);
                run.derive_status(at);
            }
        }
        EventKind::RunBlocked {
            by,
            check,
            reason,
            clears,
            step,
        } => {
            if let Some(step) = step {
                run.take_back(step);
            }
            run.block = Some(Block {
                by: *by,
                check: check.clone(),
                reason: reason.clone(),
                clears: clears.clone(),
                step: step.clone(),
                since: at,
                cleared: false,
            });
            run.set_status(RunStatus::Blocked, at);
        }
        EventKind::RunUnblocked => {
            if let Some(block) = &mut run.block {
                block.cleared = true;
            }
        }
        EventKind::RunDraining { deadline, reason } => {
            run.stop = Some(Stop {
                mode: StopMode::Graceful,
                by: event.actor.clone(),
                reason: reason.clone(),
                at,
                deadline: Some(*deadline),
            });
            run.set_status(RunStatus::Draining, at);
        }
        EventKind::RunInterrupted { step, failure } => {
            run.failure = Some(failure.clone());
            run.failed_step = Some(step.clone());
            run.end_attempt(RunStatus::Interrupted, at);
        }
        EventKind::RunCompleted { output } => {
            run.output = Some(output.clone());
            run.end(RunStatus::Completed, at);
        }
        EventKind::RunFailed { step, failure } => {
            run.failure = Some(failure.clone());
            run.failed_step.clone_from(step);
            run.end(RunStatus::Failed, at);
        }
        EventKind::RunCancelled { mode, reason } => {
            if *mode == StopMode::Immediate || run.stop.is_none() {
                run.stop = Some(Stop {
                    mode: *mode,
                    by: event.actor.clone(),
                    reason: reason.clone(),
                    at,
                    deadline: None,
                });
            }
            run.end(RunStatus::Cancelled, at);
        }
        EventKind::RunRejected { step, .. } => {
            run.failed_step = Some(step.clone());
            run.end(RunStatus::Rejected, at);
        }
        EventKind::RunExpired => run.end(RunStatus::Expired, at),
        EventKind::ArtifactWritten { artifact } => {
            match run.artifacts.iter_mut().find(|a| a.id == artifact.id) {
                Some(known) => known.clone_from(artifact),
                None => run.artifacts.push(artifact.clone()),
            }
        }
        EventKind::SandboxOpened {
            sandbox, replaces, ..
        } => {
            run.sandbox = Some(Sandbox {
                id: sandbox.clone(),
                opened_at: at,
                replaces: replaces.clone(),
            });
        }
        EventKind::StepStarted { .. }
        | EventKind::StepRetrying { .. }
        | EventKind::StepWaiting { .. }
        | EventKind::StepDecided { .. }
        | EventKind::StepCompleted { .. }
        | EventKind::StepFailed { .. }
        | EventKind::StepCancelled { .. }
        | EventKind::StepsSkipped { .. }
        | EventKind::ItemsListed { .. }
        | EventKind::IterationStarted { .. }
        | EventKind::StepTranscript { .. } => {
            run.apply_to_step(event);
            run.derive_status(at);
        }
    }
}
