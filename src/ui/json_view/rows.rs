//! A JSON value as rows: one for each name and value that is open to see.

use crate::ui::fmt;
use serde_json::Value;
use std::collections::HashSet;

/// Longer arrays and objects open in stretches, so that opening one shows where things are instead of a million rows.
const STRETCH: usize = 100;
/// Longer strings are cut in their row.
const CUT: usize = 240;

/// What a row shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// Something with an inside: its braces, what it holds in words, whether it is open.
    Inside {
        open: bool,
        braces: &'static str,
        holds: String,
    },
    Text(String),
    /// The beginning of a long string and its size.
    Cut(String, String),
    Number(String),
    Word(&'static str),
}

/// A row of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub depth: usize,
    /// The name in an object, the index in an array, a stretch "100 … 199"; none for the whole.
    pub name: Option<String>,
    /// JSON pointer (RFC 6901) of the value, with `#100` for a stretch.
    pub path: String,
    pub what: What,
}

impl Row {
    /// The pointer without the stretch: where the value is found.
    pub(super) fn pointer(&self) -> &str {
        self.path
            .split_once('#')
            .map_or(&self.path, |(pointer, _)| pointer)
    }
}

/// The rows of a value. Everything down to `levels` is open, unless it is long; what is in `turned` is the other way round.
pub(super) fn rows(value: &Value, levels: usize, turned: &HashSet<String>) -> Vec<Row> {
    let mut out = Vec::new();
    Walk {
        levels,
        turned,
        out: &mut out,
    }
    .value(value, None, String::new(), 0);
    out
}

struct Walk<'a> {
    levels: usize,
    turned: &'a HashSet<String>,
    out: &'a mut Vec<Row>,
}

impl Walk<'_> {
    fn value(&mut self, value: &Value, name: Option<String>, path: String, depth: usize) {
        let (braces, count, holds) = match value {
            Value::Array(items) => (
                "[]",
                items.len(),
                fmt::plural(items.len() as u64, "item", "items"),
            ),
            Value::Object(fields) => (
                "{}",
                fields.len(),
                fmt::plural(fields.len() as u64, "field", "fields"),
            ),
            scalar => {
                self.out.push(Row {
                    depth,
                    name,
                    path,
                    what: shown(scalar),
                });
                return;
            }
        };
        let open = self.is_open(&path, depth, count);
        self.out.push(Row {
            depth,
            name,
            path: path.clone(),
            what: What::Inside {
                open,
                braces,
                holds,
            },
        });
        if open && count > STRETCH {
            self.stretches(value, count, &path, depth + 1);
        } else if open {
            self.part(value, 0..count, &path, depth + 1);
        }
    }

    fn is_open(&self, path: &str, depth: usize, count: usize) -> bool {
        let usual = depth < self.levels && count > 0 && (count <= STRETCH || depth == 0);
        usual != self.turned.contains(path)
    }

    fn stretches(&mut self, value: &Value, count: usize, path: &str, depth: usize) {
        for start in (0..count).step_by(STRETCH) {
            let end = (start + STRETCH).min(count);
            let own = format!("{path}#{start}");
            let open = self.turned.contains(&own);
            let name = Some(format!(
                "{} … {}",
                fmt::count(start as u64),
                fmt::count(end as u64 - 1)
            ));
            let holds = String::new();
            self.out.push(Row {
                depth,
                name,
                path: own,
                what: What::Inside {
                    open,
                    braces: "",
                    holds,
                },
            });
            if open {
                self.part(value, start..end, path, depth + 1);
            }
        }
    }

    fn part(&mut self, value: &Value, range: std::ops::Range<usize>, path: &str, depth: usize) {
        match value {
            Value::Array(items) => {
                for (at, item) in items.iter().enumerate().take(range.end).skip(range.start) {
                    self.value(item, Some(at.to_string()), format!("{path}/{at}"), depth);
                }
            }
            Value::Object(fields) => {
                for (name, field) in fields.iter().take(range.end).skip(range.start) {
                    let escaped = name.replace('~', "~0").replace('/', "~1");
                    self.value(
                        field,
                        Some(name.clone()),
                        format!("{path}/{escaped}"),
                        depth,
                    );
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

fn shown(value: &Value) -> What {
    match value {
        Value::String(text) => match text.char_indices().nth(CUT) {
            Some((end, _)) => What::Cut(
                text[..end].replace('\n', "⏎"),
                fmt::bytes(text.len() as u64),
            ),
            None => What::Text(text.replace('\n', "⏎")),
        },
        Value::Number(number) => What::Number(number.to_string()),
        Value::Bool(true) => What::Word("true"),
        Value::Bool(false) => What::Word("false"),
        Value::Null | Value::Array(_) | Value::Object(_) => What::Word("null"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn names(rows: &[Row]) -> Vec<&str> {
        rows.iter()
            .map(|row| row.name.as_deref().unwrap_or("·"))
            .collect()
    }

    #[test]
    fn opens_to_its_levels() {
        let value = json!({"a": {"b": {"c": 1}}, "d": [true]});
        assert_eq!(names(&rows(&value, 1, &HashSet::new())), ["·", "a", "d"]);
        assert_eq!(
            names(&rows(&value, 2, &HashSet::new())),
            ["·", "a", "b", "d", "0"]
        );
        assert_eq!(
            names(&rows(&value, 2, &HashSet::from(["/a".to_owned()]))),
            ["·", "a", "d", "0"]
        );
        assert_eq!(
            names(&rows(&value, 2, &HashSet::from(["/a/b".to_owned()]))),
            ["·", "a", "b", "c", "d", "0"]
        );
    }

    #[test]
    fn a_long_array_opens_in_stretches() {
        let value = json!((0..250).collect::<Vec<_>>());
        let closed = rows(&value, 2, &HashSet::new());
        assert_eq!(names(&closed), ["·", "0 … 99", "100 … 199", "200 … 249"]);
        let open = rows(&value, 2, &HashSet::from(["#200".to_owned()]));
        assert_eq!(open.len(), 4 + 50);
        assert_eq!(value.pointer(open[4].pointer()), Some(&json!(200)));
        assert_eq!(open[3].pointer(), "");
    }

    #[test]
    fn every_path_leads_to_its_value() {
        let value = json!({"a/b": {"c~d": [1, {"": "x"}]}});
        for row in rows(&value, 9, &HashSet::new()) {
            assert!(value.pointer(row.pointer()).is_some(), "{}", row.path);
        }
    }

    #[test]
    fn long_strings_are_cut() {
        let value = json!("ä".repeat(5_000));
        assert!(
            matches!(&rows(&value, 1, &HashSet::new())[0].what, What::Cut(text, size) if text.chars().count() == 240 && size == "10 KB")
        );
    }
}
