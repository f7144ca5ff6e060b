#![allow(clippy::unwrap_used)]
//! Calls for the step runners, and notes kept in memory.

use async_trait::async_trait;
use model::TranscriptEntry;
use model::event::TryKey;
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
        effect,
        timeout: None,
    }
}

#[derive(Default)]
pub struct Kept(Mutex<Vec<StepNote>>);

#[async_trait]
impl Notes for Kept {
    async fn note(&self, note: StepNote) {
        self.0.lock().unwrap().push(note);
    }
}

#[allow(dead_code, reason = "each test file uses its own part")]
impl Kept {
    pub fn all(&self) -> Vec<StepNote> {
        self.0.lock().unwrap().clone()
    }

    pub fn transcript(&self) -> Vec<TranscriptEntry> {
        let notes = self.all().into_iter();
        notes
            .filter_map(|note| match note {
                StepNote::Transcript(entries) => Some(entries),
                StepNote::Artifact { .. } => None,
            })
            .flatten()
            .collect()
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
