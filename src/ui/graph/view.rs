//! The graph on the page: pan, zoom, walk and choose. Only what is in view is drawn.

use super::{
    camera::{Area, Camera, FAR, Size},
    layout::Point,
    list::list_view,
    node::{Shared, node_view},
    pointers::Pointers,
    scene::scene_view,
    types::{GraphEdge, GraphNode, Plan, Shape, Way},
};
use crate::ui::{
    button::{Button, ButtonKind},
    dom::{self, watch_size},
    icon::lucide,
};
use leptos::{html, prelude::*};
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent, WheelEvent};

/// How much a press on + or − zooms.
const STEP: f64 = 1.3;

/// A graph of steps. It fills the element around it; the layout changes only when nodes or edges come or go, so a status
/// that changes moves nothing.
///
/// Pointer: drag or wheel to pan, Ctrl with the wheel or two fingers to zoom. Keys: arrows walk along the edges, Enter
/// chooses, + and − zoom, 0 fits all, F goes to the failure.
#[component]
pub fn GraphView(
    /// What the graph shows: "Steps of this run".
    #[prop(into)]
    label: String,
    #[prop(into)] nodes: Signal<Vec<GraphNode>>,
    #[prop(into)] edges: Signal<Vec<GraphEdge>>,
    /// The id of the chosen node.
    #[prop(into)]
    selected: Signal<Option<String>>,
    /// Called with the id of a node when it is chosen.
    #[prop(into)]
    on_select: Callback<String>,
) -> AnyView {
    let shape =
        Memo::new(move |_| nodes.with(|nodes| edges.with(|edges| Shape::new(nodes, edges))));
    let plan = Memo::new(move |before: Option<&Arc<Plan>>| {
        Arc::new(Plan::new(
            shape.get(),
            before.map_or(0, |before| before.version + 1),
        ))
    });
    let selected = Memo::new(move |_| {
        selected
            .get()
            .and_then(|id| plan.with(|plan| plan.index_of(&id)))
    });
    let upstream = Memo::new(move |_| {
        Arc::new(
            selected
                .get()
                .map(|node| plan.with(|plan| plan.upstream(node)))
                .unwrap_or_default(),
        )
    });
    let active = RwSignal::new(None);
    let shared = Shared {
        nodes,
        plan,
        upstream,
        selected,
        active,
        on_select,
    };
    let as_list = RwSignal::new(false);
    let list_label = format!("{label}, as a list");
    let words = move || {
        if as_list.get() {
            "Show as a graph"
        } else {
            "Show as a list"
        }
        .to_owned()
    };
    view! {
        <div class="graph">
            <div class="graph__switch">
                <Button
                    kind=ButtonKind::Quiet
                    small=true
                    icon=lucide::LuList
                    label=Signal::derive(words)
                    pressed=as_list
                    on_click=move || as_list.update(|on| *on = !*on)
                />
            </div>
            {move || {
                if as_list.get() { list_view(shared, list_label.clone()) } else { canvas(shared, label.clone()) }
            }}
        </div>
    }
    .into_any()
}

