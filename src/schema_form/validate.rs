//! Holds a value against a JSON Schema, in words for whoever filled it in.
//!
//! It knows the keywords that forms are made of. What it does not know it lets through: the runtime checks the whole schema
//! and answers with the same kind of errors.

use model::api::FieldError;
use serde_json::{Map, Value};

/// How deep `$ref` and nesting are followed, so that a schema that refers to itself ends.
const DEPTH: usize = 32;

/// What is wrong with `value`, each at its place. Empty when the schema allows it.
pub fn validate(schema: &Value, value: &Value) -> Vec<FieldError> {
    let mut check = Check {
        root: schema,
        errors: Vec::new(),
    };
    check.value(schema, value, "", DEPTH);
    check.errors
}

/// Where a local `$ref` leads; the schema itself when it has none.
pub fn resolve<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let mut at = schema;
    for _ in 0..DEPTH {
        let Some(reference) = at.get("$ref").and_then(Value::as_str) else {
            return at;
        };
        let Some(target) = reference
            .strip_prefix('#')
            .and_then(|pointer| root.pointer(pointer))
        else {
            return at;
        };
        at = target;
    }
    at
}

/// The types a schema allows; empty when it allows any.
pub fn types(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// One segment of a JSON pointer.
pub fn segment(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

struct Check<'a> {
    root: &'a Value,
    errors: Vec<FieldError>,
}

impl Check<'_> {
    fn wrong(&mut self, at: &str, message: impl Into<String>) {
        self.errors.push(FieldError {
            pointer: at.to_owned(),
            message: message.into(),
            suggestion: None,
        });
    }

    fn value(&mut self, schema: &Value, value: &Value, at: &str, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        let schema = resolve(self.root, schema);
        if *schema == Value::Bool(false) {
            return self.wrong(at, "Nothing may stand here.");
        }
        let types = types(schema);
        if !types.is_empty() && !types.iter().any(|name| is(name, value)) {
            return self.wrong(at, wanted(&types));
        }
        if let Some(allowed) = schema.get("enum").and_then(Value::as_array)
            && !allowed.contains(value)
        {
            self.wrong(at, format!("Choose one of: {}.", list(allowed)));
        }
        if let Some(only) = schema.get("const")
            && only != value
        {
            self.wrong(at, format!("Only {} may stand here.", shown(only)));
        }
        match value {
            Value::Number(number) => self.number(schema, number.as_f64().unwrap_or(0.0), at),
            Value::String(text) => self.text(schema, text, at),
            Value::Array(items) => self.array(schema, items, at, depth),
            Value::Object(fields) => self.object(schema, fields, at, depth),
            Value::Null | Value::Bool(_) => {}
        }
        self.combined(schema, value, at, depth);
    }

    fn number(&mut self, schema: &Value, number: f64, at: &str) {
        let limit = |key: &str| schema.get(key).and_then(Value::as_f64);
        if let Some(least) = limit("minimum").filter(|least| number < *least) {
            self.wrong(at, format!("At least {least}."));
        }
        if let Some(most) = limit("maximum").filter(|most| number > *most) {
            self.wrong(at, format!("At most {most}."));
        }
        if let Some(bound) = limit("exclusiveMinimum").filter(|bound| number <= *bound) {
            self.wrong(at, format!("More than {bound}."));
        }
        if let Some(bound) = limit("exclusiveMaximum").filter(|bound| number >= *bound) {
            self.wrong(at, format!("Less than {bound}."));
        }
        if let Some(step) = limit("multipleOf").filter(|step| *step > 0.0) {
            let parts = number / step;
            if (parts - parts.round()).abs() > 1e-9 * parts.abs().max(1.0) {
                self.wrong(at, format!("A multiple of {step}."));
            }
        }
    }

    fn text(&mut self, schema: &Value, text: &str, at: &str) {
        let length = text.chars().count() as u64;
        if let Some(least) = size(schema, "minLength").filter(|least| length < *least) {
            self.wrong(at, plural(least, "At least", "character"));
        }
        if let Some(most) = size(schema, "maxLength").filter(|most| length > *most) {
            self.wrong(at, plural(most, "At most", "character"));
        }
        let format = schema.get("format").and_then(Value::as_str);
        if let Some(message) = format.and_then(|format| misshapen(format, text)) {
            self.wrong(at, message);
        }
        if let Some(pattern) = schema.get("pattern").and_then(Value::as_str)
            && !matches(pattern, text)
        {
            self.wrong(at, format!("It must match the pattern {pattern}."));
        }
    }

    fn array(&mut self, schema: &Value, items: &[Value], at: &str, depth: usize) {
        let count = items.len() as u64;
        if let Some(least) = size(schema, "minItems").filter(|least| count < *least) {
            self.wrong(at, entries("At least", least));
        }
        if let Some(most) = size(schema, "maxItems").filter(|most| count > *most) {
            self.wrong(at, entries("At most", most));
        }
        if schema.get("uniqueItems") == Some(&Value::Bool(true)) {
            let twice = items
                .iter()
                .enumerate()
                .find(|(index, item)| items[..*index].contains(item));
            if let Some((_, item)) = twice {
                self.wrong(
                    at,
                    format!("{} stands here twice; each entry once.", shown(item)),
                );
            }
        }
        if let Some(each) = schema.get("items") {
            for (index, item) in items.iter().enumerate() {
                self.value(each, item, &format!("{at}/{index}"), depth);
            }
        }
    }

    fn object(&mut self, schema: &Value, fields: &Map<String, Value>, at: &str, depth: usize) {
        let properties = schema.get("properties").and_then(Value::as_object);
        let required = schema.get("required").and_then(Value::as_array);
        for key in required.into_iter().flatten().filter_map(Value::as_str) {
            if !fields.contains_key(key) {
                self.wrong(&format!("{at}/{}", segment(key)), "Fill this in.");
            }
        }
        for (key, value) in fields {
            let at = format!("{at}/{}", segment(key));
            match properties.and_then(|properties| properties.get(key)) {
                Some(own) => self.value(own, value, &at, depth),
                // What stands under a pattern is not known here.
                None if schema.get("patternProperties").is_some() => {}
                None => match schema.get("additionalProperties") {
                    Some(Value::Bool(false)) => {
                        self.wrong(&at, format!("There is no field {key} here."));
                    }
                    Some(other) => self.value(other, value, &at, depth),
                    None => {}
                },
            }
        }
    }

    fn combined(&mut self, schema: &Value, value: &Value, at: &str, depth: usize) {
        let part = |key: &str| schema.get(key).and_then(Value::as_array);
        for each in part("allOf").into_iter().flatten() {
            self.value(each, value, at, depth);
        }
        if let Some(ways) = part("anyOf").or_else(|| part("oneOf"))
            && !ways.is_empty()
            && !ways.iter().any(|way| self.fits(way, value, depth))
        {
            // With one way in all but `null`, its own words help more than "none of these".
            let real: Vec<&Value> = ways.iter().filter(|way| types(way) != ["null"]).collect();
            match real.as_slice() {
                [only] => self.value(only, value, at, depth),
                _ => self.wrong(at, "This fits none of the allowed shapes."),
            }
        }
    }

    fn fits(&self, schema: &Value, value: &Value, depth: usize) -> bool {
        let mut check = Check {
            root: self.root,
            errors: Vec::new(),
        };
        check.value(schema, value, "", depth);
        check.errors.is_empty()
    }
}

