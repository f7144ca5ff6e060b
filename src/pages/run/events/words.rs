//! An event in words.

use crate::ui::{
    fmt,
    icon::Glyph,
    status::{Look, Tone},
};
use engine::Run;
use model::event::{Decision, Wait};
use model::{Event, EventKind, RunStatus, StepPath, StepStatus};

/// What one line says of an event.
pub struct Said {
    pub look: Look,
    pub what: String,
    pub more: Option<String>,
}

impl Default for Said {
    fn default() -> Self {
        Self {
            look: PLAIN,
            what: String::new(),
            more: None,
        }
    }
}

/// Something that is no change of status.
const PLAIN: Look = Look {
    glyph: Glyph::Queued,
    tone: Tone::Idle,
    word: "",
};

pub fn of(run: &Run, event: &Event) -> Said {
    let name = |path: &StepPath| run.step_name(path);
    let run_is = |status: RunStatus, what: &str, more: Option<String>| Said {
        look: status.into(),
        what: what.to_owned(),
        more,
    };
    let step_is = |status: StepStatus, what: String, more: Option<String>| Said {
        look: status.into(),
        what,
        more,
    };
    let plain = |what: String, more: Option<String>| Said {
        look: PLAIN,
        what,
        more,
    };
    match &event.event {
        EventKind::RunCreated(created) => run_is(
            RunStatus::Queued,
            "Run created",
            Some(format!(
                "{} v{} · {}",
                created.workflow.name,
                created.workflow.version,
                created.trigger.shown()
            )),
        ),
        EventKind::RunQueued { reason } => {
            run_is(RunStatus::Queued, "Queued", Some(reason.shown().to_owned()))
        }
        EventKind::RunDequeued { worker } => run_is(
            RunStatus::Starting,
            "Picked up",
            Some(format!("by {worker}")),
        ),
        EventKind::AttemptStarted {
            attempt,
            from,
            reset,
            reason,
            ..
        } => {
            let mut more = match from {
                Some(path) => format!("from {}", name(path)),
                None => format!("{} to do", fmt::plural(reset.len() as u64, "step", "steps")),
            };
            if let Some(reason) = reason {
                more = format!("{more}: {reason}");
            }
            run_is(
                RunStatus::Starting,
                &format!("Attempt {attempt} started"),
                Some(more),
            )
        }
        EventKind::RunPaused { reason } => run_is(RunStatus::Paused, "Paused", reason.clone()),
        EventKind::RunResumed => run_is(RunStatus::Starting, "Resumed", None),
        EventKind::RunBlocked { reason, clears, .. } => run_is(
            RunStatus::Blocked,
            "Blocked",
            Some(format!("{reason} {clears}")),
        ),
        EventKind::RunUnblocked => {
            run_is(RunStatus::Blocked, "The cause of the block is gone", None)
        }
        EventKind::RunDraining { reason, .. } => {
            run_is(RunStatus::Draining, "Stopping gracefully", reason.clone())
        }
        EventKind::RunInterrupted { step, failure } => run_is(
            RunStatus::Interrupted,
            "Interrupted",
            Some(format!("at {}: {}", name(step), failure.message)),
        ),
        EventKind::RunCompleted { .. } => run_is(RunStatus::Completed, "Run completed", None),
        EventKind::RunFailed { step, failure } => {
            let at = step
                .as_ref()
                .map(|path| format!(" at {}", name(path)))
                .unwrap_or_default();
            run_is(
                RunStatus::Failed,
                &format!("Run failed{at}"),
                Some(failure.code.to_string()),
            )
        }
        EventKind::RunCancelled { mode, reason } => {
            let how = format!("stopped {}", mode.shown());
            run_is(
                RunStatus::Cancelled,
                "Run cancelled",
                Some(
                    reason
                        .as_ref()
                        .map_or(how.clone(), |reason| format!("{how}: {reason}")),
                ),
            )
        }
        EventKind::RunRejected { step, comment } => run_is(
            RunStatus::Rejected,
            &format!("Rejected at {}", name(step)),
            comment.clone(),
        ),
        EventKind::RunExpired => run_is(RunStatus::Expired, "Run expired", None),
        EventKind::StepStarted {
            key,
            recovered,
            continues,
            ..
        } => {
            let more = match (recovered, key.try_no) {
                (true, _) => Some("again, after a restart".to_owned()),
                _ if *continues => Some("goes on with its conversation".to_owned()),
                (false, 0 | 1) => None,
                (false, n) => Some(format!("try {n}")),
            };
            Said {
                look: RunStatus::Starting.into(),
                what: format!("{} started", name(&key.path)),
                more,
            }
        }
        EventKind::StepRetrying { key, failure, .. } => step_is(
            StepStatus::Retrying,
            format!(
                "{} failed on try {}, will be tried again",
                name(&key.path),
                key.try_no
            ),
            Some(failure.message.clone()),
        ),
        EventKind::StepWaiting { path, wait } => step_is(
            StepStatus::Waiting,
            format!("{} waits", name(path)),
            Some(waits(wait)),
        ),
        EventKind::StepDecided {
            path,
            decision,
            comment,
            ..
        } => {
            let look = match decision {
                Decision::Approved => StepStatus::Completed.into(),
                Decision::Rejected => RunStatus::Rejected.into(),
                Decision::Skipped => StepStatus::Skipped.into(),
            };
            Said {
                look,
                what: format!("{} {}", name(path), decision.shown().to_lowercase()),
                more: comment.clone(),
            }
        }
        EventKind::StepCompleted { key, usage, .. } => {
            let more = usage
                .as_ref()
                .and_then(|usage| match (usage.mock, usage.cost) {
                    (true, _) => Some("played by Mock Mode".to_owned()),
                    (false, cost) => cost.map(|cost| fmt::money_fine(cost.amount)),
                });
            step_is(
                StepStatus::Completed,
                format!("{} finished", name(&key.path)),
                more,
            )
        }
        EventKind::StepFailed { key, failure, .. } => step_is(
            StepStatus::Failed,
            format!("{} failed", name(&key.path)),
            Some(format!("{} {}", failure.code, failure.message)),
        ),
        EventKind::StepCancelled {
            path,
            caused_by_step_id,
        } => step_is(
            StepStatus::Cancelled,
            format!("{} cancelled", name(path)),
            caused_by_step_id
                .as_ref()
                .map(|cause| format!("by the failure of {}", name(cause))),
        ),
        EventKind::StepsSkipped { paths, reason, .. } => {
            let named: Vec<String> = paths.iter().take(3).map(name).collect();
            let rest = paths.len().saturating_sub(named.len());
            let more = if rest > 0 {
                format!("{} and {rest} more", named.join(", "))
            } else {
                named.join(", ")
            };
            step_is(
                StepStatus::Skipped,
                format!(
                    "{} skipped ({})",
                    fmt::plural(paths.len() as u64, "step", "steps"),
                    reason.shown()
                ),
                Some(more),
            )
        }
        EventKind::ItemsListed { path, items } => plain(
            format!(
                "{} has {}",
                name(path),
                fmt::plural(items.len() as u64, "item", "items")
            ),
            None,
        ),
        EventKind::IterationStarted { path, index } => {
            plain(format!("{} begins item {}", name(path), index + 1), None)
        }
        EventKind::StepTranscript { key, entries } => plain(
            format!(
                "{} noted {}",
                name(&key.path),
                fmt::plural(entries.len() as u64, "entry", "entries")
            ),
            None,
        ),
        EventKind::ArtifactWritten { artifact } => plain(
            format!("{} wrote {}", name(&artifact.step), artifact.name),
            Some(if artifact.partial {
                format!("{}, partial", fmt::bytes(artifact.bytes))
            } else {
                fmt::bytes(artifact.bytes)
            }),
        ),
        EventKind::SandboxOpened { step, replaces, .. } => plain(
            format!("{} opened the sandbox", name(step)),
            replaces.as_ref().map(|why| format!("a new one: {why}")),
        ),
    }
}

fn waits(wait: &Wait) -> String {
    match wait {
        Wait::HumanTask {
            title, assignee, ..
        } => match assignee {
            Some(who) => format!("{title}, by {who}"),
            None => title.clone(),
        },
        Wait::Waitpoint { title, .. } => format!("for {title}"),
        Wait::Timer { until } => format!("until {}", fmt::utc(*until)),
        Wait::ChildRun { run } => format!("for {run}"),
        Wait::Chat { question } => format!("for an answer: {question}"),
    }
}
