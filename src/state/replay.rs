//! Replay: the journal of a run, folded here, and the moment of it that is shown.

mod marks;
mod place;
mod play;

use super::live_run::LiveRun;
use crate::{
    api::ApiError,
    routes::param::{Address, Step},
};
use engine::replay;
use leptos::prelude::*;
use model::Event;
pub use place::LIVE;
use place::place;
pub use play::SPEEDS;
use std::time::Duration;

/// How long the handle rests before the address says where.
const RESTS: Duration = Duration::from_millis(250);

/// The replay of a run, for as long as it is open. From then on the run is shown where its handle stands.
#[derive(Clone, Copy)]
pub struct Replay {
    live: LiveRun,
    track: StoredValue<replay::Track>,
    /// Events that are here.
    pub here: RwSignal<u64>,
    /// All events are here.
    pub ready: RwSignal<bool>,
    pub error: RwSignal<Option<ApiError>>,
    /// The event that is looked at; `None` for the run as it is, at the right end.
    pub position: RwSignal<Option<u64>>,
    /// What is wrong with the place that the address names.
    pub note: RwSignal<Option<String>>,
    pub playing: RwSignal<bool>,
    /// The event that a person jumped to, for those who do not see the handle move.
    pub jumped: RwSignal<Option<u64>>,
    /// How many times as fast as it happened.
    pub speed: RwSignal<u32>,
    drawing: StoredValue<bool>,
    address: StoredValue<Address>,
    /// What the address last said or was made to say.
    said: StoredValue<String>,
    saying: StoredValue<Option<TimeoutHandle>>,
}

/// The journal does not begin with the run's first event, or events in it are missing.
fn hole(here: u64) -> ApiError {
    ApiError::Unreadable {
        asked: format!("the events after {here}"),
        status: 200,
        why: "They do not follow the events that are here.".to_owned(),
    }
}

impl Replay {
    /// Loads the journal and goes to the place that `at` names.
    pub fn open(live: LiveRun, at: Memo<String>) -> Self {
        let replay = Self {
            live,
            track: StoredValue::new(replay::Track::default()),
            here: RwSignal::new(0),
            ready: RwSignal::new(false),
            error: RwSignal::new(None),
            position: RwSignal::new(None),
            note: RwSignal::new(None),
            playing: RwSignal::new(false),
            jumped: RwSignal::new(None),
            speed: RwSignal::new(1),
            drawing: StoredValue::new(false),
            address: StoredValue::new(Address::get()),
            said: StoredValue::new(String::new()),
            saying: StoredValue::new(None),
        };
        live.on_events(move |events| replay.arrived(events));
        replay.load();
        Effect::new(move || {
            let at = at.get();
            if replay.ready.get() && replay.said.with_value(|said| *said != at) {
                let (position, note) = place(&at, replay.here.get_untracked());
                replay.said.set_value(at);
                replay.playing.set(false);
                replay.note.set(note);
                replay.show(position);
            }
        });
        on_cleanup(move || {
            if let Some(Some(saying)) = replay.saying.try_get_value() {
                saying.clear();
            }
            live.change_moment(|moment| moment.take().is_some());
        });
        replay
    }

    /// Asks for the events that are not here yet.
    pub fn load(self) {
        self.error.set(None);
        self.ready.set(false);
        leptos::task::spawn_local(async move {
            loop {
                let Some(here) = self.here.try_get_untracked() else {
                    return;
                };
                if here > 0 && self.live.now_live(|run| run.seq <= here) == Some(true) {
                    self.ready.set(true);
                    return;
                }
                let answer = self.live.journal(here).await;
                if self.here.try_get_untracked().is_none() {
                    return;
                }
                match answer {
                    Ok(page) => {
                        if !self.take(page.items) {
                            return self.error.set(Some(hole(here)));
                        }
                    }
                    Err(error) => return self.error.set(Some(error)),
                }
            }
        });
    }

    /// Whether the events followed what was here, and there were some.
    fn take(self, events: Vec<Event>) -> bool {
        let taken = self.track.try_update_value(|track| {
            let before = track.last();
            let fits = events.into_iter().all(|event| track.push(event));
            (fits && track.last() > before, track.last())
        });
        let Some((fits, last)) = taken else {
            return false;
        };
        self.here.set(last);
        fits
    }

    fn arrived(self, events: &[Event]) {
        if self.ready.try_get_untracked() == Some(true) && !self.take(events.to_vec()) {
            self.load();
        }
    }

    /// How many events the run has.
    pub fn all(self) -> Memo<u64> {
        self.live.part_live(|run| run.seq)
    }

    /// Goes to an event, or to the run as it is. The last event of what is here is that too.
    pub fn go(self, position: Option<u64>) {
        let last = self.here.get_untracked();
        let position = position.map(|seq| seq.max(1)).filter(|seq| *seq < last);
        self.note.set(None);
        self.show(position);
        self.say();
    }

    /// Goes to an event that was named, and not found by moving the handle.
    pub fn jump(self, seq: u64) {
        self.playing.set(false);
        self.go(Some(seq));
        self.jumped.set(Some(seq));
    }

    /// Goes some events on, or back.
    pub fn step(self, by: i64) {
        self.playing.set(false);
        self.go(Some(self.stands().saturating_add_signed(by)));
    }

    /// Goes to the next key moment, or to the one before.
    pub fn step_moment(self, on: bool) {
        self.playing.set(false);
        let stands = self.stands();
        let seq = self.track.with_value(|track| {
            let mut moments = track.moments().iter().map(|moment| moment.seq);
            if on {
                moments.find(|seq| *seq > stands)
            } else {
                Some(moments.rfind(|seq| *seq < stands).unwrap_or(1))
            }
        });
        self.go(seq);
    }

    /// The event at the handle.
    pub fn stands(self) -> u64 {
        untrack(|| self.handle())
    }

    /// As [`Self::stands`], followed.
    pub fn handle(self) -> u64 {
        self.position.get().unwrap_or_else(|| self.here.get())
    }

    /// Once a frame, however often the handle moves.
    fn show(self, position: Option<u64>) {
        self.position.set(position);
        if self.drawing.get_value() {
            return;
        }
        self.drawing.set_value(true);
        request_animation_frame(move || {
            if self.drawing.try_set_value(false).is_some() {
                return;
            }
            let position = self.position.get_untracked();
            self.track.with_value(|track| {
                self.live
                    .change_moment(|moment| match (position, &mut *moment) {
                        (None, _) => moment.take().is_some(),
                        (Some(seq), Some(run)) => run.seq != seq && track.carry(run, seq),
                        (Some(seq), None) => {
                            *moment = track.at(seq);
                            true
                        }
                    });
            });
        });
    }

    /// Says in the address where the handle stands, once it rests.
    fn say(self) {
        if let Some(saying) = self.saying.get_value() {
            saying.clear();
        }
        let say = move || {
            let Some(position) = self.position.try_get_untracked() else {
                return;
            };
            let at = position.map_or_else(|| LIVE.to_owned(), |seq| seq.to_string());
            self.said.set_value(at.clone());
            self.address
                .with_value(|address| address.set(&[("at", Some(at))], Step::Replace));
        };
        self.saying
            .set_value(set_timeout_with_handle(say, RESTS).ok());
    }
}
