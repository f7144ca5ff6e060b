//! What the host itself knows: how its queues and its worker stand.

use super::{Finding, OPERATOR, Subject};
use crate::host::{Host, QueueView};
use crate::store::Place;
use model::{CheckKind, FailureCode};

/// The worker in this process.
pub const WORKER: &str = "worker-1";

/// The queues and the worker of a project. The worker lives in the process that looks: that it looks is its heartbeat.
pub fn findings(host: &Host, place: &Place) -> Vec<(Subject, Finding)> {
    let mut found: Vec<_> = host
        .queues(place)
        .into_iter()
        .map(|view| {
            let subject = Subject::new(CheckKind::Queue, &view.name);
            (subject, queue(&view))
        })
        .collect();
    found.push((Subject::new(CheckKind::Worker, WORKER), worker(host)));
    found
}

fn queue(view: &QueueView) -> Finding {
    let waiting = match view.depth {
        0 => "no run waits".to_owned(),
        1 => "1 run waits".to_owned(),
        n => format!("{n} runs wait"),
    };
    if let Some(by) = &view.paused_by {
        return Finding::warning(
            format!("Paused by {}; {waiting}.", by.name),
            format!("Resume the queue {} on Queues", view.name),
        );
    }
    Finding::passing(format!(
        "{} of {} places in use; {waiting}.",
        view.in_use, view.limit
    ))
}

fn worker(host: &Host) -> Finding {
    match host.workers() {
        0 => Finding::failing(
            FailureCode::DependencyUnavailable,
            "No worker takes runs from queues: this runtime was started with none.",
            "Start the runtime with --workers above 0",
        )
        .outside(OPERATOR),
        places => Finding::passing(format!(
            "Its heart beats; it runs up to {places} runs at once."
        )),
    }
}
