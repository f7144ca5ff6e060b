//! Edges and far nodes as paths, in the words of SVG.

use super::camera::Area;
use crate::ui::status::Tone;
use layout::{Metrics, Point, Route};
use std::fmt::Write;

/// The path of an edge.
pub(super) fn edge_path(route: &Route, metrics: &Metrics) -> String {
    let mut out = String::with_capacity(64);
    // Writing to a string does not fail.
    let _ = match route {
        Route::Forward(points) => forward(&mut out, points),
        Route::Back(from, to) => {
            let drop = metrics.node_height + metrics.gap;
            write!(
                out,
                "M{} {}C{} {} {} {} {} {}",
                from.x,
                from.y,
                from.x + 72.0,
                from.y + drop,
                to.x - 72.0,
                to.y + drop,
                to.x,
                to.y
            )
        }
        Route::Loop(top) => write!(
            out,
            "M{} {}C{} {} {} {} {} {}",
            top.x + 14.0,
            top.y,
            top.x + 30.0,
            top.y - 30.0,
            top.x - 30.0,
            top.y - 30.0,
            top.x - 14.0,
            top.y
        ),
    };
    out
}

fn forward(out: &mut String, points: &[Point]) -> std::fmt::Result {
    let Some(first) = points.first() else {
        return Ok(());
    };
    write!(out, "M{} {}", first.x, first.y)?;
    for (piece, pair) in points.chunks(2).enumerate() {
        let [from, to] = pair else { continue };
        if piece > 0 {
            write!(out, "L{} {}", from.x, from.y)?;
        }
        if (from.y - to.y).abs() < 0.5 {
            write!(out, "L{} {}", to.x, to.y)?;
        } else {
            let middle = f64::midpoint(from.x, to.x);
            write!(
                out,
                "C{middle} {} {middle} {} {} {}",
                from.y, to.y, to.x, to.y
            )?;
        }
    }
    Ok(())
}

/// The area an edge can touch.
pub(super) fn edge_area(route: &Route, metrics: &Metrics) -> Area {
    match route {
        Route::Forward(points) => around(points, 2.0),
        Route::Back(from, to) => around(&[*from, *to], metrics.node_height + metrics.gap),
        Route::Loop(top) => around(&[*top], 32.0),
    }
}

/// The area of points and of what is at most `by` beside them.
fn around(points: &[Point], by: f64) -> Area {
    let low = |pick: fn(&Point) -> f64| points.iter().map(pick).fold(f64::INFINITY, f64::min) - by;
    let high =
        |pick: fn(&Point) -> f64| points.iter().map(pick).fold(f64::NEG_INFINITY, f64::max) + by;
    let (x, y) = (low(|p| p.x), low(|p| p.y));
    Area {
        x,
        y,
        width: high(|p| p.x) - x,
        height: high(|p| p.y) - y,
    }
}

/// Whether an edge whose area touches another passes through it; one close beside it may be taken for one that does.
pub(super) fn passes(route: &Route, area: &Area) -> bool {
    match route {
        Route::Forward(points) => points
            .windows(2)
            .any(|pair| around(pair, 2.0).touches(area)),
        Route::Back(..) | Route::Loop(_) => true,
    }
}

/// The path of an edge in straight lines, for where curves cannot be told apart.
pub(super) fn line_path(out: &mut String, route: &Route, metrics: &Metrics) {
    match route {
        Route::Forward(points) => {
            for (at, point) in points.iter().enumerate() {
                let letter = if at == 0 { 'M' } else { 'L' };
                let _ = write!(out, "{letter}{} {}", point.x, point.y);
            }
        }
        Route::Back(..) | Route::Loop(_) => out.push_str(&edge_path(route, metrics)),
    }
}

/// A node as a box.
pub(super) fn frame(area: &Area) -> String {
    let Area {
        x,
        y,
        width,
        height,
    } = area;
    format!("M{x} {y}h{width}v{height}h-{width}z")
}

/// A sign in the box of a node, so that far nodes can be told apart without colour too: a cross where something failed, a bar
/// where it waits, a slash where it is blocked, a line down where it runs.
pub(super) fn sign(out: &mut String, tone: Tone, area: &Area) {
    let Area {
        x,
        y,
        width: w,
        height: h,
    } = area;
    let _ = match tone {
        Tone::Fail => write!(out, "M{x} {y}l{w} {h}m0 -{h}l-{w} {h}"),
        Tone::Block => write!(out, "M{x} {}l{w} -{h}", y + h),
        Tone::Wait => write!(out, "M{} {}h{}", x + w * 0.2, y + h / 2.0, w * 0.6),
        Tone::Run => write!(out, "M{} {y}v{h}", x + w / 2.0),
        Tone::Ok | Tone::Idle => Ok(()),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x: f64, y: f64) -> Point {
        Point { x, y }
    }

    #[test]
    fn an_edge_on_one_height_is_a_line() {
        assert_eq!(
            edge_path(
                &Route::Forward(vec![at(0.0, 5.0), at(40.0, 5.0)]),
                &Metrics::default()
            ),
            "M0 5L40 5"
        );
    }

    #[test]
    fn a_long_edge_swings_between_layers_and_runs_straight_past_them() {
        let route = Route::Forward(vec![
            at(0.0, 0.0),
            at(40.0, 20.0),
            at(100.0, 20.0),
            at(140.0, 0.0),
        ]);
        let path = edge_path(&route, &Metrics::default());
        assert_eq!(path, "M0 0C20 0 20 20 40 20L100 20C120 20 120 0 140 0");
    }
}
