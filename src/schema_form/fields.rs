//! Which control each part of a schema gets, and how what is typed becomes a value.

use super::validate::{resolve, segment, shown, types};
use serde_json::{Map, Number, Value};

/// A control of the form.
#[derive(Debug, Clone, PartialEq)]
pub enum Control {
    Line,
    /// Several lines of text.
    Lines,
    Number {
        whole: bool,
    },
    Flag,
    /// One of these.
    Choice(Vec<Value>),
    Date,
    Moment,
    /// A list of texts, one a line.
    Texts,
    /// Anything else, as JSON.
    Json,
}

/// One field of the form.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Where its value stands: `/discount`; empty for a form that is one value.
    pub pointer: String,
    /// The key in the object; `None` for a form that is one value.
    pub key: Option<String>,
    pub label: String,
    pub hint: Option<String>,
    pub required: bool,
    pub control: Control,
}

/// The fields of a schema: one for each property, in the schema's order with the required ones first, or a single one for
/// a schema of anything but an object with properties.
pub fn fields(schema: &Value) -> Vec<Field> {
    let top = resolve(schema, schema);
    let properties = top.get("properties").and_then(Value::as_object);
    let Some(properties) = properties.filter(|all| !all.is_empty()) else {
        return vec![field(schema, top, None, true)];
    };
    let required = |key: &str| {
        top.get("required")
            .and_then(Value::as_array)
            .is_some_and(|all| all.iter().any(|own| own == key))
    };
    let mut all: Vec<Field> = properties
        .iter()
        .map(|(key, own)| field(schema, resolve(schema, own), Some(key), required(key)))
        .collect();
    all.sort_by_key(|field| !field.required);
    all
}

fn field(root: &Value, schema: &Value, key: Option<&str>, required: bool) -> Field {
    let text = |name: &str| schema.get(name).and_then(Value::as_str).map(str::to_owned);
    Field {
        pointer: key
            .map(|key| format!("/{}", segment(key)))
            .unwrap_or_default(),
        key: key.map(str::to_owned),
        label: text("title").unwrap_or_else(|| key.map_or_else(|| "Value".to_owned(), spoken)),
        hint: hint(schema),
        required,
        control: control(root, schema),
    }
}

fn control(root: &Value, schema: &Value) -> Control {
    if let Some(choices) = schema.get("enum").and_then(Value::as_array) {
        return Control::Choice(choices.clone());
    }
    let types: Vec<&str> = types(schema)
        .into_iter()
        .filter(|name| *name != "null")
        .collect();
    match types.as_slice() {
        ["string"] => match schema.get("format").and_then(Value::as_str) {
            Some("date") => Control::Date,
            Some("date-time") => Control::Moment,
            Some("textarea" | "markdown") => Control::Lines,
            _ if schema
                .get("maxLength")
                .and_then(Value::as_u64)
                .is_some_and(|most| most > 200) =>
            {
                Control::Lines
            }
            _ => Control::Line,
        },
        ["integer"] => Control::Number { whole: true },
        ["number"] => Control::Number { whole: false },
        ["boolean"] => Control::Flag,
        ["array"] => {
            let each = schema.get("items").map(|each| resolve(root, each));
            match each.map(super::validate::types).as_deref() {
                Some(["string"]) => Control::Texts,
                _ => Control::Json,
            }
        }
        _ => Control::Json,
    }
}

/// The schema's own words, then its limits.
fn hint(schema: &Value) -> Option<String> {
    let number = |key: &str| schema.get(key).and_then(Value::as_f64);
    let limits = match (number("minimum"), number("maximum")) {
        (Some(least), Some(most)) => Some(format!("From {least} to {most}.")),
        (Some(least), None) => Some(format!("At least {least}.")),
        (None, Some(most)) => Some(format!("At most {most}.")),
        (None, None) => None,
    };
    let told = schema
        .get("description")
        .and_then(Value::as_str)
        .map(str::to_owned);
    match (told, limits) {
        (Some(told), Some(limits)) => Some(format!("{told} {limits}")),
        (told, limits) => told.or(limits),
    }
}

