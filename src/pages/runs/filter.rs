//! The filters of the list: in the address as a person sees them, and as the API takes them.

use leptos::prelude::*;
use model::api::{RunFilter, RunRow};
use model::run::Trigger;
use model::{FailureCode, RunStatus, Timestamp, WorkflowId};

use crate::routes::param::param;

/// The parameters of the address that are filters.
pub const KEYS: [&str; 10] = [
    "status",
    "workflow",
    "queue",
    "trigger",
    "who",
    "label",
    "code",
    "time",
    "unresolved",
    "q",
];

/// Spans to choose from: word in the address, words on the page, minutes.
pub const SPANS: [(&str, &str, u64); 4] = [
    ("1h", "Last hour", 60),
    ("24h", "Last 24 hours", 1_440),
    ("7d", "Last 7 days", 10_080),
    ("30d", "Last 30 days", 43_200),
];

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Filters {
    pub status: Vec<RunStatus>,
    pub workflow: Vec<String>,
    pub queue: Vec<String>,
    pub trigger: Vec<Trigger>,
    pub who: String,
    pub label: String,
    pub code: Vec<FailureCode>,
    /// A word of [`SPANS`]; empty for any time.
    pub time: String,
    pub unresolved: bool,
    pub q: String,
}

impl Filters {
    pub fn is_any(&self) -> bool {
        *self != Self::default()
    }

    /// As the API takes them; `now` makes a moment of a span.
    pub fn to_api(&self, now: Timestamp) -> RunFilter {
        let minutes = SPANS
            .iter()
            .find(|(word, ..)| *word == self.time)
            .map(|(.., minutes)| *minutes);
        let text = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
        RunFilter {
            status: self.status.clone(),
            workflow: self
                .workflow
                .iter()
                .map(|id| WorkflowId::from(id.as_str()))
                .collect(),
            queue: self.queue.clone(),
            trigger: self.trigger.clone(),
            actor: text(&self.who).into_iter().collect(),
            label: text(&self.label).into_iter().collect(),
            failure_code: self.code.clone(),
            since: minutes.map(|minutes| now.minus_ms(minutes * 60_000)),
            until: None,
            unresolved: self.unresolved,
            mission: None,
            q: text(&self.q),
        }
    }
}

/// The filters in the address of this page.
pub fn use_filters() -> Memo<Filters> {
    let [
        status,
        workflow,
        queue,
        trigger,
        who,
        label,
        code,
        time,
        unresolved,
        q,
    ] = KEYS.map(param);
    Memo::new(move |_| Filters {
        status: read(&status.get(), RunStatus::parse),
        workflow: read(&workflow.get(), |id| Some(id.to_owned())),
        queue: read(&queue.get(), |name| Some(name.to_owned())),
        trigger: read(&trigger.get(), Trigger::parse),
        who: who.get(),
        label: label.get(),
        code: read(&code.get(), FailureCode::parse),
        time: time.get(),
        unresolved: unresolved.with(|word| word == "true"),
        q: q.get(),
    })
}

/// A list of the address: words with commas; those nobody knows are left out.
fn read<T>(text: &str, parse: impl Fn(&str) -> Option<T>) -> Vec<T> {
    text.split(',')
        .filter(|word| !word.is_empty())
        .filter_map(parse)
        .collect()
}

/// A list as it stands in the address; `None` takes it away.
pub fn write<T>(all: &[T], word: impl Fn(&T) -> &str) -> Option<String> {
    (!all.is_empty()).then(|| all.iter().map(word).collect::<Vec<_>>().join(","))
}

