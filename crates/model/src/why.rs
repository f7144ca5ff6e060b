//! The one sentence that says why a run stands where it stands.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// "Waiting 14 min for approval of Send quote": the moment it began is kept apart, so that whoever shows the sentence can
/// keep its duration current without asking again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Why {
    /// The words before the duration, or the whole sentence where `since` is absent.
    pub before: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// The words after the duration.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub after: String,
    /// No event for longer than the step or the engine allows. A waiting run is never stalled.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stalled: bool,
}

impl Why {
    pub fn plain(sentence: impl Into<String>) -> Self {
        Self {
            before: sentence.into(),
            since: None,
            after: String::new(),
            stalled: false,
        }
    }

    /// The whole sentence at `now`.
    pub fn sentence(&self, now: Timestamp) -> String {
        let mut text = self.before.clone();
        for part in [
            self.since.map(|since| duration(now.since(since))),
            Some(self.after.clone()),
        ]
        .into_iter()
        .flatten()
        {
            if !part.is_empty() {
                if !text.is_empty() && !part.starts_with(['.', ',', ':']) {
                    text.push(' ');
                }
                text.push_str(&part);
            }
        }
        text
    }
}

/// A length of time as people say it: `412 ms`, `3.1 s`, `4 m 12 s`, `2 h 5 m`, `3 d 4 h`.
pub fn duration(ms: u64) -> String {
    let s = ms / 1000;
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..10_000 => format!("{}.{} s", s, ms % 1000 / 100),
        10_000..60_000 => format!("{s} s"),
        60_000..3_600_000 => pair(s / 60, "m", s % 60, "s"),
        3_600_000..86_400_000 => pair(s / 3600, "h", s / 60 % 60, "m"),
        _ => pair(s / 86_400, "d", s / 3600 % 24, "h"),
    }
}

fn pair(big: u64, big_unit: &str, small: u64, small_unit: &str) -> String {
    if small == 0 {
        format!("{big} {big_unit}")
    } else {
        format!("{big} {big_unit} {small} {small_unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_people_say_them() {
        let cases = [
            (0, "0 ms"),
            (412, "412 ms"),
            (3_140, "3.1 s"),
            (59_999, "59 s"),
            (252_000, "4 m 12 s"),
            (7_500_000, "2 h 5 m"),
            (273_600_000, "3 d 4 h"),
            (60_000, "1 m"),
        ];
        for (ms, text) in cases {
            assert_eq!(duration(ms), text);
        }
    }

    #[test]
    fn the_duration_stands_inside_the_sentence() {
        let why = Why {
            before: "Waiting".into(),
            since: Some(Timestamp::from_millis(0)),
            after: "for approval of Send quote.".into(),
            stalled: false,
        };
        assert_eq!(
            why.sentence(Timestamp::from_millis(840_000)),
            "Waiting 14 m for approval of Send quote."
        );
    }
}
