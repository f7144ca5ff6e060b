//! The filters of the trail: in the address as a person sees them, and as the API takes them.

use crate::routes::param::param;
use leptos::prelude::*;
use model::Timestamp;

/// The parameters of the address that are filters.
pub const KEYS: [&str; 7] = ["who", "action", "object", "run", "ai", "time", "q"];

/// Spans to choose from: word in the address, words on the page, minutes.
pub const SPANS: [(&str, &str, u64); 4] = [
    ("1h", "Last hour", 60),
    ("24h", "Last 24 hours", 1_440),
    ("7d", "Last 7 days", 10_080),
    ("30d", "Last 30 days", 43_200),
];

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filters {
    /// The id of a person or a token.
    pub who: String,
    pub action: String,
    pub object: String,
    pub run: String,
    /// `yes`, `no`, or empty for both.
    pub ai: String,
    /// A word of [`SPANS`]; empty for any time.
    pub time: String,
    pub q: String,
}

impl Filters {
    pub fn is_any(&self) -> bool {
        *self != Self::default()
    }

    /// As the API takes them; `now` makes a moment of a span.
    pub fn to_api(&self, now: Timestamp) -> Vec<(&'static str, String)> {
        let since = SPANS
            .iter()
            .find(|(word, ..)| *word == self.time)
            .map(|(.., minutes)| now.minus_ms(minutes * 60_000).to_string());
        let ai = match self.ai.as_str() {
            "yes" => "true",
            "no" => "false",
            _ => "",
        };
        vec![
            ("actor", self.who.clone()),
            ("action", self.action.clone()),
            ("object", self.object.clone()),
            ("run", self.run.clone()),
            ("ai", ai.to_owned()),
            ("since", since.unwrap_or_default()),
            ("q", self.q.trim().to_owned()),
        ]
    }
}

/// The filters in the address of this page.
pub fn use_filters() -> Memo<Filters> {
    let [who, action, object, run, ai, time, q] = KEYS.map(param);
    Memo::new(move |_| Filters {
        who: who.get(),
        action: action.get(),
        object: object.get(),
        run: run.get(),
        ai: ai.get(),
        time: time.get(),
        q: q.get(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_becomes_what_the_api_takes() {
        let filters = Filters {
            ai: "yes".into(),
            time: "1h".into(),
            q: " wrong ".into(),
            ..Filters::default()
        };
        assert!(filters.is_any() && !Filters::default().is_any());
        let api = filters.to_api(Timestamp::from_millis(3_600_000));
        let set: Vec<(&str, &str)> = api
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        assert_eq!(
            set,
            [
                ("ai", "true"),
                ("since", "1970-01-01T00:00:00.000Z"),
                ("q", "wrong")
            ]
        );
    }
}
