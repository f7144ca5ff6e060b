//! What a graph is made of, and its layout as the view uses it.

use super::layout::{Layout, Metrics, layout};
use crate::ui::status::{Look, Tone};
use std::collections::HashMap;

/// A node: a step with its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphNode {
    pub id: String,
    pub label: String,
    /// The second line: "Failed · 3 tries".
    pub sub: String,
    pub look: Look,
    /// The cause of a failure: stands out, and is what "To the failure" goes to.
    pub failing: bool,
}

impl GraphNode {
    /// Whether something goes on here: where a large graph opens when nothing has failed and nothing is chosen.
    pub(super) fn needs_eyes(&self) -> bool {
        match self.look.tone {
            Tone::Fail | Tone::Wait | Tone::Run | Tone::Block => true,
            Tone::Ok | Tone::Idle => false,
        }
    }
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

/// What decides the layout. Two graphs of the same shape stand the same, whatever their statuses.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Shape {
    pub ids: Vec<String>,
    /// Edges whose ends exist, by node index.
    pub edges: Vec<(usize, usize, EdgeKind)>,
}

impl Shape {
    pub(super) fn new(nodes: &[GraphNode], edges: &[GraphEdge]) -> Self {
        let ids: Vec<String> = nodes.iter().map(|node| node.id.clone()).collect();
        let index: HashMap<&str, usize> = ids
            .iter()
            .enumerate()
            .map(|(i, id)| (id.as_str(), i))
            .collect();
        let mut pairs: Vec<(usize, usize, EdgeKind)> = edges
            .iter()
            .filter_map(|edge| {
                Some((
                    *index.get(edge.from.as_str())?,
                    *index.get(edge.to.as_str())?,
                    edge.kind,
                ))
            })
            .collect();
        // Of two edges between the same nodes the first is drawn: wiring says more than order. Sorting by kind is stable.
        pairs.sort_by_key(|edge| edge.2);
        Self { ids, edges: pairs }
    }
}

/// A shape with its layout and the ways through it.
#[derive(Debug, PartialEq)]
pub(super) struct Plan {
    pub shape: Shape,
    pub metrics: Metrics,
    pub layout: Layout,
    pub before: Vec<Vec<usize>>,
    pub after: Vec<Vec<usize>>,
    /// Tells elements of one layout from those of another.
    pub version: u32,
}

impl Plan {
    pub(super) fn new(shape: Shape, version: u32) -> Self {
        let metrics = Metrics::default();
        let pairs: Vec<(usize, usize)> = shape
            .edges
            .iter()
            .map(|(from, to, _)| (*from, *to))
            .collect();
        let layout = layout(shape.ids.len(), &pairs, &metrics);
        let (mut before, mut after) = (
            vec![Vec::new(); shape.ids.len()],
            vec![Vec::new(); shape.ids.len()],
        );
        for ((from, to), route) in pairs.iter().zip(&layout.routes) {
            if route.is_some() && from != to {
                after[*from].push(*to);
                before[*to].push(*from);
            }
        }
        Self {
            shape,
            metrics,
            layout,
            before,
            after,
            version,
        }
    }

    pub(super) fn index_of(&self, id: &str) -> Option<usize> {
        self.shape.ids.iter().position(|own| own == id)
    }

    /// The node and everything that comes before it.
    pub(super) fn upstream(&self, node: usize) -> Vec<bool> {
        let mut found = vec![false; self.shape.ids.len()];
        let mut open = vec![node];
        while let Some(node) = open.pop() {
            if !std::mem::replace(&mut found[node], true) {
                open.extend(&self.before[node]);
            }
        }
        found
    }

    /// Where an arrow key leads from a node: along an edge to the right or left, or up and down within a layer.
    pub(super) fn step(&self, from: usize, way: Way) -> Option<usize> {
        let at = self.layout.nodes.get(from)?;
        let height = |node: &usize| self.layout.nodes[*node].y;
        let nearest = |nodes: &[usize]| {
            nodes.iter().copied().min_by(|a, b| {
                (height(a) - at.y)
                    .abs()
                    .total_cmp(&(height(b) - at.y).abs())
            })
        };
        let layer = || {
            (0..self.layout.nodes.len())
                .filter(|node| (self.layout.nodes[*node].x - at.x).abs() < 0.5)
        };
        match way {
            Way::Right => nearest(&self.after[from]),
            Way::Left => nearest(&self.before[from]),
            Way::Down => layer()
                .filter(|node| height(node) > at.y)
                .min_by(|a, b| height(a).total_cmp(&height(b))),
            Way::Up => layer()
                .filter(|node| height(node) < at.y)
                .max_by(|a, b| height(a).total_cmp(&height(b))),
        }
    }

    /// Nodes in reading order: from left to right, from above to below.
    pub(super) fn reading_order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.shape.ids.len()).collect();
        order.sort_by(|a, b| {
            let (p, q) = (self.layout.nodes[*a], self.layout.nodes[*b]);
            p.x.total_cmp(&q.x).then(p.y.total_cmp(&q.y))
        });
        order
    }
}

/// A direction of the arrow keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Left,
    Right,
    Up,
    Down,
}

impl Way {
    pub(super) fn of_key(key: &str) -> Option<Self> {
        match key {
            "ArrowLeft" => Some(Self::Left),
            "ArrowRight" => Some(Self::Right),
            "ArrowUp" => Some(Self::Up),
            "ArrowDown" => Some(Self::Down),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(edges: &[(usize, usize)]) -> Plan {
        let ids = (0..5).map(|i| i.to_string()).collect();
        Plan::new(
            Shape {
                ids,
                edges: edges
                    .iter()
                    .map(|(a, b)| (*a, *b, EdgeKind::Wiring))
                    .collect(),
            },
            0,
        )
    }

    #[test]
    fn upstream_is_all_that_leads_to_a_node() {
        let plan = plan(&[(0, 1), (1, 3), (2, 3), (3, 4)]);
        assert_eq!(plan.upstream(3), [true, true, true, true, false]);
    }

    #[test]
    fn arrows_walk_along_edges_and_within_a_layer() {
        let plan = plan(&[(0, 1), (0, 2), (0, 3), (2, 4)]);
        assert_eq!(plan.step(0, Way::Right), Some(2));
        assert_eq!(plan.step(2, Way::Up), Some(1));
        assert_eq!(plan.step(2, Way::Down), Some(3));
        assert_eq!(plan.step(4, Way::Left), Some(2));
        assert_eq!(plan.step(4, Way::Right), None);
    }
}
