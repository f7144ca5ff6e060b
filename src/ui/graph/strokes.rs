//! Edges and nodes for a canvas.

use super::{
    camera::Area,
    node::Shared,
    paint::{edge_path, line_path, sign},
    pen::{Pen, path},
    plan::Plan,
    sheet::Drawn,
    types::Mark,
};
use crate::ui::status::Tone;
use layout::Metrics;
use leptos::prelude::*;
use web_sys::Path2d;

/// Edges drawn in one go.
const TOGETHER: usize = 200;
/// A graph with more edges is drawn with straight lines: curves cannot be told apart there.
const CURVED: usize = 2_000;
/// Nodes are at least this wide and high on the screen, in pixels; a failing one is at least as large as the second pair.
const LEAST: [(f64, f64); 2] = [(1.6, 1.0), (6.0, 5.0)];
/// Nodes at least this wide on the screen bear their sign.
const SIGNED: f64 = 8.0;

/// Some edges in one look.
pub(super) struct Stroke {
    class: &'static str,
    area: Area,
    edges: Vec<usize>,
    /// Made when it is first drawn.
    path: Option<Path2d>,
}

/// The chosen edges of a plan, near ones together.
pub(super) fn strokes(
    plan: &Plan,
    class: &'static str,
    chosen: impl Fn(usize) -> bool,
) -> Vec<Stroke> {
    let all = plan.areas.iter().enumerate();
    let mut edges: Vec<(usize, Area)> = all
        .filter(|(edge, _)| chosen(*edge))
        .filter_map(|(edge, area)| Some((edge, (*area)?)))
        .collect();
    let column = |area: &Area| (area.x / 3_000.0).floor();
    edges.sort_by(|(_, a), (_, b)| {
        let across = column(a).total_cmp(&column(b));
        across.then(a.y.total_cmp(&b.y))
    });
    let together = |some: &[(usize, Area)]| Stroke {
        class,
        area: some
            .iter()
            .skip(1)
            .fold(some[0].1, |all, (_, area)| all.with(area)),
        edges: some.iter().map(|(edge, _)| *edge).collect(),
        path: None,
    };
    edges.chunks(TOGETHER).map(together).collect()
}

/// The edges that lead to the chosen node or to a failure.
pub(super) fn standing_out(shared: Shared) -> Vec<Stroke> {
    shared.plan.with_untracked(|plan| {
        let to = |edge: usize| plan.shape.edges[edge].1;
        let upstream = shared.upstream.with_untracked(|upstream| {
            strokes(plan, "gline gline--upstream", |edge| {
                upstream.get(to(edge)).copied().unwrap_or(false)
            })
        });
        let failing = shared.states.marks.with_untracked(|marks| {
            strokes(plan, "gline gline--failing", |edge| {
                mark(plan, marks, to(edge)).failing
            })
        });
        upstream.into_iter().chain(failing).collect()
    })
}

fn mark(plan: &Plan, marks: &[Mark], node: usize) -> Mark {
    let own = plan.shape.nodes.get(node);
    own.and_then(|own| marks.get(*own))
        .copied()
        .unwrap_or_default()
}

impl Stroke {
    /// Draws it where it is in sight; answers whether it was.
    pub(super) fn draw(&mut self, pen: &mut Pen, plan: &Plan, drawn: &Drawn) -> bool {
        if !self.area.touches(&drawn.area) {
            return false;
        }
        let curved = plan.shape.edges.len() <= CURVED;
        let edges = &self.edges;
        if self.path.is_none() {
            let routes = edges
                .iter()
                .filter_map(|edge| plan.layout.routes[*edge].as_ref());
            self.path = path(&routes.fold(String::new(), |mut text, route| {
                if curved {
                    text.push_str(&edge_path(route, &plan.metrics));
                } else {
                    line_path(&mut text, route, &plan.metrics);
                }
                text
            }));
        }
        pen.dip(self.class);
        pen.stroke(self.path.as_ref(), 1.1 / drawn.zoom);
        true
    }
}

/// Every node in sight as a box in its tone, failing ones on top.
pub(super) fn boxes(pen: &mut Pen, shared: Shared, drawn: &Drawn) {
    let zoom = drawn.zoom;
    in_tones(
        pen,
        shared,
        drawn.area,
        |pen, Mark { tone, failing }, areas| {
            let least = LEAST[usize::from(failing)];
            for area in areas {
                let width = area.width.max(least.0 / zoom);
                pen.rectangle(area.x, area.y, width, area.height.max(least.1 / zoom));
            }
            if drawn.zoom * Metrics::default().node_width >= SIGNED {
                let mut signs = String::new();
                for area in areas {
                    sign(&mut signs, tone, area);
                }
                pen.dip(sign_class(tone));
                pen.stroke(path(&signs).as_ref(), 1.2 / zoom);
            }
        },
    );
}

/// Pixels for each unit of the graph.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Scale {
    pub x: f64,
    pub y: f64,
}

/// All nodes, however small.
pub(super) fn overview(pen: &mut Pen, shared: Shared, scale: Scale) {
    let (width, height) = shared.plan.with_untracked(|plan| plan.size());
    let all = Area {
        x: 0.0,
        y: 0.0,
        width,
        height,
    };
    in_tones(pen, shared, all, |pen, mark, areas| {
        let least = LEAST[usize::from(mark.failing)];
        for area in areas {
            pen.rectangle(
                area.x * scale.x,
                area.y * scale.y,
                (area.width * scale.x).max(least.0),
                (area.height * scale.y).max(least.1),
            );
        }
    });
}

/// The nodes in an area, those of one mark together, failing ones last; the pen has their colour.
fn in_tones(pen: &mut Pen, shared: Shared, within: Area, draw: impl Fn(&mut Pen, Mark, &[Area])) {
    let mut all: Vec<Vec<Area>> = vec![Vec::new(); 2 * Tone::ALL.len()];
    shared.plan.with_untracked(|plan| {
        shared.states.marks.with_untracked(|marks| {
            for node in plan.within(within) {
                let Mark { tone, failing } = mark(plan, marks, node);
                let at = usize::from(failing) * Tone::ALL.len() + tone as usize;
                all[at].extend(plan.area_of(node));
            }
        });
    });
    let kinds = [false, true]
        .into_iter()
        .flat_map(|failing| Tone::ALL.map(|tone| Mark { tone, failing }));
    for mark in kinds {
        let at = usize::from(mark.failing) * Tone::ALL.len() + mark.tone as usize;
        if !all[at].is_empty() {
            pen.dip(tone_class(mark.tone, mark.failing));
            draw(pen, mark, &all[at]);
        }
    }
}

fn tone_class(tone: Tone, failing: bool) -> &'static str {
    if failing {
        return sign_class(tone);
    }
    match tone {
        Tone::Ok => "gfar tone-ok",
        Tone::Fail => "gfar tone-fail",
        Tone::Wait => "gfar tone-wait",
        Tone::Run => "gfar tone-run",
        Tone::Block => "gfar tone-block",
        Tone::Idle => "gfar tone-idle",
    }
}

fn sign_class(tone: Tone) -> &'static str {
    match tone {
        Tone::Ok => "gsign tone-ok",
        Tone::Fail => "gsign tone-fail",
        Tone::Wait => "gsign tone-wait",
        Tone::Run => "gsign tone-run",
        Tone::Block => "gsign tone-block",
        Tone::Idle => "gsign tone-idle",
    }
}