fn size(schema: &Value, key: &str) -> Option<u64> {
    schema.get(key).and_then(Value::as_u64)
}

fn is(name: &str, value: &Value) -> bool {
    match name {
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value
            .as_f64()
            .is_some_and(|number| number.fract().abs() < f64::EPSILON),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        _ => true,
    }
}

fn wanted(types: &[&str]) -> String {
    let words: Vec<&str> = types
        .iter()
        .map(|name| match *name {
            "string" => "text",
            "number" => "a number",
            "integer" => "a whole number",
            "boolean" => "true or false",
            "array" => "a list",
            "object" => "an object",
            "null" => "nothing (null)",
            other => other,
        })
        .collect();
    format!("This must be {}.", words.join(" or "))
}

fn misshapen(format: &str, text: &str) -> Option<&'static str> {
    match format {
        "date" if !is_date(text) => Some("Give a date, like 2026-11-20."),
        "date-time" if model::Timestamp::parse(text).is_none() => {
            Some("Give a date and a time, like 2026-11-20T22:11:40Z.")
        }
        "email" if !is_address(text) => Some("Give an e-mail address."),
        "uri" if !text.contains(':') || text.contains(char::is_whitespace) => {
            Some("Give a whole address, like https://example.com.")
        }
        _ => None,
    }
}

