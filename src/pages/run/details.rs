//! What is known of a run as one text: for a ticket, a chat, a colleague.

use crate::{
    state::live_run::LiveRun,
    ui::{
        copy::to_clipboard,
        toast::{Toast, Toasts},
    },
};
use engine::Run;
use serde_json::{Value, json};

/// Puts the run's details on the clipboard and says so.
pub fn copy_details(live: LiveRun, toasts: Option<Toasts>) {
    let address = leptos::prelude::window()
        .location()
        .href()
        .unwrap_or_default();
    let Some(text) = live
        .now_live(|run| serde_json::to_string_pretty(&summary(run, &address)).unwrap_or_default())
    else {
        return;
    };
    leptos::task::spawn_local(async move {
        let done = to_clipboard(&text).await;
        if let Some(toasts) = toasts {
            toasts.push(if done {
                Toast::done("The run's details are on the clipboard, as JSON")
            } else {
                Toast::failed("The browser did not allow copying. Allow the clipboard for this address and try again.")
            });
        }
    });
}

/// Who, what, when and why; no inputs and outputs, which may hold what is nobody else's business.
fn summary(run: &Run, address: &str) -> Value {
    let steps: Vec<Value> = run
        .order
        .iter()
        .filter_map(|path| run.steps.get(path))
        .filter(|step| step.path.parent().is_none() || step.failure.is_some())
        .map(|step| {
            json!({
                "step": step.path, "status": step.status, "attempt": step.attempt, "tries": step.tries,
                "started_at": step.started_at, "ended_at": step.ended_at, "failure": step.failure,
                "skip_reason": step.skip_reason, "caused_by": step.caused_by,
            })
        })
        .collect();
    json!({
        "run": run.id, "title": run.title, "about": run.about, "address": address,
        "workflow": run.workflow, "status": run.status, "status_since": run.status_since,
        "attempt": run.attempt, "failed_step": run.failed_step, "failure": run.failure,
        "queue": run.queue, "environment": run.environment, "trigger": run.trigger, "created_by": run.created_by,
        "created_at": run.created_at, "dequeued_at": run.dequeued_at, "started_at": run.started_at, "ended_at": run.ended_at,
        "cost": run.cost, "last_event": run.seq, "steps": steps,
        "attempts": run.attempts.iter().map(|attempt| json!({
            "attempt": attempt.attempt, "status": attempt.status, "started_at": attempt.started_at,
            "ended_at": attempt.ended_at, "failed_step": attempt.failed_step,
            "failure_code": attempt.failure.as_ref().map(|failure| failure.code), "by": attempt.by, "reason": attempt.reason,
        })).collect::<Vec<_>>(),
    })
}
