//! Events that are here and not folded yet: more than a frame has room for, or behind some that are missing.

use model::Event;
use std::collections::VecDeque;

/// By their numbers, each once.
#[derive(Debug, Clone, Default)]
pub struct Early(VecDeque<Event>);

impl Early {
    pub fn put(&mut self, events: Vec<Event>) {
        let mut all = Vec::from(std::mem::take(&mut self.0));
        all.extend(events);
        all.sort_by_key(|event| event.seq);
        all.dedup_by_key(|event| event.seq);
        self.0 = all.into();
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes what comes right after `seq`, at most so many; drops what is already there, leaves what is beyond a gap.
    pub fn take_next(&mut self, seq: u64, most: usize) -> Vec<Event> {
        while self.0.front().is_some_and(|event| event.seq <= seq) {
            self.0.pop_front();
        }
        let ready = (self.last_in_line(seq) - seq).min(most as u64);
        self.0.drain(..ready as usize).collect()
    }

    /// The last one, behind `seq`, in front of which nothing is missing; `seq` where there is none.
    pub fn last_in_line(&self, seq: u64) -> u64 {
        self.0
            .iter()
            .map(|event| event.seq)
            .skip_while(|own| *own <= seq)
            .zip(seq + 1..)
            .take_while(|(own, wanted)| own == wanted)
            .last()
            .map_or(seq, |(own, _)| own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{EventKind, Timestamp};

    fn events(seqs: &[u64]) -> Vec<Event> {
        seqs.iter()
            .map(|seq| Event {
                seq: *seq,
                at: Timestamp::default(),
                actor: None,
                event: EventKind::RunResumed,
            })
            .collect()
    }

    fn early(seqs: &[u64]) -> Early {
        let mut early = Early::default();
        early.put(events(seqs));
        early
    }

    fn seqs(events: &[Event]) -> Vec<u64> {
        events.iter().map(|event| event.seq).collect()
    }

    #[test]
    fn what_is_known_is_dropped_and_what_follows_is_taken() {
        let mut early = early(&[3, 4, 5, 6]);
        assert_eq!(early.last_in_line(4), 6);
        assert_eq!(seqs(&early.take_next(4, 9)), [5, 6]);
        assert!(early.is_empty());
    }

    #[test]
    fn no_more_than_there_is_room_for_is_taken() {
        let mut early = early(&[5, 6, 7, 9]);
        assert_eq!(seqs(&early.take_next(4, 2)), [5, 6]);
        assert_eq!(seqs(&early.take_next(6, 2)), [7]);
        assert_eq!(early.last_in_line(7), 7);
    }

    #[test]
    fn nothing_behind_a_gap_is_taken() {
        let mut early = early(&[6, 7]);
        assert!(early.take_next(4, 9).is_empty());
        assert_eq!(seqs(&Vec::from(early.0.clone())), [6, 7]);
        early.put(events(&[5]));
        assert_eq!(seqs(&early.take_next(4, 9)), [5, 6, 7]);
    }
}
