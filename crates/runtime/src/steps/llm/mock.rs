//! Mock Mode: a script answers in a model's place, and says so.

use super::{Question, Said, Schema, sample};
use model::{Cost, CostLabel, Failure, FailureCode, MicroDollars, Usage};
use serde_json::Value;

/// What was played.
pub struct Played {
    /// Says in the transcript that no model was called.
    pub label: String,
    pub said: Said,
    pub outcome: Result<(), Failure>,
}

/// Plays the entry for this try: one entry a try, the last one repeated.
pub fn play(question: &Question, script: &[Value], tries_before: u32) -> Played {
    let index = (tries_before as usize).min(script.len().saturating_sub(1));
    let Some(entry) = script.get(index) else {
        return without_script(question);
    };
    let label = format!(
        "Mock Mode: no model was called; this answer is entry {} of {} in the step's mock script.",
        index + 1,
        script.len()
    );
    if let Some(error) = entry.get("error") {
        let error = text(error);
        return Played {
            label,
            said: Said::default(),
            outcome: Err(Failure::new(
                FailureCode::LlmRequestFailed,
                format!("Mock Mode played an error: {error}"),
            )),
        };
    }
    Played {
        label,
        said: said(question, text(entry)),
        outcome: Ok(()),
    }
}

/// The answer of a step without a script.
fn without_script(question: &Question) -> Played {
    let label =
        "Mock Mode: no model was called; the step has no mock script, so this answer is made up.";
    let made_up = made_up(question.schema.as_deref());
    let outcome = match made_up {
        Some(_) => Ok(()),
        None => Err(Failure::new(
            FailureCode::InvalidInput,
            "Mock Mode cannot make up an answer for this output_schema; give the step a mock script.",
        )),
    };
    Played {
        label: label.to_owned(),
        said: said(question, made_up.unwrap_or_default()),
        outcome,
    }
}

/// An answer that fits the schema; `None` where none can be made up.
pub fn made_up(schema: Option<&Schema>) -> Option<String> {
    match schema {
        None => Some("Mock Mode: this text stands for a model's answer.".to_owned()),
        Some(schema) => sample::instance(&schema.document)
            .filter(|value| schema.misfit(value).is_none())
            .map(|value| value.to_string()),
    }
}

fn said(question: &Question, text: String) -> Said {
    Said {
        text,
        thinking: String::new(),
        calls: Vec::new(),
        usage: Some(Usage {
            input_tokens: 0,
            output_tokens: 0,
            cost: Some(Cost {
                amount: MicroDollars(0),
                label: CostLabel::Estimated,
            }),
            model: Some(question.model.clone()),
            mock: true,
        }),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
