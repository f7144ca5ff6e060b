//! A form while it is filled in: the value so far, and what is wrong with it.

use super::{fields::start, validate::validate};
use leptos::prelude::*;
use model::api::FieldError;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// What stands in a form made from a schema. Make one, show it with [`SchemaForm`](super::SchemaForm), and ask
/// [`check`](Self::check) for the value when the form is sent.
#[derive(Clone, Copy)]
pub struct Filled {
    schema: StoredValue<Value>,
    value: RwSignal<Value>,
    /// Fields whose text is no value: the text's error, by pointer.
    unreadable: RwSignal<BTreeMap<String, String>>,
    /// What the runtime said.
    refused: RwSignal<Vec<FieldError>>,
    /// Fields that were changed: only these show errors before the form was sent once.
    touched: RwSignal<BTreeSet<String>>,
    sent: RwSignal<bool>,
    wrong: Memo<Vec<FieldError>>,
}

impl Filled {
    /// A form that begins with the schema's defaults.
    pub fn new(schema: Value) -> Self {
        let value = start(&schema);
        Self::with(schema, value)
    }

    /// A form that begins with a value.
    pub fn with(schema: Value, value: Value) -> Self {
        let schema = StoredValue::new(schema);
        let value = RwSignal::new(value);
        let unreadable = RwSignal::new(BTreeMap::<String, String>::new());
        let refused = RwSignal::new(Vec::<FieldError>::new());
        let wrong = Memo::new(move |_| {
            let unread = unreadable.get();
            let found = schema.with_value(|schema| value.with(|value| validate(schema, value)));
            let mut all: Vec<FieldError> = unread
                .iter()
                .map(|(pointer, message)| FieldError {
                    pointer: pointer.clone(),
                    message: message.clone(),
                    suggestion: None,
                })
                .collect();
            // A field that cannot be read has no value to judge.
            all.extend(
                found
                    .into_iter()
                    .filter(|error| !unread.contains_key(&error.pointer)),
            );
            all.extend(refused.get());
            all
        });
        Self {
            schema,
            value,
            unreadable,
            refused,
            touched: RwSignal::new(BTreeSet::new()),
            sent: RwSignal::new(false),
            wrong,
        }
    }

    /// The value to send, or `None` while something is wrong; from then on every error is shown.
    pub fn check(self) -> Option<Value> {
        self.refused.set(Vec::new());
        self.sent.set(true);
        self.wrong
            .with_untracked(Vec::is_empty)
            .then(|| self.value.get_untracked())
    }

    /// Shows what the runtime found wrong. Pointers are from the form's value: `/discount`.
    pub fn refuse(self, errors: Vec<FieldError>) {
        self.refused.set(errors);
        self.sent.set(true);
    }

    pub(super) fn schema<T>(self, read: impl FnOnce(&Value) -> T) -> T {
        self.schema.with_value(read)
    }

    pub(super) fn at(self, key: Option<&str>) -> Option<Value> {
        self.value.with_untracked(|value| match key {
            Some(key) => value.get(key).cloned(),
            None => Some(value.clone()),
        })
    }

    /// Puts a value at a key of the object, or takes it away; without a key it becomes the whole value.
    pub(super) fn put(self, pointer: &str, key: Option<&str>, new: Option<Value>) {
        self.readable(pointer);
        self.value.update(|value| match key {
            None => *value = new.unwrap_or(Value::Null),
            Some(key) => {
                if !value.is_object() {
                    *value = Value::Object(Map::new());
                }
                if let Value::Object(fields) = value {
                    match new {
                        Some(new) => {
                            fields.insert(key.to_owned(), new);
                        }
                        None => {
                            fields.remove(key);
                        }
                    }
                }
            }
        });
    }

    pub(super) fn unreadable(self, pointer: &str, message: String) {
        self.readable(pointer);
        self.unreadable.update(|all| {
            all.insert(pointer.to_owned(), message);
        });
    }

    fn readable(self, pointer: &str) {
        self.touched.update(|touched| {
            touched.insert(pointer.to_owned());
        });
        if self
            .unreadable
            .with_untracked(|all| all.contains_key(pointer))
        {
            self.unreadable.update(|all| {
                all.remove(pointer);
            });
        }
        if self
            .refused
            .with_untracked(|all| all.iter().any(|error| belongs(error, pointer)))
        {
            self.refused
                .update(|all| all.retain(|error| !belongs(error, pointer)));
        }
    }