fn is_date(text: &str) -> bool {
    text.len() == 10 && model::Timestamp::parse(&format!("{text}T00:00:00Z")).is_some()
}

fn is_address(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && !host.is_empty() && !text.contains(char::is_whitespace)
    })
}

/// A pattern is held against the text where there is a browser to do it; elsewhere, and where it is no pattern the browser
/// knows, the runtime decides.
fn matches(pattern: &str, text: &str) -> bool {
    #[cfg(target_arch = "wasm32")]
    {
        use wasm_bindgen::{JsCast, JsValue};
        let arguments = js_sys::Array::of2(&JsValue::from(pattern), &JsValue::from("u"));
        // `RegExp::new` traps on a bad pattern; `construct` answers with an error.
        let made = js_sys::Reflect::get(&js_sys::global(), &"RegExp".into())
            .and_then(JsCast::dyn_into::<js_sys::Function>)
            .and_then(|kind| js_sys::Reflect::construct(&kind, &arguments))
            .and_then(JsCast::dyn_into::<js_sys::RegExp>);
        made.map_or(true, |made| made.test(text))
    }
    #[cfg(not(target_arch = "wasm32"))]
    {
        let _ = (pattern, text);
        true
    }
}

fn plural(n: u64, before: &str, one: &str) -> String {
    format!("{before} {n} {one}{}.", if n == 1 { "" } else { "s" })
}

fn entries(before: &str, n: u64) -> String {
    format!("{before} {n} {}.", if n == 1 { "entry" } else { "entries" })
}

fn list(values: &[Value]) -> String {
    values.iter().map(shown).collect::<Vec<_>>().join(", ")
}

