//! The graph as a picture: pan, zoom, walk and choose. Only what is in view is drawn.

use super::{
    camera::{Area, FAR},
    minimap::minimap,
    node::node_view,
    plan::Way,
    pointers::Pointers,
    scene::{edges_in_view, is_crowd, scene_view},
    sheet::sheet_view,
    steer::{STEP, Steer},
};
use crate::ui::dom::{self, watch_size};
use leptos::prelude::*;
use web_sys::{KeyboardEvent, WheelEvent};

pub(super) fn canvas_view(steer: Steer, label: String) -> AnyView {
    let Steer {
        shared,
        node_ref,
        view,
        camera,
        ..
    } = steer;
    let plan = shared.plan;
    let drag = Pointers::new();
    watch_size(node_ref, move |width, height| view.set((width, height)));
    let on_move = move |event: web_sys::PointerEvent| {
        let Some(step) = drag.moved(&event) else {
            return;
        };
        if step.began
            && let Some(canvas) = node_ref.get_untracked()
        {
            let _ = canvas.set_pointer_capture(event.pointer_id());
        }
        let around = steer.place(step.around.x, step.around.y);
        steer.set(&|camera, graph, view| {
            camera
                .zoomed(step.zoom, around)
                .panned(-step.by.x, -step.by.y, graph, view)
        });
    };
    // The area drawn: the view and a quarter of it on each side, in steps, so that a small pan draws nothing anew and none
    // draws much at once.
    let drawn = Memo::new(move |_| {
        let (camera, view) = (camera.get()?, view.get());
        let area = camera.area(view);
        let (step_x, step_y) = (area.width / 4.0, area.height / 4.0);
        Some(Area {
            x: ((area.x / step_x).floor() - 1.0) * step_x,
            y: ((area.y / step_y).floor() - 1.0) * step_y,
            width: area.width + 3.0 * step_x,
            height: area.height + 3.0 * step_y,
        })
    });
    let far = Memo::new(move |_| camera.get().is_some_and(|camera| camera.zoom < FAR));
    let edges = edges_in_view(shared, drawn, far);
    let on_sheet = Memo::new(move |_| far.get() || edges.with(|edges| is_crowd(edges)));
    let near_nodes = move || {
        let Some(area) = drawn.get().filter(|_| !far.get()) else {
            return Vec::new();
        };
        plan.with(|plan| {
            let version = plan.version;
            plan.within(area)
                .map(|node| (version, node))
                .collect::<Vec<_>>()
        })
    };
    // Far away there are no buttons: a click finds the node under it.
    let on_click = move |event: web_sys::MouseEvent| {
        if drag.was_drag() {
            event.prevent_default();
            event.stop_propagation();
            return;
        }
        if far.get_untracked() {
            let at = steer.place(f64::from(event.client_x()), f64::from(event.client_y()));
            if let Some(node) = steer.hit(at) {
                steer.go_to(node);
            }
        }
    };
    let described = format!(
        "{label}. Arrow keys walk along the edges, Home and End go to the first and the last step, Enter chooses. The list \
         holds the same."
    );
    // One stop for the Tab key: the node the keyboard is on, or the whole where that is not drawn.
    let reachable = Memo::new(move |_| {
        let active = shared.active.get().unwrap_or(0);
        let area = drawn.get().filter(|_| !far.get());
        plan.with(|plan| {
            let own = plan.area_of(active);
            area.zip(own).is_some_and(|(area, own)| own.touches(&area))
        })
    });
    view! {
        <div
            node_ref=node_ref
            class="graph__canvas"
            class=("graph__canvas--drag", move || drag.is_drag())
            role="group"
            aria-label=described
            tabindex=move || if reachable.get() { "-1" } else { "0" }
            style:background-position=move || {
                camera.get().map(|camera| {
                    format!("{:.1}px {:.1}px", -camera.x * camera.zoom, -camera.y * camera.zoom)
                })
            }
            on:keydown=move |event| on_key(steer, &event)
            on:wheel=move |event| on_wheel(steer, &event)
            on:pointerdown=move |event| drag.down(&event)
            on:pointermove=on_move
            on:pointerup=move |event| drag.up(&event)
            on:pointercancel=move |event| drag.up(&event)
            on:click:capture=on_click
        >
            {sheet_view(shared, camera, view, far, on_sheet)}
            <div class="graph__world" style:transform=move || camera.get().map(|camera| camera.transform())>
                {scene_view(shared, edges, far)}
                <For each=near_nodes key=|key| *key children=move |(_, index)| node_view(shared, index) />
            </div>
        </div>
        {minimap(steer)}
    }
    .into_any()
}

fn on_key(steer: Steer, event: &KeyboardEvent) {
    if !dom::plain(event) {
        return;
    }
    let shared = steer.shared;
    let key = event.key();
    let at = || {
        let active = shared.active.get_untracked();
        active.or(shared.selected.get_untracked())
    };
    if let Some(way) = Way::of_key(&key) {
        let from = at().unwrap_or(0);
        let next = shared.plan.with_untracked(|plan| plan.step(from, way));
        // The first press after Tab may come from where no node was drawn.
        if let Some(to) = next.or_else(|| at().is_none().then_some(from)) {
            steer.focus(to);
        }
    } else {
        match key.as_str() {
            "Home" | "End" => {
                if let Some(node) = steer.end(key == "End") {
                    steer.focus(node);
                }
            }
            "+" | "=" => steer.zoom(STEP),
            "-" | "_" => steer.zoom(1.0 / STEP),
            "0" => steer.fit(),
            "o" | "O" if shared.on_open.is_some() => {
                if let Some(node) = at() {
                    shared.open(node);
                }
            }
            "f" | "F" => match shared.failing.get_untracked() {
                Some(node) => {
                    steer.to_failure();
                    steer.focus(node);
                }
                None => return,
            },
            _ => return,
        }
    }
    steer.keep_keyboard();
    event.prevent_default();
    event.stop_propagation();
}

fn on_wheel(steer: Steer, event: &WheelEvent) {
    // Lines and pages to pixels.
    let unit = [1.0, 18.0, 400.0]
        .get(event.delta_mode() as usize)
        .copied()
        .unwrap_or(1.0);
    let (dx, dy) = (event.delta_x() * unit, event.delta_y() * unit);
    let used = if event.ctrl_key() || event.meta_key() {
        let around = steer.place(f64::from(event.client_x()), f64::from(event.client_y()));
        steer.set(&|camera, _, _| camera.zoomed((-dy * 0.006).clamp(-0.6, 0.6).exp(), around));
        true
    } else {
        let (dx, dy) = if event.shift_key() && dx == 0.0 {
            (dy, 0.0)
        } else {
            (dx, dy)
        };
        steer.set(&|camera, graph, view| camera.wheeled(dx, dy, graph, view))
    };
    if used {
        event.prevent_default();
    }
}
