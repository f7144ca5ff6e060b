//! Values with `{{…}}` in their texts.

use crate::expr::{self, EvalError, Expr, Scope, SyntaxError};
use serde_json::{Map, Value};

/// How deep a value may nest; documents read by `serde_json` never get near it.
const MAX_DEPTH: usize = 256;

/// A piece of a text.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece<'a> {
    Text(&'a str),
    Expr(Expr),
}

/// Why a template has no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{template}`: {problem}.")]
pub struct Unresolved {
    /// As written, cut to 200 characters.
    pub template: String,
    pub problem: String,
}

/// The value with its templates resolved. A text that is nothing but one template takes the template's value as it is; in
/// a longer text the values stand as text, objects and lists as compact JSON.
pub fn resolve(value: &Value, scope: &dyn Scope) -> Result<Value, Unresolved> {
    resolve_at(value, scope, 0)
}

fn resolve_at(value: &Value, scope: &dyn Scope, depth: usize) -> Result<Value, Unresolved> {
    if depth > MAX_DEPTH {
        return Err(Unresolved {
            template: "…".into(),
            problem: "the value is nested too deeply".into(),
        });
    }
    Ok(match value {
        Value::String(text) => resolve_text(text, scope)?,
        Value::Array(list) => {
            let items = list.iter().map(|v| resolve_at(v, scope, depth + 1));
            Value::Array(items.collect::<Result<_, _>>()?)
        }
        Value::Object(object) => {
            let mut resolved = Map::new();
            for (key, v) in object {
                resolved.insert(key.clone(), resolve_at(v, scope, depth + 1)?);
            }
            Value::Object(resolved)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    })
}

/// As [`resolve`], for one text.
pub fn resolve_text(text: &str, scope: &dyn Scope) -> Result<Value, Unresolved> {
    if !text.contains("{{") {
        return Ok(Value::String(text.to_owned()));
    }
    let unresolved = |problem: String| Unresolved {
        template: text.chars().take(200).collect(),
        problem,
    };
    let pieces = pieces(text).map_err(|e| unresolved(e.to_string()))?;
    if let [Piece::Expr(expr)] = &pieces[..] {
        let value = expr::eval(expr, scope).map_err(|e| unresolved(e.to_string()))?;
        return Ok(value.into_owned());
    }
    let mut resolved = String::new();
    for piece in &pieces {
        match piece {
            Piece::Text(text) => resolved.push_str(text),
            Piece::Expr(expr) => {
                let value = expr::eval(expr, scope).map_err(|e| unresolved(e.to_string()))?;
                match value.as_ref() {
                    Value::String(s) => resolved.push_str(s),
                    Value::Null => {
                        return Err(unresolved(
                            "a value inside the text is null; give a default with `|`".into(),
                        ));
                    }
                    other @ (Value::Bool(_)
                    | Value::Number(_)
                    | Value::Array(_)
                    | Value::Object(_)) => resolved.push_str(&other.to_string()),
                }
            }
        }
    }
    Ok(Value::String(resolved))
}

/// Whether a text holds a template at all.
pub fn has_template(text: &str) -> bool {
    text.contains("{{")
}

/// Splits a text into what stands between `{{…}}` and the expressions inside. A place in an error counts from the start
/// of the text.
pub fn pieces(text: &str) -> Result<Vec<Piece<'_>>, SyntaxError> {
    let mut pieces = Vec::new();
    let mut rest = 0;
    while let Some(open) = text[rest..].find("{{").map(|i| rest + i) {
        if open > rest {
            pieces.push(Piece::Text(&text[rest..open]));
        }
        let start = open + 2;
        let Some(length) = expression_length(&text[start..]) else {
            return Err(SyntaxError {
                at: open,
                message: "`{{` is not closed with `}}`,".into(),
            });
        };
        let parsed = expr::parse(&text[start..start + length]).map_err(|e| SyntaxError {
            at: start + e.at,
            message: e.message,
        })?;
        pieces.push(Piece::Expr(parsed));
        rest = start + length + 2;
    }
    if rest < text.len() {
        pieces.push(Piece::Text(&text[rest..]));
    }
    Ok(pieces)
}

