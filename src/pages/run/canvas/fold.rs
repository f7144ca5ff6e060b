//! Which steps the picture shows: all at the top level, those of a loop once for all its rounds while it is open.

use super::super::folds::{Folds, outer, starred};
use crate::ui::graph::{EdgeKind, Graph, GraphEdge, GraphNode};
use model::workflow::{OnFailure, Step};
use model::{StepId, StepPath};
use std::{collections::HashMap, sync::Arc};

/// A step as the picture shows it: itself, or one of a loop's steps for every round: `loop[*].leaf`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The path with `*` for the rounds.
    pub id: String,
    /// The path, at the top level.
    pub path: Option<StepPath>,
    /// Whether a loop's steps are shown; `None` for a step that is no loop.
    pub open: Option<bool>,
}

/// The picture without its statuses.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Drawn {
    pub steps: Vec<Shown>,
    pub graph: Arc<Graph>,
}

impl Drawn {
    pub fn of(steps: &[Step], open: &Folds) -> Self {
        let mut made = Making {
            open,
            steps: Vec::new(),
            graph: Graph::default(),
        };
        made.level(steps, "");
        Self {
            steps: made.steps,
            graph: Arc::new(made.graph),
        }
    }

    pub fn by_id(&self, id: &str) -> Option<Shown> {
        self.steps.iter().find(|step| step.id == id).cloned()
    }

    /// The node that shows a step: its own, or the folded loop around it.
    pub fn shown_for(&self, path: &StepPath) -> Option<String> {
        let around = std::iter::once(path.clone()).chain(outer(path));
        let mut ids = around.map(|path| starred(&path));
        ids.find(|id| self.steps.iter().any(|step| step.id == *id))
    }
}

struct Making<'a> {
    open: &'a Folds,
    steps: Vec<Shown>,
    graph: Graph,
}

impl Making<'_> {
    /// Adds the steps of a level; `within` begins their ids.
    fn level(&mut self, steps: &[Step], within: &str) {
        let id = |step: &StepId| format!("{within}{step}");
        for step in steps {
            let own = id(&step.id);
            let is_open = self.open.is_open(&own);
            let is_loop = !step.body().is_empty();
            self.graph.nodes.push(GraphNode {
                id: own.clone(),
                label: step.shown().to_owned(),
            });
            self.steps.push(Shown {
                path: within.is_empty().then(|| StepPath::from(&step.id)),
                open: is_loop.then_some(is_open),
                id: own.clone(),
            });
            if is_loop && is_open {
                let inside = format!("{own}[*].");
                self.level(step.body(), &inside);
                for first in step.body().iter().filter(|step| step.depends_on.is_empty()) {
                    self.edge(
                        own.clone(),
                        format!("{inside}{}", first.id),
                        EdgeKind::Order,
                    );
                }
            }
        }
        let by_id: HashMap<&StepId, &Step> = steps.iter().map(|step| (&step.id, step)).collect();
        for step in steps {
            let mut used = Vec::new();
            use_of_steps(step, &mut used);
            for dependency in &step.depends_on {
                // Wiring where a step uses another's result, order where it only comes after it.
                let kind = if used.iter().any(|id| id == dependency.as_str()) {
                    EdgeKind::Wiring
                } else {
                    EdgeKind::Order
                };
                let mut ends = Vec::new();
                if let Some(before) = by_id.get(dependency) {
                    self.ends(before, within, &mut ends);
                }
                for end in ends {
                    self.edge(end, id(&step.id), kind);
                }
            }
            if let OnFailure::Fallback(other) = &step.on_failure {
                self.edge(id(&step.id), id(other), EdgeKind::Order);
            }
        }
    }

    /// Where the edges after a step begin: at itself, or at the last steps of an open loop.
    fn ends(&self, step: &Step, within: &str, out: &mut Vec<String>) {
        let own = format!("{within}{}", step.id);
        if step.body().is_empty() || !self.open.is_open(&own) {
            out.push(own);
            return;
        }
        let inside = format!("{own}[*].");
        let is_last = |one: &&Step| {
            !step
                .body()
                .iter()
                .any(|other| other.depends_on.contains(&one.id))
        };
        for last in step.body().iter().filter(is_last) {
            self.ends(last, &inside, out);
        }
    }

    fn edge(&mut self, from: String, to: String, kind: EdgeKind) {
        self.graph.edges.push(GraphEdge { from, to, kind });
    }
}

