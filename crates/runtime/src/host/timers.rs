//! What is due when. One entry a run and purpose; setting it again moves it.

use crate::store::Place;
use model::{RunId, Timestamp};
use std::collections::{BTreeSet, HashMap};

/// What to do when it is due.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Due {
    /// [`engine::Command::TimerDue`].
    Timer(Place, RunId),
    /// The delay of a queued run is over.
    Queue(Place, RunId),
    /// Forget records that have expired.
    Tidy,
}

#[derive(Default)]
pub(super) struct Timers {
    order: BTreeSet<(Timestamp, Due)>,
    at: HashMap<Due, Timestamp>,
}

impl Timers {
    /// Sets, moves or, without a moment, removes a timer. True when it is the earliest now.
    pub(super) fn set(&mut self, due: Due, at: Option<Timestamp>) -> bool {
        let old = match at {
            Some(at) => self.at.insert(due.clone(), at),
            None => self.at.remove(&due),
        };
        if let Some(old) = old {
            if Some(old) == at {
                return false;
            }
            self.order.remove(&(old, due.clone()));
        }
        let Some(at) = at else {
            return false;
        };
        self.order.insert((at, due.clone()));
        self.order
            .first()
            .is_some_and(|(first, whose)| *first == at && *whose == due)
    }

    pub(super) fn earliest(&self) -> Option<Timestamp> {
        self.order.first().map(|(at, _)| *at)
    }

    /// Takes out what is due at `now`.
    pub(super) fn take(&mut self, now: Timestamp) -> Vec<Due> {
        let mut taken = Vec::new();
        while let Some((at, _)) = self.order.first()
            && *at <= now
            && let Some((_, due)) = self.order.pop_first()
        {
            self.at.remove(&due);
            taken.push(due);
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(run: &str) -> Due {
        Due::Timer(Place::new("acme", "quotes"), RunId::new(run))
    }
    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millis(ms)
    }

    #[test]
    fn a_timer_that_is_moved_is_due_once() {
        let mut timers = Timers::default();
        assert!(timers.set(due("a"), Some(at(10))));
        assert!(!timers.set(due("b"), Some(at(20))));
        assert!(!timers.set(due("a"), Some(at(30))));
        assert_eq!(timers.earliest(), Some(at(20)));
        assert_eq!(timers.take(at(25)), [due("b")]);
        assert_eq!(timers.take(at(30)), [due("a")]);
        assert_eq!(timers.earliest(), None);
    }

    #[test]
    fn a_removed_timer_is_never_due() {
        let mut timers = Timers::default();
        timers.set(due("a"), Some(at(10)));
        timers.set(due("a"), None);
        assert!(timers.take(at(99)).is_empty());
    }
}
