//! The height of each vertex: as near to its neighbours as the order and the gaps allow, found in linear time.

use super::{
    Metrics,
    layers::{Layered, Neighbours},
};

/// How hard an edge pulls its ends together. The pieces of a long edge stay in line, and a long edge moves a node less than
/// a short one does: the way from step to step is what the eye follows.
fn pull(a_dummy: bool, b_dummy: bool) -> f64 {
    match (a_dummy, b_dummy) {
        (true, true) => 6.0,
        (true, false) | (false, true) => 0.3,
        (false, false) => 1.0,
    }
}

/// An edge that is off the straight by less than this is made straight where there is room, in pixels.
const NEARLY: f64 = 30.0;

/// The middle of each vertex from above to below. The least value can be anything.
pub(super) fn centres(graph: &Layered, metrics: &Metrics) -> Vec<f64> {
    let total = graph.layer.len();
    let is_dummy = |vertex: usize| vertex >= graph.count;
    let (before, after) = (graph.before(), graph.after());
    let offsets: Vec<Vec<f64>> = graph
        .order
        .iter()
        .map(|layer| offsets(layer, graph.count, metrics))
        .collect();
    let mut y = vec![0.0; total];
    for (layer, offsets) in graph.order.iter().zip(&offsets) {
        let middle = offsets.last().copied().unwrap_or(0.0) / 2.0;
        for (&vertex, offset) in layer.iter().zip(offsets) {
            y[vertex] = offset - middle;
        }
    }
    let mut fit = Fit::default();
    let mut settle = |y: &mut Vec<f64>, layer: usize, sides: &[&Neighbours]| {
        fit.clear();
        for (&vertex, offset) in graph.order[layer].iter().zip(&offsets[layer]) {
            let (mut sum, mut weight) = (0.0, 0.0);
            for side in sides {
                for &other in side.of(vertex) {
                    let by = pull(is_dummy(vertex), is_dummy(other));
                    sum += y[other] * by;
                    weight += by;
                }
            }
            let (wish, weight) = if weight > 0.0 {
                (sum / weight, weight)
            } else {
                (y[vertex], 0.05)
            };
            fit.push(wish - offset, weight);
        }
        fit.solve(|index, value| y[graph.order[layer][index]] = value + offsets[layer][index]);
    };
    let layers = graph.order.len();
    for _ in 0..3 {
        for layer in 1..layers {
            settle(&mut y, layer, &[&before]);
        }
        for layer in (0..layers.saturating_sub(1)).rev() {
            settle(&mut y, layer, &[&after]);
        }
    }
    for layer in (0..layers).chain((0..layers).rev()) {
        settle(&mut y, layer, &[&before, &after]);
    }
    straighten(graph, &offsets, &before, &mut y);
    y
}

/// Takes out the small steps that balancing leaves, from left to right, where no other vertex is in the way.
fn straighten(graph: &Layered, offsets: &[Vec<f64>], before: &Neighbours, y: &mut [f64]) {
    for (layer, offsets) in graph.order.iter().zip(offsets).skip(1) {
        for (at, &vertex) in layer.iter().enumerate() {
            let near = |a: &&usize, b: &&usize| {
                (y[**a] - y[vertex])
                    .abs()
                    .total_cmp(&(y[**b] - y[vertex]).abs())
            };
            let Some(&to) = before.of(vertex).iter().min_by(near) else {
                continue;
            };
            let bend = if before.of(vertex).len() == 1 {
                NEARLY
            } else {
                NEARLY / 4.0
            };
            let room_above = at == 0 || y[to] - y[layer[at - 1]] >= offsets[at] - offsets[at - 1];
            let room_below = layer
                .get(at + 1)
                .is_none_or(|next| y[*next] - y[to] >= offsets[at + 1] - offsets[at]);
            if (y[to] - y[vertex]).abs() < bend && room_above && room_below {
                y[vertex] = y[to];
            }
        }
    }
}

/// How far below the first vertex of a layer each one stands when all stand as close as they may.
fn offsets(layer: &[usize], count: usize, metrics: &Metrics) -> Vec<f64> {
    let mut at = 0.0;
    let mut last = None;
    layer
        .iter()
        .map(|&vertex| {
            let node = vertex < count;
            if let Some(last_node) = last.replace(node) {
                at += match (last_node, node) {
                    (true, true) => metrics.node_height + metrics.gap,
                    (false, false) => metrics.edge_gap,
                    (true, false) | (false, true) => metrics.node_height / 2.0 + metrics.edge_gap,
                };
            }
            at
        })
        .collect()
}

/// The rising sequence nearest to a sequence of wishes (weighted least squares, pool adjacent violators).
#[derive(Default)]
struct Fit {
    /// Sum of wish × weight, sum of weights, number of members.
    blocks: Vec<(f64, f64, usize)>,
}

impl Fit {
    fn clear(&mut self) {
        self.blocks.clear();
    }

    fn push(&mut self, wish: f64, weight: f64) {
        let mut block = (wish * weight, weight, 1);
        while let Some(&(sum, weight, members)) = self.blocks.last()
            && sum / weight > block.0 / block.1
        {
            block = (block.0 + sum, block.1 + weight, block.2 + members);
            self.blocks.pop();
        }
        self.blocks.push(block);
    }

    fn solve(&self, mut set: impl FnMut(usize, f64)) {
        let mut index = 0;
        for (sum, weight, members) in &self.blocks {
            for _ in 0..*members {
                set(index, sum / weight);
                index += 1;
            }
        }
    }
}
