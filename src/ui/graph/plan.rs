//! A shape with its layout, as the view uses it.

use super::{
    camera::Area,
    paint::{edge_area, passes},
    shape::Shape,
};
use layout::{Layout, Metrics};
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

/// A shape with its layout and the ways through it.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub shape: Arc<Shape>,
    pub metrics: Metrics,
    pub layout: Layout,
    /// The area that each edge can touch.
    pub areas: Vec<Option<Area>>,
    pub before: Vec<Vec<usize>>,
    pub after: Vec<Vec<usize>>,
    /// Tells elements of one layout from those of another.
    pub version: u32,
}

/// Each plan is made once.
impl PartialEq for Plan {
    fn eq(&self, other: &Self) -> bool {
        self.version == other.version
    }
}

impl Plan {
    pub(super) fn new(shape: Arc<Shape>, layout: Layout) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let count = shape.nodes.len();
        let (mut before, mut after) = (vec![Vec::new(); count], vec![Vec::new(); count]);
        for (&(from, to, _), route) in shape.edges.iter().zip(&layout.routes) {
            if route.is_some() && from != to {
                after[from].push(to);
                before[to].push(from);
            }
        }
        let metrics = Metrics::default();
        let area = |route: &Option<_>| route.as_ref().map(|route| edge_area(route, &metrics));
        Self {
            shape,
            areas: layout.routes.iter().map(area).collect(),
            metrics,
            layout,
            before,
            after,
            version: NEXT.fetch_add(1, Ordering::Relaxed),
        }
    }

    pub(super) fn size(&self) -> (f64, f64) {
        (self.layout.width, self.layout.height)
    }

    pub(super) fn area_of(&self, node: usize) -> Option<Area> {
        let corner = self.layout.nodes.get(node)?;
        Some(Area {
            x: corner.x,
            y: corner.y,
            width: self.metrics.node_width,
            height: self.metrics.node_height,
        })
    }

    /// The nodes that touch an area.
    pub(super) fn within(&self, area: Area) -> impl Iterator<Item = usize> {
        let inside = move |node: &usize| self.area_of(*node).is_some_and(|own| own.touches(&area));
        (0..self.layout.nodes.len()).filter(inside)
    }

    /// The edges that pass through an area.
    pub(super) fn edges_through(&self, area: Area) -> impl Iterator<Item = usize> {
        let all = self.areas.iter().zip(&self.layout.routes).enumerate();
        all.filter_map(move |(edge, (own, route))| {
            let near = own.is_some_and(|own| own.touches(&area));
            (near && passes(route.as_ref()?, &area)).then_some(edge)
        })
    }

    /// The node and everything that comes before it.
    pub(super) fn upstream(&self, node: usize) -> Vec<bool> {
        let mut found = vec![false; self.before.len()];
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

    /// Nodes in reading order: from left to right, from above to below; the graph's own order until they have places.
    pub(super) fn reading_order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.shape.nodes.len()).collect();
        let place = |node: &usize| self.layout.nodes.get(*node).copied().unwrap_or_default();
        order.sort_by(|a, b| {
            let (p, q) = (place(a), place(b));
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
    use crate::ui::graph::types::{EdgeKind, Graph};

    fn plan(edges: &[(usize, usize)]) -> Plan {
        let shape = Shape {
            graph: Arc::new(Graph::default()),
            nodes: (0..5).collect(),
            edges: edges
                .iter()
                .map(|(a, b)| (*a, *b, EdgeKind::Wiring))
                .collect(),
        };
        let layout = layout::layout(5, edges, &Metrics::default());
        Plan::new(Arc::new(shape), layout)
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
