//! The conversation of an agent: read from the step's transcript, told to the model.

use model::TranscriptEntry;
use model::api::TranscriptLine;
use model::event::TryKey;
use model::transcript::ASK;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What stands for the result of a call that was cut off.
const LOST: &str = "Signalbox stopped while this call was in flight. Whether it took effect is not known: check before you repeat it.";

/// What was said and done so far, from the task on.
pub struct Talk {
    entries: Vec<TranscriptEntry>,
}

impl Talk {
    /// The conversation in a transcript: all of it since the task was last put, or, `anew`, only what persons wrote for
    /// this try.
    pub fn of(past: &[TranscriptLine], key: &TryKey, anew: bool) -> Self {
        let task = past.iter().rposition(|line| is_task(&line.entry));
        let own = |line: &&TranscriptLine| line.attempt == key.attempt && line.try_no == key.try_no;
        let lines: Vec<_> = if let Some(task) = task.filter(|_| !anew) {
            let system = task.checked_sub(1).filter(|at| is_system(&past[*at].entry));
            past[system.unwrap_or(task)..].iter().collect()
        } else {
            past.iter().filter(own).collect()
        };
        let entries = lines.iter().map(|line| line.entry.clone()).collect();
        Self { entries }
    }

    /// Whether the task was put.
    pub fn has_begun(&self) -> bool {
        self.entries.iter().any(is_task)
    }

    /// Puts the task, before whatever persons wrote.
    pub fn begin(&mut self, task: Vec<TranscriptEntry>) {
        self.entries.splice(0..0, task);
    }

    pub fn add(&mut self, entries: &[TranscriptEntry]) {
        self.entries.extend_from_slice(entries);
    }

    /// Answers of the model so far, those that Mock Mode played as errors included.
    pub fn turns(&self) -> usize {
        let turns = self.entries.iter().filter(|entry| match entry {
            TranscriptEntry::Message { role, .. } => role == "assistant",
            TranscriptEntry::Error { text } => text.starts_with(super::mock::ERROR),
            _ => false,
        });
        turns.count()
    }

    /// The files that were edited, those deleted since too.
    pub fn edited(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().filter_map(|entry| match entry {
            TranscriptEntry::FileEdit { path, .. } => Some(path.as_str()),
            _ => None,
        })
    }

    /// An id that no other call of the conversation has.
    pub fn call_id(&self, key: &TryKey, place: usize) -> String {
        format!("{}.{}.{}.{place}", key.attempt, key.try_no, self.turns())
    }

    /// Writes down that a person is asked.
    pub fn ask(&mut self, key: &TryKey, place: usize, question: &str) -> TranscriptEntry {
        let entry = TranscriptEntry::ToolCall {
            id: self.call_id(key, place),
            server: ASK.into(),
            tool: super::tools::ASK_PERSON.into(),
            arguments: json!({ "question": question }),
        };
        self.entries.push(entry.clone());
        entry
    }

    /// Calls that were cut off get a result that says so, for the model and for people.
    pub fn close_lost_calls(&mut self) -> Vec<TranscriptEntry> {
        let open = self.entries.iter().filter_map(|entry| match entry {
            TranscriptEntry::ToolCall { id, server, .. }
                if server != ASK && self.result(id).is_none() =>
            {
                Some(id.clone())
            }
            _ => None,
        });
        let closed: Vec<_> = open
            .map(|id| TranscriptEntry::ToolResult {
                id,
                result: LOST.into(),
                is_error: true,
                duration_ms: 0,
            })
            .collect();
        self.add(&closed);
        closed
    }

    fn result(&self, wanted: &str) -> Option<&Value> {
        self.entries.iter().find_map(|entry| match entry {
            TranscriptEntry::ToolResult { id, result, .. } if id == wanted => Some(result),
            _ => None,
        })
    }

