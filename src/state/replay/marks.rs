//! What is read of the journal: its events, its key moments, and where to mark them.

use super::Replay;
use engine::replay::{KeyMoment, MomentKind, Track as Journal};
use leptos::prelude::*;
use model::{Event, Timestamp};

/// Marks are drawn at so many places at most.
const PLACES: u64 = 240;

/// A mark on the line of events.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mark {
    /// 0 at the first event, 1 at the last.
    pub at: f64,
    pub kind: MomentKind,
}

impl Replay {
    /// Reads an event that is here.
    pub fn event<T>(self, seq: u64, read: impl FnOnce(&Event) -> T) -> Option<T> {
        self.track
            .try_with_value(|track| track.event(seq).map(read))
            .flatten()
    }

    /// When an event that is here was written.
    pub fn time(self, seq: u64) -> Option<Timestamp> {
        self.event(seq, |event| event.at)
    }

    /// How many key moments there are, and the one at an index.
    pub fn moments(self) -> usize {
        self.here.track();
        self.track.with_value(|track| track.moments().len())
    }

    pub fn moment(self, index: usize) -> Option<KeyMoment> {
        self.track
            .with_value(|track| track.moments().get(index).copied())
    }

    /// The last key moment at or before an event.
    pub fn moment_at(self, seq: u64) -> Option<usize> {
        self.track.with_value(|track| {
            let after = track.moments().partition_point(|moment| moment.seq <= seq);
            after.checked_sub(1)
        })
    }

    /// Where to draw marks: at each place the weightiest moment.
    pub fn marks(self) -> Vec<Mark> {
        let here = self.here.get();
        self.track.with_value(|track| {
            let all = here.saturating_sub(1).max(1);
            let mut marks: Vec<(u64, MomentKind)> = Vec::new();
            for moment in track.moments() {
                let place = (moment.seq - 1) * PLACES / all;
                match marks.last_mut() {
                    Some((last, kind)) if *last == place => *kind = moment.kind.max(*kind),
                    Some(_) | None => marks.push((place, moment.kind)),
                }
            }
            let marks = marks.into_iter();
            marks
                .map(|(place, kind)| Mark {
                    at: place as f64 / PLACES as f64,
                    kind,
                })
                .collect()
        })
    }

    /// The event that decided how the run stands, or why there is none.
    pub fn blocking(self) -> Result<u64, String> {
        self.here.track();
        let blocking = self.track.with_value(Journal::blocking);
        blocking.map_err(|nothing| nothing.to_string())
    }
}
