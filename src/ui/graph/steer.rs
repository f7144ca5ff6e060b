//! Where a person looks: what moves the camera of a graph.

use super::{
    camera::{Area, Camera, FAR, Size},
    node::Shared,
    plan::Plan,
    types::Mark,
};
use layout::Point;
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// How much a press on + or − zooms.
pub(super) const STEP: f64 = 1.3;
/// At this size a node is read well.
const NEAR: f64 = 0.85;

/// The view on a graph.
#[derive(Clone, Copy)]
pub(super) struct Steer {
    pub shared: Shared,
    pub node_ref: NodeRef<html::Div>,
    /// Width and height of the view.
    pub view: RwSignal<Size>,
    pub camera: RwSignal<Option<Camera>>,
    /// A graph that a person has moved stays as they left it.
    moved: StoredValue<bool>,
}

impl Steer {
    pub(super) fn new(shared: Shared) -> Self {
        let steer = Self {
            shared,
            node_ref: NodeRef::new(),
            view: RwSignal::new((0.0, 0.0)),
            camera: RwSignal::new(None),
            moved: StoredValue::new(false),
        };
        steer.open();
        steer.follow_selection();
        steer
    }

    /// A graph that is new, or whose view changes its size before it was moved, is opened. One that changes under the eyes of
    /// a person leaves what they look at where it is.
    fn open(self) {
        let Self {
            shared,
            view,
            camera,
            moved,
            ..
        } = self;
        Effect::new(move |before: Option<Option<(String, Point)>>| {
            let view = view.get();
            let anchor = before.flatten();
            shared.plan.with(|plan| {
                if view.0 < 1.0 || plan.layout.nodes.is_empty() {
                    return anchor;
                }
                let now = camera.get_untracked().filter(|_| moved.get_value());
                let kept = anchor.map(|(id, was)| (plan.shape.index_of(&id), was));
                match (now, kept) {
                    (Some(_), None) => {}
                    (Some(now), Some((Some(node), was))) => {
                        let is = plan.layout.nodes[node];
                        camera.set(Some(Camera {
                            x: now.x + is.x - was.x,
                            y: now.y + is.y - was.y,
                            ..now
                        }));
                    }
                    (None, _) | (Some(_), Some((None, _))) => {
                        let on = shared
                            .selected
                            .get_untracked()
                            .or(shared.failing.get_untracked())
                            .or_else(|| untrack(|| shared.states.first(plan, Mark::needs_eyes)));
                        let on = on.and_then(|node| plan.area_of(node));
                        camera.set(Some(Camera::open(plan.size(), view, on)));
                    }
                }
                self.anchor(plan)
            })
        });
    }

    /// The node a person is at, and where it stands.
    fn anchor(self, plan: &Plan) -> Option<(String, Point)> {
        let node = self.shared.active.get_untracked();
        let node = node.or(self.shared.selected.get_untracked())?;
        let at = plan.layout.nodes.get(node)?;
        Some((plan.shape.id(node)?.to_owned(), *at))
    }

    /// What is chosen elsewhere comes into view.
    fn follow_selection(self) {
        let Self {
            shared,
            view,
            camera,
            ..
        } = self;
        Effect::new(move |before: Option<Option<usize>>| {
            let now = shared.selected.get();
            let area = now.and_then(|node| shared.plan.with_untracked(|plan| plan.area_of(node)));
            if let (Some(area), true) = (area, before.is_some_and(|before| before != now)) {
                let view = view.get_untracked();
                camera.update(|camera| *camera = camera.map(|camera| camera.showing(&area, view)));
            }
            now
        });
    }

    /// Moves the camera; answers whether it was.
    pub(super) fn set(self, change: &dyn Fn(Camera, Size, Size) -> Camera) -> bool {
        let graph = self.shared.plan.with_untracked(|plan| plan.size());
        let view = self.view.get_untracked();
        if let Some(now) = self.camera.get_untracked() {
            let next = change(now, graph, view);
            if next != now {
                self.moved.set_value(true);
                self.camera.set(Some(next));
                return true;
            }
        }
        false
    }

