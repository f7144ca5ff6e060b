//! A workflow document as Studio reads it: leniently, because a draft may hold mistakes.

use crate::ui::{
    graph::{EdgeKind, Graph, GraphEdge, GraphNode, NodeState},
    icon::Glyph,
    status::{Look, Tone},
};
use serde_json::Value;
use std::collections::BTreeSet;

/// A step of the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepEntry {
    /// Where it stands: `/steps/2`, `/steps/2/steps/0`.
    pub pointer: String,
    /// Its id; the pointer where it has none.
    pub id: String,
    pub name: String,
    pub kind: String,
    pub enabled: bool,
    pub after: Vec<String>,
    /// The steps whose results its fields use.
    pub uses: BTreeSet<String>,
    /// How many steps stand inside it.
    pub inside: usize,
}

/// The top-level steps in the document's order.
pub fn steps(document: &Value) -> Vec<StepEntry> {
    let Some(all) = document.get("steps").and_then(Value::as_array) else {
        return Vec::new();
    };
    all.iter()
        .enumerate()
        .map(|(index, step)| entry(step, format!("/steps/{index}")))
        .collect()
}

fn entry(step: &Value, pointer: String) -> StepEntry {
    let text = |key: &str| {
        step.get(key)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    };
    let id = text("id").unwrap_or(&pointer).to_owned();
    let mut uses = BTreeSet::new();
    used(step, &mut uses);
    uses.remove(&id);
    let list = |key: &str| step.get(key).and_then(Value::as_array);
    StepEntry {
        name: text("name").unwrap_or(&id).to_owned(),
        kind: text("type").unwrap_or("no type").to_owned(),
        enabled: step.get("enabled") != Some(&Value::Bool(false)),
        after: list("depends_on")
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        uses,
        inside: list("steps").map_or(0, Vec::len),
        id,
        pointer,
    }
}

