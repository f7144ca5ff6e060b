//! The whole graph in a corner, and which part of it is in view. There where the graph is larger than the view.

use super::{
    camera::{Area, Size},
    pen::Pen,
    steer::Steer,
    strokes::{Scale, overview},
};
use layout::Point;
use leptos::{html, prelude::*};
use web_sys::PointerEvent;

/// How large it is at most, in pixels.
const MOST: Size = (150.0, 72.0);
/// Below this size of the view there is no room for it.
const ROOM: Size = (420.0, 200.0);

pub(super) fn minimap(steer: Steer) -> AnyView {
    let Steer {
        shared,
        camera,
        view,
        ..
    } = steer;
    let graph = Memo::new(move |_| shared.plan.with(|plan| plan.size()));
    let shown = Memo::new(move |_| {
        let (graph, view) = (graph.get(), view.get());
        let larger = camera.get().is_some_and(|camera| {
            let seen = camera.area(view);
            seen.width < graph.0 || seen.height < graph.1
        });
        larger && view.0 >= ROOM.0 && view.1 >= ROOM.1
    });
    let map = move || shown.get().then(|| map_view(steer, graph));
    map.into_any()
}

fn map_view(steer: Steer, graph: Memo<Size>) -> AnyView {
    let Steer {
        shared,
        camera,
        view,
        ..
    } = steer;
    let canvas = NodeRef::<html::Canvas>::new();
    // A chain of steps would be a hair, so the two sides are not shrunk alike.
    let scale = Memo::new(move |_| {
        let graph = graph.get();
        let even = (MOST.0 / graph.0).min(MOST.1 / graph.1);
        Scale {
            x: (MOST.0 / graph.0).min(even * 12.0),
            y: (MOST.1 / graph.1).min(even * 12.0),
        }
    });
    Effect::new(move || {
        let scale = scale.get();
        shared.plan.track();
        shared.states.marks.track();
        if let Some(mut pen) = canvas.get().and_then(Pen::of) {
            let graph = graph.get_untracked();
            pen.clear(graph.0 * scale.x, graph.1 * scale.y);
            overview(&mut pen, shared, scale);
        }
    });
    let seen = move || {
        let (graph, scale) = (graph.get(), scale.get());
        let area = camera.get()?.area(view.get());
        let (x, y) = (area.x.max(0.0), area.y.max(0.0));
        Some(Area {
            x: x * scale.x,
            y: y * scale.y,
            width: ((area.x + area.width).min(graph.0) - x).max(0.0) * scale.x,
            height: ((area.y + area.height).min(graph.1) - y).max(0.0) * scale.y,
        })
    };
    let place = move || seen().map(|seen| format!("translate({:.1}px,{:.1}px)", seen.x, seen.y));
    let go = move |event: &PointerEvent| {
        let (Some(canvas), scale) = (canvas.get_untracked(), scale.get_untracked()) else {
            return;
        };
        let corner = canvas.get_bounding_client_rect();
        steer.centre(Point {
            x: (f64::from(event.client_x()) - corner.left()) / scale.x,
            y: (f64::from(event.client_y()) - corner.top()) / scale.y,
        });
    };
    view! {
        <div
            class="graph__map"
            aria-hidden="true"
            on:pointerdown=move |event: PointerEvent| {
                event.prevent_default();
                if let Some(canvas) = canvas.get_untracked() {
                    let _ = canvas.set_pointer_capture(event.pointer_id());
                }
                go(&event);
            }
            on:pointermove=move |event: PointerEvent| {
                if event.buttons() & 1 == 1 {
                    go(&event);
                }
            }
        >
            <canvas node_ref=canvas></canvas>
            <div
                class="graph__seen"
                style:transform=place
                style:width=move || seen().map(|seen| format!("{:.1}px", seen.width))
                style:height=move || seen().map(|seen| format!("{:.1}px", seen.height))
            ></div>
        </div>
    }
    .into_any()
}
