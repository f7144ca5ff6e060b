//! The form of a value that is hashed: its JSON, the fields of every object in the order of their UTF-8 bytes, no white space,
//! strings with JSON's shortest escapes, numbers as they stand in the value. Of an audit entry `hash` is left out.

use super::Hash;
use serde_json::{Map, Value};

/// The hash an entry must carry.
pub(super) fn digest(entry: &Value) -> Hash {
    let mut text = String::new();
    match entry {
        Value::Object(fields) => object(
            fields.iter().filter(|(name, _)| name.as_str() != "hash"),
            &mut text,
        ),
        other => write(other, &mut text),
    }
    Hash::of(text.as_bytes())
}

/// The form of a whole value.
pub(crate) fn text(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Object(fields) => object(Map::iter(fields), text),
        Value::Array(items) => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                write(item, text);
            }
            text.push(']');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            text.push_str(&value.to_string());
        }
    }
}

fn object<'v>(fields: impl Iterator<Item = (&'v String, &'v Value)>, text: &mut String) {
    let mut fields: Vec<(&String, &Value)> = fields.collect();
    fields.sort_unstable_by_key(|(name, _)| *name);
    text.push('{');
    for (at, (name, value)) in fields.into_iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        text.push_str(&Value::from(name.as_str()).to_string());
        text.push(':');
        write(value, text);
    }
    text.push('}');
}
