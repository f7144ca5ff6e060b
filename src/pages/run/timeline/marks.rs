//! The moments of the run itself.

use crate::ui::status::{Look, Tone};
use engine::{Run, state::Stop};
use model::{RunStatus, Timestamp};
use std::collections::BTreeMap;

/// A moment in the life of the run.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    pub at: Timestamp,
    pub word: String,
    pub tone: Tone,
}

/// What is known of the run's own moments: its attempts, what held it, its stop, and what it has come to.
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
    let drained = |stop: &&Stop| run.holds.iter().any(|hold| hold.from == stop.at);
    if let Some(stop) = run.stop.as_ref().filter(|stop| !drained(stop)) {
        mark(
            stop.at,
            format!("Stopped {}", stop.mode.shown()),
            Tone::Wait,
        );
    }
    for hold in &run.holds {
        let look = Look::from(hold.status);
        mark(hold.from, look.word.to_owned(), look.tone);
        // It may end with the attempt, or with another hold.
        let goes_on = |at: &Timestamp| {
            let mut ends = run.attempts.iter().filter_map(|attempt| attempt.ended_at);
            let mut others = run.holds.iter().map(|other| other.from);
            !ends.any(|end| end == *at) && !others.any(|from| from == *at)
        };
        if let Some(at) = hold.to.filter(goes_on) {
            mark(at, "Resumed".to_owned(), Tone::Run);
        }
    }
    if matches!(run.status, RunStatus::Waiting | RunStatus::Interrupted) {
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
