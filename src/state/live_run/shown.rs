//! What is read of a run: as it is, or as it was at the moment that is looked at.
//!
//! `pick`, `part`, `now`, `step`, `status` and `why` give the run as shown. What acts on the run, and what belongs to all of
//! it, reads the `_live` ones.

use super::LiveRun;
use crate::{state::beat::beat, ui::time::Clock};
use engine::{Run, StepState, World};
use leptos::prelude::*;
use model::{Access, MoveState, RunStatus, StepPath, Timestamp, Why};
use std::time::Duration;

/// Runs with more steps are looked at less often while they change.
const LARGE: usize = 500;

impl LiveRun {
    fn shown<T>(self, read: impl FnOnce(&Run) -> T) -> Option<T> {
        let (mut read, mut out) = (Some(read), None);
        self.with_shown(&mut |run| out = read.take().map(|read| read(run)));
        out
    }

    // Not generic: what reads a run is compiled once, not once for each place it may stand in.
    fn with_shown(self, read: &mut dyn FnMut(&Run)) {
        let at_moment = self
            .moment
            .try_with(|moment| moment.as_ref().map(&mut *read));
        if at_moment.flatten().is_none() {
            self.run.try_with(|run| run.as_ref().map(read));
        }
    }

    /// Changes which moment is shown, `None` for the run as it is; `change` says whether it did.
    pub fn change_moment(self, change: impl FnOnce(&mut Option<Run>) -> bool) {
        self.moment.try_maybe_update(|moment| (change(moment), ()));
    }

    /// The event the run is shown at; `None` for the run as it is.
    pub fn moment(self) -> Memo<Option<(u64, Timestamp)>> {
        Memo::new(move |_| {
            self.moment
                .with(|moment| moment.as_ref().map(|run| (run.seq, run.last_event_at)))
        })
    }

    /// The clock of what is shown: it stands still at a moment.
    pub fn clock(self, real: Clock) -> Clock {
        let moment = self.moment();
        Clock::of(move || moment.get().map_or_else(|| real.now(), |(_, at)| at))
    }

    /// A part of the run as shown; `None` before it is loaded. Changes only when that part changes.
    pub fn pick<T: PartialEq + Send + Sync + 'static>(
        self,
        read: impl Fn(&Run) -> T + Send + Sync + 'static,
    ) -> Memo<Option<T>> {
        Memo::new(move |_| self.shown(&read))
    }

    /// A part of the run as shown that is there once and for all, or its default before.
    pub fn part<T: PartialEq + Default + Send + Sync + 'static>(
        self,
        read: impl Fn(&Run) -> T + Send + Sync + 'static,
    ) -> Memo<T> {
        Memo::new(move |_| self.shown(&read).unwrap_or_default())
    }

    /// A part of the run as it is, whatever moment is shown.
    pub fn part_live<T: PartialEq + Default + Send + Sync + 'static>(
        self,
        read: impl Fn(&Run) -> T + Send + Sync + 'static,
    ) -> Memo<T> {
        Memo::new(move |_| {
            self.run
                .with(|run| run.as_ref().map(&read).unwrap_or_default())
        })
    }

    /// Every change of the run as shown; of a large one, those of a moment together.
    pub fn changes(self) -> Signal<u64> {
        beat(self.pick(|run| run.seq), move || {
            let large = self.now(|run| run.order.len() > LARGE).unwrap_or(false);
            Duration::from_millis(if large { 250 } else { 16 })
        })
    }

    /// The run as shown at this moment.
    pub fn now<T>(self, read: impl FnOnce(&Run) -> T) -> Option<T> {
        untrack(|| self.shown(read))
    }

    /// The run as it is at this moment, for an act of a person.
    pub fn now_live<T>(self, read: impl FnOnce(&Run) -> T) -> Option<T> {
        self.run
            .try_with_untracked(|run| run.as_ref().map(read))
            .flatten()
    }

    pub fn status(self) -> Memo<Option<RunStatus>> {
        self.pick(|run| run.status)
    }

    pub fn step(self, path: StepPath) -> Memo<Option<StepState>> {
        Memo::new(move |_| self.shown(|run| run.step(&path).cloned()).flatten())
    }

    /// The sentence of why, current to the second; at a moment, as it was then.
    pub fn why(self) -> Memo<Option<Why>> {
        let clock = self.clock(Clock::get());
        let moment = self.moment();
        Memo::new(move |_| {
            let now = clock.now();
            // How the queue stood then is in no journal.
            let world = match moment.get() {
                Some(_) => World::default(),
                None => self.world.get(),
            };
            self.shown(|run| engine::why(run, &world, now)).flatten()
        })
    }

    pub fn is_stalled(self) -> Memo<bool> {
        let clock = self.clock(Clock::get());
        Memo::new(move |_| {
            let now = clock.now();
            self.shown(|run| engine::is_stalled(run, now))
                .unwrap_or_default()
        })
    }

    /// What is around the run as it is.
    pub fn world(self) -> Signal<World> {
        self.world.into()
    }

    /// Every move on the run as it is with whether and why not, for someone with `access`.
    pub fn moves(self, access: Memo<Option<Access>>) -> Memo<Vec<MoveState>> {
        Memo::new(move |_| {
            let Some(access) = access.get() else {
                return Vec::new();
            };
            self.run.with(|run| {
                run.as_ref()
                    .map(|run| engine::moves(run, &access))
                    .unwrap_or_default()
            })
        })
    }
}
