//! Values too large to travel with what they belong to: what stands in their place says how large they are and how they begin.
//!
//! A result may have 32 MiB. The journal keeps all of it; lists, the stream and a run's state carry a [`Cut`] instead, and the
//! value is asked for by itself (`GET /v1/runs/{run}/steps/{step}/output`, `…/input`, `…/events/{seq}/value`).

use crate::event::{Event, EventKind};
use crate::transcript::TranscriptEntry;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The most bytes of JSON a value travels with.
pub const MOST: usize = 64 * 1024;
/// The most bytes of a transcript's text that travel.
const TEXT: usize = 1024 * 1024;
/// Bytes of the beginning that are kept.
const START: usize = 2_000;
/// The one name in the object that stands for a value.
const NAME: &str = "$cut";

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Text,
    Array,
    Object,
}

/// What is known of a value that was cut out: `{"$cut": {"bytes": 20971520, "kind": "array", "length": 120000, "start": "[{…"}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut {
    /// Its size: of a text itself, of anything else as JSON.
    pub bytes: u64,
    pub kind: Kind,
    /// Items or fields; absent for a text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<u64>,
    /// How it begins: the text, or the JSON.
    pub start: String,
}

impl Cut {
    /// What stands in a value's place, if something does.
    pub fn of(value: &Value) -> Option<Self> {
        let inside = value.as_object().filter(|fields| fields.len() == 1)?;
        Self::deserialize(inside.get(NAME)?).ok()
    }

    fn measure(value: &Value) -> Option<Self> {
        let (kind, length) = match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => return None,
            Value::String(text) => {
                return (text.len() > MOST).then(|| Self {
                    bytes: text.len() as u64,
                    kind: Kind::Text,
                    length: None,
                    start: beginning(text, START).to_owned(),
                });
            }
            Value::Array(items) => (Kind::Array, items.len()),
            Value::Object(fields) => (Kind::Object, fields.len()),
        };
        let text = serde_json::to_string(value).ok()?;
        (text.len() > MOST).then(|| Self {
            bytes: text.len() as u64,
            kind,
            length: Some(length as u64),
            start: beginning(&text, START).to_owned(),
        })
    }

    fn into_value(self) -> Value {
        let mut fields = Map::new();
        fields.insert(NAME.to_owned(), json!(self));
        Value::Object(fields)
    }
}

/// Puts what is known of a value in its place where it is larger than [`MOST`].
pub fn cut(value: &mut Value) {
    if let Some(known) = Cut::measure(value) {
        *value = known.into_value();
    }
}

impl Event {
    /// Cuts what is too large to travel. What the event does to a run stays the same, but for the values themselves.
    pub fn cut(&mut self) {
        match &mut self.event {
            EventKind::RunCreated(created) => cut(&mut created.input),
            EventKind::AttemptStarted {
                input: Some(value), ..
            }
            | EventKind::RunCompleted { output: value }
            | EventKind::StepStarted { input: value, .. }
            | EventKind::StepCompleted { output: value, .. } => cut(value),
            EventKind::ItemsListed { items, .. } => cut_items(items),
            EventKind::StepTranscript { entries, .. } => entries.iter_mut().for_each(cut_entry),
            EventKind::RunQueued { .. }
            | EventKind::RunDequeued { .. }
            | EventKind::AttemptStarted { input: None, .. }
            | EventKind::RunPaused { .. }
            | EventKind::RunResumed
            | EventKind::RunBlocked { .. }
            | EventKind::RunUnblocked
            | EventKind::RunDraining { .. }
            | EventKind::RunInterrupted { .. }
            | EventKind::RunFailed { .. }
            | EventKind::RunCancelled { .. }
            | EventKind::RunRejected { .. }
            | EventKind::RunExpired
            | EventKind::StepRetrying { .. }
            | EventKind::StepWaiting { .. }
            | EventKind::StepDecided { .. }
            | EventKind::StepFailed { .. }
            | EventKind::StepCancelled { .. }
            | EventKind::StepsSkipped { .. }
            | EventKind::IterationStarted { .. }
            | EventKind::ArtifactWritten { .. }
            | EventKind::SandboxOpened { .. } => {}
        }
    }

