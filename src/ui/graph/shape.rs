//! Which nodes and edges of a graph are drawn: all, or those around one node.

use super::types::{EdgeKind, Graph};
use std::{collections::HashMap, sync::Arc};

/// What decides the layout. Two graphs of the same shape stand the same, whatever their statuses.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Shape {
    pub graph: Arc<Graph>,
    /// The nodes drawn, by their index in the graph.
    pub nodes: Vec<usize>,
    /// Edges between drawn nodes, by place in `nodes`.
    pub edges: Vec<(usize, usize, EdgeKind)>,
}

impl Shape {
    pub(super) fn whole(graph: Arc<Graph>) -> Self {
        let index: HashMap<&str, usize> = graph
            .nodes
            .iter()
            .enumerate()
            .map(|(index, node)| (node.id.as_str(), index))
            .collect();
        let ends = graph.edges.iter().filter_map(|edge| {
            let (from, to) = (index.get(&*edge.from)?, index.get(&*edge.to)?);
            Some((*from, *to, edge.kind))
        });
        let mut edges: Vec<(usize, usize, EdgeKind)> = ends.collect();
        // Of two edges between the same nodes the first is drawn: wiring says more than order. Sorting by kind is stable.
        edges.sort_by_key(|edge| edge.2);
        Self {
            nodes: (0..graph.nodes.len()).collect(),
            edges,
            graph,
        }
    }

    /// The nodes at most `reach` edges away from one, whichever way the edges lead; the nearest `most` of them.
    pub(super) fn around(&self, centre: usize, reach: usize, most: usize) -> Self {
        let mut beside = vec![Vec::new(); self.nodes.len()];
        for &(from, to, _) in &self.edges {
            beside[from].push(to);
            beside[to].push(from);
        }
        let mut place = vec![None; self.nodes.len()];
        let mut found = Vec::new();
        if let Some(own) = place.get_mut(centre) {
            *own = Some(0);
            found.push(centre);
        }
        let (mut begin, mut distance) = (0, 0);
        while distance < reach && begin < found.len() {
            let end = found.len();
            for at in begin..end {
                for &other in &beside[found[at]] {
                    if place[other].is_none() && found.len() < most {
                        place[other] = Some(0);
                        found.push(other);
                    }
                }
            }
            (begin, distance) = (end, distance + 1);
        }
        // In the order of the whole graph, as it would stand there.
        found.sort_unstable();
        for (at, &node) in found.iter().enumerate() {
            place[node] = Some(at);
        }
        let kept = self.edges.iter();
        Self {
            edges: kept
                .filter_map(|&(from, to, kind)| Some((place[from]?, place[to]?, kind)))
                .collect(),
            nodes: found.into_iter().map(|node| self.nodes[node]).collect(),
            graph: Arc::clone(&self.graph),
        }
    }

    pub(super) fn pairs(&self) -> Vec<(usize, usize)> {
        self.edges
            .iter()
            .map(|(from, to, _)| (*from, *to))
            .collect()
    }

    pub(super) fn label(&self, node: usize) -> &str {
        let node = self
            .nodes
            .get(node)
            .and_then(|own| self.graph.nodes.get(*own));
        node.map_or("", |node| &node.label)
    }

    pub(super) fn id(&self, node: usize) -> Option<&str> {
        let own = self.nodes.get(node)?;
        self.graph.nodes.get(*own).map(|node| node.id.as_str())
    }

    pub(super) fn index_of(&self, id: &str) -> Option<usize> {
        (0..self.nodes.len()).find(|node| self.id(*node) == Some(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::graph::types::{GraphEdge, GraphNode};

    fn chain(count: usize) -> Shape {
        let id = |index: usize| index.to_string();
        let nodes = (0..count).map(|index| GraphNode {
            id: id(index),
            label: format!("Step {index}"),
        });
        let edges = (1..count).map(|index| GraphEdge {
            from: id(index - 1),
            to: id(index),
            kind: EdgeKind::Order,
        });
        Shape::whole(Arc::new(Graph {
            nodes: nodes.collect(),
            edges: edges.collect(),
        }))
    }

    #[test]
    fn around_a_node_are_those_before_and_after_it() {
        let near = chain(100).around(50, 2, 1_000);
        assert_eq!(near.nodes, [48, 49, 50, 51, 52]);
        assert_eq!(near.pairs(), [(0, 1), (1, 2), (2, 3), (3, 4)]);
        assert_eq!((near.id(2), near.label(2)), (Some("50"), "Step 50"));
        assert_eq!(near.index_of("52"), Some(4));
        assert_eq!(near.index_of("53"), None);
    }

    #[test]
    fn no_more_are_shown_than_asked_for_and_the_nearest_first() {
        assert_eq!(chain(100).around(50, 40, 5).nodes, [48, 49, 50, 51, 52]);
        assert!(chain(0).around(7, 2, 5).nodes.is_empty());
    }

    #[test]
    fn an_edge_whose_end_is_unknown_is_none() {
        let graph = Graph {
            nodes: chain(1).graph.nodes.clone(),
            edges: chain(3).graph.edges.clone(),
        };
        assert!(Shape::whole(Arc::new(graph)).edges.is_empty());
    }
}
