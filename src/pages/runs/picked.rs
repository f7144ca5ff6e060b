//! The runs a person has picked for one move on all of them. They are held by their ids: the list may change below them.

use super::{filter::Filters, list::RunList};
use crate::ui::toast::{Toast, Toasts};
use leptos::{ev, prelude::*};
use model::api::{RunFilter, RunRow};
use model::{MoveKind, RunId, RunStatus};
use std::collections::{BTreeMap, HashMap};

/// Which runs a move is about.
#[derive(Debug, Clone, PartialEq)]
pub enum Chosen {
    Runs(Vec<RunId>),
    /// All that match.
    Filter(Box<RunFilter>),
}

#[derive(Clone, Copy)]
pub struct Picked {
    list: RunList,
    /// With the status each had when it was picked.
    runs: RwSignal<BTreeMap<RunId, RunStatus>>,
    /// All that match the filters, loaded or not.
    pub all: RwSignal<bool>,
    /// Where a range begins.
    anchor: StoredValue<Option<RunId>>,
    /// Shift is held down.
    shift: StoredValue<bool>,
}

impl Picked {
    /// Nothing is picked. A change of the filters takes back what was.
    pub fn new(list: RunList, filters: Memo<Filters>) -> Self {
        let picked = Self {
            list,
            runs: RwSignal::new(BTreeMap::new()),
            all: RwSignal::new(false),
            anchor: StoredValue::new(None),
            shift: StoredValue::new(false),
        };
        for handle in [
            window_event_listener(ev::keydown, move |event| {
                picked.shift.set_value(event.shift_key());
            }),
            window_event_listener(ev::keyup, move |event| {
                picked.shift.set_value(event.shift_key());
            }),
        ] {
            on_cleanup(move || handle.remove());
        }
        let toasts = Toasts::get();
        Effect::new(move |before: Option<()>| {
            filters.track();
            if before.is_some() && untrack(|| picked.any()) {
                picked.clear();
                if let Some(toasts) = toasts {
                    toasts.push(Toast::note(
                        "The filters changed, so no run is selected any more.",
                    ));
                }
            }
        });
        picked
    }

    pub fn any(self) -> bool {
        self.all.get() || self.runs.with(|runs| !runs.is_empty())
    }

    /// How many are picked by hand.
    pub fn count(self) -> usize {
        self.runs.with(BTreeMap::len)
    }

    pub fn has(self, run: &RunId) -> bool {
        self.all.get() || self.runs.with(|runs| runs.contains_key(run))
    }

    /// Whether every loaded row is picked, and whether any is.
    pub fn loaded(self) -> (bool, bool) {
        self.list.paged.rows.with(|rows| {
            let picked = rows.iter().filter(|row| self.has(&row.id)).count();
            (picked > 0 && picked == rows.len(), picked > 0)
        })
    }

    pub fn clear(self) {
        self.runs.set(BTreeMap::new());
        self.all.set(false);
        self.anchor.set_value(None);
    }

    /// All that match, whatever is loaded.
    pub fn take_all(self) {
        self.runs.set(BTreeMap::new());
        self.all.set(true);
    }

    /// The loaded rows, or none of them.
    pub fn take_loaded(self, on: bool) {
        let last = self.list.paged.rows.with_untracked(Vec::len);
        self.set_rows(0, last.saturating_sub(1), on);
    }

    /// Picks the row, or takes it back. With Shift held, all from the row dealt with before to this one are picked.
    pub fn toggle(self, index: usize) {
        let Some(row) = self.row(index) else { return };
        let on = !untrack(|| self.has(&row.id));
        self.put(index, on);
    }

    /// As [`Self::toggle`], where a control says what the row is to be.
    pub fn put(self, index: usize, on: bool) {
        let Some(row) = self.row(index) else { return };
        let anchor = self.anchor.get_value().filter(|_| self.shift.get_value());
        match anchor.and_then(|run| self.index_of(&run)) {
            Some(from) => self.set_rows(from.min(index), from.max(index), true),
            None => self.set_rows(index, index, on),
        }
        self.anchor.set_value(Some(row.id.clone()));
    }

    /// The keyboard went from one row to another: with Shift held, both are picked and what lies between.
    pub fn walked(self, from: usize, to: usize) {
        if self.shift.get_value() {
            self.set_rows(from.min(to), from.max(to), true);
            self.anchor
                .set_value(self.row(to).map(|row| row.id.clone()));
        }
    }

    fn set_rows(self, from: usize, to: usize, on: bool) {
        let rows = self.list.paged.rows.get_untracked();
        let mut runs = self.runs.get_untracked();
        if self.all.get_untracked() {
            if on {
                return;
            }
            // One fewer than all is what is loaded without it: nothing else can be seen.
            runs = rows
                .iter()
                .map(|row| (row.id.clone(), row.status))
                .collect();
            self.all.set(false);
        }
        for row in rows.iter().take(to + 1).skip(from) {
            if on {
                runs.insert(row.id.clone(), row.status);
            } else {
                runs.remove(&row.id);
            }
        }
        self.runs.set(runs);
    }

    fn row(self, index: usize) -> Option<std::sync::Arc<RunRow>> {
        untrack(|| self.list.paged.at(index))
    }

    fn index_of(self, run: &RunId) -> Option<usize> {
        let rows = self.list.paged.rows;
        rows.with_untracked(|rows| rows.iter().position(|row| row.id == *run))
    }

    /// Why no run of the set can make the move; `None` where some may.
    pub fn why_not(self, kind: MoveKind) -> Option<String> {
        if self.all.get() {
            return None;
        }
        let may = self.list.paged.rows.with(|rows| {
            let now: HashMap<&RunId, RunStatus> =
                rows.iter().map(|row| (&row.id, row.status)).collect();
            self.runs.with(|runs| {
                runs.iter()
                    .any(|(id, then)| engine::may_move(*now.get(id).unwrap_or(then), kind))
            })
        });
        (!may).then(|| none_may(kind).to_owned())
    }

    /// The set as it stands.
    pub fn set(self) -> Chosen {
        if self.all.get_untracked() {
            return Chosen::Filter(Box::new(self.list.asked()));
        }
        // In the order of the list; what is no longer on it comes last.
        let mut runs: Vec<RunId> = self
            .runs
            .with_untracked(|runs| runs.keys().cloned().collect());
        self.list.paged.rows.with_untracked(|rows| {
            let at: HashMap<&RunId, usize> = rows.iter().map(|row| &row.id).zip(0..).collect();
            runs.sort_by_key(|run| at.get(run).copied().unwrap_or(usize::MAX));
        });
        Chosen::Runs(runs)
    }
}

/// In which states the move is possible, said of a set in which it is not.
const fn none_may(kind: MoveKind) -> &'static str {
    match kind {
        MoveKind::Retry | MoveKind::RetryFromStep => {
            "None of them is failed, cancelled or interrupted."
        }
        MoveKind::RunAgain => "None of them has ended.",
        MoveKind::Resume => "None of them is paused or blocked.",
        MoveKind::Pause => "None of them is queued or running.",
        MoveKind::StopGracefully => "None of them is running, paused or waiting.",
        MoveKind::Cancel
        | MoveKind::Approve
        | MoveKind::Reject
        | MoveKind::Skip
        | MoveKind::Complete
        | MoveKind::ForceTimeout
        | MoveKind::ContinueInChat
        | MoveKind::Report => "All of them have ended.",
    }
}
