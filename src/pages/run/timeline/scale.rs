//! Time on a line from 0 to 1. Long stretches in which no step works become short breaks, so that two seconds of work around
//! three days of waiting can both be seen.

use model::Timestamp;

/// A gap is folded when it is longer than this part of what is not folded.
const LONG: f64 = 0.2;
/// The part of the line a break takes, and all of them at most.
const BREAK: f64 = 0.1;
const BREAKS: f64 = 0.4;
/// More breaks than this would be noise: the longest are taken.
const MOST_BREAKS: usize = 24;

/// More stretches of work than this are not looked at one by one: that the gaps between them are breaks, only the longest are.
const MOST_STRETCHES: usize = 500;

/// A stretch of time and where it lies on the line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stretch {
    pub from: Timestamp,
    pub to: Timestamp,
    pub start: f64,
    pub end: f64,
    /// Nothing worked, and the length says more than the room it takes.
    pub folded: bool,
}

impl Stretch {
    pub fn ms(&self) -> u64 {
        self.to.since(self.from)
    }
}

/// From the first moment to the last, without a hole.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scale(Vec<Stretch>);

impl Scale {
    /// From `from` to `to`, with what is not covered by `work` (any order, may overlap) folded where it is long.
    pub fn new(from: Timestamp, to: Timestamp, work: &[(Timestamp, Timestamp)]) -> Self {
        let to = to.max(from.plus_ms(1));
        let gaps = folded_gaps(from, to, work);
        let breaks = (gaps.len() as f64 * BREAK).min(BREAKS);
        let one_break = breaks / gaps.len().max(1) as f64;
        let idle: u64 = gaps.iter().map(|(from, to)| to.since(*from)).sum();
        let open_ms = to.since(from).saturating_sub(idle).max(1) as f64;
        let mut all: Vec<Stretch> = Vec::new();
        let mut add = |from: Timestamp, to: Timestamp, folded: bool| {
            let start = all.last().map_or(0.0, |last| last.end);
            let share = if folded {
                one_break
            } else {
                to.since(from) as f64 / open_ms * (1.0 - breaks)
            };
            all.push(Stretch {
                from,
                to,
                start,
                end: (start + share).min(1.0),
                folded,
            });
        };
        let mut now = from;
        for (gap_from, gap_to) in gaps {
            if gap_from > now {
                add(now, gap_from, false);
            }
            add(gap_from, gap_to, true);
            now = gap_to;
        }
        if now < to {
            add(now, to, false);
        }
        Self(all)
    }

    /// Where a moment lies: 0 at the first and before, 1 at the last and after.
    pub fn at(&self, moment: Timestamp) -> f64 {
        let index = self.0.partition_point(|stretch| stretch.to < moment);
        let Some(stretch) = self.0.get(index) else {
            return 1.0;
        };
        let part = moment.since(stretch.from) as f64 / stretch.ms().max(1) as f64;
        stretch.start + (stretch.end - stretch.start) * part
    }

    /// How much time is not folded, in milliseconds.
    pub fn unfolded_ms(&self) -> u64 {
        let open = self.0.iter().filter(|stretch| !stretch.folded);
        open.map(Stretch::ms).sum()
    }

    /// All of it, in order.
    pub fn stretches(&self) -> &[Stretch] {
        &self.0
    }

    /// The breaks.
    pub fn breaks(&self) -> impl Iterator<Item = &Stretch> {
        self.0.iter().filter(|stretch| stretch.folded)
    }
}

