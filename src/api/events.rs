//! A run's events, as they are asked for: all of them, or those that fit a filter.

use super::{Api, runs};
use crate::routes::with_query;
use model::{Event, EventKind, RunId, StepPath};

/// The address of the whole journal as a file.
pub fn journal_file(api: Api, run: &RunId) -> String {
    api.direct(&runs::part(run, "journal"))
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct EventFilter {
    /// Names of event types, comma-separated; empty for all.
    pub types: String,
    pub step: Option<StepPath>,
    pub text: String,
}

impl EventFilter {
    pub fn is_all(&self) -> bool {
        self.types.is_empty() && self.step.is_none() && self.text.trim().is_empty()
    }

    /// Whether the runtime would answer with this event.
    pub fn fits(&self, event: &Event) -> bool {
        let type_fits =
            self.types.is_empty() || self.types.split(',').any(|name| name == event.event.name());
        let step_fits = self.step.as_ref().is_none_or(|path| match &event.event {
            EventKind::StepsSkipped { paths, .. } => paths.contains(path),
            other => other.step() == Some(path),
        });
        let text = self.text.trim().to_lowercase();
        type_fits
            && step_fits
            && (text.is_empty()
                || serde_json::to_string(event)
                    .unwrap_or_default()
                    .to_lowercase()
                    .contains(&text))
    }

    /// The address of the last event that fits and stands at or before `seq`.
    pub fn last_path(&self, run: &RunId, seq: u64) -> String {
        with_query(
            &runs::part(run, "events"),
            &[
                ("limit", "1"),
                ("types", &self.types),
                ("step", self.step.as_ref().map_or("", |step| step.as_str())),
                ("before", &(seq + 1).to_string()),
            ],
        )
    }

    /// The address of the events after `after`, at most `limit`; without the steps, which the run holds.
    pub fn path(&self, run: &RunId, after: u64, limit: u64) -> String {
        with_query(
            &runs::part(run, "events"),
            &[
                ("limit", &limit.to_string()),
                ("types", &self.types),
                ("q", self.text.trim()),
                ("step", self.step.as_ref().map_or("", |step| step.as_str())),
                ("after", &after.to_string()),
                ("definition", "false"),
            ],
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{SkipReason, Timestamp};

    #[test]
    fn an_event_is_filtered_as_the_runtime_would() {
        let skipped = Event {
            seq: 7,
            at: Timestamp::default(),
            actor: None,
            event: EventKind::StepsSkipped {
                paths: vec!["send".into(), "file".into()],
                reason: SkipReason::Blocked,
                caused_by_step_id: Some("draft".into()),
            },
        };
        let filter = |types: &str, step: Option<&str>, text: &str| EventFilter {
            types: types.into(),
            step: step.map(StepPath::from),
            text: text.into(),
        };
        assert!(filter("", None, "").fits(&skipped));
        assert!(filter("steps_skipped,step_failed", None, "").fits(&skipped));
        assert!(!filter("step_failed", None, "").fits(&skipped));
        assert!(filter("", Some("file"), "").fits(&skipped));
        assert!(!filter("", Some("draft"), "").fits(&skipped));
        assert!(filter("", None, "DRAFT").fits(&skipped));
        assert!(!filter("", None, "quote").fits(&skipped));
    }
}
