//! What is written on the axis.

use super::scale::{Scale, Stretch};
use crate::ui::fmt;

/// A moment written on the axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    pub at: f64,
    pub text: String,
}

impl Scale {
    /// Moments to write in the part of the line from `a` to `b`, at most about `most`. Up to the first break they count
    /// from the beginning, after a break from its end: "+2 s".
    pub fn ticks(&self, a: f64, b: f64, most: f64) -> Vec<Tick> {
        let inside = |stretch: &&Stretch| !stretch.folded && stretch.end > a && stretch.start < b;
        // All that is not folded has the same scale.
        let Some(one) = self.stretches().iter().find(inside) else {
            return Vec::new();
        };
        let per_ms = (one.end - one.start) / one.ms().max(1) as f64;
        if per_ms <= 0.0 {
            return Vec::new();
        }
        let step = step_for((b - a) / per_ms / most.max(1.0));
        let mut ticks: Vec<Tick> = Vec::new();
        for (index, stretch) in self.stretches().iter().enumerate() {
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
    use model::Timestamp;

    const DAY: i64 = 86_400_000;

    fn t(ms: i64) -> Timestamp {
        Timestamp::from_millis(ms)
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
