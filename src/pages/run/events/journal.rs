//! The part of a journal that is here. Unfiltered, rows are the journal's numbers and are loaded where one looks; filtered,
//! rows are what was found so far, and more is searched when one comes near the end.

use crate::{
    api::{ApiError, events::EventFilter},
    state::live_run::LiveRun,
    ui::fmt,
};
use leptos::prelude::*;
use model::Event;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Events loaded in one go.
const CHUNK: u64 = 200;
/// Chunks kept at most; the ones farthest from where one looks go first.
const KEPT: usize = 40;

#[derive(Default)]
struct Held {
    /// Chunks of the unfiltered journal, by number.
    chunks: BTreeMap<u64, Vec<Arc<Event>>>,
    /// Chunks that are being loaded.
    asked: BTreeSet<u64>,
    found: Vec<Arc<Event>>,
    /// Where the search goes on; `None` when it has come to the end.
    next: Option<u64>,
    /// Rises with the filter: answers to an older one are dropped.
    turn: u64,
}

impl Held {
    /// Nothing yet.
    fn of(turn: u64) -> Self {
        Self {
            turn,
            next: Some(0),
            ..Self::default()
        }
    }
}

#[derive(Clone, Copy)]
pub struct Journal {
    live: LiveRun,
    /// Events in front of the first one that can be had.
    before: u64,
    filter: Memo<EventFilter>,
    held: StoredValue<Held>,
    /// Rises when something was loaded.
    version: RwSignal<u64>,
    pub rows: Signal<usize>,
    found: RwSignal<usize>,
    last: RwSignal<u64>,
    pub loading: RwSignal<bool>,
    pub error: RwSignal<Option<ApiError>>,
    /// Where the current attempt's first failure stands.
    pub first_failure: RwSignal<Option<u64>>,
}

impl Journal {
    pub fn open(live: LiveRun, filter: Memo<EventFilter>) -> Self {
        let found = RwSignal::new(0_usize);
        let last = RwSignal::new(live.now_live(|run| run.seq).unwrap_or(0));
        let before = live.events_before();
        let rows = Signal::derive(move || {
            if filter.with(EventFilter::is_all) {
                (last.get() - before) as usize
            } else {
                found.get()
            }
        });
        let journal = Self {
            live,
            before,
            filter,
            held: StoredValue::new(Held::of(0)),
            version: RwSignal::new(0),
            rows,
            found,
            last,
            loading: RwSignal::new(false),
            error: RwSignal::new(None),
            first_failure: RwSignal::new(None),
        };
        live.on_events(move |events| journal.arrived(events));
        Effect::new(move |before: Option<()>| {
            filter.track();
            // The rows may have asked already when this runs for the first time.
            if before.is_some() {
                journal
                    .held
                    .update_value(|held| *held = Held::of(held.turn + 1));
                journal.found.set(0);
                journal.bump();
            }
            if filter.with_untracked(EventFilter::is_all) {
                // The first chunk says where the failure is, whatever is looked at.
                journal.load_chunk(0);
            } else {
                journal.search();
            }
        });
        journal
    }

    fn bump(self) {
        self.version.try_update(|version| *version += 1);
    }

    /// The event at a row; asks for it when it is not here.
    pub fn at(self, index: usize) -> Option<Arc<Event>> {
        self.version.track();
        if self.filter.with(EventFilter::is_all) {
            let (chunk, within) = (index as u64 / CHUNK, index as u64 % CHUNK);
            let here = self.held.with_value(|held| {
                held.chunks
                    .get(&chunk)
                    .and_then(|events| events.get(within as usize))
                    .cloned()
            });
            if here.is_none() && self.before + (index as u64) < self.last.get_untracked() {
                self.load_chunk(chunk);
            }
            return here;
        }
        let (here, near_end) = self.held.with_value(|held| {
            (
                held.found.get(index).cloned(),
                index + 20 >= held.found.len() && held.next.is_some(),
            )
        });
        if near_end {
            self.search();
        }
        here
    }

    /// What tells a row from the others.
    pub fn key(self, index: usize) -> u64 {
        if self.filter.with_untracked(EventFilter::is_all) {
            return self.before + index as u64 + 1;
        }
        self.held
            .with_value(|held| held.found.get(index).map_or(0, |event| event.seq))
    }

    pub fn by_seq(self, seq: u64) -> Option<Arc<Event>> {
        self.index_of(seq)
            .and_then(|index| self.at(index))
            .filter(|event| event.seq == seq)
    }

    /// The row of an event, or the row where it would stand.
    pub fn index_of(self, seq: u64) -> Option<usize> {
        if self.filter.with(EventFilter::is_all) {
            return (self.before + 1..=self.last.get())
                .contains(&seq)
                .then(|| (seq - self.before) as usize - 1);
        }
        self.version.track();
        self.held.with_value(|held| {
            let at = held.found.partition_point(|event| event.seq < seq);
            (at < held.found.len()).then_some(at)
        })
    }

