//! What a decision opens and closes for people and the outside.

use crate::store::{WaitChange, WaitState};
use engine::Run;
use model::api::{PendingTask, WaitpointToken};
use model::event::Wait;
use model::{Event, EventKind, FailureCode, StepKind, StepPath, StepStatus};

/// The changes of `events`, which `run` has folded.
pub(super) fn changes(run: &Run, events: &[Event]) -> Vec<WaitChange> {
    let mut changes = Vec::new();
    for event in events {
        let mut close = |path: &StepPath, state: WaitState| {
            let waits = run.step_def(path).is_some_and(|step| {
                matches!(step.kind, StepKind::HumanTask(_) | StepKind::Waitpoint(_))
            });
            if waits {
                changes.push(WaitChange::Close {
                    step: path.clone(),
                    state,
                    at: event.at,
                });
            }
        };
        match &event.event {
            EventKind::StepWaiting { path, wait } => {
                changes.extend(opened(run, path, wait, event.at));
            }
            EventKind::StepDecided { path, .. } => close(path, WaitState::Completed),
            EventKind::StepCompleted { key, .. } => close(&key.path, WaitState::Completed),
            EventKind::StepFailed { key, failure, .. }
            | EventKind::StepRetrying { key, failure, .. } => {
                let timed_out = matches!(
                    failure.code,
                    FailureCode::WaitpointTimedOut | FailureCode::RunStalledOrTimedOut
                );
                close(
                    &key.path,
                    if timed_out {
                        WaitState::TimedOut
                    } else {
                        WaitState::Cancelled
                    },
                );
            }
            EventKind::StepCancelled { path, .. } => close(path, WaitState::Cancelled),
            EventKind::StepsSkipped { paths, .. } => {
                for path in paths {
                    close(path, WaitState::Cancelled);
                }
            }
            EventKind::RunCreated(_)
            | EventKind::RunQueued { .. }
            | EventKind::RunDequeued { .. }
            | EventKind::AttemptStarted { .. }
            | EventKind::RunPaused { .. }
            | EventKind::RunResumed
            | EventKind::RunBlocked { .. }
            | EventKind::RunUnblocked
            | EventKind::RunDraining { .. }
            | EventKind::RunInterrupted { .. }
            | EventKind::RunCompleted { .. }
            | EventKind::RunFailed { .. }
            | EventKind::RunCancelled { .. }
            | EventKind::RunRejected { .. }
            | EventKind::RunExpired
            | EventKind::StepStarted { .. }
            | EventKind::ItemsListed { .. }
            | EventKind::IterationStarted { .. }
            | EventKind::StepTranscript { .. }
            | EventKind::ArtifactWritten { .. }
            | EventKind::SandboxOpened { .. } => {}
        }
    }
    changes
}

/// The tasks of people among what `changes` close, each once.
pub(super) fn closed_tasks(run: &Run, changes: &[WaitChange]) -> Vec<(StepPath, WaitState)> {
    let mut closed: Vec<(StepPath, WaitState)> = Vec::new();
    for change in changes {
        if let WaitChange::Close { step, state, .. } = change
            && closed.iter().all(|(known, _)| known != step)
            && run
                .steps
                .get(step)
                .is_some_and(|step| matches!(step.wait, Some(Wait::HumanTask { .. })))
        {
            closed.push((step.clone(), *state));
        }
    }
    closed
}

/// The agents among `events` that nobody has to answer any more, and how that came.
pub(super) fn closed_questions(run: &Run, events: &[Event]) -> Vec<(StepPath, WaitState)> {
    let asked = |path: &StepPath| {
        let step = run.step(path);
        step.is_some_and(|step| matches!(step.wait, Some(Wait::Chat { .. })))
    };
    let answered = |path: &StepPath| {
        let before = run
            .step(path)
            .and_then(|step| step.history.iter().rev().nth(1));
        before.is_some_and(|before| before.status == StepStatus::Completed)
    };
    let closed = events.iter().filter_map(|event| match &event.event {
        EventKind::StepStarted {
            key,
            continues: true,
            ..
        } if answered(&key.path) => Some((key.path.clone(), WaitState::Completed)),
        EventKind::StepCancelled { path, .. } if asked(path) => {
            Some((path.clone(), WaitState::Cancelled))
        }
        _ => None,
    });
    closed.collect()
}

fn opened(run: &Run, path: &StepPath, wait: &Wait, since: model::Timestamp) -> Option<WaitChange> {
    match wait {
        Wait::HumanTask {
            task,
            title,
            instructions,
            assignee,
            data,
            result_schema,
            checkpoint,
            expires_at,
        } => Some(WaitChange::OpenTask(Box::new(PendingTask {
            task: task.clone(),
            run: run.id.clone(),
            run_title: run.title.clone(),
            step: path.clone(),
            step_name: run.step_name(path),
            title: title.clone(),
            instructions: instructions.clone(),
            assignee: assignee.clone(),
            data: data.clone(),
            result_schema: result_schema.clone(),
            checkpoint: *checkpoint,
            since,
            expires_at: *expires_at,
        }))),
        Wait::Waitpoint {
            token,
            title,
            schema,
            expires_at,
        } => Some(WaitChange::OpenWaitpoint(Box::new(WaitpointToken {
            token: token.clone(),
            run: run.id.clone(),
            run_title: run.title.clone(),
            step: path.clone(),
            step_name: run.step_name(path),
            title: title.clone(),
            schema: schema.clone(),
            since,
            expires_at: *expires_at,
            state: WaitState::Open.as_str().to_owned(),
            closed_at: None,
        }))),
        Wait::Timer { .. } | Wait::ChildRun { .. } | Wait::Chat { .. } => None,
    }
}
