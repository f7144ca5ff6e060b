//! What is asked of the store.

use super::change::{Attention, Published, Stage};
use super::record::Place;
use model::api::{RunFilter, RunRow};
use model::event::Parent;
use model::{AuditEntry, RunId, RunStatus, StepPath, Timestamp};
use std::sync::Arc;

/// A page of runs, newest first.
#[derive(Debug, Clone)]
pub struct RunsQuery {
    pub place: Place,
    pub filter: RunFilter,
    /// Leaves out what is dismissed, or snoozed at this moment. (`filter.unresolved` leaves out what is dismissed.)
    pub hide_handled_at: Option<Timestamp>,
    /// `next_cursor` of the page before. Anything else starts at the newest run.
    pub cursor: Option<String>,
    pub limit: usize,
}

/// Entries of one journal, in order.
#[derive(Debug, Clone)]
pub struct EventQuery {
    pub run: RunId,
    /// Only events with a greater sequence.
    pub after: u64,
    /// Only events with a smaller sequence.
    pub before: Option<u64>,
    /// Only these types ([`model::EventKind::name`]); all when empty.
    pub types: Vec<String>,
    /// Only events about this step.
    pub step: Option<StepPath>,
    /// Only events whose JSON holds this text, whatever the case of its ASCII letters.
    pub text: Option<String>,
    /// At most this many: the first ones, or the last ones with `from_end`.
    pub limit: usize,
    pub from_end: bool,
}

impl EventQuery {
    pub fn all(run: RunId) -> Self {
        Self {
            run,
            after: 0,
            before: None,
            types: Vec::new(),
            step: None,
            text: None,
            limit: usize::MAX,
            from_end: false,
        }
    }
}

/// A run as the store knows it without its journal.
#[derive(Debug, Clone)]
pub struct StoredRun {
    pub place: Place,
    pub row: RunRow,
    pub parent: Option<Parent>,
    pub attention: Attention,
}

/// A run that has not ended, for the start of the runtime.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfinished {
    pub run: RunId,
    pub place: Place,
    pub status: RunStatus,
    pub queue: String,
    pub stage: Stage,
    pub timer: Option<Timestamp>,
    pub not_before: Option<Timestamp>,
    pub parent: Option<RunId>,
}

/// What was published after a position.
#[derive(Debug, Clone)]
pub enum FeedPage {
    /// In order; each item's row is the run's newest. Fewer than asked for: there is no more at this moment.
    Items(Vec<Arc<Published>>),
    /// The position is unknown or too far back: load again.
    Reset,
}

/// Entries of the audit trail, newest first.
#[derive(Debug, Clone, Default)]
pub struct AuditQuery {
    pub tenant: String,
    pub project: Option<String>,
    pub run: Option<RunId>,
    /// The actor's id.
    pub actor: Option<String>,
    pub action: Option<String>,
    pub object: Option<String>,
    /// Only what an AI did, or only what it did not.
    pub ai: Option<bool>,
    /// Every word of this is a word of who, what, the reason, or how it stood before and after; whatever the case. Where no
    /// entry has them all, the last one may be the beginning of a word (of one of 100, where more begin so).
    pub text: Option<String>,
    pub since: Option<Timestamp>,
    pub until: Option<Timestamp>,
    /// Only entries before this sequence.
    pub before_seq: Option<u64>,
    pub limit: usize,
}

impl AuditQuery {
    /// Whether `entry` is asked for, the tenant and the page aside.
    pub fn matches(&self, entry: &AuditEntry) -> bool {
        self.project
            .as_ref()
            .is_none_or(|project| entry.place.project.as_str() == project)
            && (self.run.is_none() || self.run == entry.run)
            && self.actor.as_ref().is_none_or(|id| entry.actor.id == *id)
            && self
                .action
                .as_ref()
                .is_none_or(|word| entry.action == *word)
            && self.object.as_ref().is_none_or(|id| entry.object == *id)
            && self
                .ai
                .is_none_or(|ai| ai == (entry.actor.kind == model::ActorKind::Ai))
            && self.since.is_none_or(|since| entry.at >= since)
            && self.until.is_none_or(|until| entry.at <= until)
    }
}

impl AuditQuery {
    /// Whether the entry has the words that are searched; the last one whole, or as the beginning of a word.
    pub fn is_said(&self, entry: &AuditEntry, whole: bool) -> bool {
        let wanted: Vec<String> = self.text.iter().flat_map(|text| words(text)).collect();
        let said: Vec<String> = words(&said(entry)).collect();
        let last = wanted.len();
        wanted.iter().zip(1..).all(|(wanted, at)| {
            let may_begin = at == last && !whole;
            said.iter()
                .any(|word| word == wanted || (may_begin && word.starts_with(wanted)))
        })
    }
}

/// Characters of an entry that are searched; what is longer is cut.
const SEARCHED: usize = 4_000;

/// What of an entry is searched.
pub fn said(entry: &AuditEntry) -> String {
    let mut text = [
        entry.actor.name.as_str(),
        &entry.action,
        &entry.object,
        entry.reason.as_deref().unwrap_or_default(),
        entry.place.project.as_str(),
    ]
    .join(" ");
    for told in [&entry.before, &entry.after].into_iter().flatten() {
        text.push(' ');
        text.push_str(&told.to_string());
    }
    text.chars().take(SEARCHED).collect()
}

/// The words of a text in lower case: what stands between characters that are neither letters nor digits.
pub fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}
