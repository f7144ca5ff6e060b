//! The one sentence of why.

use crate::derive::is_stalled;
use crate::legal::sentence;
use crate::state::{Run, StepState};
use crate::view::{QueueState, World};
use model::event::Wait;
use model::why::{Why, duration};
use model::{Failure, QueuedReason, RunStatus, StepStatus, StopMode, Timestamp};

/// Why the run stands where it stands. `None` for a completed run only.
pub fn why(run: &Run, world: &World, now: Timestamp) -> Option<Why> {
    Some(match run.status {
        RunStatus::Completed => return None,
        RunStatus::Queued => queued(run, world.queue.as_ref(), now),
        RunStatus::Starting => {
            let worker = run.worker.as_deref().unwrap_or("a worker");
            let mut why = since("Starting for", run.status_since, format!("on {worker}."));
            why.stalled = is_stalled(run, now);
            why
        }
        RunStatus::Running => running(run, now),
        RunStatus::Waiting => waiting(run),
        RunStatus::Paused => {
            let by = by(run.last_move_by.as_ref().map(|a| a.name.as_str()));
            since(
                "Paused for",
                run.status_since,
                format!("{by}. Resume goes on."),
            )
        }
        RunStatus::Blocked => blocked(run),
        RunStatus::Draining => {
            let running = run.live().busy.len();
            let what = match run.first_in_flight() {
                Some(step) if running == 1 => run.step_name(&step.path),
                Some(_) | None => format!("{running} steps"),
            };
            let (verb, who) = (
                if running == 1 { "finishes" } else { "finish" },
                by(run
                    .stop
                    .as_ref()
                    .and_then(|s| s.by.as_ref())
                    .map(|a| a.name.as_str())),
            );
            since(
                "Stopping gracefully for",
                run.status_since,
                format!("{who} until {what} {verb}."),
            )
        }
        RunStatus::Interrupted => Why::plain(format!(
            "Interrupted at {}: {} Retry or cancel.",
            failed_at(run),
            said(run.failure.as_ref())
        )),
        RunStatus::Failed => match &run.failed_step {
            Some(_) => Why::plain(format!(
                "Failed at {}: {}",
                failed_at(run),
                said(run.failure.as_ref())
            )),
            None => Why::plain(format!("Failed: {}", said(run.failure.as_ref()))),
        },
        RunStatus::Cancelled => {
            let stop = run.stop.as_ref();
            let how = match stop.map(|s| s.mode) {
                Some(StopMode::Graceful) => "Stopped gracefully",
                Some(StopMode::Immediate) | None => "Cancelled",
            };
            let by = by(stop.and_then(|s| s.by.as_ref()).map(|a| a.name.as_str()));
            Why::plain(match stop.and_then(|s| s.reason.as_deref()) {
                Some(reason) => format!("{how}{by}: {}", sentence(reason)),
                None => format!("{how}{by}."),
            })
        }
        RunStatus::Rejected => rejected(run),
        RunStatus::Expired => Why::plain(format!(
            "Expired: it had not started within {} of its start time.",
            duration(run.definition.ttl_s.unwrap_or(0).saturating_mul(1000))
        )),
    })
}

fn since(before: impl Into<String>, since: Timestamp, after: impl Into<String>) -> Why {
    Why {
        before: before.into(),
        since: Some(since),
        after: after.into().trim_start().to_owned(),
        stalled: false,
    }
}

fn by(name: Option<&str>) -> String {
    name.map(|n| format!(" by {n}")).unwrap_or_default()
}

fn failed_at(run: &Run) -> String {
    let path = run.failed_step.as_ref();
    path.map(|p| run.step_name(p)).unwrap_or_default()
}

fn said(failure: Option<&Failure>) -> String {
    match failure {
        None => "no reason was recorded.".into(),
        Some(f) if f.message.trim().is_empty() => f.code.meaning().to_owned(),
        Some(f) => sentence(&f.message),
    }
}

fn queued(run: &Run, queue: Option<&QueueState>, now: Timestamp) -> Why {
    let plain = |text: String| Why::plain(text);
    if let Some(at) = run.not_before.filter(|at| *at > now) {
        return plain(format!("Queued: it starts at {at}."));
    }
    let Some(queue) = queue else {
        let reason = run.queued_reason.unwrap_or(QueuedReason::Capacity);
        return since(
            "Queued for",
            run.status_since,
            format!("in {}: {}.", run.queue, reason.shown()),
        );
    };
    let name = &queue.name;
    if queue.paused_at.is_some() || run.queued_reason == Some(QueuedReason::QueuePaused) {
        let by = by(queue.paused_by.as_deref());
        return plain(format!("Queued: the queue {name} was paused{by}."));
    }
    if run.queued_reason == Some(QueuedReason::PendingVersion) {
        return plain("Queued: its workflow version is not ready.".into());
    }
    if queue.workers == 0 {
        return since(
            "Queued for",
            run.status_since,
            format!("and not picked up: no worker is pulling from the queue {name}."),
        );
    }
    let ahead = match queue.ahead {
        0 => String::new(),
        1 => "1 run ahead, ".into(),
        n => format!("{n} runs ahead, "),
    };
    let at_limit = queue.in_use >= queue.limit;
    plain(match at_limit {
        true => format!(
            "Queued: {ahead}the queue {name} is at its limit of {}.",
            queue.limit
        ),
        false if queue.ahead > 0 => {
            format!("Queued: {ahead}the queue {name} has room and takes them in turn.")
        }
        false => format!("Queued: next in the queue {name}."),
    })
}

