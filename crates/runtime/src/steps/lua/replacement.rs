//! What `string.gsub` puts in the place of a match.

use super::pattern::Capture;
use super::strings::to_value;
use mlua::{Error, Lua, Result, Table, Value, Variadic};

/// What `gsub` puts in the place of a match.
pub(super) enum Replacement {
    Text(Vec<u8>),
    Table(Table),
    Function(mlua::Function),
}

impl Replacement {
    pub fn of(lua: &Lua, value: &Value) -> Result<Self> {
        match value {
            Value::Table(table) => Ok(Self::Table(table.clone())),
            Value::Function(function) => Ok(Self::Function(function.clone())),
            Value::String(_) | Value::Integer(_) | Value::Number(_) => {
                let text = lua.coerce_string(value.clone())?;
                Ok(Self::Text(
                    text.map(|t| t.as_bytes().to_vec()).unwrap_or_default(),
                ))
            }
            other => Err(Error::RuntimeError(format!(
                "bad argument #3 to 'gsub' (string/function/table expected, got {})",
                other.type_name()
            ))),
        }
    }

    pub fn write(
        &self,
        lua: &Lua,
        text: &[u8],
        (from, to): (usize, usize),
        captures: &[Capture],
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let first = captures.first().copied().unwrap_or(Capture::Text(from, to));
        let value = match self {
            Self::Text(template) => return fill(template, text, (from, to), captures, out),
            Self::Table(table) => table.get::<Value>(to_value(lua, text, first)?)?,
            Self::Function(function) => {
                let mut arguments = Variadic::new();
                for capture in captures {
                    arguments.push(to_value(lua, text, *capture)?);
                }
                function.call::<Value>(arguments)?
            }
        };
        match value {
            Value::Nil | Value::Boolean(false) => out.extend_from_slice(&text[from..to]),
            Value::String(_) | Value::Integer(_) | Value::Number(_) => {
                if let Some(value) = lua.coerce_string(value)? {
                    out.extend_from_slice(&value.as_bytes());
                }
            }
            other => {
                return Err(Error::RuntimeError(format!(
                    "invalid replacement value (a {})",
                    other.type_name()
                )));
            }
        }
        Ok(())
    }
}

/// Writes a replacement text, `%0` to `%9` standing for the match and its captures.
fn fill(
    template: &[u8],
    text: &[u8],
    (from, to): (usize, usize),
    captures: &[Capture],
    out: &mut Vec<u8>,
) -> Result<()> {
    let mut rest = template.iter();
    while let Some(&c) = rest.next() {
        if c != b'%' {
            out.push(c);
            continue;
        }
        match rest.next() {
            Some(b'%') => out.push(b'%'),
            Some(b'0') => out.extend_from_slice(&text[from..to]),
            Some(digit @ b'1'..=b'9') => match captures.get(usize::from(digit - b'1')) {
                Some(Capture::Text(from, to)) => out.extend_from_slice(&text[*from..*to]),
                Some(Capture::Position(at)) => out.extend_from_slice(at.to_string().as_bytes()),
                None => {
                    return Err(Error::RuntimeError(format!(
                        "invalid capture index %{} in replacement string",
                        digit - b'0'
                    )));
                }
            },
            _ => {
                return Err(Error::RuntimeError(
                    "invalid use of '%' in replacement string".into(),
                ));
            }
        }
    }
    Ok(())
}