/// Up to the closing `}}`, which a text in quotes may hold too.
fn expression_length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut quote = None;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match quote {
            Some(_) if byte == b'\\' => at += 1,
            Some(q) if byte == q => quote = None,
            None if byte == b'"' || byte == b'\'' => quote = Some(byte),
            None if byte == b'}' && bytes.get(at + 1) == Some(&b'}') => return Some(at),
            Some(_) | None => {}
        }
        at += 1;
    }
    None
}

/// The truth of a condition.
pub fn condition(text: &str, scope: &dyn Scope) -> Result<bool, Unresolved> {
    let unresolved = |problem: String| Unresolved {
        template: text.chars().take(200).collect(),
        problem,
    };
    let expr = parse_condition(text).map_err(|e| unresolved(e.to_string()))?;
    match expr::eval(&expr, scope) {
        Ok(value) => Ok(expr::truth(&value)),
        Err(e @ (EvalError::NoValue(_) | EvalError::Types(_))) => Err(unresolved(e.to_string())),
    }
}

/// A condition is an expression; one written as a template, `{{…}}`, is read as what it holds.
pub fn parse_condition(text: &str) -> Result<Expr, SyntaxError> {
    let trimmed = text.trim();
    let inner = trimmed
        .strip_prefix("{{")
        .and_then(|t| t.strip_suffix("}}"));
    expr::parse(inner.unwrap_or(text))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::expr::Path;
    use proptest::prelude::*;
    use serde_json::json;
    use std::borrow::Cow;

    struct Input(Value);
    impl Scope for Input {
        fn get(&self, path: &Path) -> Option<Cow<'_, Value>> {
            let parts = &path.parts;
            (path.root == "input")
                .then(|| expr::follow(&self.0, parts).map(Cow::Borrowed))
                .flatten()
        }
    }

    fn resolved(template: &Value) -> Result<Value, String> {
        let scope = Input(json!({"n": 3, "name": "Metro", "list": [1, 2], "none": null}));
        resolve(template, &scope).map_err(|e| e.to_string())
    }

    #[test]
    fn a_whole_template_keeps_its_type_and_others_become_text() {
        let cases = [
            (json!("{{input.n}}"), json!(3)),
            (json!("{{ input.list }}"), json!([1, 2])),
            (json!("{{input.none}}"), json!(null)),
            (json!("n={{input.n}}, {{input.list}}"), json!("n=3, [1,2]")),
            (
                json!("Dear {{input.gone | input.name}}!"),
                json!("Dear Metro!"),
            ),
            (json!({"a": ["{{input.n}}", true]}), json!({"a": [3, true]})),
            (json!("no template"), json!("no template")),
            (json!("{{\"}} and {{\"}}"), json!("}} and {{")),
        ];
        for (template, expected) in cases {
            assert_eq!(resolved(&template), Ok(expected), "{template}");
        }
    }

    #[test]
    fn what_cannot_be_resolved_is_named() {
        for (template, part) in [
            (
                "{{input.gone}}",
                "`{{input.gone}}`: `input.gone` has no value.",
            ),
            ("a {{input.none}}", "null"),
            ("a {{input.n", "not closed with `}}`, at character 3"),
            ("a {{}}", "at character 5"),
        ] {
            let error = resolved(&json!(template)).unwrap_err();
            assert!(error.contains(part), "{template}: {error}");
        }
    }

    #[test]
    fn a_condition_may_be_written_as_a_template() {
        let scope = Input(json!({"n": 3}));
        assert_eq!(condition("{{ input.n > 2 }}", &scope), Ok(true));
        assert_eq!(condition("input.n > 3", &scope), Ok(false));
        assert!(condition("input.gone", &scope).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_resolved_or_refused(text in "[{}|\"'a-z. \\\\ü]{0,60}") {
            let _ = resolved(&json!(text));
        }
    }
}
