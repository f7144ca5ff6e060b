//! Graphs and layouts as plain numbers, for the way to a worker and back.

use super::{Layout, Point, Route};

const BACK: f32 = -1.0;
const LOOP: f32 = -2.0;

/// Edges one after the other: from, to, from, to.
pub fn flat(edges: &[(usize, usize)]) -> Vec<u32> {
    edges
        .iter()
        .flat_map(|&(from, to)| [from as u32, to as u32])
        .collect()
}

/// The edges of [`flat`]. A number that has no partner is none.
pub fn pairs(flat: &[u32]) -> Vec<(usize, usize)> {
    flat.chunks_exact(2)
        .map(|pair| (pair[0] as usize, pair[1] as usize))
        .collect()
}

/// Width, height, the corner of each node, then each route: how many points it has, or its kind, and the points. Layouts are
/// in whole pixels, which an `f32` holds up to sixteen million.
pub fn pack(layout: &Layout) -> Vec<f32> {
    let mut out = Vec::with_capacity(2 + 2 * layout.nodes.len() + 5 * layout.routes.len());
    let mut put = |points: &[Point], head: Option<f32>| {
        out.extend(head);
        out.extend(points.iter().flat_map(|at| [at.x as f32, at.y as f32]));
    };
    let size = Point {
        x: layout.width,
        y: layout.height,
    };
    put(&[size], None);
    put(&layout.nodes, None);
    for route in &layout.routes {
        match route {
            None => put(&[], Some(0.0)),
            Some(Route::Forward(points)) => put(points, Some(points.len() as f32)),
            Some(Route::Back(from, to)) => put(&[*from, *to], Some(BACK)),
            Some(Route::Loop(top)) => put(&[*top], Some(LOOP)),
        }
    }
    out
}

/// The layout of `count` nodes and `edges` edges that was packed; `None` if these numbers are not one.
pub fn unpack(packed: &[f32], count: usize, edges: usize) -> Option<Layout> {
    let mut numbers = packed.iter().map(|number| f64::from(*number));
    let mut point = || {
        Some(Point {
            x: numbers.next()?,
            y: numbers.next()?,
        })
    };
    let size = point()?;
    let nodes = (0..count).map(|_| point()).collect::<Option<_>>()?;
    let mut rest = packed.get(2 + 2 * count..)?;
    let mut routes = Vec::with_capacity(edges);
    for _ in 0..edges {
        let (&head, after) = rest.split_first()?;
        let points = if head == BACK {
            2
        } else if head == LOOP {
            1
        } else {
            head as usize
        };
        let numbers = after.get(..2 * points)?;
        rest = &after[2 * points..];
        let mut points = numbers.chunks_exact(2).map(|pair| Point {
            x: pair[0].into(),
            y: pair[1].into(),
        });
        routes.push(if head == BACK {
            Some(Route::Back(points.next()?, points.next()?))
        } else if head == LOOP {
            Some(Route::Loop(points.next()?))
        } else {
            (numbers.len() > 2).then(|| Route::Forward(points.collect()))
        });
    }
    rest.is_empty().then_some(Layout {
        nodes,
        routes,
        width: size.x,
        height: size.y,
    })
}
