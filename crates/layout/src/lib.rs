//! A layered layout, left to right: longest-path layers, dummy nodes where an edge passes a layer, a few median sweeps,
//! linear placement. It is total: cycles, loops, duplicates, unknown ends and disconnected parts all have a picture.

mod layers;
mod order;
mod place;
pub mod wire;

use layers::Layered;
use std::collections::HashSet;

/// Sizes in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Metrics {
    pub node_width: f64,
    pub node_height: f64,
    /// Between two nodes of a layer.
    pub gap: f64,
    /// Between a node and an edge that passes it, and between two such edges.
    pub edge_gap: f64,
    /// Between two layers, at least.
    pub layer_gap: f64,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            node_width: 176.0,
            node_height: 52.0,
            gap: 22.0,
            edge_gap: 16.0,
            layer_gap: 48.0,
        }
    }
}

/// A point; y grows downwards.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Point {
    pub x: f64,
    pub y: f64,
}

/// The way of an edge.
#[derive(Debug, Clone, PartialEq)]
pub enum Route {
    /// From the right side of one node to the left side of another, in pairs: from the first point of a pair to the second
    /// the edge swings, from the second to the next pair it runs straight past a layer.
    Forward(Vec<Point>),
    /// Against the direction, closing a cycle: from the right side of a node to the left side of one before it.
    Back(Point, Point),
    /// From a node to itself; the point is the middle of its upper side.
    Loop(Point),
}

/// Where everything stands. The upper left corner is at 0, 0.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Layout {
    /// The upper left corner of each node.
    pub nodes: Vec<Point>,
    /// For each edge that was given; `None` for one whose end does not exist and for the repetition of another.
    pub routes: Vec<Option<Route>>,
    pub width: f64,
    pub height: f64,
}

/// Lays out `count` nodes joined by `edges`, pairs of node indexes. The same input always gives the same layout.
pub fn layout(count: usize, edges: &[(usize, usize)], metrics: &Metrics) -> Layout {
    let mut out = Layout {
        nodes: vec![Point::default(); count],
        routes: vec![None; edges.len()],
        width: 0.0,
        height: 0.0,
    };
    let mut seen = HashSet::new();
    let mut loops = Vec::new();
    let mut kept = Vec::new();
    for (index, &(from, to)) in edges.iter().enumerate() {
        if from >= count || to >= count || !seen.insert((from, to)) {
            continue;
        }
        let list = if from == to { &mut loops } else { &mut kept };
        list.push(index);
    }
    let mut below = 0.0;
    let (parts, single) = parts(count, edges, &kept);
    for part in &parts {
        below = add_part(part, edges, metrics, below, &mut out);
    }
    add_single(&single, metrics, below, &mut out);
    for index in loops {
        let node = out.nodes[edges[index].0];
        out.routes[index] = Some(Route::Loop(Point {
            x: node.x + metrics.node_width / 2.0,
            y: node.y,
        }));
    }
    for node in &out.nodes {
        out.width = out.width.max(node.x + metrics.node_width);
        out.height = out.height.max(node.y + metrics.node_height);
    }
    out
}

/// A connected part: its nodes and the indexes of its edges.
#[derive(Default)]
struct Part {
    nodes: Vec<usize>,
    edges: Vec<usize>,
}

/// The connected parts in the order of their first nodes, and the nodes without edges.
fn parts(count: usize, edges: &[(usize, usize)], kept: &[usize]) -> (Vec<Part>, Vec<usize>) {
    let mut root: Vec<usize> = (0..count).collect();
    let mut joined = vec![false; count];
    for &index in kept {
        let (from, to) = edges[index];
        (joined[from], joined[to]) = (true, true);
        let (a, b) = (find(&mut root, from), find(&mut root, to));
        root[a.max(b)] = a.min(b);
    }
    let mut parts: Vec<Part> = Vec::new();
    let mut number = vec![usize::MAX; count];
    let mut single = Vec::new();
    for (node, joined) in joined.into_iter().enumerate() {
        if !joined {
            single.push(node);
            continue;
        }
        let root = find(&mut root, node);
        if number[root] == usize::MAX {
            number[root] = parts.len();
            parts.push(Part::default());
        }
        parts[number[root]].nodes.push(node);
    }
    for &index in kept {
        let root = find(&mut root, edges[index].0);
        parts[number[root]].edges.push(index);
    }
    (parts, single)
}

