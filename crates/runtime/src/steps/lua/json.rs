//! JSON values as Lua values and back, without loss.
//!
//! Integers stay integers and floats floats; a list carries a mark in its metatable, so that an empty one stays a list; a
//! JSON `null` is the value `null`, since a table cannot hold `nil`.

use mlua::{Lua, Table, Value};
use serde_json::{Map, Number, Value as Json};

/// As deep as JSON may nest; parsers stop at 128.
const MAX_DEPTH: usize = 100;
/// Values inside of one another and beside one another: small ones take many times their size in memory.
const MAX_VALUES: usize = 2_000_000;

/// Why a Lua value is no JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShapeError {
    #[error("{}{what}", at(path))]
    Shape {
        /// Where in the value: `.items[2].price`; empty for the value itself.
        path: String,
        what: String,
    },
    #[error("is larger than {} MiB", .0 / 1024 / 1024)]
    TooLarge(usize),
    #[error("holds more than {MAX_VALUES} values")]
    TooMany,
}

fn at(path: &str) -> String {
    if path.is_empty() {
        String::new()
    } else {
        format!("{path} ")
    }
}

impl ShapeError {
    fn here(what: impl Into<String>) -> Self {
        Self::Shape {
            path: String::new(),
            what: what.into(),
        }
    }

    /// The same error seen from one level further out.
    fn within(self, segment: impl FnOnce() -> String) -> Self {
        match self {
            Self::Shape { path, what } => Self::Shape {
                path: segment() + &path,
                what,
            },
            other @ (Self::TooLarge(_) | Self::TooMany) => other,
        }
    }
}

/// Makes a Lua value. Fails for a number that Lua cannot hold exactly, and when the script's memory is used up.
pub fn to_lua(lua: &Lua, value: &Json, mark: &Table) -> mlua::Result<Value> {
    Ok(match value {
        Json::Null => Value::NULL,
        Json::Bool(b) => Value::Boolean(*b),
        Json::Number(number) => match (number.as_i64(), number.is_f64()) {
            (Some(integer), _) => Value::Integer(integer),
            (None, true) => Value::Number(number.as_f64().unwrap_or(f64::NAN)),
            (None, false) => {
                return Err(mlua::Error::RuntimeError(format!(
                    "the number {number} is too large for Lua; pass it as text"
                )));
            }
        },
        Json::String(text) => Value::String(lua.create_string(text)?),
        Json::Array(items) => {
            let table = lua.create_table_with_capacity(items.len(), 0)?;
            for (i, item) in items.iter().enumerate() {
                table.raw_set(i + 1, to_lua(lua, item, mark)?)?;
            }
            table.set_metatable(Some(mark.clone()))?;
            Value::Table(table)
        }
        Json::Object(members) => {
            let table = lua.create_table_with_capacity(0, members.len())?;
            for (name, member) in members {
                table.raw_set(name.as_str(), to_lua(lua, member, mark)?)?;
            }
            Value::Table(table)
        }
    })
}

/// Makes JSON of a Lua value, of at most `most` bytes.
pub fn from_lua(value: &Value, mark: &Table, most: usize) -> Result<Json, ShapeError> {
    let mut reader = Reader {
        mark,
        left: most,
        most,
        values: 0,
    };
    reader.value(value, 0)
}

struct Reader<'a> {
    mark: &'a Table,
    /// Bytes of JSON that may still be made.
    left: usize,
    most: usize,
    /// Values made so far.
    values: usize,
}

impl Reader<'_> {
    fn pay(&mut self, bytes: usize) -> Result<(), ShapeError> {
        self.left = self
            .left
            .checked_sub(bytes)
            .ok_or(ShapeError::TooLarge(self.most))?;
        Ok(())
    }

    fn value(&mut self, value: &Value, depth: usize) -> Result<Json, ShapeError> {
        self.values += 1;
        if self.values > MAX_VALUES {
            return Err(ShapeError::TooMany);
        }
        match value {
            Value::Nil => self.leaf(4, Json::Null),
            value if *value == Value::NULL => self.leaf(4, Json::Null),
            Value::Boolean(b) => self.leaf(4, Json::Bool(*b)),
            Value::Integer(integer) => self.leaf(1, Json::from(*integer)),
            Value::Number(number) => match Number::from_f64(*number) {
                Some(exact) => self.leaf(3, Json::Number(exact)),
                None => Err(ShapeError::here(format!(
                    "is the number {}, which JSON does not have",
                    if number.is_nan() { "nan" } else { "inf" }
                ))),
            },
            Value::String(text) => self.text(&text.as_bytes()).map(Json::String),
            Value::Table(table) => self.table(table, depth),
            other => Err(ShapeError::here(format!(
                "is a {}, which JSON does not have",
                other.type_name()
            ))),
        }
    }

    fn leaf(&mut self, bytes: usize, json: Json) -> Result<Json, ShapeError> {
        self.pay(bytes)?;
        Ok(json)
    }

    fn text(&mut self, bytes: &[u8]) -> Result<String, ShapeError> {
        self.pay(bytes.len() + 2)?;
        String::from_utf8(bytes.to_vec())
            .map_err(|_| ShapeError::here("is a text that is not UTF-8"))
    }

    fn table(&mut self, table: &Table, depth: usize) -> Result<Json, ShapeError> {
        if depth >= MAX_DEPTH {
            return Err(ShapeError::here(format!(
                "nests deeper than {MAX_DEPTH} levels, or holds itself"
            )));
        }
        self.pay(2)?;
        let marked = table
            .metatable()
            .is_some_and(|meta| meta.to_pointer() == self.mark.to_pointer());
        let mut items = Vec::new();
        let mut members = Vec::new();
        for pair in table.pairs::<Value, Value>() {
            let (key, value) = pair.map_err(|e| ShapeError::here(format!("is unreadable: {e}")))?;
            self.pay(1)?;
            match key {
                Value::Integer(index) => items.push((index, value)),
                Value::String(name) => members.push((self.text(&name.as_bytes())?, value)),
                other => {
                    return Err(ShapeError::here(format!(
                        "has a {} as a name; JSON names are texts",
                        other.type_name()
                    )));
                }
            }
        }
        match (items.is_empty(), members.is_empty()) {
            (true, true) if marked => Ok(Json::Array(Vec::new())),
            (true, _) if !marked => self.object(members, depth),
            (_, true) => self.list(items, depth),
            _ => Err(ShapeError::here(
                "holds both positions and names; JSON has lists or objects",
            )),
        }
    }

    fn list(&mut self, mut items: Vec<(i64, Value)>, depth: usize) -> Result<Json, ShapeError> {
        items.sort_unstable_by_key(|(index, _)| *index);
        let mut list = Vec::with_capacity(items.len());
        for (place, (index, item)) in (1..).zip(&items) {
            if *index != place {
                return Err(ShapeError::here(format!(
                    "is a list without an item {place}; use null for an empty place"
                )));
            }
            let item = self.value(item, depth + 1);
            list.push(item.map_err(|e| e.within(|| format!("[{place}]")))?);
        }
        Ok(Json::Array(list))
    }

    fn object(
        &mut self,
        mut members: Vec<(String, Value)>,
        depth: usize,
    ) -> Result<Json, ShapeError> {
        // Lua keeps no order; a sorted object is the same in every run.
        members.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        let mut object = Map::with_capacity(members.len());
        for (name, member) in members {
            let member = self.value(&member, depth + 1);
            let member = member.map_err(|e| e.within(|| format!(".{name}")))?;
            object.insert(name, member);
        }
        Ok(Json::Object(object))
    }
}