/// The steps whose results a step's templates and condition use, and those of the steps inside it.
fn use_of_steps(step: &Step, found: &mut Vec<String>) {
    let mut read = |text: &str| {
        found.extend(text.split("steps.").skip(1).map(|rest| {
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-')));
            rest[..end.unwrap_or(rest.len())].to_owned()
        }));
    };
    if let Some(condition) = &step.condition {
        read(condition);
    }
    step.templates(&mut |_, template| {
        template.texts(&mut |text| {
            // Most texts of a large run hold none, and a character is found sooner than a word.
            if text.contains('{') {
                read(text);
            }
        });
    });
    for inner in step.body() {
        use_of_steps(inner, found);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn drawn(open: &[&str]) -> Drawn {
        let steps: Vec<Step> = serde_json::from_value(json!([
            { "id": "read", "type": "lua_script", "script": "return 1" },
            { "id": "each", "type": "for_each", "items": "{{steps.read.result}}", "depends_on": ["read"], "steps": [
                { "id": "price", "type": "lua_script", "script": "return 1" },
                { "id": "ask", "type": "human_task", "title": "?", "depends_on": ["price"] },
                { "id": "book", "type": "lua_script", "script": "return 1", "depends_on": ["price"] },
            ] },
            { "id": "done", "type": "lua_script", "script": "return 1", "depends_on": ["each"] },
        ]))
        .unwrap();
        let mut folds = Folds::default();
        for id in open {
            folds = folds.toggled(id);
        }
        Drawn::of(&steps, &folds)
    }

    fn edges(drawn: &Drawn) -> Vec<(&str, &str, EdgeKind)> {
        let edges = drawn.graph.edges.iter();
        edges
            .map(|edge| (edge.from.as_str(), edge.to.as_str(), edge.kind))
            .collect()
    }

    #[test]
    fn a_folded_loop_is_one_step() {
        let drawn = drawn(&[]);
        assert_eq!(drawn.steps.len(), 3);
        assert_eq!(
            edges(&drawn),
            [
                ("read", "each", EdgeKind::Wiring),
                ("each", "done", EdgeKind::Order)
            ]
        );
        assert_eq!(
            drawn.shown_for(&"each[3].ask".into()).as_deref(),
            Some("each")
        );
    }

    #[test]
    fn wiring_is_where_a_template_or_a_condition_uses_a_result() {
        let steps: Vec<Step> = serde_json::from_value(json!([
            { "id": "a", "type": "lua_script", "script": "return 1" },
            { "id": "b", "type": "lua_script", "script": "-- as steps.a.result", "depends_on": ["a"] },
            { "id": "c", "type": "lua_script", "script": "return 1", "depends_on": ["a", "b"], "condition": "steps.b.result" },
            { "id": "each", "type": "for_each", "items": [1], "depends_on": ["a", "c"], "steps": [
                { "id": "say", "type": "lua_script", "script": "return 1", "input": { "of": ["{{steps.c.result}}"] } },
            ] },
        ]))
        .unwrap();
        let drawn = Drawn::of(&steps, &Folds::default());
        assert_eq!(
            edges(&drawn),
            [
                ("a", "b", EdgeKind::Order),
                ("a", "c", EdgeKind::Order),
                ("b", "c", EdgeKind::Wiring),
                ("a", "each", EdgeKind::Order),
                ("c", "each", EdgeKind::Wiring),
            ]
        );
    }

    #[test]
    fn an_open_loop_shows_its_steps_once_and_what_follows_comes_after_its_last() {
        let drawn = drawn(&["each"]);
        let ids: Vec<&str> = drawn.steps.iter().map(|step| step.id.as_str()).collect();
        assert_eq!(
            ids,
            [
                "read",
                "each",
                "each[*].price",
                "each[*].ask",
                "each[*].book",
                "done"
            ]
        );
        let edges = edges(&drawn);
        assert!(edges.contains(&("each", "each[*].price", EdgeKind::Order)));
        assert!(edges.contains(&("each[*].ask", "done", EdgeKind::Order)));
        assert!(edges.contains(&("each[*].book", "done", EdgeKind::Order)));
        assert!(!edges.contains(&("each", "done", EdgeKind::Order)));
        assert_eq!(
            drawn.shown_for(&"each[3].ask".into()).as_deref(),
            Some("each[*].ask")
        );
    }
}
