//! Playing a journal as it happened, or faster. Where nothing happened for long, little time is spent.

use super::Replay;
use leptos::prelude::*;
use model::Timestamp;

/// The longest rest between two events while playing, in milliseconds.
pub const LONGEST: f64 = 1_000.0;
pub const SPEEDS: [u32; 4] = [1, 4, 16, 64];

impl Replay {
    /// Plays on, from the beginning when the handle stands at the end; or stops.
    pub fn play(self) {
        if self.playing.get_untracked() {
            self.playing.set(false);
            return;
        }
        if self.position.get_untracked().is_none() {
            self.go(Some(1));
        }
        self.playing.set(true);
        self.tick(js_sys::Date::now(), 0.0);
    }

    fn tick(self, before: f64, left: f64) {
        request_animation_frame(move || {
            if self.playing.try_get_untracked() != Some(true) {
                return;
            }
            let now = js_sys::Date::now();
            // A tab that was out of sight does not catch up.
            let spent = left + (now - before).clamp(0.0, LONGEST);
            let (from, last) = (self.stands(), self.here.get_untracked());
            let (seq, left) = advance(
                |seq| self.time(seq),
                from,
                last,
                spent,
                self.speed.get_untracked(),
            );
            if seq != from {
                self.go(Some(seq));
            }
            if seq < last {
                self.tick(now, left);
            } else {
                self.playing.set(false);
            }
        });
    }
}

/// The event reached from `from` in so many milliseconds of playing, and what of them is left.
fn advance(
    time: impl Fn(u64) -> Option<Timestamp>,
    from: u64,
    last: u64,
    mut spent: f64,
    speed: u32,
) -> (u64, f64) {
    let mut seq = from;
    while seq < last {
        let gap = match (time(seq), time(seq + 1)) {
            (Some(now), Some(next)) => next.since(now) as f64 / f64::from(speed.max(1)),
            _ => 0.0,
        };
        let gap = gap.min(LONGEST);
        if gap > spent {
            break;
        }
        spent -= gap;
        seq += 1;
    }
    (seq, spent)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Events at 0 ms, 100 ms, 100 ms, an hour later, and 400 ms after that.
    fn time(seq: u64) -> Option<Timestamp> {
        let times = [0, 100, 100, 3_600_000, 3_600_400];
        times
            .get(seq as usize - 1)
            .map(|ms| Timestamp::from_millis(*ms))
    }

    #[test]
    fn events_come_as_they_did_and_as_many_times_as_fast() {
        assert_eq!(advance(time, 1, 5, 99.0, 1), (1, 99.0));
        assert_eq!(advance(time, 1, 5, 100.0, 1), (3, 0.0));
        assert_eq!(advance(time, 1, 5, 25.0, 4), (3, 0.0));
        assert_eq!(advance(time, 4, 5, 399.0, 1), (4, 399.0));
        assert_eq!(advance(time, 4, 5, 100.0, 4), (5, 0.0));
    }

    #[test]
    fn idle_time_is_cut_to_a_second_at_any_speed() {
        assert_eq!(advance(time, 3, 5, 999.0, 64), (3, 999.0));
        assert_eq!(advance(time, 3, 5, 1_000.0, 64), (4, 0.0));
        assert_eq!(advance(time, 3, 5, 1_000.0, 1), (4, 0.0));
    }

    #[test]
    fn nothing_is_played_beyond_the_end() {
        assert_eq!(advance(time, 5, 5, 9_000.0, 1), (5, 9_000.0));
        assert_eq!(advance(time, 1, 2, 9_000.0, 1), (2, 8_900.0));
    }
}