fn find(root: &mut [usize], mut node: usize) -> usize {
    while root[node] != node {
        root[node] = root[root[node]];
        node = root[node];
    }
    node
}

/// Lays out a part below `below`; answers where the next one can begin.
fn add_part(
    part: &Part,
    edges: &[(usize, usize)],
    metrics: &Metrics,
    below: f64,
    out: &mut Layout,
) -> f64 {
    let mut own = vec![0; out.nodes.len()];
    for (local, &node) in part.nodes.iter().enumerate() {
        own[node] = local;
    }
    let pairs: Vec<(usize, usize)> = part
        .edges
        .iter()
        .map(|index| (own[edges[*index].0], own[edges[*index].1]))
        .collect();
    let mut layered = Layered::new(part.nodes.len(), &pairs);
    order::sweep(&mut layered);
    let centres = place::centres(&layered, metrics);
    let x = columns(&layered, metrics);
    let half = metrics.node_height / 2.0;
    let highest = (0..layered.layer.len())
        .map(|v| centres[v] - if v < layered.count { half } else { 0.0 })
        .fold(f64::INFINITY, f64::min);
    let y = |vertex: usize| (below + centres[vertex] - highest).round();
    let mut bottom = below;
    for (local, &node) in part.nodes.iter().enumerate() {
        out.nodes[node] = Point {
            x: x[layered.layer[local]],
            y: y(local) - half,
        };
    }
    for vertex in 0..layered.layer.len() {
        bottom = bottom.max(y(vertex) + if vertex < layered.count { half } else { 0.0 });
    }
    let right = |vertex: usize| Point {
        x: x[layered.layer[vertex]] + metrics.node_width,
        y: y(vertex),
    };
    let left = |vertex: usize| Point {
        x: x[layered.layer[vertex]],
        y: y(vertex),
    };
    for &edge in &layered.back {
        let (from, to) = pairs[edge];
        out.routes[part.edges[edge]] = Some(Route::Back(right(from), left(to)));
        bottom = bottom
            .max(y(from) + metrics.node_height)
            .max(y(to) + metrics.node_height);
    }
    for (edge, chain) in &layered.chains {
        let (from, to) = pairs[*edge];
        let mut points = vec![right(from)];
        points.extend(chain.iter().flat_map(|dummy| [left(*dummy), right(*dummy)]));
        points.push(left(to));
        out.routes[part.edges[*edge]] = Some(Route::Forward(points));
    }
    bottom + metrics.gap * 2.0
}

/// The left side of each layer. Where many edges run between two layers there is more room for them.
fn columns(layered: &Layered, metrics: &Metrics) -> Vec<f64> {
    let mut crowd = vec![0_usize; layered.order.len()];
    for &(from, _) in &layered.short_edges {
        crowd[layered.layer[from]] += 1;
    }
    let mut x = 0.0;
    crowd
        .iter()
        .map(|edges| {
            let at: f64 = x;
            x += metrics.node_width + metrics.layer_gap + (*edges as f64).sqrt().min(16.0) * 3.0;
            at.round()
        })
        .collect()
}

/// Nodes without edges stand in a block at the end.
fn add_single(single: &[usize], metrics: &Metrics, below: f64, out: &mut Layout) {
    let columns = ((single.len() as f64 / 3.0).sqrt().ceil() as usize).max(1);
    for (i, &node) in single.iter().enumerate() {
        out.nodes[node] = Point {
            x: (i % columns) as f64 * (metrics.node_width + metrics.layer_gap),
            y: below + (i / columns) as f64 * (metrics.node_height + metrics.gap),
        };
    }
}

#[cfg(test)]
mod tests;
