//! The value of an expression in a run.

use super::{Comparison, Expr, Path};
use serde_json::Value;
use std::borrow::Cow;
use std::cmp::Ordering;

/// Where paths find their values.
pub trait Scope {
    /// The value of a whole path; `None` when there is none.
    fn get(&self, path: &Path) -> Option<Cow<'_, Value>>;
}

/// Why an expression has no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvalError {
    #[error("`{0}` has no value")]
    NoValue(String),
    #[error("{0}")]
    Types(String),
}

static NULL: Value = Value::Null;

/// The value of `expr`.
pub fn eval<'a>(expr: &'a Expr, scope: &'a dyn Scope) -> Result<Cow<'a, Value>, EvalError> {
    match expr {
        Expr::Literal(value) => Ok(Cow::Borrowed(value)),
        Expr::Path(path) => scope
            .get(path)
            .ok_or_else(|| EvalError::NoValue(path.to_string())),
        Expr::FirstOf(list) => {
            let mut result = Ok(Cow::Borrowed(&NULL));
            for alternative in list {
                result = eval(alternative, scope);
                match &result {
                    Ok(value) if !value.is_null() => return result,
                    Ok(_) | Err(EvalError::NoValue(_)) => {}
                    Err(EvalError::Types(_)) => return result,
                }
            }
            result
        }
        Expr::Not(e) => Ok(bool(!truth(eval(e, scope)?.as_ref()))),
        Expr::And(list) => {
            for e in list {
                if !truth(eval(e, scope)?.as_ref()) {
                    return Ok(bool(false));
                }
            }
            Ok(bool(true))
        }
        Expr::Or(list) => {
            for e in list {
                if truth(eval(e, scope)?.as_ref()) {
                    return Ok(bool(true));
                }
            }
            Ok(bool(false))
        }
        Expr::Compare(by, a, b) => {
            let (a, b) = (eval(a, scope)?, eval(b, scope)?);
            compare(*by, &a, &b).map(bool)
        }
    }
}

fn bool<'a>(value: bool) -> Cow<'a, Value> {
    Cow::Owned(Value::Bool(value))
}

/// Whether a value counts as true: not `false`, `null`, 0, an empty text, list or object.
pub fn truth(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(b) => *b,
        Value::Number(n) => n.as_f64() != Some(0.0),
        Value::String(s) => !s.is_empty(),
        Value::Array(a) => !a.is_empty(),
        Value::Object(o) => !o.is_empty(),
    }
}

fn compare(by: Comparison, a: &Value, b: &Value) -> Result<bool, EvalError> {
    let order = || match (a, b) {
        (Value::Number(x), Value::Number(y)) => Ok(x
            .as_f64()
            .partial_cmp(&y.as_f64())
            .unwrap_or(Ordering::Equal)),
        (Value::String(x), Value::String(y)) => Ok(x.cmp(y)),
        _ => Err(EvalError::Types(format!(
            "{} and {} have no order",
            kind(a),
            kind(b)
        ))),
    };
    match by {
        Comparison::Equal => Ok(equal(a, b)),
        Comparison::NotEqual => Ok(!equal(a, b)),
        Comparison::Less => Ok(order()? == Ordering::Less),
        Comparison::LessOrEqual => Ok(order()? != Ordering::Greater),
        Comparison::Greater => Ok(order()? == Ordering::Greater),
        Comparison::GreaterOrEqual => Ok(order()? != Ordering::Less),
        Comparison::In => match (a, b) {
            (_, Value::Array(list)) => Ok(list.iter().any(|item| equal(a, item))),
            (Value::String(part), Value::String(text)) => Ok(text.contains(part.as_str())),
            (Value::String(key), Value::Object(object)) => Ok(object.contains_key(key)),
            _ => Err(EvalError::Types(format!(
                "`in` cannot look for {} in {}",
                kind(a),
                kind(b)
            ))),
        },
    }
}

/// As JSON, but 1 and 1.0 are the same.
fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(x), Value::Number(y)) => x == y || x.as_f64() == y.as_f64(),
        _ => a == b,
    }
}

pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// Follows names and list positions into a value.
pub(crate) fn follow<'a>(mut value: &'a Value, parts: &[String]) -> Option<&'a Value> {
    for part in parts {
        value = match value {
            Value::Object(object) => object.get(part)?,
            Value::Array(list) => list.get(part.parse::<usize>().ok()?)?,
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return None,
        };
    }
    Some(value)
}