/// `discount_percent` and `discountPercent` → "Discount percent".
fn spoken(key: &str) -> String {
    let mut out = String::with_capacity(key.len() + 4);
    let mut before = ' ';
    for letter in key.chars() {
        if letter == '_' || letter == '-' {
            out.push(' ');
        } else if letter.is_uppercase() && before.is_lowercase() {
            out.push(' ');
            out.extend(letter.to_lowercase());
        } else {
            out.push(letter);
        }
        before = letter;
    }
    let mut letters = out.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => out,
    }
}

/// What a schema's form begins with: its default, and the defaults of its properties.
pub fn start(schema: &Value) -> Value {
    let top = resolve(schema, schema);
    if let Some(whole) = top.get("default") {
        return whole.clone();
    }
    let Some(properties) = top.get("properties").and_then(Value::as_object) else {
        return match types(top).as_slice() {
            ["object"] | [] => Value::Object(Map::new()),
            ["boolean"] => Value::Bool(false),
            ["array"] => Value::Array(Vec::new()),
            _ => Value::Null,
        };
    };
    let required = top.get("required").and_then(Value::as_array);
    let begins = properties.iter().filter_map(|(key, own)| {
        let own = resolve(schema, own);
        let given = own.get("default").or_else(|| own.get("const")).cloned();
        // An unticked box means "no": where an answer must be given, it is given.
        let no = types(own) == ["boolean"]
            && required.is_some_and(|all| all.iter().any(|name| name == key));
        Some((key.clone(), given.or(no.then_some(Value::Bool(false)))?))
    });
    Value::Object(begins.collect())
}

/// What was typed, as a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Typed {
    /// Nothing: the field is left out.
    Nothing,
    Value(Value),
    /// It cannot be read; why.
    Unreadable(String),
}

/// Reads what stands in a control. [`Control::Flag`] and [`Control::Moment`] are read by their own controls.
pub fn read(control: &Control, text: &str) -> Typed {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Typed::Nothing;
    }
    match control {
        Control::Line
        | Control::Lines
        | Control::Date
        | Control::Moment
        | Control::Flag
        | Control::Choice(_) => Typed::Value(Value::String(text.to_owned())),
        Control::Number { whole } => number(trimmed, *whole),
        Control::Texts => Typed::Value(
            text.lines()
                .map(str::trim)
                .filter(|line| !line.is_empty())
                .map(|line| Value::String(line.to_owned()))
                .collect(),
        ),
        Control::Json => match serde_json::from_str(text) {
            Ok(value) => Typed::Value(value),
            Err(error) => Typed::Unreadable(format!("This is no JSON: {error}.")),
        },
    }
}

fn number(text: &str, whole: bool) -> Typed {
    if let Ok(number) = text.parse::<i64>() {
        return Typed::Value(number.into());
    }
    let told = if whole {
        "Give a whole number, like 12."
    } else {
        "Give a number, like 12.5."
    };
    match text.parse::<f64>().ok().and_then(Number::from_f64) {
        Some(number) => Typed::Value(Value::Number(number)),
        None => Typed::Unreadable(told.to_owned()),
    }
}