fn canvas(shared: Shared, label: String) -> AnyView {
    let Shared {
        nodes,
        plan,
        selected,
        active,
        ..
    } = shared;
    let node_ref = NodeRef::<html::Div>::new();
    let view = RwSignal::new((0.0, 0.0));
    let camera = RwSignal::new(None::<Camera>);
    // A graph that a person has moved stays as they left it.
    let moved = StoredValue::new(false);
    let drag = Pointers::new();
    watch_size(node_ref, move |width, height| view.set((width, height)));

    let graph = move || plan.with(|plan| (plan.layout.width, plan.layout.height));
    let area_of = move |index: usize| {
        plan.with_untracked(|plan| {
            let corner = plan.layout.nodes.get(index)?;
            let (width, height) = (plan.metrics.node_width, plan.metrics.node_height);
            Some(Area {
                x: corner.x,
                y: corner.y,
                width,
                height,
            })
        })
    };
    let failing =
        Memo::new(move |_| nodes.with(|nodes| nodes.iter().position(|node| node.failing)));
    Effect::new(move || {
        let (graph, view) = (graph(), view.get());
        if view.0 < 1.0 || moved.get_value() {
            return;
        }
        let at_work = || nodes.with_untracked(|nodes| nodes.iter().position(GraphNode::needs_eyes));
        let on = failing
            .get_untracked()
            .or(selected.get_untracked())
            .or_else(at_work);
        let on = on.and_then(area_of);
        camera.set(Some(Camera::open(graph, view, on)));
    });
    // What is chosen elsewhere comes into view.
    Effect::new(move |before: Option<Option<usize>>| {
        let now = selected.get();
        if let (Some(area), true) = (
            now.and_then(area_of),
            before.is_some_and(|before| before != now),
        ) {
            let view = view.get_untracked();
            camera.update(|camera| *camera = camera.map(|camera| camera.showing(&area, view)));
        }
        now
    });
    let set = move |change: &dyn Fn(Camera, Size, Size) -> Camera| {
        let (graph, view) = (untrack(graph), view.get_untracked());
        if let Some(now) = camera.get_untracked() {
            let next = change(now, graph, view);
            if next != now {
                moved.set_value(true);
                camera.set(Some(next));
                return true;
            }
        }
        false
    };
    let zoom = move |by: f64| {
        set(&|camera, _, view| {
            camera.zoomed(
                by,
                Point {
                    x: view.0 / 2.0,
                    y: view.1 / 2.0,
                },
            )
        });
    };
    let fit = move || {
        set(&|_, graph, view| Camera::fit(graph, view));
        moved.set_value(false);
    };
    let go_to = move |index: usize| {
        if let Some(area) = area_of(index) {
            set(&|camera, _, view| {
                Camera {
                    zoom: camera.zoom.max(0.85),
                    ..camera
                }
                .centred(&area, view)
            });
        }
    };
    let focus_node = move |index: usize| {
        active.set(Some(index));
        if let Some(area) = area_of(index) {
            set(&|camera, _, view| {
                Camera {
                    zoom: camera.zoom.max(FAR),
                    ..camera
                }
                .showing(&area, view)
            });
        }
        request_animation_frame(move || {
            let Some(canvas) = node_ref.get_untracked() else {
                return;
            };
            let found = canvas
                .query_selector(&format!("[data-node='{index}']"))
                .ok()
                .flatten();
            if let Some(found) = found.and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
                let options = web_sys::FocusOptions::new();
                options.set_prevent_scroll(true);
                let _ = found.focus_with_options(&options);
            }
        });
    };
    let to_failure = move || {
        if let Some(index) = failing.get_untracked() {
            go_to(index);
            shared.select(index);
        }
    };
    let on_keydown = move |event: KeyboardEvent| {
        if !dom::plain(&event) {
            return;
        }
        let key = event.key();
        if let Some(way) = Way::of_key(&key) {
            let from = active
                .get_untracked()
                .or(selected.get_untracked())
                .unwrap_or(0);
            if let Some(to) = plan.with_untracked(|plan| plan.step(from, way)) {
                focus_node(to);
            }
        } else {
            match key.as_str() {
                "+" | "=" => zoom(STEP),
                "-" | "_" => zoom(1.0 / STEP),
                "0" => fit(),
                "f" | "F" if failing.get_untracked().is_some() => to_failure(),
                _ => return,
            }
        }
        event.prevent_default();
        event.stop_propagation();
    };
    let on_wheel = move |event: WheelEvent| {
        // Lines and pages to pixels.
        let unit = [1.0, 18.0, 400.0]
            .get(event.delta_mode() as usize)
            .copied()
            .unwrap_or(1.0);
        let (dx, dy) = (event.delta_x() * unit, event.delta_y() * unit);
        let used = if event.ctrl_key() || event.meta_key() {
            let around = place(
                node_ref,
                f64::from(event.client_x()),
                f64::from(event.client_y()),
            );
            set(&|camera, _, _| camera.zoomed((-dy * 0.006).clamp(-0.6, 0.6).exp(), around));
            true
        } else {
            let (dx, dy) = if event.shift_key() && dx == 0.0 {
                (dy, 0.0)
            } else {
                (dx, dy)
            };
            set(&|camera, graph, view| camera.wheeled(dx, dy, graph, view))
        };
        if used {
            event.prevent_default();
        }
    };
    let on_move = move |event: web_sys::PointerEvent| {
        let Some(step) = drag.moved(&event) else {
            return;
        };
        if step.began
            && let Some(canvas) = node_ref.get_untracked()
        {
            let _ = canvas.set_pointer_capture(event.pointer_id());
        }
        let around = place(node_ref, step.around.x, step.around.y);
        set(&|camera, graph, view| {
            camera
                .zoomed(step.zoom, around)
                .panned(-step.by.x, -step.by.y, graph, view)
        });
    };

    // The area drawn: the view and half of it on each side, in coarse steps, so that a small pan draws nothing anew.
    let drawn = Memo::new(move |_| {
        let (camera, view) = (camera.get()?, view.get());
        let area = camera.area(view);
        let (step_x, step_y) = (area.width / 2.0, area.height / 2.0);
        Some(Area {
            x: ((area.x / step_x).floor() - 1.0) * step_x,
            y: ((area.y / step_y).floor() - 1.0) * step_y,
            width: area.width + 3.0 * step_x,
            height: area.height + 3.0 * step_y,
        })
    });
    let far = Memo::new(move |_| camera.get().is_some_and(|camera| camera.zoom < FAR));
    let near_nodes = move || {
        let Some(area) = drawn.get().filter(|_| !far.get()) else {
            return Vec::new();
        };
        plan.with(|plan| {
            let (width, height) = (plan.metrics.node_width, plan.metrics.node_height);
            let inside = |corner: &Point| {
                area.touches(&Area {
                    x: corner.x,
                    y: corner.y,
                    width,
                    height,
                })
            };
            let of =
                |(index, corner): (usize, &Point)| inside(corner).then_some((plan.version, index));
            plan.layout
                .nodes
                .iter()
                .enumerate()
                .filter_map(of)
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
        let (Some(camera), true) = (camera.get_untracked(), far.get_untracked()) else {
            return;
        };
        let at = place(
            node_ref,
            f64::from(event.client_x()),
            f64::from(event.client_y()),
        );
        let point = Area {
            x: camera.x + at.x / camera.zoom,
            y: camera.y + at.y / camera.zoom,
            width: 0.1,
            height: 0.1,
        };
        let count = plan.with_untracked(|plan| plan.layout.nodes.len());
        if let Some(hit) =
            (0..count).find(|index| area_of(*index).is_some_and(|area| area.touches(&point)))
        {
            shared.select(hit);
            go_to(hit);
        }
    };
    let percent = move || {
        camera
            .get()
            .map(|camera| format!("{:.0} %", camera.zoom * 100.0))
    };
    let described = format!(
        "{label}. Arrow keys walk along the edges, Enter chooses. The list holds the same."
    );
    view! {
        <div
            node_ref=node_ref
            class="graph__canvas"
            class=("graph__canvas--drag", move || drag.is_drag())
            role="group"
            aria-label=described
            tabindex=move || if far.get() || plan.with(|plan| plan.layout.nodes.is_empty()) { "0" } else { "-1" }
            style:background-position=move || {
                camera.get().map(|camera| {
                    format!("{:.1}px {:.1}px", -camera.x * camera.zoom, -camera.y * camera.zoom)
                })
            }
            on:keydown=on_keydown
            on:wheel=on_wheel
            on:pointerdown=move |event| drag.down(&event)
            on:pointermove=on_move
            on:pointerup=move |event| drag.up(&event)
            on:pointercancel=move |event| drag.up(&event)
            on:click:capture=on_click
        >
            <div class="graph__world" style:transform=move || camera.get().map(|camera| camera.transform())>
                {scene_view(shared, drawn, far)}
                <For each=near_nodes key=|key| *key children=move |(_, index)| node_view(shared, index) />
            </div>
        </div>
        <div class="graph__tools" role="toolbar" aria-label="View of the graph">
            {move || {
                failing.get().map(|_| {
                    view! {
                        <Button kind=ButtonKind::Quiet small=true icon=lucide::LuCrosshair label="To the failure (F)" on_click=to_failure />
                    }
                })
            }}
            <Button kind=ButtonKind::Quiet small=true icon=lucide::LuMinus label="Zoom out (−)" on_click=move || zoom(1.0 / STEP) />
            <span class="graph__zoom">{percent}</span>
            <Button kind=ButtonKind::Quiet small=true icon=lucide::LuPlus label="Zoom in (+)" on_click=move || zoom(STEP) />
            <Button kind=ButtonKind::Quiet small=true icon=lucide::LuMaximize label="Show all (0)" on_click=fit />
        </div>
    }
    .into_any()
}

/// A point of the window in the view.
fn place(node: NodeRef<html::Div>, x: f64, y: f64) -> Point {
    let corner = node
        .get_untracked()
        .map(|node| node.get_bounding_client_rect());
    corner.map_or(Point { x, y }, |corner| Point {
        x: x - corner.left(),
        y: y - corner.top(),
    })
}
