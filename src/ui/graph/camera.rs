//! Which part of the graph is in view.

use layout::Point;

/// The zoom at which the text of a node is still read; below it nodes are drawn without text.
pub(super) const FAR: f64 = 0.42;
const CLOSEST: f64 = 2.0;
const FARTHEST: f64 = 0.002;
/// Free space around the graph when it is fitted, in pixels of the screen.
const MARGIN: f64 = 28.0;

/// A part of the plane.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Area {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl Area {
    pub(super) fn touches(&self, other: &Area) -> bool {
        self.x < other.x + other.width
            && other.x < self.x + self.width
            && self.y < other.y + other.height
            && other.y < self.y + self.height
    }

    pub(super) fn holds(&self, other: &Area) -> bool {
        self.x <= other.x
            && self.y <= other.y
            && other.x + other.width <= self.x + self.width
            && other.y + other.height <= self.y + self.height
    }

    /// Both, and what lies between them.
    pub(super) fn with(&self, other: &Area) -> Area {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        Area {
            x,
            y,
            width: (self.x + self.width).max(other.x + other.width) - x,
            height: (self.y + self.height).max(other.y + other.height) - y,
        }
    }
}

/// The upper left corner of the view in the graph, and how large the graph is shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Camera {
    pub x: f64,
    pub y: f64,
    pub zoom: f64,
}

/// Width and height of the view in pixels of the screen.
pub(super) type Size = (f64, f64);

impl Camera {
    pub(super) fn transform(&self) -> String {
        format!(
            "translate({:.2}px,{:.2}px) scale({:.4})",
            -self.x * self.zoom,
            -self.y * self.zoom,
            self.zoom
        )
    }

    /// What is in view.
    pub(super) fn area(&self, view: Size) -> Area {
        Area {
            x: self.x,
            y: self.y,
            width: view.0 / self.zoom,
            height: view.1 / self.zoom,
        }
    }

    /// All of a graph of this size in the middle of the view, at its own size at most.
    pub(super) fn fit(graph: Size, view: Size) -> Self {
        let room = (
            (view.0 - 2.0 * MARGIN).max(1.0),
            (view.1 - 2.0 * MARGIN).max(1.0),
        );
        let zoom = (room.0 / graph.0.max(1.0))
            .min(room.1 / graph.1.max(1.0))
            .clamp(FARTHEST, 1.0);
        Self {
            x: (graph.0 - view.0 / zoom) / 2.0,
            y: (graph.1 - view.1 / zoom) / 2.0,
            zoom,
        }
    }

    /// As a graph opens: all of it where it can be read, else what matters most (`on`) at a size that can be read.
    pub(super) fn open(graph: Size, view: Size, on: Option<Area>) -> Self {
        let all = Self::fit(graph, view);
        if all.zoom >= 0.6 {
            return all;
        }
        let near = Self { zoom: 0.85, ..all };
        let mut near = match on {
            Some(on) => near.centred(&on, view),
            None => Self {
                x: -MARGIN,
                y: (graph.1 - view.1 / near.zoom) / 2.0,
                ..near
            },
        };
        near.settle(graph, view);
        near
    }

    /// Moved so that an area is in the middle.
    pub(super) fn centred(self, on: &Area, view: Size) -> Self {
        Self {
            x: on.x + on.width / 2.0 - view.0 / self.zoom / 2.0,
            y: on.y + on.height / 2.0 - view.1 / self.zoom / 2.0,
            ..self
        }
    }

    /// Moved no more than needed to have an area in view.
    pub(super) fn showing(self, on: &Area, view: Size) -> Self {
        let now = self.area(view);
        let margin = MARGIN / self.zoom;
        let shift = |at: f64, length: f64, from: f64, room: f64| {
            if at < from + margin {
                at - margin
            } else if at + length > from + room - margin {
                (at + length + margin - room).min(at - margin)
            } else {
                from
            }
        };
        Self {
            x: shift(on.x, on.width, now.x, now.width),
            y: shift(on.y, on.height, now.y, now.height),
            ..self
        }
    }

    /// Zoomed by a factor around a point of the view that stays where it is.
    pub(super) fn zoomed(self, by: f64, around: Point) -> Self {
        let zoom = (self.zoom * by).clamp(FARTHEST, CLOSEST);
        let stay = |at: f64, point: f64| at + point / self.zoom - point / zoom;
        Self {
            x: stay(self.x, around.x),
            y: stay(self.y, around.y),
            zoom,
        }
    }

