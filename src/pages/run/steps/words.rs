//! How a step stands, in a few words.

use crate::ui::fmt;
use engine::{Run, StepState};
use model::event::{Decision, Handled, Wait};
use model::{StepStatus, Timestamp};

/// "Success · reused from attempt 1", "Failed · try 3 of 3", "Skipped (Blocked) by Draft quote".
pub fn of_step(run: &Run, step: &StepState, now: Timestamp) -> String {
    let base = match step.status {
        StepStatus::Pending => "Pending".to_owned(),
        StepStatus::Running if step.tries > 1 => {
            format!("Running · try {} of {}", step.tries, step.max_tries)
        }
        StepStatus::Running => "Running".to_owned(),
        StepStatus::Retrying => retrying(step, now),
        StepStatus::Waiting => waiting(step),
        StepStatus::Completed => completed(step),
        StepStatus::Failed => failed(run, step),
        StepStatus::Cancelled => match &step.caused_by {
            Some(cause) => format!("Cancelled by the failure of {}", run.step_name(cause)),
            None => "Cancelled · was running".to_owned(),
        },
        StepStatus::Skipped => skipped(run, step),
    };
    match loop_words(run, step) {
        Some(items) => format!("{base} · {items}"),
        None => base,
    }
}

fn retrying(step: &StepState, now: Timestamp) -> String {
    let next = step
        .retry_at
        .filter(|at| *at > now && now != Timestamp::default());
    let count = format!("Retrying {}/{}", step.tries + 1, step.max_tries);
    match next {
        Some(at) => format!(
            "{count} · next try in {}",
            fmt::duration(at.since(now) / 1_000 * 1_000 + 1_000).replace(".0 s", " s")
        ),
        None => count,
    }
}

fn waiting(step: &StepState) -> String {
    match &step.wait {
        Some(Wait::HumanTask {
            assignee: Some(who),
            ..
        }) => format!("Waiting for {who}"),
        Some(Wait::HumanTask { .. }) => "Waiting for a decision".to_owned(),
        Some(Wait::Waitpoint { title, .. }) => format!("Waiting for {title}"),
        Some(Wait::Timer { .. }) => "Waiting for its timer".to_owned(),
        Some(Wait::ChildRun { .. }) => "Waiting for the run it started".to_owned(),
        Some(Wait::Chat { .. }) => "Waiting for an answer".to_owned(),
        None => "Waiting".to_owned(),
    }
}

fn completed(step: &StepState) -> String {
    let mut parts = vec!["Success".to_owned()];
    match step.decision {
        Some(Decision::Approved) => {
            let by = step
                .decided_by
                .as_ref()
                .map(|by| format!(" by {}", by.name))
                .unwrap_or_default();
            parts.push(format!("approved{by}"));
        }
        Some(Decision::Rejected) => parts.push("rejected".to_owned()),
        Some(Decision::Skipped) | None => {}
    }
    if step.reused {
        parts.push(format!("reused from attempt {}", step.attempt));
    } else if step.tries > 1 {
        parts.push(format!("try {} of {}", step.tries, step.max_tries));
    }
    parts.join(" · ")
}

fn failed(run: &Run, step: &StepState) -> String {
    let mut text = "Failed".to_owned();
    if step.max_tries > 1 {
        text = format!("Failed · try {} of {}", step.tries, step.max_tries);
    }
    match &step.handled {
        Some(Handled::Skipped) => text.push_str(" · the run went on"),
        Some(Handled::Fallback(path)) => {
            text = format!("{text} · {} stood in", run.step_name(path));
        }
        None => {}
    }
    text
}

fn skipped(run: &Run, step: &StepState) -> String {
    let mut text = match step.skip_reason {
        Some(reason) => format!("Skipped ({})", reason.shown()),
        None => "Skipped".to_owned(),
    };
    if let Some(cause) = &step.caused_by {
        text = format!("{text} by {}", run.step_name(cause));
    }
    text
}

/// "12 of 40 items · 1 failed".
fn loop_words(run: &Run, step: &StepState) -> Option<String> {
    let iterations = step.iterations?;
    let begun = match iterations.total {
        Some(total) => format!(
            "{} of {}",
            fmt::count(iterations.begun as u64),
            fmt::plural(total as u64, "item", "items")
        ),
        None => fmt::plural(iterations.begun as u64, "round", "rounds"),
    };
    let failed = run.failed_inside(&step.path);
    Some(if failed > 0 {
        format!("{begun} · {} failed", fmt::count(failed as u64))
    } else {
        begun
    })
}