/// The steps named in templates and conditions: `steps.<id>.…`.
fn used(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            let mut rest = text.as_str();
            while let Some(at) = rest.find("steps.") {
                let before = rest[..at].chars().next_back();
                rest = &rest[at + "steps.".len()..];
                let length = rest
                    .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-'))
                    .unwrap_or(rest.len());
                if length > 0
                    && !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '.')
                {
                    found.insert(rest[..length].to_owned());
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| used(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| used(field, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// How many issues a step has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Marked {
    pub errors: usize,
    pub warnings: usize,
}

/// How the steps stand on the canvas: what is wrong with each, or of which type it is.
pub fn states(steps: &[StepEntry], marked: impl Fn(&str) -> Marked) -> Vec<NodeState> {
    steps
        .iter()
        .map(|step| {
            let Marked { errors, warnings } = marked(&step.pointer);
            let kind = spoken_type(&step.kind);
            let (sub, look) = if errors > 0 {
                (
                    counted(errors, "error"),
                    Look {
                        glyph: Glyph::Failed,
                        tone: Tone::Fail,
                        word: "Error",
                    },
                )
            } else if warnings > 0 {
                (
                    counted(warnings, "warning"),
                    Look {
                        glyph: Glyph::Waiting,
                        tone: Tone::Wait,
                        word: "Warning",
                    },
                )
            } else if step.enabled {
                let inside = if step.inside > 0 {
                    format!(" · {} inside", step.inside)
                } else {
                    String::new()
                };
                (
                    format!("{kind}{inside}"),
                    Look {
                        glyph: Glyph::Step,
                        tone: Tone::Idle,
                        word: "Step",
                    },
                )
            } else {
                (
                    format!("{kind} · off"),
                    Look {
                        glyph: Glyph::Skipped,
                        tone: Tone::Idle,
                        word: "Off",
                    },
                )
            };
            NodeState::new(look, sub, errors > 0)
        })
        .collect()
}

/// The canvas: a node for each step, solid edges where a result is used, dashed ones where a step only comes after.
pub fn graph(steps: &[StepEntry]) -> Graph {
    let nodes = steps
        .iter()
        .map(|step| GraphNode {
            id: step.pointer.clone(),
            label: step.name.clone(),
        })
        .collect();
    let pointer_of = |id: &str| {
        steps
            .iter()
            .find(|step| step.id == id)
            .map(|step| step.pointer.clone())
    };
    let edges = steps
        .iter()
        .flat_map(|step| {
            let uses = step.uses.iter().map(|id| (id, EdgeKind::Wiring));
            // What is used comes before anyway: one line is enough.
            let after = step
                .after
                .iter()
                .filter(|id| !step.uses.contains(*id))
                .map(|id| (id, EdgeKind::Order));
            uses.chain(after)
                .filter_map(|(id, kind)| {
                    Some(GraphEdge {
                        from: pointer_of(id)?,
                        to: step.pointer.clone(),
                        kind,
                    })
                })
                .collect::<Vec<_>>()
        })
        .collect();
    Graph { nodes, edges }
}

fn counted(n: usize, one: &str) -> String {
    crate::ui::fmt::plural(n as u64, one, &format!("{one}s"))
}

/// A step's type as people say it.
pub fn spoken_type(kind: &str) -> String {
    match kind {
        "mcp_call" => "MCP tool",
        "llm_call" => "Model call",
        "lua_script" => "Lua script",
        "human_task" => "Human task",
        "waitpoint" => "Waitpoint",
        "timer" => "Timer",
        "for_each" => "For each",
        "while" => "While",
        "workflow_call" => "Workflow call",
        other => other,
    }
    .to_owned()
}

/// The document as text: two spaces a level, small values on one line.
pub fn format(value: &Value) -> String {
    let mut out = String::new();
    write(value, 0, &mut out);
    out.push('\n');
    out
}

/// Longest line a small value may make.
const WIDTH: usize = 90;

fn write(value: &Value, depth: usize, out: &mut String) {
    match value {
        Value::Array(items) if !items.is_empty() && !fits(value, depth, out) => {
            block('[', ']', depth, out, items.iter(), |item, out| {
                write(item, depth + 1, out);
            });
        }
        Value::Object(fields) if !fields.is_empty() && !fits(value, depth, out) => {
            block('{', '}', depth, out, fields.iter(), |(key, field), out| {
                out.push_str(&Value::String(key.clone()).to_string());
                out.push_str(": ");
                write(field, depth + 1, out);
            });
        }
        other => small(other, out),
    }
}

fn block<T>(
    open: char,
    close: char,
    depth: usize,
    out: &mut String,
    parts: impl Iterator<Item = T>,
    mut write: impl FnMut(T, &mut String),
) {
    out.push(open);
    for (index, part) in parts.enumerate() {
        out.push_str(if index == 0 { "\n" } else { ",\n" });
        out.push_str(&"  ".repeat(depth + 1));
        write(part, out);
    }
    out.push('\n');
    out.push_str(&"  ".repeat(depth));
    out.push(close);
}

/// Whether a value reads well on the line that is begun.
fn fits(value: &Value, depth: usize, out: &str) -> bool {
    let plain = |value: &Value| !(value.is_array() || value.is_object());
    let flat = match value {
        Value::Array(items) => items.iter().all(plain),
        Value::Object(fields) => depth > 0 && fields.len() <= 3 && fields.values().all(plain),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    };
    if !flat {
        return false;
    }
    let begun = out.len() - out.rfind('\n').map_or(0, |end| end + 1);
    let mut line = String::new();
    small(value, &mut line);
    begun + line.chars().count() <= WIDTH
}

fn small(value: &Value, out: &mut String) {
    match value {
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                small(item, out);
            }
            out.push(']');
        }
        Value::Object(fields) if fields.is_empty() => out.push_str("{}"),
        Value::Object(fields) => {
            out.push_str("{ ");
            for (index, (key, field)) in fields.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                out.push_str(&Value::String(key.clone()).to_string());
                out.push_str(": ");
                small(field, out);
            }
            out.push_str(" }");
        }
        other => out.push_str(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn sample() -> Value {
        json!({ "name": "x", "steps": [
            { "id": "a", "type": "timer", "seconds": 1 },
            { "id": "b", "type": "lua_script", "depends_on": ["a"], "input": { "x": ["{{steps.a.result}}"] }, "condition": "steps.a.result > 1" },
            { "id": "c", "name": "Loop", "type": "for_each", "depends_on": ["a", "gone"], "enabled": false, "steps": [{ "id": "d" }] },
            { "type": 7 },
        ]})
    }

    #[test]
    fn a_document_with_mistakes_still_has_its_steps() {
        let all = steps(&sample());
        assert_eq!(all.len(), 4);
        assert_eq!(all[3].id, "/steps/3");
        assert_eq!(all[3].kind, "no type");
        assert_eq!(
            (all[2].name.as_str(), all[2].enabled, all[2].inside),
            ("Loop", false, 1)
        );
        assert!(steps(&json!([1, 2])).is_empty());
        assert!(steps(&json!({ "steps": {} })).is_empty());
    }

    #[test]
    fn edges_tell_use_from_order_and_skip_what_is_not_there() {
        let states = states(&steps(&sample()), |pointer| Marked {
            errors: usize::from(pointer == "/steps/3"),
            warnings: 0,
        });
        let shown = graph(&steps(&sample()));
        let shown: Vec<_> = shown
            .edges
            .iter()
            .map(|edge| (edge.from.as_str(), edge.to.as_str(), edge.kind))
            .collect();
        assert_eq!(
            shown,
            [
                ("/steps/0", "/steps/1", EdgeKind::Wiring),
                ("/steps/0", "/steps/2", EdgeKind::Order)
            ]
        );
        assert!(states[3].failing && !states[0].failing);
        assert_eq!(states[2].sub, "For each · off");
    }

    #[test]
    fn words_that_only_look_like_a_use_are_none() {
        let mut found = BTreeSet::new();
        used(
            &json!("{{input.steps.a}} mysteps.b {{steps.c.result | steps.d-1.x}} steps."),
            &mut found,
        );
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["c", "d-1"]);
    }

    #[test]
    fn formatting_keeps_the_document_and_is_stable() {
        let text = format(&sample());
        let again: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(again, sample());
        assert_eq!(format(&again), text);
        assert!(text.contains("\"depends_on\": [\"a\", \"gone\"],"));
        assert!(text.starts_with("{\n  \"name\": \"x\",\n"));
        let wide = json!({ "a": ["x".repeat(60), "y".repeat(60)] });
        assert_eq!(format(&wide).lines().count(), 6);
    }
}
