//! The first events of a run.

use crate::apply::apply;
use crate::command::{CreateRun, Refusal};
use crate::expr::{Path, Scope, follow};
use crate::state::Run;
use crate::template;
use model::event::RunCreated;
use model::run::EntityRef;
use model::workflow::AboutTemplate;
use model::{Event, EventKind, QueuedReason, Timestamp};
use serde_json::Value;
use std::borrow::Cow;

const MOST_LABELS: usize = 32;
const LONGEST_KEY: usize = 64;
const LONGEST_VALUE: usize = 256;

/// Begins a run: it is created and queued. The input is taken as it is; the caller has checked it against its schema.
pub fn create(cmd: &CreateRun, now: Timestamp) -> Result<(Run, Vec<Event>), Refusal> {
    let mut labels = cmd.definition.labels.clone();
    labels.extend(cmd.labels.clone());
    check_labels(&labels)?;
    let about = cmd.about.clone().or_else(|| {
        let template = cmd.definition.about.as_ref()?;
        about(template, &cmd.input)
    });
    let delayed = cmd.not_before.is_some_and(|t| t > now);
    let created = RunCreated {
        run: cmd.run.clone(),
        workflow: cmd.workflow.clone(),
        definition: cmd.definition.clone(),
        input: cmd.input.clone(),
        title: about
            .as_ref()
            .map_or_else(|| cmd.workflow.name.clone(), title),
        about,
        queue: cmd.definition.queue.clone(),
        environment: cmd.environment.clone(),
        trigger: cmd.trigger,
        labels,
        belongs: cmd.belongs.clone(),
        not_before: cmd.not_before,
        again_of: cmd.again_of.clone(),
        parent: cmd.parent.clone(),
        imported: None,
    };
    let created = Event {
        seq: 1,
        at: now,
        actor: Some(cmd.actor.clone()),
        event: EventKind::RunCreated(Box::new(created)),
    };
    let queued = Event {
        seq: 2,
        at: now,
        actor: None,
        event: EventKind::RunQueued {
            reason: if delayed {
                QueuedReason::Delayed
            } else {
                QueuedReason::Capacity
            },
        },
    };
    let Some(mut run) = Run::fold_first(&created) else {
        return Err(Refusal::NotLegal("The run could not be created.".into()));
    };
    apply(&mut run, &queued);
    Ok((run, vec![created, queued]))
}

fn check_labels(labels: &model::run::Labels) -> Result<(), Refusal> {
    let refuse = |pointer: String, message: String| Err(Refusal::Invalid { pointer, message });
    if labels.len() > MOST_LABELS {
        return refuse(
            "/labels".into(),
            format!(
                "A run has at most {MOST_LABELS} labels; these are {}.",
                labels.len()
            ),
        );
    }
    for (key, value) in labels {
        if key.is_empty() || key.chars().count() > LONGEST_KEY {
            return refuse(
                "/labels".into(),
                format!("A label's key has 1 to {LONGEST_KEY} characters."),
            );
        }
        if value.chars().count() > LONGEST_VALUE {
            return refuse(
                format!("/labels/{key}"),
                format!("A label's value has at most {LONGEST_VALUE} characters."),
            );
        }
    }
    Ok(())
}

struct InputOnly<'v>(&'v Value);

impl Scope for InputOnly<'_> {
    fn get(&self, path: &Path) -> Option<Cow<'_, Value>> {
        let value = (path.root == "input").then_some(self.0)?;
        follow(value, &path.parts).map(Cow::Borrowed)
    }
}

/// What the run is about; `None` when the input does not say.
fn about(template: &AboutTemplate, input: &Value) -> Option<EntityRef> {
    let scope = InputOnly(input);
    let text = |text: &str| match template::resolve_text(text, &scope).ok()? {
        Value::String(text) if !text.trim().is_empty() => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
            None
        }
    };
    Some(EntityRef {
        kind: text(&template.kind)?,
        id: text(&template.id)?,
        label: template.label.as_deref().and_then(text),
    })
}

/// "RFQ 2231 · Metro Equipment": short types are abbreviations, longer ones words.
fn title(about: &EntityRef) -> String {
    let words = about.kind.replace(['_', '-'], " ");
    let mut letters = words.chars();
    let kind = match letters.next() {
        Some(_) if words.len() <= 3 => words.to_uppercase(),
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => words,
    };
    match &about.label {
        Some(label) => format!("{kind} {} · {label}", about.id),
        None => format!("{kind} {}", about.id),
    }
}