fn running(run: &Run, now: Timestamp) -> Why {
    let stalled = is_stalled(run, now);
    let Some(step) = run.first_in_flight() else {
        return Why {
            stalled,
            ..since("Running for", run.status_since, "between steps.")
        };
    };
    let name = run.step_name(&step.path);
    if stalled {
        return Why {
            stalled: true,
            ..since(
                "No sign of life for",
                run.last_event_at,
                format!("from {name}."),
            )
        };
    }
    if step.status == StepStatus::Retrying {
        let said = said(step.failure.as_ref());
        return Why::plain(format!(
            "{name} tries again ({} of {}) after an error: {said}",
            step.tries + 1,
            step.max_tries
        ));
    }
    let others = run.live().busy.len().saturating_sub(1);
    let more = match others {
        0 => String::new(),
        1 => " and 1 more step".into(),
        n => format!(" and {n} more steps"),
    };
    let began = step
        .history
        .last()
        .map_or(run.status_since, |t| t.started_at);
    since(format!("Running {name}{more} for"), began, ".")
}

fn waiting(run: &Run) -> Why {
    let first = run.live().waiting.first();
    let Some(step) = first.and_then(|(_, path)| run.steps.get(path)) else {
        return since("Waiting for", run.status_since, ".");
    };
    let others = run.live().waiting.len() - 1;
    let more = match others {
        0 => String::new(),
        1 => ", and 1 more".into(),
        n => format!(", and {n} more"),
    };
    since(
        "Waiting",
        step.waiting_since.unwrap_or(run.status_since),
        format!("for {}{more}.", awaited(run, step)),
    )
}

fn awaited(run: &Run, step: &StepState) -> String {
    let name = run.step_name(&step.path);
    match &step.wait {
        Some(Wait::HumanTask {
            title, assignee, ..
        }) => {
            let by = by(assignee.as_deref());
            if *title == name || title.is_empty() {
                format!("approval of {name}{by}")
            } else {
                format!("a decision on {title} ({name}){by}")
            }
        }
        Some(Wait::Waitpoint { title, .. }) if *title != name && !title.is_empty() => {
            format!("{title} ({name})")
        }
        Some(Wait::Waitpoint { .. }) => format!("an outside signal at {name}"),
        Some(Wait::Timer { until }) => format!("the timer {name}, due {}", minute(*until)),
        Some(Wait::Chat { .. }) => format!("an answer to the agent of {name}"),
        Some(Wait::ChildRun { run }) => format!("the run {run}, called by {name}"),
        None => name,
    }
}

/// "2026-11-21 15:06 UTC".
fn minute(at: Timestamp) -> String {
    let text = at.to_string();
    let (day, rest) = text.split_once('T').unwrap_or((&text, ""));
    format!("{day} {} UTC", rest.get(..5).unwrap_or_default())
}

fn blocked(run: &Run) -> Why {
    let Some(block) = &run.block else {
        return since("Blocked for", run.status_since, ".");
    };
    let at = block.step.as_ref();
    let before = at.map(|p| format!(" before {}", run.step_name(p)));
    let before = before.unwrap_or_default();
    Why::plain(if block.cleared {
        format!(
            "Was blocked{before}: {} The cause is gone; Resume goes on.",
            sentence(&block.reason)
        )
    } else {
        format!(
            "Blocked{before}: {} {}",
            sentence(&block.reason),
            sentence(&block.clears)
        )
        .trim_end()
        .to_owned()
    })
}

fn rejected(run: &Run) -> Why {
    let step = run.failed_step.as_ref().and_then(|p| run.steps.get(p));
    let name = failed_at(run);
    let by = by(step
        .and_then(|s| s.decided_by.as_ref())
        .map(|a| a.name.as_str()));
    Why::plain(match step.and_then(|s| s.comment.as_deref()) {
        Some(comment) if !comment.trim().is_empty() => {
            format!("{name} was rejected{by}: {}", sentence(comment))
        }
        Some(_) | None => format!("{name} was rejected{by}."),
    })
}
