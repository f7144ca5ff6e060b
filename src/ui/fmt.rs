//! Numbers as people read them.

use model::{MicroDollars, Timestamp};

const SECOND: u64 = 1_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// `12408` → "12,408".
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// "999 of 1,000"
pub fn part(done: u64, total: u64) -> String {
    format!("{} of {}", count(done), count(total))
}

/// A count that may be a lower bound: "1,000+" when it is not exact.
pub fn count_or_more(n: u64, exact: bool) -> String {
    if exact {
        count(n)
    } else {
        format!("{}+", count(n))
    }
}

/// "1 run", "12,408 runs".
pub fn plural(n: u64, one: &str, many: &str) -> String {
    if n == 1 {
        format!("1 {one}")
    } else {
        format!("{} {many}", count(n))
    }
}

/// A length of time in milliseconds: "412 ms", "3.1 s", "42 s", "4 m 12 s", "2 h 5 m", "3 d 4 h".
pub fn duration(ms: u64) -> String {
    match ms {
        0..SECOND => format!("{ms} ms"),
        SECOND..10_000 => format!("{}.{} s", ms / SECOND, ms % SECOND / 100),
        10_000..MINUTE => format!("{} s", ms / SECOND),
        MINUTE..HOUR => two(ms / MINUTE, "m", ms % MINUTE / SECOND, "s"),
        HOUR..DAY => two(ms / HOUR, "h", ms % HOUR / MINUTE, "m"),
        DAY.. => two(ms / DAY, "d", ms % DAY / HOUR, "h"),
    }
}

fn two(large: u64, large_unit: &str, small: u64, small_unit: &str) -> String {
    if small == 0 {
        format!("{large} {large_unit}")
    } else {
        format!("{large} {large_unit} {small} {small_unit}")
    }
}

/// An amount of money to the cent: "$0.38", "$1,204.50"; "<$0.01" for less than a cent, "$0.00" for nothing.
pub fn money(amount: MicroDollars) -> String {
    let micros = amount.0.unsigned_abs();
    let sign = if amount.0 < 0 { "−" } else { "" };
    match micros {
        0 => "$0.00".to_owned(),
        1..10_000 => format!("<{sign}$0.01"),
        _ => {
            let cents = (micros + 5_000) / 10_000;
            format!("{sign}${}.{:02}", count(cents / 100), cents % 100)
        }
    }
}

/// An amount to a tenth of a cent, for single model calls: "$0.012".
pub fn money_fine(amount: MicroDollars) -> String {
    let micros = amount.0.unsigned_abs();
    if micros >= 1_000_000 || amount.0 < 0 {
        return money(amount);
    }
    match micros {
        0 => "$0.00".to_owned(),
        1..1_000 => "<$0.001".to_owned(),
        _ => format!("$0.{:03}", micros / 1_000),
    }
}

/// A size: "812 B", "4.2 KB", "20 MB".
pub fn bytes(n: u64) -> String {
    const UNITS: [&str; 4] = ["KB", "MB", "GB", "TB"];
    if n < 1_000 {
        return format!("{n} B");
    }
    let mut tenths = n / 100;
    for (i, unit) in UNITS.iter().enumerate() {
        if tenths < 10_000 || i + 1 == UNITS.len() {
            return if tenths < 100 {
                format!("{}.{} {unit}", tenths / 10, tenths % 10)
            } else {
                format!("{} {unit}", count(tenths / 10))
            };
        }
        tenths /= 1_000;
    }
    String::new()
}

/// How long ago or how far ahead a moment is: "just now", "12 s ago", "5 min ago", "3 h ago", "2 d ago", "in 4 min".
pub fn relative(then: Timestamp, now: Timestamp) -> String {
    let (ms, ahead) = if then > now {
        (then.since(now), true)
    } else {
        (now.since(then), false)
    };
    let text = match ms {
        // The page's clock ticks in seconds: what has just happened may seem to lie ahead of it.
        0..5_000 => {
            return if ahead && ms > 2_000 {
                "in a moment"
            } else {
                "just now"
            }
            .to_owned();
        }
        5_000..MINUTE => format!("{} s", ms / SECOND),
        MINUTE..HOUR => format!("{} min", ms / MINUTE),
        HOUR..DAY => format!("{} h", ms / HOUR),
        DAY.. => format!("{} d", ms / DAY),
    };
    if ahead {
        format!("in {text}")
    } else {
        format!("{text} ago")
    }
}

