//! A report's file (`docs/report-bundle.md`): what is in it, in the form in which the runtime would answer.

use super::{events::EventFilter, wire};
use engine::RunView;
use model::api::{EventPage, TranscriptLine, TranscriptPage};
use model::report::Bundle;
use model::{Event, EventKind, StepPath};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Why a file cannot be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotOpened {
    #[error("It is no report file: Signalbox writes those as gzip of a JSON document.")]
    NoReport,
    #[error("It is of the format {0}, and this console reads {read}. A newer console may read it.", read = Bundle::FORMAT)]
    OtherFormat(String),
    #[error("It is a report file, but this part of it cannot be read: {0}.")]
    Damaged(String),
}

/// An opened file.
#[derive(Debug, PartialEq)]
pub struct ReportFile {
    pub bundle: Bundle,
    /// The run; `None` where its record was left out.
    pub view: Option<RunView>,
    journal: Vec<Event>,
    transcript: Vec<TranscriptLine>,
}

impl ReportFile {
    /// Reads the JSON document.
    pub fn read(text: &str) -> Result<Self, NotOpened> {
        let document: Value = serde_json::from_str(text).map_err(|_| NotOpened::NoReport)?;
        match document["format"].as_str() {
            Some(Bundle::FORMAT) => {}
            Some(other) if other.starts_with("signalbox.report/") => {
                return Err(NotOpened::OtherFormat(other.to_owned()));
            }
            Some(_) | None => return Err(NotOpened::NoReport),
        }
        let mut bundle: Bundle = part("the report", &document)?;
        let attached = &mut bundle.attached;
        let all =
            |name: &str, values: Option<Vec<Value>>| (name.to_owned(), values.unwrap_or_default());
        let (journal, transcript) = (
            all("the journal", attached.journal.take()),
            all("the transcript", attached.transcript.take()),
        );
        let record = attached.record.take();
        Ok(Self {
            view: record
                .map(|record| part("the record", &record))
                .transpose()?,
            journal: parts(&journal)?,
            transcript: parts(&transcript)?,
            bundle,
        })
    }

    /// How many events come before the first one in here.
    pub fn events_before(&self) -> u64 {
        match (self.journal.first(), &self.view) {
            (Some(first), _) => first.seq - 1,
            (None, Some(view)) => view.run.seq,
            (None, None) => 0,
        }
    }

    /// As `GET /v1/runs/{run}/events` would answer.
    pub fn events(&self, filter: &EventFilter, after: u64, limit: u64) -> EventPage {
        let mut found = self
            .journal
            .iter()
            .filter(|event| event.seq > after && filter.fits(event));
        let items: Vec<Event> = found.by_ref().take(limit as usize).cloned().collect();
        EventPage {
            next_after: found.next().and_then(|_| items.last().map(|last| last.seq)),
            next_before: None,
            last_seq: self.journal.last().map_or(0, |event| event.seq),
            first_failure: self.first_failure(),
            items,
        }
    }

    /// Where the current attempt's first failure stands.
    fn first_failure(&self) -> Option<u64> {
        let attempt = self
            .journal
            .iter()
            .rposition(|event| matches!(event.event, EventKind::AttemptStarted { .. }))
            .unwrap_or(0);
        let failed = self.journal[attempt..]
            .iter()
            .find(|event| event.event.is_failure());
        failed.map(|event| event.seq)
    }

    /// As `GET /v1/runs/{run}/steps/{step}/transcript` would answer.
    pub fn transcript(&self, step: &StepPath) -> TranscriptPage {
        let about = self.bundle.attached.step.as_ref();
        let items = if about.is_some_and(|about| about.path == *step) {
            self.transcript.clone()
        } else {
            Vec::new()
        };
        TranscriptPage {
            items,
            next_after: None,
        }
    }
}

/// By way of text: that is how everything else is read already.
fn part<T: DeserializeOwned>(name: &str, value: &Value) -> Result<T, NotOpened> {
    wire::read(&value.to_string()).map_err(|error| NotOpened::Damaged(format!("{name}, {error}")))
}

fn parts<T: DeserializeOwned>((name, values): &(String, Vec<Value>)) -> Result<Vec<T>, NotOpened> {
    values.iter().map(|value| part(name, value)).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn document() -> Value {
        let event = |seq: u64, event: Value| json!({ "seq": seq, "at": "2026-11-21T10:00:00Z", "event": event });
        json!({
            "format": "signalbox.report/1", "made_at": "2026-11-21T10:00:00Z", "made_by": "runtime",
            "form": { "subject": "It fails", "expected": "A draft", "category": "failure", "severity": "normal" },
            "attached": {
                "step": { "path": "draft", "name": "Draft quote" },
                "journal": [
                    event(41, json!({ "type": "run_interrupted", "step": "draft", "failure": { "code": "WORKER_CRASHED", "message": "x" } })),
                    event(42, json!({ "type": "attempt_started", "attempt": 2, "reset": [] })),
                    event(43, json!({ "type": "run_dequeued", "worker": "a" })),
                ],
                "transcript": [{ "seq": 40, "at": "2026-11-21T10:00:00Z", "attempt": 1, "try": 1, "entry": { "entry": "thinking", "text": "x" } }],
            },
        })
    }

    #[test]
    fn a_file_answers_as_the_runtime_would() {
        let file = ReportFile::read(&document().to_string()).unwrap();
        assert_eq!(file.events_before(), 40);
        let all = file.events(&EventFilter::default(), 40, 2);
        let seqs: Vec<u64> = all.items.iter().map(|event| event.seq).collect();
        assert_eq!((seqs, all.next_after), (vec![41, 42], Some(42)));
        assert_eq!(
            all.first_failure, None,
            "an earlier attempt's is no failure of this one"
        );
        let filter = EventFilter {
            types: "run_dequeued".into(),
            ..EventFilter::default()
        };
        let found = file.events(&filter, 0, 10);
        assert_eq!((found.items.len(), found.next_after), (1, None));
        assert_eq!(file.transcript(&"draft".into()).items.len(), 1);
        assert!(file.transcript(&"send".into()).items.is_empty());
    }

    #[test]
    fn what_cannot_be_opened_says_why() {
        assert_eq!(ReportFile::read("no json"), Err(NotOpened::NoReport));
        assert_eq!(ReportFile::read("{}"), Err(NotOpened::NoReport));
        let mut newer = document();
        newer["format"] = json!("signalbox.report/2");
        assert_eq!(
            ReportFile::read(&newer.to_string()),
            Err(NotOpened::OtherFormat("signalbox.report/2".into()))
        );
        let mut damaged = document();
        damaged["attached"]["journal"][1] = json!({ "seq": "x" });
        let why = ReportFile::read(&damaged.to_string())
            .unwrap_err()
            .to_string();
        assert!(why.contains("the journal"), "{why}");
    }
}
