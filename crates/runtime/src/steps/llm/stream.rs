//! An answer as it comes in: server-sent chunks, or one piece.

use super::Wanted;
use super::price::Reported;
use super::refusal::ErrorBody;
use serde::Deserialize;
use serde_json::Value;

/// The most functions a model may call in one answer.
const MAX_CALLS: usize = 128;

/// What has come in so far.
#[derive(Debug, Default)]
pub struct Incoming {
    pub text: String,
    pub thinking: String,
    pub refusal: String,
    pub calls: Vec<Wanted>,
    pub finish: Option<String>,
    pub reported: Option<Reported>,
    /// The model that answered, as the provider names it.
    pub model: String,
    pub done: bool,
}

#[derive(Deserialize)]
struct Chunk {
    #[serde(default)]
    model: Option<String>,
    #[serde(default)]
    choices: Vec<Choice>,
    #[serde(default)]
    usage: Option<Reported>,
}

#[derive(Deserialize)]
struct Choice {
    /// In a stream.
    #[serde(default)]
    delta: Option<Piece>,
    /// In an answer of one piece.
    #[serde(default)]
    message: Option<Piece>,
    #[serde(default)]
    finish_reason: Option<String>,
}

#[derive(Default, Deserialize)]
struct Piece {
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    reasoning_content: Option<String>,
    #[serde(default)]
    reasoning: Option<String>,
    #[serde(default)]
    refusal: Option<String>,
    #[serde(default)]
    tool_calls: Option<Vec<CallPiece>>,
}

/// A part of a function call; the first one of a call has its name.
#[derive(Default, Deserialize)]
struct CallPiece {
    /// Which call it belongs to; absent in an answer of one piece.
    #[serde(default)]
    index: Option<usize>,
    #[serde(default)]
    function: FunctionPiece,
}

#[derive(Default, Deserialize)]
struct FunctionPiece {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    arguments: Option<String>,
}

/// Why a chunk ends the answer.
pub enum Broken {
    /// The provider reports an error in the middle of its answer.
    Error(ErrorBody),
    /// It is no chunk of a chat completion.
    Unreadable(String),
}

impl Incoming {
    /// Takes in one event's data, or a whole answer of one piece.
    pub fn take(&mut self, data: &str) -> Result<(), Broken> {
        let data = data.trim();
        if data == "[DONE]" {
            self.done = true;
            return Ok(());
        }
        let unreadable = |error: serde_json::Error| Broken::Unreadable(error.to_string());
        let value: Value = serde_json::from_str(data).map_err(unreadable)?;
        if let Some(error) = ErrorBody::of(Some(&value)) {
            return Err(Broken::Error(error));
        }
        let chunk: Chunk = serde_json::from_value(value).map_err(unreadable)?;
        if let Some(model) = chunk.model {
            self.model = model;
        }
        if chunk.usage.is_some() {
            self.reported = chunk.usage;
        }
        // Only one answer is asked for.
        if let Some(choice) = chunk.choices.into_iter().next() {
            let piece = choice.delta.or(choice.message).unwrap_or_default();
            let add =
                |to: &mut String, part: Option<String>| to.push_str(&part.unwrap_or_default());
            add(&mut self.text, piece.content);
            add(
                &mut self.thinking,
                piece.reasoning_content.or(piece.reasoning),
            );
            add(&mut self.refusal, piece.refusal);
            for (place, part) in piece.tool_calls.into_iter().flatten().enumerate() {
                let call = self.call(part.index.unwrap_or(place))?;
                add(&mut call.name, part.function.name);
                add(&mut call.arguments, part.function.arguments);
            }
            if choice.finish_reason.is_some() {
                self.finish = choice.finish_reason;
            }
        }
        Ok(())
    }

    fn call(&mut self, index: usize) -> Result<&mut Wanted, Broken> {
        if index >= MAX_CALLS {
            let reason = format!("it calls more than {MAX_CALLS} functions at once");
            return Err(Broken::Unreadable(reason));
        }
        if self.calls.len() <= index {
            self.calls.resize_with(index + 1, Wanted::default);
        }
        Ok(&mut self.calls[index])
    }

    /// Bytes of what was said.
    pub fn len(&self) -> usize {
        let calls = self.calls.iter();
        let calls: usize = calls.map(|c| c.name.len() + c.arguments.len()).sum();
        self.text.len() + self.thinking.len() + calls
    }

    /// Whether the answer came to its end.
    pub fn is_complete(&self) -> bool {
        self.done || self.finish.is_some()
    }
}