/// "2026-11-20 22:11:40 UTC".
pub fn utc(moment: Timestamp) -> String {
    let text = moment.to_string();
    match (text.get(..10), text.get(11..19)) {
        (Some(day), Some(time)) => format!("{day} {time} UTC"),
        _ => text,
    }
}

/// An id cut to what tells it from its neighbours: `run_01JD…2XV7`.
pub fn short_id(id: &str) -> String {
    let chars: Vec<char> = id.chars().collect();
    if chars.len() <= 16 {
        return id.to_owned();
    }
    let head: String = chars[..8].iter().collect();
    let tail: String = chars[chars.len() - 5..].iter().collect();
    format!("{head}…{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_separators() {
        assert_eq!(count(7), "7");
        assert_eq!(count(999), "999");
        assert_eq!(count(12_408), "12,408");
        assert_eq!(count(1_000_000), "1,000,000");
        assert_eq!(part(999, 1_000), "999 of 1,000");
        assert_eq!(count_or_more(1000, false), "1,000+");
        assert_eq!(plural(1, "run", "runs"), "1 run");
        assert_eq!(plural(0, "run", "runs"), "0 runs");
    }

    #[test]
    fn durations_keep_two_units_at_most() {
        let cases = [
            (0, "0 ms"),
            (412, "412 ms"),
            (3_140, "3.1 s"),
            (9_999, "9.9 s"),
            (12_900, "12 s"),
            (60_000, "1 m"),
            (252_000, "4 m 12 s"),
            (7_500_000, "2 h 5 m"),
            (259_200_000, "3 d"),
            (273_600_000, "3 d 4 h"),
        ];
        for (ms, text) in cases {
            assert_eq!(duration(ms), text);
        }
    }

    #[test]
    fn money_never_rounds_something_to_nothing() {
        assert_eq!(money(MicroDollars(0)), "$0.00");
        assert_eq!(money(MicroDollars(1)), "<$0.01");
        assert_eq!(money(MicroDollars(380_000)), "$0.38");
        assert_eq!(money(MicroDollars(1_204_500_000)), "$1,204.50");
        assert_eq!(money(MicroDollars(-380_000)), "−$0.38");
        assert_eq!(money_fine(MicroDollars(12_400)), "$0.012");
        assert_eq!(money_fine(MicroDollars(5)), "<$0.001");
    }

    #[test]
    fn sizes() {
        assert_eq!(bytes(812), "812 B");
        assert_eq!(bytes(4_200), "4.2 KB");
        assert_eq!(bytes(20_000_000), "20 MB");
        assert_eq!(bytes(999_999), "999 KB");
    }

    #[test]
    fn moments_relative_to_now() {
        let now = Timestamp::from_millis(1_000_000_000);
        assert_eq!(relative(now.minus_ms(2_000), now), "just now");
        assert_eq!(relative(now.minus_ms(12_000), now), "12 s ago");
        assert_eq!(relative(now.minus_ms(300_000), now), "5 min ago");
        assert_eq!(relative(now.plus_ms(240_000), now), "in 4 min");
        assert_eq!(relative(now.minus_ms(2 * DAY), now), "2 d ago");
    }

    #[test]
    fn utc_to_the_second() {
        let t = Timestamp::parse("2026-11-20T22:11:40.125Z").unwrap_or_default();
        assert_eq!(utc(t), "2026-11-20 22:11:40 UTC");
    }

    #[test]
    fn ids_keep_their_ends() {
        assert_eq!(short_id("run_01JD4M8Q2XV7ABCDEFGH"), "run_01JD…DEFGH");
        assert_eq!(short_id("run_1"), "run_1");
    }
}
