//! Where in a journal the address points.

use crate::ui::fmt;

/// The address of the right end: the run as it is.
pub const LIVE: &str = "live";

/// The event that `text` names in a journal that ends with the event `last`, `None` for the run as it is; and what is wrong
/// with the text.
pub fn place(text: &str, last: u64) -> (Option<u64>, Option<String>) {
    if text.is_empty() || text == LIVE {
        return (None, None);
    }
    match text.parse::<u64>() {
        Ok(seq) if (1..last).contains(&seq) => (Some(seq), None),
        Ok(seq) if seq == last => (None, None),
        Ok(seq) if seq > last => (
            None,
            Some(format!(
                "The address names event {}, and the last event is {}. The run is shown as it is.",
                fmt::count(seq),
                fmt::count(last)
            )),
        ),
        Ok(_) | Err(_) => (
            None,
            Some(
                "The address names no event: events are numbered from 1. The run is shown as it is."
                    .to_owned(),
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_of_the_journal_is_a_place() {
        assert_eq!(place("", 408), (None, None));
        assert_eq!(place("live", 408), (None, None));
        assert_eq!(place("1", 408), (Some(1), None));
        assert_eq!(place("407", 408), (Some(407), None));
        assert_eq!(place("408", 408), (None, None), "the right end is live");
    }

    #[test]
    fn what_is_no_event_shows_the_run_as_it_is_and_says_so() {
        let note = |text: &str| {
            let (position, note) = place(text, 408);
            assert_eq!(position, None);
            note.unwrap_or_default()
        };
        assert!(
            note("1200").starts_with("The address names event 1,200, and the last event is 408.")
        );
        for junk in ["0", "-3", "banana", "1.5", "99999999999999999999999"] {
            assert!(
                note(junk).starts_with("The address names no event"),
                "{junk}"
            );
        }
    }
}