    pub(super) fn zoom(self, by: f64) {
        self.set(&|camera, _, view| {
            let middle = Point {
                x: view.0 / 2.0,
                y: view.1 / 2.0,
            };
            camera.zoomed(by, middle)
        });
    }

    pub(super) fn fit(self) {
        self.set(&|_, graph, view| Camera::fit(graph, view));
        self.moved.set_value(false);
    }

    /// Has a point of the graph in the middle.
    pub(super) fn centre(self, at: Point) {
        self.set(&|camera, _, view| Camera {
            x: at.x - view.0 / camera.zoom / 2.0,
            y: at.y - view.1 / camera.zoom / 2.0,
            ..camera
        });
    }

    /// Shows a node in the middle, at a size that can be read, and chooses it.
    pub(super) fn go_to(self, node: usize) {
        let area = self.shared.plan.with_untracked(|plan| plan.area_of(node));
        if let Some(area) = area {
            self.set(&|camera, _, view| {
                let zoom = camera.zoom.max(NEAR);
                Camera { zoom, ..camera }.centred(&area, view)
            });
        }
        self.shared.select(node);
    }

    pub(super) fn to_failure(self) {
        if let Some(node) = self.shared.failing.get_untracked() {
            self.go_to(node);
        }
    }

    /// Puts the keyboard on a node and shows it.
    pub(super) fn focus(self, node: usize) {
        self.shared.active.set(Some(node));
        let area = self.shared.plan.with_untracked(|plan| plan.area_of(node));
        if let Some(area) = area {
            self.set(&|camera, _, view| {
                let zoom = camera.zoom.max(FAR);
                let shown = if camera.zoom < FAR {
                    Camera { zoom, ..camera }.centred(&area, view)
                } else {
                    camera
                };
                shown.showing(&area, view)
            });
        }
        self.take_keyboard(node);
    }

    /// A node that goes out of sight loses the keyboard; the graph as a whole takes it.
    pub(super) fn keep_keyboard(self) {
        request_animation_frame(move || {
            let lost = document()
                .active_element()
                .is_none_or(|at| at.tag_name() == "BODY");
            if let Some(canvas) = self.node_ref.try_get_untracked().flatten()
                && lost
            {
                let _ = canvas.focus();
            }
        });
    }

    /// Once the node is drawn.
    fn take_keyboard(self, node: usize) {
        request_animation_frame(move || {
            let Some(canvas) = self.node_ref.try_get_untracked().flatten() else {
                return;
            };
            let found = canvas.query_selector(&format!("[data-node='{node}']"));
            let found = found.ok().flatten().and_then(|found| found.dyn_into().ok());
            if let Some(found) = found {
                let found: HtmlElement = found;
                let options = web_sys::FocusOptions::new();
                options.set_prevent_scroll(true);
                let _ = found.focus_with_options(&options);
            }
        });
    }

    /// A point of the window in the view.
    pub(super) fn place(self, x: f64, y: f64) -> Point {
        let node = self.node_ref.get_untracked();
        let corner = node.map(|node| node.get_bounding_client_rect());
        corner.map_or(Point { x, y }, |corner| Point {
            x: x - corner.left(),
            y: y - corner.top(),
        })
    }

    /// The node at a point of the view.
    pub(super) fn hit(self, at: Point) -> Option<usize> {
        let camera = self.camera.get_untracked()?;
        // As far away as a finger is wide.
        let slack = 4.0 / camera.zoom;
        let point = Area {
            x: camera.x + at.x / camera.zoom - slack,
            y: camera.y + at.y / camera.zoom - slack,
            width: 2.0 * slack,
            height: 2.0 * slack,
        };
        self.shared
            .plan
            .with_untracked(|plan| plan.within(point).next())
    }

    /// The first or last node in reading order.
    pub(super) fn end(self, last: bool) -> Option<usize> {
        let order = self.shared.plan.with_untracked(|plan| plan.reading_order());
        if last { order.last() } else { order.first() }.copied()
    }
}