    /// The conversation as a provider takes it; `function` names the functions of tools.
    pub fn messages(&self, function: &dyn Fn(&str, &str) -> String) -> Vec<Value> {
        let mut out: Vec<Value> = Vec::new();
        // Messages of persons that are answers to a question already told.
        let mut told = BTreeSet::new();
        for (at, entry) in self.entries.iter().enumerate() {
            match entry {
                TranscriptEntry::Message { role, text, .. } if role == "assistant" => {
                    let calls = self.calls_after(at);
                    let mut message = json!({"role": "assistant", "content": text});
                    if !calls.is_empty() {
                        let calls: Vec<_> = calls.iter().map(|call| call.told(function)).collect();
                        message["tool_calls"] = calls.into();
                    } else if text.is_empty() {
                        continue;
                    }
                    out.push(message);
                    for call in calls {
                        let answer = self.answer(&call, &mut told);
                        out.push(
                            json!({"role": "tool", "tool_call_id": call.id, "content": answer}),
                        );
                    }
                }
                TranscriptEntry::Message { role, text, .. } => {
                    if !told.contains(&at) {
                        out.push(json!({"role": role, "content": text}));
                    }
                }
                TranscriptEntry::Error { text } => {
                    if out.last().is_some_and(is_answer) {
                        let text = format!("That answer was not accepted: {text}");
                        out.push(json!({"role": "user", "content": text}));
                    }
                }
                TranscriptEntry::Thinking { .. }
                | TranscriptEntry::ToolCall { .. }
                | TranscriptEntry::ToolResult { .. }
                | TranscriptEntry::FileEdit { .. }
                | TranscriptEntry::Log { .. } => {}
            }
        }
        // The runtime ended between an answer and the end of its step.
        if out.last().is_some_and(is_answer) {
            out.push(json!({"role": "user", "content": "Give your answer once more."}));
        }
        out
    }

    /// The calls of the model's answer at `at`.
    fn calls_after(&self, at: usize) -> Vec<Call<'_>> {
        let rest = self.entries.iter().enumerate().skip(at + 1);
        let own = rest.take_while(|(_, entry)| {
            !matches!(entry, TranscriptEntry::Message { role, .. } if role == "assistant")
        });
        own.filter_map(|(at, entry)| match entry {
            TranscriptEntry::ToolCall {
                id,
                server,
                tool,
                arguments,
            } => Some(Call {
                at,
                id,
                server,
                tool,
                arguments,
            }),
            _ => None,
        })
        .collect()
    }

    fn answer(&self, call: &Call, told: &mut BTreeSet<usize>) -> String {
        if let Some(result) = self.result(call.id) {
            return text(result);
        }
        let rest = self.entries.iter().enumerate().skip(call.at + 1);
        let mut persons = rest.filter_map(|(at, entry)| match entry {
            TranscriptEntry::Message {
                by: Some(_), text, ..
            } => Some((at, text)),
            _ => None,
        });
        match persons.next().filter(|_| call.server == ASK) {
            Some((at, text)) => {
                told.insert(at);
                text.clone()
            }
            None => LOST.into(),
        }
    }
}

struct Call<'a> {
    at: usize,
    id: &'a str,
    server: &'a str,
    tool: &'a str,
    arguments: &'a Value,
}

impl Call<'_> {
    fn told(&self, function: &dyn Fn(&str, &str) -> String) -> Value {
        json!({"id": self.id, "type": "function", "function": {
            "name": function(self.server, self.tool), "arguments": text(self.arguments)}})
    }
}

/// Text as it is, anything else as JSON.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The task: the only message of a user that no person wrote.
fn is_task(entry: &TranscriptEntry) -> bool {
    matches!(entry, TranscriptEntry::Message { role, by: None, .. } if role == "user")
}

fn is_system(entry: &TranscriptEntry) -> bool {
    matches!(entry, TranscriptEntry::Message { role, .. } if role == "system")
}

/// An answer that calls nothing.
fn is_answer(message: &Value) -> bool {
    message["role"] == "assistant" && message.get("tool_calls").is_none()
}

#[cfg(test)]
mod tests;