/// Stretches of time in order, those that meet as one; where there are very many, those with the smallest gaps between them
/// too.
pub fn merged(mut work: Vec<(Timestamp, Timestamp)>) -> Vec<(Timestamp, Timestamp)> {
    work.sort_unstable();
    let meet = |work: Vec<(Timestamp, Timestamp)>, gap: u64| {
        let mut all: Vec<(Timestamp, Timestamp)> = Vec::new();
        for (from, to) in work {
            match all.last_mut() {
                Some(last) if from <= last.1.plus_ms(gap) => last.1 = last.1.max(to),
                _ => all.push((from, to)),
            }
        }
        all
    };
    let work = meet(work, 0);
    if work.len() <= MOST_STRETCHES {
        return work;
    }
    let mut gaps: Vec<u64> = work
        .windows(2)
        .map(|two| two[1].0.since(two[0].1))
        .collect();
    gaps.sort_unstable();
    let small = gaps[gaps.len() - MOST_STRETCHES];
    meet(work, small)
}

/// The gaps between stretches of work that are long compared with all the rest, in order.
fn folded_gaps(
    from: Timestamp,
    to: Timestamp,
    work: &[(Timestamp, Timestamp)],
) -> Vec<(Timestamp, Timestamp)> {
    let mut work = work.to_vec();
    work.sort_unstable();
    let mut gaps = Vec::new();
    let mut rest = 0.0;
    let mut now = from;
    for (start, end) in work.into_iter().chain([(to, to)]) {
        if start > now {
            gaps.push((now, start));
        }
        rest += end.since(now.max(start)) as f64;
        now = now.max(end);
    }
    // Where nothing worked at all there is nothing to make room for.
    if rest < 1.0 {
        return Vec::new();
    }
    gaps.sort_unstable_by_key(|(from, to)| to.since(*from));
    let mut folded = Vec::new();
    for gap in gaps {
        let ms = gap.1.since(gap.0) as f64;
        if ms > rest * LONG {
            folded.push(gap);
        } else {
            rest += ms;
        }
    }
    // The longest stand at the end.
    let mut folded = folded.split_off(folded.len().saturating_sub(MOST_BREAKS));
    folded.sort_unstable();
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400_000;

    fn t(ms: i64) -> Timestamp {
        Timestamp::from_millis(ms)
    }

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9
    }

    #[test]
    fn without_long_gaps_time_is_even() {
        let scale = Scale::new(t(0), t(1_000), &[(t(0), t(600)), (t(700), t(1_000))]);
        assert_eq!(scale.breaks().count(), 0);
        assert!(near(scale.at(t(250)), 0.25));
        assert!(near(scale.at(t(-5)), 0.0) && near(scale.at(t(5_000)), 1.0));
    }

    #[test]
    fn three_days_of_waiting_leave_room_for_two_seconds_of_work() {
        let end = 3 * DAY + 2_000;
        let work = [(t(3 * DAY + 1_000), t(end)), (t(0), t(1_000))];
        let scale = Scale::new(t(0), t(end), &work);
        let folded: Vec<u64> = scale.breaks().map(Stretch::ms).collect();
        assert_eq!(folded, [3 * DAY as u64]);
        assert!(near(scale.at(t(1_000)), 0.45));
        assert!(near(scale.at(t(3 * DAY + 1_000)), 0.55));
        assert!(near(scale.at(t(3 * DAY + 1_500)), 0.775));
    }

    #[test]
    fn many_breaks_leave_more_than_half_to_the_work() {
        let work: Vec<_> = (0..50).map(|n| (t(n * DAY), t(n * DAY + 1_000))).collect();
        let scale = Scale::new(t(0), t(49 * DAY + 1_000), &work);
        assert_eq!(scale.breaks().count(), MOST_BREAKS);
        let breaks: f64 = scale.breaks().map(|one| one.end - one.start).sum();
        assert!(near(breaks, BREAKS));
        assert!(scale.at(t(49 * DAY + 999)) < 1.0);
    }

    #[test]
    fn where_nothing_worked_nothing_is_folded() {
        let scale = Scale::new(t(0), t(DAY), &[(t(0), t(0))]);
        assert_eq!(scale.breaks().count(), 0);
        assert!(near(scale.at(t(DAY / 2)), 0.5));
        // An instant has a line too.
        assert!(near(Scale::new(t(7), t(7), &[]).at(t(7)), 0.0));
    }
}
