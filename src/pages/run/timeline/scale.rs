//! Time on a line from 0 to 1. Long stretches in which no step works become short breaks, so that two seconds of work around
//! three days of waiting can both be seen.

use crate::ui::fmt;
use model::Timestamp;

/// A gap is folded when it is longer than this part of what is not folded.
const LONG: f64 = 0.2;
/// The part of the line a break takes, and all of them at most.
const BREAK: f64 = 0.1;
const BREAKS: f64 = 0.4;
/// More breaks than this would be noise: the longest are taken.
const MOST_BREAKS: usize = 24;

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

/// A moment written on the axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    pub at: f64,
    pub text: String,
}

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

    /// The breaks.
    pub fn breaks(&self) -> impl Iterator<Item = &Stretch> {
        self.0.iter().filter(|stretch| stretch.folded)
    }

    /// Moments to write in the part of the line from `a` to `b`, at most about `most`. Up to the first break they count
    /// from the beginning, after a break from its end: "+2 s".
    pub fn ticks(&self, a: f64, b: f64, most: f64) -> Vec<Tick> {
        let inside = |stretch: &&Stretch| !stretch.folded && stretch.end > a && stretch.start < b;
        // All that is not folded has the same scale.
        let Some(one) = self.0.iter().find(inside) else {
            return Vec::new();
        };
        let per_ms = (one.end - one.start) / one.ms().max(1) as f64;
        if per_ms <= 0.0 {
            return Vec::new();
        }
        let step = step_for((b - a) / per_ms / most.max(1.0));
        let mut ticks: Vec<Tick> = Vec::new();
        for (index, stretch) in self.0.iter().enumerate() {
            if !inside(&stretch) {
                continue;
            }
            let first = ((a - stretch.start) / per_ms).max(0.0) as u64 / step * step;
            // Where a break ends, its length is written.
            let first = if index > 0 { first.max(step) } else { first };
            for ms in (first..=stretch.ms()).step_by(step as usize) {
                let at = stretch.start + ms as f64 * per_ms;
                if at >= a && at <= b {
                    let sign = if index > 0 { "+" } else { "" };
                    ticks.push(Tick {
                        at,
                        text: format!("{sign}{}", label(ms, step)),
                    });
                }
            }
        }
        let near = (b - a) / most.max(1.0) * 0.6;
        ticks.retain(|tick| {
            let clear =
                |stretch: &Stretch| tick.at < stretch.start - near || tick.at >= stretch.end;
            self.breaks().all(clear)
        });
        ticks
    }
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

/// The sensible step not smaller than `ms`.
fn step_for(ms: f64) -> u64 {
    const S: u64 = 1_000;
    const M: u64 = 60 * S;
    const H: u64 = 60 * M;
    const STEPS: [u64; 27] = [
        1,
        2,
        5,
        10,
        20,
        50,
        100,
        200,
        500,
        S,
        2 * S,
        5 * S,
        10 * S,
        15 * S,
        30 * S,
        M,
        2 * M,
        5 * M,
        10 * M,
        15 * M,
        30 * M,
        H,
        2 * H,
        4 * H,
        6 * H,
        12 * H,
        24 * H,
    ];
    let fits = STEPS.iter().copied().find(|step| *step as f64 >= ms);
    fits.unwrap_or_else(|| (ms / (24 * H) as f64).ceil() as u64 * 24 * H)
}

/// A tick's text: so fine that no two neighbours read the same.
fn label(ms: u64, step: u64) -> String {
    let (hours, minutes) = (ms / 3_600_000, ms / 60_000);
    if ms == 0 {
        "0".to_owned()
    } else if step >= 60_000 || (step >= 1_000 && hours == 0) {
        fmt::duration(ms).replace(".0 s", " s")
    } else if step >= 1_000 {
        format!("{hours}:{:02}:{:02}", minutes % 60, ms / 1_000 % 60)
    } else if ms < 1_000 {
        format!("{ms} ms")
    } else {
        let digits = if step >= 100 { 1 } else { 3 };
        let fine = format!("{:.digits$}", (ms % 60_000) as f64 / 1_000.0);
        if minutes == 0 {
            format!("{fine} s")
        } else {
            format!("{minutes}:{fine:0>width$}", width = digits + 3)
        }
    }
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

    #[test]
    fn ticks_are_few_in_whole_units_and_count_from_the_break() {
        let texts = |scale: &Scale, a, b| -> Vec<String> {
            let ticks = scale.ticks(a, b, 5.0);
            ticks.into_iter().map(|tick| tick.text).collect()
        };
        let even = Scale::new(t(0), t(4_000), &[(t(0), t(4_000))]);
        assert_eq!(texts(&even, 0.0, 1.0), ["0", "1 s", "2 s", "3 s", "4 s"]);
        assert_eq!(
            texts(&even, 0.5, 0.6),
            ["2.0 s", "2.1 s", "2.2 s", "2.3 s", "2.4 s"]
        );
        let end = 3 * DAY + 2_000;
        let work = [(t(0), t(1_000)), (t(3 * DAY + 1_000), t(end))];
        let broken = Scale::new(t(0), t(end), &work);
        assert_eq!(
            texts(&broken, 0.0, 1.0),
            ["0", "500 ms", "+500 ms", "+1.0 s"]
        );
        // Inside a break there is nothing to write.
        assert!(texts(&broken, 0.47, 0.53).is_empty());
    }

    #[test]
    fn neighbouring_ticks_never_read_the_same() {
        for (ms, step, text) in [
            (0, 1, "0"),
            (12_340, 20, "12.340 s"),
            (61_500, 500, "1:01.5"),
            (75_000, 5_000, "1 m 15 s"),
            (7_500_000, 15_000, "2:05:00"),
            (7_500_000, 300_000, "2 h 5 m"),
        ] {
            assert_eq!(label(ms, step), text);
        }
    }
}
