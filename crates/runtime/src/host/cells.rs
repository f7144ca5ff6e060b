//! The runs in memory, each behind a lock of its own: one decision at a time about one run.

use super::wanted::Wanted;
use crate::store::Place;
use engine::Run;
use model::{RunId, StepPath};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

/// Runs without calls in flight that stay in memory, and the events they may have in all.
const IDLE: usize = 128;
const IDLE_EVENTS: u64 = 200_000;

/// One run.
#[derive(Default)]
pub(super) struct Cell {
    pub(super) loaded: Option<Loaded>,
    /// The last event of its newest snapshot; 0 without one.
    pub(super) kept: u64,
    /// What should be in flight and what of it is, by step.
    pub(super) wanted: BTreeMap<StepPath, Wanted>,
}

/// A folded run.
#[derive(Clone)]
pub(super) struct Loaded {
    pub(super) place: Place,
    pub(super) run: Arc<Run>,
}

/// What a used run means for the memory.
pub(super) enum Used {
    /// Something is in flight: it stays.
    Busy,
    /// It may leave when there is no room for this many events.
    Idle(u64),
    /// Nothing is loaded.
    Empty,
}

impl Cell {
    pub(super) fn used(&self) -> Used {
        if self.wanted.values().any(Wanted::is_call) {
            return Used::Busy;
        }
        match &self.loaded {
            Some(loaded) => Used::Idle(loaded.run.seq),
            None => Used::Empty,
        }
    }
}

pub(super) type Slot = Arc<tokio::sync::Mutex<Cell>>;

#[derive(Default)]
pub(super) struct Cells {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    slots: HashMap<RunId, Slot>,
    /// The idle ones with the events they have, by when they were used last.
    by_age: BTreeMap<u64, (RunId, u64)>,
    age: HashMap<RunId, u64>,
    clock: u64,
    events: u64,
    /// Runs that had something in flight when the runtime ended; [`engine::Command::Recover`] comes before anything else.
    lost: HashSet<RunId>,
}

impl Cells {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn get(&self, run: &RunId) -> Slot {
        let mut state = self.state();
        state.forget_age(run);
        Arc::clone(state.slots.entry(run.clone()).or_default())
    }

    /// Called when a run was used and its lock is free again: it stays while something is in flight, else as long as there
    /// is room.
    pub(super) fn put_back(&self, run: &RunId, used: Used) {
        let mut state = self.state();
        match used {
            Used::Busy => return,
            Used::Empty => state.leave(run),
            Used::Idle(events) => {
                state.forget_age(run);
                state.clock += 1;
                let clock = state.clock;
                state.age.insert(run.clone(), clock);
                state.by_age.insert(clock, (run.clone(), events));
                state.events += events;
            }
        }
        while (state.by_age.len() > IDLE || state.events > IDLE_EVENTS) && state.by_age.len() > 1 {
            let Some((_, (oldest, _))) = state.by_age.first_key_value() else {
                break;
            };
            let oldest = oldest.clone();
            state.forget_age(&oldest);
            state.leave(&oldest);
        }
    }

    pub(super) fn mark_lost(&self, run: RunId) {
        self.state().lost.insert(run);
    }

    pub(super) fn is_lost(&self, run: &RunId) -> bool {
        self.state().lost.contains(run)
    }

    pub(super) fn recovered(&self, run: &RunId) {
        self.state().lost.remove(run);
    }

    /// Every run in memory.
    pub(super) fn all(&self) -> Vec<(RunId, Slot)> {
        self.state()
            .slots
            .iter()
            .map(|(run, slot)| (run.clone(), Arc::clone(slot)))
            .collect()
    }
}

impl State {
    fn forget_age(&mut self, run: &RunId) {
        if let Some(clock) = self.age.remove(run)
            && let Some((_, events)) = self.by_age.remove(&clock)
        {
            self.events -= events;
        }
    }

    /// Lets go of a run, unless someone uses it or waits for it: they will put it back.
    fn leave(&mut self, run: &RunId) {
        if self
            .slots
            .get(run)
            .is_some_and(|slot| Arc::strong_count(slot) == 1)
        {
            self.slots.remove(run);
        }
    }
}
