//! Edges in view as SVG behind the nodes, and the frame of a chosen node that is far away.

use super::{
    camera::Area,
    node::Shared,
    paint::{edge_path, frame},
    types::EdgeKind,
};
use leptos::prelude::*;
use std::sync::Arc;

/// More edges than these are not drawn as elements.
const CROWD: usize = 350;
/// An edge for order is drawn in one line from this length on, in pixels: the browser makes all of its dashes anew whenever the
/// view moves, those far out of sight too.
const LONG: f64 = 1_000.0;

/// The edges that pass through what is drawn, by index.
pub(super) fn edges_in_view(
    shared: Shared,
    drawn: Memo<Option<Area>>,
    far: Memo<bool>,
) -> Memo<Arc<Vec<usize>>> {
    Memo::new(move |_| {
        let Some(area) = drawn.get().filter(|_| !far.get()) else {
            return Arc::default();
        };
        shared
            .plan
            .with(|plan| Arc::new(plan.edges_through(area).collect()))
    })
}

/// Whether these are too many for elements.
pub(super) fn is_crowd(edges: &[usize]) -> bool {
    edges.len() > CROWD
}

pub(super) fn scene_view(shared: Shared, edges: Memo<Arc<Vec<usize>>>, far: Memo<bool>) -> AnyView {
    let plan = shared.plan;
    let each = move || {
        let version = plan.with(|plan| plan.version);
        edges.with(|edges| {
            let shown = if is_crowd(edges) {
                &[]
            } else {
                edges.as_slice()
            };
            shown
                .iter()
                .map(|edge| (version, *edge))
                .collect::<Vec<_>>()
        })
    };
    let chosen = move || {
        let index = shared.selected.get().filter(|_| far.get())?;
        plan.with(|plan| plan.area_of(index).map(|area| frame(&area)))
    };
    view! {
        <svg class="graph__scene" aria-hidden="true">
            <For each key=|key| *key children=move |(_, edge)| edge_view(shared, edge) />
            <path class="gfar__chosen" d=chosen></path>
        </svg>
    }
    .into_any()
}

fn edge_view(shared: Shared, edge: usize) -> Option<AnyView> {
    let (path, length, (_, to, kind)) = shared.plan.with_untracked(|plan| {
        let route = plan.layout.routes.get(edge)?.as_ref()?;
        let area = plan.areas.get(edge).copied().flatten()?;
        Some((
            edge_path(route, &plan.metrics),
            area.width + area.height,
            *plan.shape.edges.get(edge)?,
        ))
    })?;
    let kind = match kind {
        EdgeKind::Wiring => "gedge",
        EdgeKind::Order if length < LONG => "gedge gedge--order",
        EdgeKind::Order => "gedge gedge--order gedge--long",
    };
    let class = move || {
        let standing = match (shared.is_failing(to), shared.is_upstream(to)) {
            (true, _) => " gedge--failing",
            (false, true) => " gedge--upstream",
            (false, false) => "",
        };
        [kind, standing].concat()
    };
    Some(view! { <path d=path class=class></path> }.into_any())
}