    /// The value that the event holds: what a step was given or left, what a run was given or left, a loop's items.
    pub fn value(&self) -> Option<Value> {
        match &self.event {
            EventKind::RunCreated(created) => Some(created.input.clone()),
            EventKind::AttemptStarted { input, .. } => input.clone(),
            EventKind::RunCompleted { output } | EventKind::StepCompleted { output, .. } => {
                Some(output.clone())
            }
            EventKind::StepStarted { input, .. } => Some(input.clone()),
            EventKind::ItemsListed { items, .. } => Some(Value::Array(items.clone())),
            _ => None,
        }
    }
}

/// There are as many items as before: a loop counts them.
fn cut_items(items: &mut [Value]) {
    items.iter_mut().for_each(cut);
    let Some(known) = Cut::measure(&Value::Array(items.to_vec())) else {
        return;
    };
    items.fill(Value::Null);
    if let Some(first) = items.first_mut() {
        *first = known.into_value();
    }
}

fn cut_entry(entry: &mut TranscriptEntry) {
    match entry {
        TranscriptEntry::ToolCall { arguments, .. } => cut(arguments),
        TranscriptEntry::ToolResult { result, .. } => cut(result),
        TranscriptEntry::Message { text, .. }
        | TranscriptEntry::Thinking { text }
        | TranscriptEntry::Log { text }
            if text.len() > TEXT =>
        {
            *text = format!(
                "{}… (cut; {} bytes in all)",
                beginning(text, MOST),
                text.len()
            );
        }
        TranscriptEntry::Message { .. }
        | TranscriptEntry::Thinking { .. }
        | TranscriptEntry::FileEdit { .. }
        | TranscriptEntry::Log { .. }
        | TranscriptEntry::Error { .. } => {}
    }
}

fn beginning(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::id::StepPath;
    use crate::time::Timestamp;

    fn long() -> Value {
        (0..9_000).map(|n| json!({ "n": n })).collect()
    }

    #[test]
    fn a_large_value_leaves_its_size_its_kind_and_its_beginning() {
        let mut value = long();
        let whole = value.to_string();
        cut(&mut value);
        let known = Cut::of(&value).unwrap();
        assert_eq!(known.bytes, whole.len() as u64);
        assert_eq!((known.kind, known.length), (Kind::Array, Some(9_000)));
        assert!(whole.starts_with(&known.start) && known.start.len() == START);
        assert!(value.to_string().len() < MOST);
    }

    #[test]
    fn a_text_is_measured_by_itself_and_cut_between_letters() {
        let mut value = json!("ä".repeat(MOST));
        cut(&mut value);
        let known = Cut::of(&value).unwrap();
        assert_eq!((known.bytes, known.kind), (2 * MOST as u64, Kind::Text));
        assert_eq!(known.start.chars().count(), START / 2);
    }

    #[test]
    fn what_is_small_stays() {
        for small in [json!(null), json!("x"), json!({ "a": [1, 2] })] {
            let mut value = small.clone();
            cut(&mut value);
            assert_eq!(value, small);
            assert_eq!(Cut::of(&value), None);
        }
        assert_eq!(Cut::of(&json!({ "$cut": "a person's own" })), None);
    }

    #[test]
    fn a_loop_has_as_many_items_as_before() {
        let Value::Array(items) = long() else {
            panic!("an array");
        };
        let mut event = Event {
            seq: 1,
            at: Timestamp::default(),
            actor: None,
            event: EventKind::ItemsListed {
                path: StepPath::from("lines"),
                items,
            },
        };
        assert_eq!(event.value(), Some(long()));
        event.cut();
        let EventKind::ItemsListed { items, .. } = &event.event else {
            panic!("the same event");
        };
        assert_eq!(items.len(), 9_000);
        assert_eq!(Cut::of(&items[0]).unwrap().length, Some(9_000));
        assert!(serde_json::to_string(&event).unwrap().len() < 2 * MOST);
    }
}