    /// "12,408 events", "31+ of 12,408 events", "the last 200 of 12,408 events".
    pub fn words(self) -> String {
        self.version.track();
        let mut all = fmt::plural(self.last.get(), "event", "events");
        if self.before > 0 {
            all = format!(
                "the last {} of {all}",
                fmt::count(self.last.get() - self.before)
            );
        }
        if self.filter.with(EventFilter::is_all) {
            return all;
        }
        let more = self.held.with_value(|held| held.next.is_some());
        let found = fmt::count(self.found.get() as u64);
        if more {
            format!("{found}+ of {all}")
        } else {
            format!("{found} of {all}")
        }
    }

    pub fn retry(self) {
        self.error.set(None);
        self.held.update_value(|held| held.asked.clear());
        if self.filter.with_untracked(EventFilter::is_all) {
            self.bump();
        } else {
            self.search();
        }
    }

    fn arrived(self, events: &[Event]) {
        let Some(last) = events.last().map(|event| event.seq) else {
            return;
        };
        if self.last.try_set(last).is_some() {
            return;
        }
        let filter = self.filter.get_untracked();
        let all = filter.is_all();
        self.held.update_value(|held| {
            for event in events {
                let row = event.seq - 1 - self.before;
                let (chunk, within) = (row / CHUNK, (row % CHUNK) as usize);
                if all {
                    // Only what joins on: a chunk with a hole is loaded whole when somebody looks.
                    let entry = if within == 0 {
                        Some(held.chunks.entry(chunk).or_default())
                    } else {
                        held.chunks.get_mut(&chunk)
                    };
                    if let Some(entry) = entry.filter(|entry| entry.len() == within) {
                        entry.push(Arc::new(event.clone()));
                    }
                } else if held.next.is_none()
                    && filter.fits(event)
                    && held.found.last().is_none_or(|last| last.seq < event.seq)
                {
                    held.found.push(Arc::new(event.clone()));
                }
            }
        });
        if self.first_failure.get_untracked().is_none() {
            let first = events.iter().find(|event| event.event.is_failure());
            if let Some(first) = first {
                self.first_failure.set(Some(first.seq));
            }
        }
        self.found
            .set(self.held.with_value(|held| held.found.len()));
        self.bump();
    }

    fn load_chunk(self, chunk: u64) {
        let turn = self
            .held
            .try_update_value(|held| held.asked.insert(chunk).then_some(held.turn))
            .flatten();
        let Some(turn) = turn else { return };
        let after = self.before + chunk * CHUNK;
        let wanted = self
            .filter
            .with_untracked(|filter| self.live.events(filter, after, CHUNK));
        leptos::task::spawn_local(async move {
            let answer = wanted.await;
            let stands = self.held.try_update_value(|held| {
                held.asked.remove(&chunk);
                held.turn == turn
            });
            if stands != Some(true) {
                return;
            }
            match answer {
                Ok(page) => {
                    self.first_failure.set(page.first_failure);
                    self.held.update_value(|held| {
                        held.chunks
                            .insert(chunk, page.items.into_iter().map(Arc::new).collect());
                        while held.chunks.len() > KEPT {
                            let far = held
                                .chunks
                                .keys()
                                .copied()
                                .max_by_key(|other| other.abs_diff(chunk));
                            if let Some(far) = far {
                                held.chunks.remove(&far);
                            }
                        }
                    });
                    self.error.set(None);
                    self.bump();
                }
                Err(error) => self.failed(error, |held| {
                    held.asked.insert(chunk);
                }),
            }
        });
    }

    fn search(self) {
        let Some((turn, Some(after))) = self.held.try_with_value(|held| (held.turn, held.next))
        else {
            return;
        };
        if self.loading.get_untracked() || self.error.with_untracked(Option::is_some) {
            return;
        }
        self.loading.set(true);
        let wanted = self
            .filter
            .with_untracked(|filter| self.live.events(filter, after, CHUNK));
        leptos::task::spawn_local(async move {
            let answer = wanted.await;
            if self.loading.try_set(false).is_some() {
                return;
            }
            if self.held.with_value(|held| held.turn) != turn {
                self.search();
                return;
            }
            match answer {
                Ok(page) => {
                    self.first_failure.set(page.first_failure);
                    self.held.update_value(|held| {
                        held.next = page.next_after;
                        held.found.extend(page.items.into_iter().map(Arc::new));
                    });
                    self.found
                        .set(self.held.with_value(|held| held.found.len()));
                    self.bump();
                    // A long journal is searched in parts: go on until there is something to show.
                    if self
                        .held
                        .with_value(|held| held.found.is_empty() && held.next.is_some())
                    {
                        self.search();
                    }
                }
                Err(error) => self.failed(error, |_| ()),
            }
        });
    }

    /// An error stands until somebody tries again.
    fn failed(self, error: ApiError, keep: impl FnOnce(&mut Held)) {
        self.held.update_value(keep);
        self.error.set(Some(error));
    }
}
