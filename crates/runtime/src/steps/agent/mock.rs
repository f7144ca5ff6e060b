//! Mock Mode: a script takes the turns in a model's place, and says so. The tools it calls are really called.

use super::super::llm::{ProviderConfig, Reported, Said, Schema, Wanted, made_up, priced};
use model::{Cost, CostLabel, Failure, FailureCode, MicroDollars, Usage};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::time::Duration;

/// How the message of a played error begins.
pub const ERROR: &str = "Mock Mode played an error: ";

/// Says in the transcript that no model is called.
pub fn label(script: &[Value]) -> String {
    if script.is_empty() {
        "Mock Mode: no model is called; the step has no mock script, so its answer is made up."
    } else {
        "Mock Mode: no model is called; the turns are played from the step's mock script, and the tools really called."
    }
    .to_owned()
}

/// One turn of a script.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Turn {
    #[serde(default)]
    text: String,
    #[serde(default)]
    thinking: String,
    #[serde(default)]
    tool_calls: Vec<Call>,
    #[serde(default)]
    input_tokens: u64,
    #[serde(default)]
    output_tokens: u64,
    /// What the turn is said to cost; by the provider's prices when absent.
    #[serde(default)]
    dollars: Option<f64>,
    /// How long the turn takes.
    #[serde(default)]
    seconds: f64,
    #[serde(default)]
    error: Option<String>,
    #[serde(skip)]
    unreadable: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    /// `read_file`, or `files.read_file` where several servers have one.
    tool: String,
    #[serde(default)]
    arguments: Map<String, Value>,
}

impl Turn {
    /// The turn `number`, counted from 0; the last one is repeated.
    pub fn of(script: &[Value], number: usize, schema: Option<&Schema>) -> Self {
        let text = |text: String| Self {
            text,
            ..Self::default()
        };
        match script.get(number.min(script.len().saturating_sub(1))) {
            None => match made_up(schema) {
                Some(made_up) => text(made_up),
                None => Self {
                    unreadable: Some("Mock Mode cannot make up an answer for this output_schema; give the step a mock script.".into()),
                    ..Self::default()
                },
            },
            Some(Value::String(said)) => text(said.clone()),
            Some(turn) => serde_json::from_value(turn.clone()).unwrap_or_else(|error| Self {
                unreadable: Some(format!("Turn {} of the mock script cannot be played: {error}.", number + 1)),
                ..Self::default()
            }),
        }
    }

    pub async fn play(
        self,
        provider: &ProviderConfig,
        model: &str,
        said: &mut Said,
    ) -> Result<(), Failure> {
        if let Some(message) = self.unreadable {
            return Err(Failure::new(FailureCode::InvalidInput, message));
        }
        let pause = Duration::try_from_secs_f64(self.seconds).unwrap_or_default();
        tokio::time::sleep(pause).await;
        if let Some(error) = self.error {
            let message = format!("{ERROR}{error}");
            return Err(Failure::new(FailureCode::LlmRequestFailed, message));
        }
        let reported = Reported {
            prompt_tokens: self.input_tokens,
            completion_tokens: self.output_tokens,
            cost: None,
        };
        let used = priced(Some(&reported), [model, ""], &provider.prices);
        let free = (self.input_tokens, self.output_tokens) == (0, 0);
        let named = self.dollars.or(free.then_some(0.0)).map(|dollars| Cost {
            amount: MicroDollars((dollars * 1e6).round() as i64),
            label: CostLabel::Estimated,
        });
        *said = Said {
            text: self.text,
            thinking: self.thinking,
            calls: self.tool_calls.into_iter().map(Call::wanted).collect(),
            usage: Some(Usage {
                cost: named.or(used.cost),
                mock: true,
                ..used
            }),
        };
        Ok(())
    }
}

impl Call {
    fn wanted(self) -> Wanted {
        Wanted {
            name: self.tool,
            arguments: Value::Object(self.arguments).to_string(),
        }
    }
}
