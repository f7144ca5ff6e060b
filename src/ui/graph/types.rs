//! What a graph is made of, and how its nodes stand.

use super::plan::Plan;
use crate::ui::{
    fmt,
    status::{Look, Tone},
};
use leptos::prelude::*;
use std::sync::Arc;

/// A node: a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphNode {
    pub id: String,
    pub label: String,
}

/// What an edge means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EdgeKind {
    /// The result of one step goes into the other. Solid.
    Wiring,
    /// One step only comes after the other. Dashed.
    Order,
}

/// From one node to another, by their ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphEdge {
    pub from: String,
    pub to: String,
    pub kind: EdgeKind,
}

/// What stands where: nodes and edges without their statuses. While it stays the same nothing moves.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Graph {
    pub nodes: Vec<GraphNode>,
    pub edges: Vec<GraphEdge>,
}

/// As much of a node's standing as is seen from far away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Mark {
    pub tone: Tone,
    /// The cause of a failure: stands out, and is what "To the failure" goes to.
    pub failing: bool,
}

impl Mark {
    /// Whether something goes on here: where a large graph opens when nothing has failed and nothing is chosen.
    pub(super) fn needs_eyes(self) -> bool {
        match self.tone {
            Tone::Fail | Tone::Wait | Tone::Run | Tone::Block => true,
            Tone::Ok | Tone::Idle => false,
        }
    }
}

/// How a node stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeState {
    pub look: Look,
    pub failing: bool,
    /// The second line: "Failed · 3 tries".
    pub sub: String,
    /// For a node that stands for many: how many of them stand how.
    pub counts: Vec<(Look, usize)>,
    /// For a node that holds others: whether they are shown.
    pub open: Option<bool>,
    /// Where the node leads: an address, and the words for it.
    pub link: Option<(String, &'static str)>,
}

impl NodeState {
    pub fn new(look: Look, sub: String, failing: bool) -> Self {
        Self {
            look,
            failing,
            sub,
            counts: Vec::new(),
            open: None,
            link: None,
        }
    }

    /// "Failed · 3 tries"; "1 failed, 3 pending of 4".
    pub(super) fn words(&self) -> String {
        let one = |(look, count): &(Look, usize)| {
            format!("{} {}", fmt::count(*count as u64), look.word.to_lowercase())
        };
        let counts: Vec<String> = self.counts.iter().map(one).collect();
        let words = format!("{} {}", counts.join(", "), self.sub);
        words.trim().to_owned()
    }

    pub(super) fn mark(&self) -> Mark {
        Mark {
            tone: self.look.tone,
            failing: self.failing,
        }
    }
}

type StateOf = Arc<dyn Fn(usize) -> Option<NodeState> + Send + Sync>;

/// How the nodes stand, by their index in [`Graph::nodes`].
#[derive(Clone, Copy)]
pub struct NodeStates {
    /// The marks of all nodes.
    pub(super) marks: Memo<Arc<Vec<Mark>>>,
    of: StoredValue<StateOf>,
}

impl NodeStates {
    /// `marks` is read for the whole graph, `of` only for the nodes that are looked at; both are followed.
    pub fn new(
        marks: Memo<Arc<Vec<Mark>>>,
        of: impl Fn(usize) -> Option<NodeState> + Send + Sync + 'static,
    ) -> Self {
        Self {
            marks,
            of: StoredValue::new(Arc::new(of)),
        }
    }

    /// Of states that are all at hand, as small graphs have them.
    pub fn at_hand(states: Signal<Vec<NodeState>>) -> Self {
        let marks = Memo::new(move |_| {
            states.with(|states| Arc::new(states.iter().map(NodeState::mark).collect()))
        });
        Self::new(marks, move |index| {
            states.with(|states| states.get(index).cloned())
        })
    }

    /// The first node of a plan whose mark is so; followed.
    pub(super) fn first(self, plan: &Plan, is: impl Fn(Mark) -> bool) -> Option<usize> {
        self.marks.with(|marks| {
            let of = |own: &usize| marks.get(*own).copied().unwrap_or_default();
            plan.shape.nodes.iter().position(|own| is(of(own)))
        })
    }

    /// How a node stands; followed.
    pub(super) fn get(self, index: usize) -> Option<NodeState> {
        self.of.with_value(|of| of(index))
    }
}
