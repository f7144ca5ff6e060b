//! From the model's words to the step's result.

use super::{Question, Said};
use crate::steps::MAX_SAID;
use model::{Failure, FailureCode};
use serde_json::{Value, json};

/// A JSON Schema that answers are held against.
pub struct Schema {
    pub document: Value,
    validator: jsonschema::Validator,
}

impl Schema {
    pub fn new(document: &Value) -> Result<Self, Failure> {
        let validator = jsonschema::validator_for(document).map_err(|error| {
            Failure::new(
                FailureCode::InvalidInput,
                format!("The step's output_schema is no valid JSON Schema: {error}."),
            )
        })?;
        Ok(Self {
            document: document.clone(),
            validator,
        })
    }

    /// The first thing in which `value` does not fit, as a sentence part.
    pub fn misfit(&self, value: &Value) -> Option<String> {
        let error = self.validator.iter_errors(value).next()?;
        let place = error.instance_path().to_string();
        Some(if place.is_empty() {
            error.to_string()
        } else {
            format!("at {place}, {error}")
        })
    }
}

impl Question {
    /// The step's result.
    pub fn read(&self, said: &Said) -> Result<Value, Failure> {
        if said.text.len() > MAX_SAID {
            return Err(failed("The model's answer is larger than 1 MiB."));
        }
        let Some(schema) = &self.schema else {
            return Ok(json!({ "text": said.text }));
        };
        let value: Value = serde_json::from_str(unfenced(&said.text)).map_err(|error| {
            failed(format!("The model's answer is not JSON: {error}.")).detail(&*said.text)
        })?;
        match schema.misfit(&value) {
            None => Ok(value),
            Some(misfit) => Err(failed(format!(
                "The model's answer does not fit the step's output_schema: {misfit}."
            ))
            .detail(&*said.text)),
        }
    }
}

fn failed(message: impl Into<String>) -> Failure {
    Failure::new(FailureCode::LlmRequestFailed, message)
}

/// Models like to wrap JSON in a code fence.
fn unfenced(text: &str) -> &str {
    let text = text.trim();
    let Some(inside) = text.strip_prefix("```").and_then(|t| t.strip_suffix("```")) else {
        return text;
    };
    inside.strip_prefix("json").unwrap_or(inside).trim()
}