/// A value as its control shows it.
pub fn write(control: &Control, value: Option<&Value>) -> String {
    match (control, value) {
        (_, None | Some(Value::Null)) if *control != Control::Json => String::new(),
        (_, None) => String::new(),
        (Control::Texts, Some(Value::Array(items))) => {
            items.iter().map(shown).collect::<Vec<_>>().join("\n")
        }
        (Control::Json | Control::Texts, Some(value)) => {
            serde_json::to_string_pretty(value).unwrap_or_default()
        }
        (_, Some(value)) => shown(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn controls(schema: &Value) -> Vec<(String, Control)> {
        fields(schema)
            .into_iter()
            .map(|field| (field.label, field.control))
            .collect()
    }

    #[test]
    fn each_kind_of_property_has_its_control() {
        let schema = json!({ "properties": {
            "name": { "type": "string" },
            "note": { "type": "string", "maxLength": 4000 },
            "due": { "type": "string", "format": "date" },
            "at": { "type": ["string", "null"], "format": "date-time" },
            "percent": { "type": "integer" },
            "price": { "type": "number" },
            "rush": { "type": "boolean" },
            "level": { "enum": ["low", 2] },
            "tags": { "type": "array", "items": { "type": "string" } },
            "lines": { "type": "array", "items": { "type": "object" } },
            "address": { "type": "object", "properties": { "street": { "type": "string" } } },
            "anything": {},
        }});
        let found: std::collections::BTreeMap<String, Control> =
            controls(&schema).into_iter().collect();
        let expected = [
            ("Name", Control::Line),
            ("Note", Control::Lines),
            ("Due", Control::Date),
            ("At", Control::Moment),
            ("Percent", Control::Number { whole: true }),
            ("Price", Control::Number { whole: false }),
            ("Rush", Control::Flag),
            ("Level", Control::Choice(vec![json!("low"), json!(2)])),
            ("Tags", Control::Texts),
            ("Lines", Control::Json),
            ("Address", Control::Json),
            ("Anything", Control::Json),
        ];
        for (label, control) in expected {
            assert_eq!(found.get(label), Some(&control), "{label}");
        }
    }

    #[test]
    fn required_fields_come_first_with_the_schemas_words() {
        let schema = json!({
            "required": ["rfq_number"],
            "properties": {
                "discount": { "type": "integer", "description": "Off the list price.", "minimum": 0, "maximum": 30 },
                "rfq_number": { "type": "string" },
            }
        });
        let all = fields(&schema);
        assert_eq!(all[0].label, "Rfq number");
        assert!(all[0].required && !all[1].required);
        assert_eq!(
            all[1].hint.as_deref(),
            Some("Off the list price. From 0 to 30.")
        );
        assert_eq!(all[1].pointer, "/discount");
        assert_eq!(spoken("shipTo-address"), "Ship to address");
    }

    #[test]
    fn a_schema_of_one_value_is_one_field() {
        let all = fields(&json!({ "type": "number", "title": "Amount" }));
        assert_eq!(all.len(), 1);
        assert_eq!(
            (all[0].key.clone(), all[0].label.as_str()),
            (None, "Amount")
        );
        assert_eq!(fields(&json!({}))[0].control, Control::Json);
    }

    #[test]
    fn the_form_begins_with_the_defaults() {
        let schema = json!({
            "type": "object",
            "required": ["rush"],
            "properties": {
                "rfq": { "type": "string", "default": "2231" },
                "customer": { "type": "string" },
                "rush": { "type": "boolean" },
                "gift": { "type": "boolean" },
            }
        });
        assert_eq!(start(&schema), json!({ "rfq": "2231", "rush": false }));
        assert_eq!(start(&json!({})), json!({}));
        assert_eq!(start(&json!({ "type": "string" })), Value::Null);
    }

    #[test]
    fn typed_text_becomes_a_value_and_comes_back() {
        let cases = [
            (Control::Line, "RFQ 1", json!("RFQ 1")),
            (Control::Number { whole: true }, " 12 ", json!(12)),
            (Control::Number { whole: false }, "12.5", json!(12.5)),
            (Control::Texts, "a\n\n b \n", json!(["a", "b"])),
            (Control::Json, "{\"a\": 1}", json!({ "a": 1 })),
        ];
        for (control, text, value) in cases {
            assert_eq!(read(&control, text), Typed::Value(value.clone()), "{text}");
            assert_eq!(
                read(&control, &write(&control, Some(&value))),
                Typed::Value(value)
            );
        }
        assert_eq!(read(&Control::Line, "  "), Typed::Nothing);
        assert!(matches!(
            read(&Control::Number { whole: true }, "twelve"),
            Typed::Unreadable(_)
        ));
        assert!(matches!(read(&Control::Json, "{a}"), Typed::Unreadable(_)));
    }
}