/// Whether a row that the stream brought belongs on the list; the runtime decides the same when the list is loaded.
pub fn fits(filter: &RunFilter, row: &RunRow) -> bool {
    fn any<T>(wanted: &[T], is: impl Fn(&T) -> bool) -> bool {
        wanted.is_empty() || wanted.iter().any(is)
    }
    let unresolved = match row.status {
        RunStatus::Failed | RunStatus::Interrupted | RunStatus::Blocked | RunStatus::Waiting => {
            true
        }
        RunStatus::Queued
        | RunStatus::Starting
        | RunStatus::Running
        | RunStatus::Paused
        | RunStatus::Draining
        | RunStatus::Completed
        | RunStatus::Cancelled
        | RunStatus::Rejected
        | RunStatus::Expired => false,
    };
    let has = |text: &str, part: &str| text.to_lowercase().contains(&part.to_lowercase());
    any(&filter.status, |status| *status == row.status)
        && any(&filter.workflow, |id| *id == row.workflow_id)
        && any(&filter.queue, |queue| *queue == row.queue)
        && any(&filter.trigger, |trigger| *trigger == row.trigger)
        && any(&filter.actor, |who| {
            row.created_by.id == *who || has(&row.created_by.name, who)
        })
        && any(&filter.label, |label| match label.split_once(':') {
            Some((key, value)) => row
                .labels
                .get(key.trim())
                .is_some_and(|own| own == value.trim()),
            None => row.labels.contains_key(label.trim()),
        })
        && any(&filter.failure_code, |code| {
            row.failure
                .as_ref()
                .is_some_and(|failure| failure.code == *code)
        })
        && filter.since.is_none_or(|since| row.created_at >= since)
        && filter.until.is_none_or(|until| row.created_at < until)
        && (!filter.unresolved || unresolved)
        && filter
            .mission
            .as_ref()
            .is_none_or(|mission| row.mission.as_ref() == Some(mission))
        && filter.q.as_ref().is_none_or(|q| {
            let about = row.about.as_ref().map(|about| {
                format!(
                    "{} {}",
                    about.id,
                    about.label.as_deref().unwrap_or_default()
                )
            });
            [
                row.title.as_str(),
                row.workflow_name.as_str(),
                row.id.as_str(),
                about.as_deref().unwrap_or_default(),
            ]
            .iter()
            .any(|text| has(text, q))
        })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn row() -> RunRow {
        serde_json::from_value(json!({
            "id": "run_1", "title": "RFQ 2231 · Metro Equipment", "workflow_id": "wf_1", "workflow_name": "RFQ draft",
            "workflow_version": 7, "status": "failed", "steps_done": 1, "steps_total": 2, "attempt": 1, "queue": "default",
            "failure": {"code": "LLM_REQUEST_FAILED", "message": "x"},
            "environment": "production", "trigger": "manual", "labels": {"region": "north"},
            "created_by": {"kind": "person", "id": "usr_1", "name": "A. Kern"},
            "created_at": "2026-11-20T22:11:40Z", "updated_at": "2026-11-20T22:11:40Z", "primary_move": "retry", "seq": 9
        }))
        .unwrap()
    }

    fn only(set: impl FnOnce(&mut Filters)) -> RunFilter {
        let mut filters = Filters::default();
        set(&mut filters);
        filters.to_api(Timestamp::parse("2026-11-20T23:00:00Z").unwrap())
    }

    #[test]
    fn a_live_row_is_filtered_as_the_runtime_would() {
        let row = row();
        assert!(fits(&only(|_| ()), &row));
        assert!(fits(&only(|f| f.status = vec![RunStatus::Failed]), &row));
        assert!(!fits(&only(|f| f.status = vec![RunStatus::Running]), &row));
        assert!(fits(&only(|f| f.label = "region:north".into()), &row));
        assert!(!fits(&only(|f| f.label = "region:south".into()), &row));
        assert!(fits(&only(|f| f.who = "kern".into()), &row));
        assert!(fits(
            &only(|f| f.code = vec![FailureCode::LlmRequestFailed]),
            &row
        ));
        assert!(fits(&only(|f| f.unresolved = true), &row));
        assert!(fits(&only(|f| f.q = "metro".into()), &row));
        assert!(!fits(&only(|f| f.q = "baltic".into()), &row));
        assert!(fits(&only(|f| f.time = "1h".into()), &row));
        let later = Filters {
            time: "1h".into(),
            ..Filters::default()
        }
        .to_api(Timestamp::parse("2026-11-21T09:00:00Z").unwrap());
        assert!(!fits(&later, &row));
    }

    #[test]
    fn unknown_words_of_an_old_link_are_left_out() {
        assert_eq!(
            read("failed,exploded,", RunStatus::parse),
            [RunStatus::Failed]
        );
        assert_eq!(
            write(&[RunStatus::Failed, RunStatus::Queued], |status| status
                .as_str())
            .as_deref(),
            Some("failed,queued")
        );
        assert_eq!(write::<RunStatus>(&[], |status| status.as_str()), None);
    }
}
