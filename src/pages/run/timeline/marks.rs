//! The moments of the run itself.

use crate::ui::status::{Look, Tone};
use engine::Run;
use model::{RunStatus, Timestamp};
use std::collections::BTreeMap;

/// A moment in the life of the run.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    pub at: Timestamp,
    pub word: String,
    pub tone: Tone,
}

/// What is known of the run's own moments: its attempts, its stop, and what it has come to.
pub fn marks(run: &Run, began: &BTreeMap<u32, Timestamp>) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut mark = |at: Timestamp, word: String, tone: Tone| marks.push(Mark { at, word, tone });
    mark(run.created_at, "Queued".to_owned(), Tone::Idle);
    for attempt in &run.attempts {
        let number = attempt.attempt;
        if number > 1 {
            mark(
                attempt.started_at,
                format!("Attempt {number} queued"),
                Tone::Idle,
            );
        }
        if let Some(at) = began.get(&number) {
            let word = if number > 1 {
                format!("Attempt {number} started")
            } else {
                "Started".to_owned()
            };
            mark(*at, word, Tone::Run);
        }
        if let Some(at) = attempt.ended_at {
            let look = Look::from(attempt.status);
            mark(at, look.word.to_owned(), look.tone);
        }
    }
    if let Some(stop) = &run.stop {
        mark(
            stop.at,
            format!("Stopped {}", stop.mode.shown()),
            Tone::Wait,
        );
    }
    if holds(run.status) || run.status == RunStatus::Interrupted {
        let look = Look::from(run.status);
        mark(run.status_since, look.word.to_owned(), look.tone);
    }
    if run.attempts.is_empty()
        && let Some(at) = run.ended_at
    {
        let look = Look::from(run.status);
        mark(at, look.word.to_owned(), look.tone);
    }
    marks.sort_by_key(|mark| mark.at);
    marks.dedup_by(|later, mark| later.at == mark.at && later.word == mark.word);
    marks
}

/// The run stands still, and goes on when somebody or something lets it.
pub const fn holds(status: RunStatus) -> bool {
    match status {
        RunStatus::Waiting | RunStatus::Paused | RunStatus::Blocked => true,
        RunStatus::Queued
        | RunStatus::Starting
        | RunStatus::Running
        | RunStatus::Draining
        | RunStatus::Interrupted
        | RunStatus::Completed
        | RunStatus::Failed
        | RunStatus::Cancelled
        | RunStatus::Rejected
        | RunStatus::Expired => false,
    }
}
