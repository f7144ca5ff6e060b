//! A report as one file: put together, masked, and cut to size. The runtime makes it of what it knows, the console of what a
//! tab has; both say the same of the same run.

use crate::state::Run;
use crate::view::{RunView, World};
use model::api::TranscriptLine;
use model::mask::{MaskCounts, mask_value};
use model::report::{
    Attached, Attachment, BelongsFact, Bundle, Client, HealthFact, ReportForm, RunFact, StepFact,
    Times,
};
use model::{Event, ReportId, StepPath, Timestamp};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Events of the journal's end.
pub const JOURNAL: usize = 200;
/// Lines of the transcript's end.
pub const TRANSCRIPT: usize = 100;
/// Bytes of one text; what is longer is cut in the middle.
const TEXT: usize = 16 * 1024;

/// What a bundle is made of.
pub struct Parts<'a> {
    pub run: &'a Run,
    pub world: World,
    /// The step it is about; [`step_of`] when nobody chose one.
    pub step: Option<StepPath>,
    /// The journal's end, oldest first.
    pub journal: &'a [Event],
    /// The end of the step's transcript, oldest first.
    pub transcript: &'a [TranscriptLine],
    pub health: Vec<HealthFact>,
    pub client: Option<Client>,
    pub form: ReportForm,
    pub leave_out: &'a BTreeSet<Attachment>,
    pub report: Option<ReportId>,
    pub made_at: Timestamp,
    /// [`Bundle::BY_RUNTIME`] or [`Bundle::BY_CONSOLE`].
    pub made_by: &'a str,
}

/// The step a report is about when nobody says: the one that failed, blocks or stands.
pub fn step_of(run: &Run) -> Option<StepPath> {
    run.failed_step
        .clone()
        .or_else(|| run.block.as_ref().and_then(|block| block.step.clone()))
        .or_else(|| {
            run.order
                .iter()
                .find(|path| {
                    run.steps
                        .get(*path)
                        .is_some_and(|step| step.started_at.is_some() && step.ended_at.is_none())
                })
                .cloned()
        })
}

/// The file's document. What is left out is not in it; what the rules of masking find is cut out of the rest, and counted.
pub fn bundle(parts: Parts<'_>) -> Bundle {
    let left_out = Attachment::left_out_with(parts.leave_out);
    let keeps = |attachment: Attachment| !left_out.contains(&attachment);
    let run = parts.run;
    let mut masked = MaskCounts::default();
    let step = parts.step.or_else(|| step_of(run));
    let failure = step
        .as_ref()
        .and_then(|path| run.steps.get(path))
        .and_then(|step| step.failure.clone())
        .or_else(|| run.failure.clone());
    let record = keeps(Attachment::Record).then(|| {
        serde_json::to_value(RunView {
            run: run.lean(),
            world: parts.world,
            position: 0,
        })
        .unwrap_or(Value::Null)
    });
    let values = |items: Vec<Value>| Some(items);
    let attached = Attached {
        run: keeps(Attachment::Run).then(|| RunFact {
            id: run.id.clone(),
            title: run.title.clone(),
            status: run.status,
        }),
        workflow: keeps(Attachment::Workflow).then(|| run.workflow.clone()),
        failure: failure.filter(|_| keeps(Attachment::Failure)),
        step: step
            .filter(|_| keeps(Attachment::Step))
            .map(|path| StepFact {
                name: run.step_name(&path),
                path,
            }),
        timestamps: keeps(Attachment::Timestamps).then_some(Times {
            created_at: run.created_at,
            started_at: run.started_at,
            ended_at: run.ended_at,
            last_event_at: run.last_event_at,
        }),
        attempt: keeps(Attachment::Attempt).then_some(run.attempt),
        belongs: keeps(Attachment::Belongs).then(|| BelongsFact {
            mission: run.belongs.mission.clone(),
            task: run.belongs.task.clone(),
        }),
        health: keeps(Attachment::Health).then_some(parts.health),
        record,
        journal: keeps(Attachment::Journal)
            .then(|| end(parts.journal, JOURNAL))
            .and_then(values),
        transcript: keeps(Attachment::Transcript)
            .then(|| end(parts.transcript, TRANSCRIPT))
            .and_then(values),
        client: parts.client.filter(|_| keeps(Attachment::Client)),
    };
    Bundle {
        format: Bundle::FORMAT.to_owned(),
        made_at: parts.made_at,
        made_by: parts.made_by.to_owned(),
        report: parts.report,
        // What a person wrote is theirs to send; how to reach them is meant to be read.
        form: parts.form,
        attached: mask(attached, &mut masked),
        left_out,
        masked,
    }
}

fn end<T: serde::Serialize>(items: &[T], most: usize) -> Vec<Value> {
    items
        .iter()
        .skip(items.len().saturating_sub(most))
        .map(|item| {
            let mut value = json!(item);
            shorten(&mut value);
            value
        })
        .collect()
}

fn mask(attached: Attached, counts: &mut MaskCounts) -> Attached {
    let mut value = json!(attached);
    mask_value(&mut value, counts);
    // Masking changes texts only; where one had to be more than a text, nothing of it may go out.
    serde_json::from_value(value).unwrap_or_default()
}

/// Cuts long texts in the middle.
fn shorten(value: &mut Value) {
    match value {
        Value::String(text) if text.len() > TEXT => {
            let head = floor(text, TEXT / 2);
            let tail = ceil(text, text.len() - TEXT / 2);
            *text = format!(
                "{} … {} bytes left out … {}",
                &text[..head],
                tail - head,
                &text[tail..]
            );
        }
        Value::Array(items) => items.iter_mut().for_each(shorten),
        Value::Object(members) => members.values_mut().for_each(shorten),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at)
        .rev()
        .find(|index| text.is_char_boundary(*index))
        .unwrap_or(0)
}

fn ceil(text: &str, at: usize) -> usize {
    (at..=text.len())
        .find(|index| text.is_char_boundary(*index))
        .unwrap_or(text.len())
}
