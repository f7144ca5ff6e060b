//! Dragging with one pointer, zooming with two.

use layout::Point;
use leptos::prelude::*;
use web_sys::PointerEvent;

/// How far a pointer moves before a press becomes a drag, in pixels.
const SLACK: f64 = 4.0;

#[derive(Debug, Clone, Copy)]
struct Pointer {
    id: i32,
    at: Point,
}

/// The pointers that are down.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pointers {
    down: StoredValue<Vec<Pointer>>,
    start: StoredValue<Point>,
    dragging: RwSignal<bool>,
    /// Whether the press that ended last was a drag; its click means nothing.
    was_drag: StoredValue<bool>,
}

/// What a move of a pointer does: in pixels of the screen, and by which factor around which point of the window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Step {
    pub by: Point,
    pub zoom: f64,
    pub around: Point,
    /// The press has just become a drag.
    pub began: bool,
}

impl Pointers {
    pub(super) fn new() -> Self {
        Self {
            down: StoredValue::new(Vec::new()),
            start: StoredValue::new(Point::default()),
            dragging: RwSignal::new(false),
            was_drag: StoredValue::new(false),
        }
    }

    pub(super) fn is_drag(self) -> bool {
        self.dragging.get()
    }

    pub(super) fn was_drag(self) -> bool {
        self.was_drag.get_value()
    }

    pub(super) fn down(self, event: &PointerEvent) {
        if event.button() > 1 {
            return;
        }
        let at = place(event);
        self.down.update_value(|down| {
            down.retain(|pointer| pointer.id != event.pointer_id());
            down.push(Pointer {
                id: event.pointer_id(),
                at,
            });
        });
        self.start.set_value(at);
        if self.down.with_value(Vec::len) == 1 {
            self.was_drag.set_value(false);
        }
    }

    pub(super) fn up(self, event: &PointerEvent) {
        self.down
            .update_value(|down| down.retain(|pointer| pointer.id != event.pointer_id()));
        if self.down.with_value(Vec::is_empty) && self.dragging.get_untracked() {
            self.dragging.set(false);
        }
    }

    /// What the move does; nothing while no pointer is down or it has hardly moved.
    pub(super) fn moved(self, event: &PointerEvent) -> Option<Step> {
        let to = place(event);
        let before = self.down.get_value();
        let own = before
            .iter()
            .position(|pointer| pointer.id == event.pointer_id())?;
        if event.buttons() == 0 {
            self.up(event);
            return None;
        }
        let start = self.start.get_value();
        let began = !self.dragging.get_untracked();
        if began {
            if before.len() < 2 && (to.x - start.x).hypot(to.y - start.y) < SLACK {
                return None;
            }
            self.dragging.set(true);
            self.was_drag.set_value(true);
        }
        self.down.update_value(|down| down[own].at = to);
        let from = before[own].at;
        let other = before
            .iter()
            .find(|pointer| pointer.id != event.pointer_id());
        Some(step(from, to, other.map(|pointer| pointer.at), began))
    }
}

fn step(from: Point, to: Point, other: Option<Point>, began: bool) -> Step {
    let by = Point {
        x: to.x - from.x,
        y: to.y - from.y,
    };
    let Some(other) = other else {
        return Step {
            by,
            zoom: 1.0,
            around: to,
            began,
        };
    };
    let length = |point: Point| (point.x - other.x).hypot(point.y - other.y).max(1.0);
    let around = Point {
        x: f64::midpoint(to.x, other.x),
        y: f64::midpoint(to.y, other.y),
    };
    // The middle between two fingers moves half as far as one of them.
    Step {
        by: Point {
            x: by.x / 2.0,
            y: by.y / 2.0,
        },
        zoom: length(to) / length(from),
        around,
        began,
    }
}

fn place(event: &PointerEvent) -> Point {
    Point {
        x: f64::from(event.client_x()),
        y: f64::from(event.client_y()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x: f64, y: f64) -> Point {
        Point { x, y }
    }

    #[test]
    fn one_pointer_pans() {
        let step = step(at(10.0, 10.0), at(15.0, 8.0), None, false);
        assert_eq!((step.by, step.zoom), (at(5.0, -2.0), 1.0));
    }

    #[test]
    fn two_fingers_moving_apart_zoom_in_around_their_middle() {
        let step = step(at(100.0, 0.0), at(200.0, 0.0), Some(at(0.0, 0.0)), false);
        assert_eq!((step.zoom, step.around), (2.0, at(100.0, 0.0)));
    }
}
