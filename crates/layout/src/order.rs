//! The order within layers: a few sweeps that put each vertex at the median of its neighbours; the best one is kept.

use super::layers::{Layered, Neighbours};

/// Beyond this many vertices fewer sweeps must do.
const LARGE: usize = 20_000;

/// Orders the vertices of each layer for few crossings.
pub(super) fn sweep(graph: &mut Layered) {
    let total = graph.layer.len();
    let (before, after) = (graph.before(), graph.after());
    let mut place = vec![0; total];
    number(&graph.order, &mut place);
    let mut best = graph.order.clone();
    let mut fewest = crossings(graph, &after, &place);
    let rounds = if total > LARGE { 3 } else { 8 };
    for round in 0..rounds {
        if fewest == 0 {
            break;
        }
        let layers = graph.order.len();
        if round % 2 == 0 {
            for layer in 1..layers {
                settle(&mut graph.order[layer], &before, &mut place);
            }
        } else {
            for layer in (0..layers.saturating_sub(1)).rev() {
                settle(&mut graph.order[layer], &after, &mut place);
            }
        }
        let now = crossings(graph, &after, &place);
        if now < fewest {
            fewest = now;
            best.clone_from(&graph.order);
        }
    }
    graph.order = best;
    as_written(graph);
}

/// A drawing and its mirror image cross alike: the one stays in which the nodes come in the order they were given.
fn as_written(graph: &mut Layered) {
    let (mut kept, mut turned) = (0_usize, 0_usize);
    for layer in &graph.order {
        let mut nodes = layer.iter().filter(|vertex| **vertex < graph.count);
        let Some(mut before) = nodes.next() else {
            continue;
        };
        for node in nodes {
            if before < node {
                kept += 1;
            } else {
                turned += 1;
            }
            before = node;
        }
    }
    if turned > kept {
        for layer in &mut graph.order {
            layer.reverse();
        }
    }
}

fn number(order: &[Vec<usize>], place: &mut [usize]) {
    for layer in order {
        for (at, &vertex) in layer.iter().enumerate() {
            place[vertex] = at;
        }
    }
}

/// Sorts a layer by the medians of the neighbours on one side; vertices without any stay where they are.
fn settle(layer: &mut [usize], neighbours: &Neighbours, place: &mut [usize]) {
    let mut moving: Vec<(f64, usize)> = Vec::with_capacity(layer.len());
    let mut slots = Vec::with_capacity(layer.len());
    let mut places = Vec::new();
    for (slot, &vertex) in layer.iter().enumerate() {
        places.clear();
        places.extend(neighbours.of(vertex).iter().map(|other| place[*other]));
        if places.is_empty() {
            continue;
        }
        places.sort_unstable();
        slots.push(slot);
        moving.push((median(&places), vertex));
    }
    moving.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (slot, (_, vertex)) in slots.into_iter().zip(moving) {
        layer[slot] = vertex;
    }
    for (at, &vertex) in layer.iter().enumerate() {
        place[vertex] = at;
    }
}

/// The median of sorted places; of an even number the middle two, leaning to the side where the others are close.
fn median(places: &[usize]) -> f64 {
    let at = |i: usize| places[i] as f64;
    let (count, middle) = (places.len(), places.len() / 2);
    if count % 2 == 1 {
        return at(middle);
    }
    if count == 2 {
        return f64::midpoint(at(0), at(1));
    }
    let (left, right) = (at(middle - 1) - at(0), at(count - 1) - at(middle));
    if left + right == 0.0 {
        return f64::midpoint(at(middle - 1), at(middle));
    }
    (at(middle - 1) * right + at(middle) * left) / (left + right)
}

/// How many pairs of edges cross, over all layers.
fn crossings(graph: &Layered, after: &Neighbours, place: &[usize]) -> u64 {
    let mut total = 0;
    let mut ends = Vec::new();
    let mut tree: Vec<u64> = Vec::new();
    for pair in graph.order.windows(2) {
        let [left, right] = pair else { continue };
        tree.clear();
        tree.resize(right.len() + 1, 0);
        let mut laid = 0;
        for vertex in left {
            ends.clear();
            ends.extend(after.of(*vertex).iter().map(|to| place[*to]));
            ends.sort_unstable();
            // Edges laid before that end further down cross this one.
            for &end in &ends {
                let mut at = end + 1;
                let mut up_to = 0;
                while at > 0 {
                    up_to += tree[at];
                    at &= at - 1;
                }
                total += laid - up_to;
            }
            for &end in &ends {
                let mut at = end + 1;
                while at < tree.len() {
                    tree[at] += 1;
                    at += at & at.wrapping_neg();
                }
                laid += 1;
            }
        }
    }
    total
}