/// A value as a person reads it: text without its quotes.
pub fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn found(schema: &Value, value: &Value) -> Vec<(String, String)> {
        validate(schema, value)
            .into_iter()
            .map(|error| (error.pointer, error.message))
            .collect()
    }

    fn one(schema: &Value, value: &Value) -> String {
        let errors = found(schema, value);
        assert_eq!(errors.len(), 1, "{errors:?}");
        errors[0].1.clone()
    }

    #[test]
    fn every_field_gets_its_own_error() {
        let schema = json!({
            "type": "object",
            "required": ["rfq", "customer"],
            "additionalProperties": false,
            "properties": {
                "rfq": { "type": "string", "minLength": 2 },
                "customer": { "type": "string" },
                "discount": { "type": "integer", "minimum": 0, "maximum": 30 },
            }
        });
        let value = json!({ "rfq": "2", "discount": 31.5, "a/b": 1 });
        let mut errors = found(&schema, &value);
        errors.sort();
        assert_eq!(
            errors,
            [
                ("/a~1b".into(), "There is no field a/b here.".into()),
                ("/customer".into(), "Fill this in.".into()),
                ("/discount".into(), "This must be a whole number.".into()),
                ("/rfq".into(), "At least 2 characters.".to_owned()),
            ]
        );
        assert!(
            found(
                &schema,
                &json!({ "rfq": "22", "customer": "", "discount": 30 })
            )
            .is_empty()
        );
    }

    #[test]
    fn limits_of_numbers_name_the_limit() {
        assert_eq!(one(&json!({ "minimum": 1 }), &json!(0)), "At least 1.");
        assert_eq!(one(&json!({ "maximum": 1 }), &json!(1.5)), "At most 1.");
        assert_eq!(
            one(&json!({ "exclusiveMinimum": 0 }), &json!(0)),
            "More than 0."
        );
        assert_eq!(
            one(&json!({ "exclusiveMaximum": 9 }), &json!(9)),
            "Less than 9."
        );
        assert_eq!(
            one(&json!({ "multipleOf": 0.01 }), &json!(1.005)),
            "A multiple of 0.01."
        );
        assert!(found(&json!({ "multipleOf": 0.01 }), &json!(1.15)).is_empty());
        assert!(found(&json!({ "type": "integer" }), &json!(3.0)).is_empty());
    }

    #[test]
    fn lists_are_checked_entry_by_entry() {
        let schema = json!({ "type": "array", "minItems": 1, "uniqueItems": true, "items": { "type": "string" } });
        assert_eq!(one(&schema, &json!([])), "At least 1 entry.");
        assert_eq!(
            one(&schema, &json!(["a", "a"])),
            "a stands here twice; each entry once."
        );
        assert_eq!(
            found(&schema, &json!(["a", 1])),
            [("/1".to_owned(), "This must be text.".to_owned())]
        );
    }

    #[test]
    fn choices_are_listed() {
        assert_eq!(
            one(&json!({ "enum": ["low", "high", 3] }), &json!("mid")),
            "Choose one of: low, high, 3."
        );
        assert_eq!(
            one(&json!({ "const": true }), &json!(false)),
            "Only true may stand here."
        );
    }

    #[test]
    fn formats_say_what_they_want() {
        for (format, good, bad) in [
            ("date", "2026-02-28", "2026-02-30"),
            ("date-time", "2026-11-20T22:11:40Z", "2026-11-20"),
            ("email", "kern@metro.example", "kern"),
            ("uri", "https://metro.example/a", "metro example"),
        ] {
            let schema = json!({ "type": "string", "format": format });
            assert!(found(&schema, &json!(good)).is_empty(), "{format} {good}");
            assert_eq!(found(&schema, &json!(bad)).len(), 1, "{format} {bad}");
        }
    }

    #[test]
    fn references_are_followed_and_a_circle_ends() {
        let schema = json!({
            "$defs": { "line": { "type": "object", "required": ["article"], "properties": { "next": { "$ref": "#/$defs/line" } } } },
            "$ref": "#/$defs/line",
        });
        assert_eq!(
            found(&schema, &json!({ "article": 1, "next": {} })),
            [("/next/article".to_owned(), "Fill this in.".to_owned())]
        );
        let circle = json!({ "$ref": "#" });
        assert!(found(&circle, &json!(1)).is_empty());
    }

    #[test]
    fn one_of_several_shapes_is_enough() {
        let schema = json!({ "anyOf": [{ "type": "string" }, { "type": "integer" }] });
        assert!(found(&schema, &json!("a")).is_empty());
        assert_eq!(
            one(&schema, &json!(true)),
            "This fits none of the allowed shapes."
        );
        let or_null = json!({ "anyOf": [{ "type": "integer", "minimum": 2 }, { "type": "null" }] });
        assert!(found(&or_null, &Value::Null).is_empty());
        assert_eq!(one(&or_null, &json!(1)), "At least 2.");
    }

    #[test]
    fn what_is_not_known_is_let_through() {
        let schema = json!({ "if": { "type": "string" }, "then": { "minLength": 3 }, "format": "tea", "type": "teapot" });
        assert!(found(&schema, &json!("x")).is_empty());
    }
}