    /// Moved by pixels of the screen; the graph cannot be lost from view.
    pub(super) fn panned(self, dx: f64, dy: f64, graph: Size, view: Size) -> Self {
        let keep = 80.0 / self.zoom;
        let hold = |at: f64, length: f64, room: f64| {
            at.clamp(keep - room, (length - keep).max(keep - room))
        };
        Self {
            x: hold(self.x + dx / self.zoom, graph.0, view.0 / self.zoom),
            y: hold(self.y + dy / self.zoom, graph.1, view.1 / self.zoom),
            ..self
        }
    }

    /// Moved by a wheel: up to the ends of the graph, so that beyond them the page can scroll on. Unmoved, it is equal.
    pub(super) fn wheeled(self, dx: f64, dy: f64, graph: Size, view: Size) -> Self {
        let margin = MARGIN / self.zoom;
        let hold = |at: f64, by: f64, length: f64, room: f64| {
            let (first, last) = (-margin, length + margin - room);
            if last <= first || by == 0.0 {
                return at;
            }
            // From outside one can only come nearer.
            if by > 0.0 {
                (at + by).min(last.max(at))
            } else {
                (at + by).max(first.min(at))
            }
        };
        Self {
            x: hold(self.x, dx / self.zoom, graph.0, view.0 / self.zoom),
            y: hold(self.y, dy / self.zoom, graph.1, view.1 / self.zoom),
            ..self
        }
    }

    /// Brings an open view back to where there is something to see on its sides.
    fn settle(&mut self, graph: Size, view: Size) {
        let margin = MARGIN / self.zoom;
        let hold = |at: f64, length: f64, room: f64| {
            let (first, last) = (-margin, length + margin - room);
            if last <= first {
                (length - room) / 2.0
            } else {
                at.clamp(first, last)
            }
        };
        self.x = hold(self.x, graph.0, view.0 / self.zoom);
        self.y = hold(self.y, graph.1, view.1 / self.zoom);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::float_cmp, reason = "positions are whole pixels, equal or not")]

    use super::*;

    const VIEW: Size = (800.0, 400.0);

    #[test]
    fn a_small_graph_is_fitted_at_its_own_size() {
        let camera = Camera::open((400.0, 200.0), VIEW, None);
        assert_eq!(
            camera,
            Camera {
                x: -200.0,
                y: -100.0,
                zoom: 1.0
            }
        );
    }

    #[test]
    fn a_large_graph_opens_on_what_matters() {
        let on = Area {
            x: 20_000.0,
            y: 500.0,
            width: 176.0,
            height: 52.0,
        };
        let camera = Camera::open((40_000.0, 1_000.0), VIEW, Some(on));
        assert!(camera.zoom >= FAR && camera.area(VIEW).touches(&on));
    }

    #[test]
    fn the_point_under_the_pointer_stays_while_zooming() {
        let camera = Camera {
            x: 30.0,
            y: -20.0,
            zoom: 0.8,
        };
        let point = Point { x: 300.0, y: 120.0 };
        let next = camera.zoomed(1.3, point);
        let under = |camera: Camera| {
            (
                camera.x + point.x / camera.zoom,
                camera.y + point.y / camera.zoom,
            )
        };
        let (before, after) = (under(camera), under(next));
        assert!((before.0 - after.0).abs() < 1e-9 && (before.1 - after.1).abs() < 1e-9);
    }

    #[test]
    fn what_is_in_view_needs_no_move() {
        let camera = Camera {
            x: 0.0,
            y: 0.0,
            zoom: 1.0,
        };
        let seen = Area {
            x: 100.0,
            y: 100.0,
            width: 176.0,
            height: 52.0,
        };
        assert_eq!(camera.showing(&seen, VIEW), camera);
        let right = Area { x: 900.0, ..seen };
        assert!(camera.showing(&right, VIEW).area(VIEW).touches(&right));
    }

    #[test]
    fn a_wheel_stops_at_the_ends() {
        let camera = Camera {
            x: 0.0,
            y: 0.0,
            zoom: 1.0,
        };
        assert_eq!(camera.wheeled(0.0, 50.0, (2_000.0, 100.0), VIEW), camera);
        assert_eq!(camera.wheeled(50.0, 0.0, (2_000.0, 100.0), VIEW).x, 50.0);
        assert_eq!(
            camera.wheeled(9_000.0, 0.0, (2_000.0, 100.0), VIEW).x,
            2_000.0 + MARGIN - 800.0
        );
    }

    #[test]
    fn the_graph_cannot_be_dragged_out_of_view() {
        let camera = Camera {
            x: 0.0,
            y: 0.0,
            zoom: 1.0,
        }
        .panned(1e9, -1e9, (600.0, 300.0), VIEW);
        assert!(camera.area(VIEW).touches(&Area {
            x: 0.0,
            y: 0.0,
            width: 600.0,
            height: 300.0
        }));
    }
}
