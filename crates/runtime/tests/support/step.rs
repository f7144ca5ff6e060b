#![allow(clippy::unwrap_used)]
//! Calls for the step runners, and notes kept in memory.

use async_trait::async_trait;
use model::api::{SoFar, TranscriptLine};
use model::event::TryKey;
use model::{Failure, Timestamp, TranscriptEntry};
use runtime::steps::{Notes, StepCall, StepDone, StepError, StepNote, StepRunner};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

/// The first try of a step, described as in a workflow document, with its resolved fields.
pub fn call(step: Value, input: Value) -> StepCall {
    let mut document = json!({"id": "step"});
    document
        .as_object_mut()
        .unwrap()
        .extend(step.as_object().unwrap().clone());
    let step: model::Step = serde_json::from_value(document).unwrap();
    let effect = step.effect_or_default();
    StepCall {
        tenant: "acme".into(),
        project: "sales".into(),
        run: "run_1".into(),
        workflow: None,
        key: TryKey {
            path: "step".into(),
            attempt: 1,
            try_no: 1,
        },
        tries_before: 0,
        step: Arc::new(step),
        input,
        continues: false,
        sandbox: None,
        effect,
        timeout: None,
    }
}

#[derive(Default)]
pub struct Kept {
    notes: Mutex<Vec<StepNote>>,
    saying: Mutex<Vec<SoFar>>,
    /// What the step's journal holds of earlier tries.
    before: Vec<TranscriptLine>,
    key: Option<TryKey>,
}

#[async_trait]
impl Notes for Kept {
    async fn note(&self, note: StepNote) {
        self.notes.lock().unwrap().push(note);
    }

    fn saying(&self, so_far: &dyn Fn() -> SoFar) {
        self.saying.lock().unwrap().push(so_far());
    }

    async fn transcript(&self) -> Result<Vec<TranscriptLine>, Failure> {
        Ok(self.lines())
    }
}

#[allow(dead_code, reason = "each test file uses its own part")]
impl Kept {
    pub fn all(&self) -> Vec<StepNote> {
        self.notes.lock().unwrap().clone()
    }

    /// What was said of answers while they came in.
    pub fn said_so_far(&self) -> Vec<SoFar> {
        self.saying.lock().unwrap().clone()
    }

    pub fn transcript(&self) -> Vec<TranscriptEntry> {
        let notes = self.all().into_iter();
        notes
            .filter_map(|note| match note {
                StepNote::Transcript(entries) | StepNote::Act(entries) => Some(entries),
                StepNote::Artifact { .. } | StepNote::Sandbox { .. } | StepNote::Asks(_) => None,
            })
            .flatten()
            .collect()
    }

    /// Notes of a try that follows on others.
    pub fn after(before: Vec<TranscriptLine>, key: &TryKey) -> Self {
        Self {
            before,
            key: Some(key.clone()),
            ..Self::default()
        }
    }

    /// The transcript as a journal holds it, earlier tries included.
    pub fn lines(&self) -> Vec<TranscriptLine> {
        let key = self.key.as_ref();
        let own = self.transcript().into_iter().map(|entry| TranscriptLine {
            seq: 1,
            at: Timestamp::default(),
            attempt: key.map_or(1, |key| key.attempt),
            try_no: key.map_or(1, |key| key.try_no),
            entry,
        });
        self.before.iter().cloned().chain(own).collect()
    }

    /// Everything that was noted, as text.
    pub fn text(&self) -> String {
        format!("{:?}", self.all())
    }
}

/// Runs a call to its end.
#[allow(dead_code, reason = "each test file uses its own part")]
pub async fn run(runner: &impl StepRunner, call: &StepCall) -> (Result<StepDone, StepError>, Kept) {
    let notes = Kept::default();
    let result = runner.run(call, &notes).await;
    (result, notes)
}