    /// The errors to show at a field, as one text; those inside of it name their place.
    pub(super) fn shown_at(self, pointer: &str) -> Option<String> {
        let show = self.sent.get() || self.touched.with(|touched| touched.contains(pointer));
        if !show {
            return None;
        }
        let lines: Vec<String> = self.wrong.with(|wrong| {
            wrong
                .iter()
                .filter(|error| belongs(error, pointer))
                .map(|error| said(error, pointer))
                .collect()
        });
        (!lines.is_empty()).then(|| lines.join(" "))
    }

    /// The errors that belong to none of these fields, once the form was sent.
    pub(super) fn elsewhere(self, pointers: &[String]) -> Vec<String> {
        if !self.sent.get() {
            return Vec::new();
        }
        self.wrong.with(|wrong| {
            wrong
                .iter()
                .filter(|error| !pointers.iter().any(|pointer| belongs(error, pointer)))
                .map(|error| said(error, ""))
                .collect()
        })
    }

    /// Changes each time the form was sent with something wrong in it.
    pub(super) fn is_sent(self) -> bool {
        self.sent.get()
    }
}

fn belongs(error: &FieldError, pointer: &str) -> bool {
    error
        .pointer
        .strip_prefix(pointer)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn said(error: &FieldError, pointer: &str) -> String {
    let inside = error
        .pointer
        .strip_prefix(pointer)
        .unwrap_or_default()
        .trim_start_matches('/');
    let mut text = if inside.is_empty() {
        error.message.clone()
    } else {
        format!("At {inside}: {}", error.message)
    };
    if let Some(suggestion) = &error.suggestion {
        text.push(' ');
        text.push_str(suggestion);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn in_an_owner(test: impl FnOnce()) {
        let owner = Owner::new();
        owner.with(test);
    }

    fn schema() -> Value {
        json!({
            "type": "object",
            "required": ["rfq"],
            "properties": { "rfq": { "type": "string" }, "lines": { "type": "array", "items": { "type": "integer" } } }
        })
    }

    #[test]
    fn errors_wait_until_a_field_was_touched_or_the_form_sent() {
        in_an_owner(|| {
            let filled = Filled::new(schema());
            assert_eq!(filled.shown_at("/rfq"), None);
            assert_eq!(filled.check(), None);
            assert_eq!(filled.shown_at("/rfq").as_deref(), Some("Fill this in."));
            filled.put("/rfq", Some("rfq"), Some(json!("2231")));
            assert_eq!(filled.shown_at("/rfq"), None);
            assert_eq!(filled.check(), Some(json!({ "rfq": "2231" })));
        });
    }

    #[test]
    fn errors_inside_a_field_name_their_place() {
        in_an_owner(|| {
            let filled = Filled::with(schema(), json!({ "rfq": "1", "lines": [1, "x"] }));
            assert_eq!(filled.check(), None);
            assert_eq!(
                filled.shown_at("/lines").as_deref(),
                Some("At 1: This must be a whole number.")
            );
        });
    }

    #[test]
    fn what_the_runtime_refused_stays_until_the_field_changes() {
        in_an_owner(|| {
            let filled = Filled::with(schema(), json!({ "rfq": "1" }));
            filled.refuse(vec![FieldError {
                pointer: "/rfq".into(),
                message: "There is no such RFQ.".into(),
                suggestion: Some("Did you mean 2231?".into()),
            }]);
            assert_eq!(
                filled.shown_at("/rfq").as_deref(),
                Some("There is no such RFQ. Did you mean 2231?")
            );
            filled.put("/rfq", Some("rfq"), Some(json!("2231")));
            assert_eq!(filled.shown_at("/rfq"), None);
        });
    }

    #[test]
    fn text_that_is_no_value_stops_the_form() {
        in_an_owner(|| {
            let filled = Filled::with(schema(), json!({ "rfq": "1" }));
            filled.unreadable("/lines", "This is no JSON.".into());
            assert_eq!(filled.check(), None);
            assert_eq!(
                filled.shown_at("/lines").as_deref(),
                Some("This is no JSON.")
            );
            filled.put("/lines", Some("lines"), None);
            assert_eq!(filled.check(), Some(json!({ "rfq": "1" })));
        });
    }
}
