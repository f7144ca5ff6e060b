//! Edges, and nodes seen from far away, as SVG behind the nodes.

use super::{
    camera::Area,
    layout::Point,
    node::Shared,
    paint::{boxes, edge_area, edge_path, signs},
    types::EdgeKind,
};
use crate::ui::status::Tone;
use leptos::prelude::*;

pub(super) fn scene_view(shared: Shared, drawn: Memo<Option<Area>>, far: Memo<bool>) -> AnyView {
    let plan = shared.plan;
    let areas = Memo::new(move |_| {
        plan.with(|plan| {
            let area =
                |route: &Option<_>| route.as_ref().map(|route| edge_area(route, &plan.metrics));
            plan.layout.routes.iter().map(area).collect::<Vec<_>>()
        })
    });
    let edges = move || {
        let Some(view) = drawn.get() else {
            return Vec::new();
        };
        let version = plan.with(|plan| plan.version);
        let touches = |area: &Option<Area>| area.is_some_and(|area| area.touches(&view));
        areas.with(|areas| {
            areas
                .iter()
                .enumerate()
                .filter(|(_, area)| touches(area))
                .map(|(edge, _)| (version, edge))
                .collect::<Vec<_>>()
        })
    };
    let near_edges = move || if far.get() { Vec::new() } else { edges() };
    let one_edge = move |(_, edge): (u32, usize)| {
        let found = plan.with_untracked(|plan| {
            let route = plan.layout.routes.get(edge)?.as_ref()?;
            Some((
                edge_path(route, &plan.metrics),
                *plan.shape.edges.get(edge)?,
            ))
        });
        let (path, (_, to, kind)) = found?;
        let failing = move || {
            shared
                .nodes
                .with(|nodes| nodes.get(to).is_some_and(|node| node.failing))
        };
        let class = move || match (failing(), shared.is_upstream(to), kind) {
            (true, _, EdgeKind::Wiring) => "gedge gedge--failing",
            (true, _, EdgeKind::Order) => "gedge gedge--order gedge--failing",
            (false, true, EdgeKind::Wiring) => "gedge gedge--upstream",
            (false, true, EdgeKind::Order) => "gedge gedge--order gedge--upstream",
            (false, false, EdgeKind::Wiring) => "gedge",
            (false, false, EdgeKind::Order) => "gedge gedge--order",
        };
        Some(view! { <path d=path class=class></path> })
    };
    let all_edges = move || {
        if !far.get() {
            return None;
        }
        let shown = edges();
        Some(plan.with(|plan| {
            shown
                .iter()
                .filter_map(|(_, edge)| {
                    Some(edge_path(
                        plan.layout.routes.get(*edge)?.as_ref()?,
                        &plan.metrics,
                    ))
                })
                .collect::<String>()
        }))
    };
    let far_nodes = move |tone: Tone| {
        let path = move || {
            let view = drawn.get().filter(|_| far.get())?;
            Some(plan.with(|plan| {
                shared.nodes.with(|nodes| {
                    let (width, height) = (plan.metrics.node_width, plan.metrics.node_height);
                    let of_tone = nodes
                        .iter()
                        .zip(&plan.layout.nodes)
                        .filter(|(node, _)| node.look.tone == tone);
                    let corners = of_tone.map(|(_, corner)| *corner);
                    let inside = corners.filter(|at| {
                        view.touches(&Area {
                            x: at.x,
                            y: at.y,
                            width,
                            height,
                        })
                    });
                    let inside: Vec<Point> = inside.collect();
                    let shapes = boxes(inside.iter().copied(), &plan.metrics);
                    shapes + &signs(tone, inside.into_iter(), &plan.metrics)
                })
            }))
        };
        view! { <path class=format!("gfar {}", tone.class()) d=path></path> }
    };
    let chosen = move || {
        let index = shared.selected.get().filter(|_| far.get())?;
        plan.with(|plan| {
            Some(boxes(
                plan.layout.nodes.get(index).copied().into_iter(),
                &plan.metrics,
            ))
        })
    };
    view! {
        <svg class="graph__scene" aria-hidden="true">
            <path class="gedge gedge--far" d=all_edges></path>
            <For each=near_edges key=|key| *key children=one_edge />
            {Tone::ALL.map(far_nodes).collect_view()}
            <path class="gfar__chosen" d=chosen></path>
        </svg>
    }
    .into_any()
}
