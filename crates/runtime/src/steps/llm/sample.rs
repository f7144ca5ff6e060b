//! The smallest value that satisfies a JSON Schema, for Mock Mode.

use serde_json::{Map, Value, json};

/// Deeper schemas are recursive ones.
const MAX_DEPTH: usize = 32;

/// A value made from the schema's own words. Whether it really fits is for a validator to say: schemas can ask for anything.
pub fn instance(schema: &Value) -> Option<Value> {
    of(schema, schema, 0)
}

fn of(schema: &Value, root: &Value, depth: usize) -> Option<Value> {
    if depth > MAX_DEPTH {
        return None;
    }
    let Value::Object(words) = schema else {
        return (*schema == Value::Bool(true)).then_some(Value::Null);
    };
    for fixed in ["const", "default"] {
        if let Some(value) = words.get(fixed) {
            return Some(value.clone());
        }
    }
    for listed in ["enum", "examples"] {
        if let Some(value) = words.get(listed).and_then(|list| list.get(0)) {
            return Some(value.clone());
        }
    }
    if let Some(reference) = words.get("$ref").and_then(Value::as_str) {
        let target = root.pointer(reference.strip_prefix('#')?)?;
        return of(target, root, depth + 1);
    }
    for choice in ["anyOf", "oneOf"] {
        if let Some(Value::Array(choices)) = words.get(choice) {
            return choices
                .iter()
                .find_map(|choice| of(choice, root, depth + 1));
        }
    }
    if let Some(Value::Array(parts)) = words.get("allOf") {
        return of(&Value::Object(merged(words, parts)), root, depth + 1);
    }
    match kind(words)? {
        "object" => object(words, root, depth),
        "array" => {
            let item = words.get("items").unwrap_or(&Value::Bool(true));
            let count = length(words, "minItems");
            let items = (0..count).map(|_| of(item, root, depth + 1));
            items.collect::<Option<Vec<_>>>().map(Value::from)
        }
        "string" => Some(Value::from(string(words))),
        "integer" => Some(json!(number(words).ceil() as i64)),
        "number" => Some(json!(number(words))),
        "boolean" => Some(json!(false)),
        _ => Some(Value::Null),
    }
}

fn kind(words: &Map<String, Value>) -> Option<&str> {
    match words.get("type") {
        Some(Value::String(kind)) => Some(kind),
        Some(Value::Array(kinds)) => kinds.first()?.as_str(),
        _ if words.contains_key("properties") => Some("object"),
        _ if words.contains_key("items") => Some("array"),
        _ => Some("null"),
    }
}

fn object(words: &Map<String, Value>, root: &Value, depth: usize) -> Option<Value> {
    let required = words.get("required").and_then(Value::as_array);
    let names = required.into_iter().flatten().filter_map(Value::as_str);
    let members = names.map(|name| {
        let member = words.get("properties").and_then(|p| p.get(name));
        let value = of(member.unwrap_or(&Value::Bool(true)), root, depth + 1)?;
        Some((name.to_owned(), value))
    });
    members.collect::<Option<Map<_, _>>>().map(Value::Object)
}

fn string(words: &Map<String, Value>) -> String {
    match words.get("format").and_then(Value::as_str) {
        Some("date") => return "2000-01-01".into(),
        Some("date-time") => return "2000-01-01T00:00:00Z".into(),
        Some("email") => return "mock@example.com".into(),
        Some("uri") => return "https://example.com/".into(),
        _ => {}
    }
    let (least, most) = (
        length(words, "minLength"),
        words.get("maxLength").and_then(Value::as_u64),
    );
    let text: String = "mock ".chars().cycle().take(least.max(4)).collect();
    text.chars()
        .take(most.map_or(usize::MAX, |most| most as usize))
        .collect()
}

fn number(words: &Map<String, Value>) -> f64 {
    let word = |name: &str| words.get(name).and_then(Value::as_f64);
    let least = word("minimum").or_else(|| word("exclusiveMinimum").map(|above| above + 1.0));
    let most = word("maximum").or_else(|| word("exclusiveMaximum").map(|below| below - 1.0));
    match (least, most) {
        (Some(least), _) if least > 0.0 => least,
        (_, Some(most)) if most < 0.0 => most,
        _ => 0.0,
    }
}

fn length(words: &Map<String, Value>, name: &str) -> usize {
    let length = words.get(name).and_then(Value::as_u64).unwrap_or(0);
    // A schema may ask for more than anyone wants to see made up.
    length.min(1000) as usize
}

/// All parts of an `allOf` as one schema.
fn merged(words: &Map<String, Value>, parts: &[Value]) -> Map<String, Value> {
    let mut all = words.clone();
    all.remove("allOf");
    for part in parts.iter().filter_map(Value::as_object) {
        for (name, value) in part {
            match (all.get_mut(name), value) {
                (Some(Value::Object(own)), Value::Object(more)) => {
                    own.extend(more.clone());
                }
                (Some(Value::Array(own)), Value::Array(more)) => own.extend(more.iter().cloned()),
                _ => {
                    all.insert(name.clone(), value.clone());
                }
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_instance_satisfies_the_schema() {
        for schema in [
            json!({"type": "object", "required": ["lines", "total"], "properties": {
                "lines": {"type": "array", "minItems": 2, "items": {"$ref": "#/$defs/line"}},
                "total": {"type": "number", "minimum": 0.5},
                "note": {"type": "string"}},
              "$defs": {"line": {"type": "object", "required": ["sku", "qty", "unit"], "additionalProperties": false, "properties": {
                "sku": {"type": "string", "minLength": 6}, "qty": {"type": "integer", "exclusiveMinimum": 0},
                "unit": {"enum": ["m", "kg"]}}}}}),
            json!({"type": ["string", "null"], "maxLength": 2}),
            json!({"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]}),
            json!({"allOf": [{"required": ["a"]}, {"required": ["b"], "properties": {"b": {"const": 7}}}], "type": "object"}),
            json!({"type": "boolean"}),
            json!(true),
        ] {
            let made = instance(&schema).unwrap();
            assert!(jsonschema::is_valid(&schema, &made), "{schema} {made}");
        }
    }

    #[test]
    fn a_schema_without_a_smallest_value_gives_none() {
        let endless =
            json!({"type": "object", "required": ["next"], "properties": {"next": {"$ref": "#"}}});
        assert_eq!(instance(&endless), None);
    }
}
