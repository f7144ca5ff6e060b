//! What is too much for elements: edges by the thousand, and nodes seen from far away, drawn on canvases. A drawing is larger
//! than the view and moves with it; it is made anew, a slice a frame, only when the view leaves it or is zoomed.

use super::{
    camera::{Area, Camera, Size},
    node::Shared,
    pen::Pen,
    strokes::{Stroke, boxes, standing_out, strokes},
};
use leptos::{html, prelude::*};
use std::sync::Arc;

/// How long a slice may take, in milliseconds, and how many strokes it may have: the browser paints them only afterwards.
const SLICE: f64 = 4.0;
const STROKES: usize = 4;
/// A drawing that takes several slices waits until zooming rests this long, in milliseconds.
const REST: f64 = 140.0;

type Canvas = NodeRef<html::Canvas>;

/// What a drawing shows.
#[derive(Clone, PartialEq)]
pub(super) struct Drawn {
    version: u32,
    /// What stands out.
    upstream: Arc<Vec<bool>>,
    failing: Option<usize>,
    pub zoom: f64,
    pub area: Area,
    /// Whether nodes are drawn too.
    pub far: bool,
}

impl Drawn {
    fn begin(&self, pen: &Pen) {
        pen.clear(self.area.width * self.zoom, self.area.height * self.zoom);
        pen.place(self.area.x, self.area.y, self.zoom);
    }
}

#[derive(Default)]
struct Work {
    version: u32,
    /// All edges of the plan.
    strokes: Vec<Stroke>,
    /// The drawing being made, the edges that stand out in it, and how many strokes are done.
    job: Option<(Drawn, Vec<Stroke>, usize)>,
    /// How many slices the last drawing took.
    slices: u32,
    zoom: f64,
    /// When the view was last zoomed.
    zoomed_at: f64,
    frame_asked: bool,
}

/// The canvases, and what is on them.
#[derive(Clone, Copy)]
struct Sheet {
    shared: Shared,
    camera: RwSignal<Option<Camera>>,
    view: RwSignal<Size>,
    far: Memo<bool>,
    needed: Memo<bool>,
    /// Edges as they are shown and edges as they are being drawn, by turns.
    edges: [Canvas; 2],
    /// Which of the two is shown.
    front: RwSignal<usize>,
    nodes: Canvas,
    drawn: RwSignal<Option<Drawn>>,
    work: StoredValue<Work, LocalStorage>,
}

/// `needed` says whether there is anything to draw here, `far` whether nodes are part of it.
pub(super) fn sheet_view(
    shared: Shared,
    camera: RwSignal<Option<Camera>>,
    view: RwSignal<Size>,
    far: Memo<bool>,
    needed: Memo<bool>,
) -> AnyView {
    let sheet = Sheet {
        shared,
        camera,
        view,
        far,
        needed,
        edges: [NodeRef::new(), NodeRef::new()],
        front: RwSignal::new(0),
        nodes: NodeRef::new(),
        drawn: RwSignal::new(None),
        work: StoredValue::new_local(Work::default()),
    };
    Effect::new(move || {
        camera.track();
        view.track();
        needed.track();
        far.track();
        shared.plan.track();
        shared.upstream.track();
        shared.failing.track();
        sheet.ask();
    });
    Effect::new(move || {
        shared.states.marks.track();
        sheet.draw_nodes();
    });
    let Sheet {
        edges,
        front,
        nodes,
        drawn,
        ..
    } = sheet;
    let transform = move || {
        let camera = camera.get()?;
        drawn.with(|drawn| {
            let drawn = drawn.as_ref()?;
            Some(format!(
                "translate({:.2}px,{:.2}px) scale({:.5})",
                (drawn.area.x - camera.x) * camera.zoom,
                (drawn.area.y - camera.y) * camera.zoom,
                camera.zoom / drawn.zoom
            ))
        })
    };
    let again = move |_| {
        drawn.set(None);
        sheet.ask();
    };
    view! {
        <div class="graph__sheet" aria-hidden="true" hidden=move || drawn.with(Option::is_none) style:transform=transform>
            <div class="graph__turn" class=("graph__turn--back", move || front.get() != 0)><canvas node_ref=edges[0]></canvas></div>
            <div class="graph__turn" class=("graph__turn--back", move || front.get() != 1)><canvas node_ref=edges[1]></canvas></div>
            <canvas node_ref=nodes hidden=move || !far.get()></canvas>
            // Its colour changes with the theme, which what is drawn does not by itself.
            <i class="graph__theme" on:transitionend=again></i>
        </div>
    }
    .into_any()
}

impl Sheet {
    /// Looks in the next frame whether there is something to draw.
    fn ask(self) {
        let asked = self.work.try_update_value(|work| {
            let asked = work.frame_asked;
            work.frame_asked = true;
            asked
        });
        if asked == Some(false) {
            request_animation_frame(move || {
                let gone = self.work.try_update_value(|work| work.frame_asked = false);
                if gone.is_some() && self.frame() {
                    self.ask();
                }
            });
        }
    }

    /// What should be seen: the view, and the drawing for it.
    fn wish(self) -> Option<(Area, Drawn)> {
        let (camera, view) = (self.camera.get_untracked()?, self.view.get_untracked());
        if !self.needed.get_untracked() || view.0 < 1.0 {
            return None;
        }
        let seen = camera.area(view);
        let (x, y) = (seen.width / 2.0, seen.height / 2.0);
        let wish = Drawn {
            version: self.shared.plan.with_untracked(|plan| plan.version),
            upstream: self.shared.upstream.get_untracked(),
            failing: self.shared.failing.get_untracked(),
            zoom: camera.zoom,
            area: Area {
                x: seen.x - x,
                y: seen.y - y,
                width: seen.width + 2.0 * x,
                height: seen.height + 2.0 * y,
            },
            far: self.far.get_untracked(),
        };
        Some((seen, wish))
    }

    /// Does what one frame has room for; answers whether there is more to do.
    fn frame(self) -> bool {
        let Some((seen, wish)) = self.wish() else {
            self.work.update_value(|work| work.job = None);
            if self.drawn.with_untracked(Option::is_some) {
                self.drawn.set(None);
            }
            return false;
        };
        let now = now();
        let fits = self.drawn.with_untracked(|drawn| {
            drawn.as_ref().is_some_and(|drawn| {
                let area = wish.area;
                drawn.area.holds(&seen)
                    && Drawn {
                        area,
                        ..drawn.clone()
                    } == wish
            })
        });
        let same_plan = self.drawn.with_untracked(|drawn| {
            drawn
                .as_ref()
                .is_some_and(|drawn| drawn.version == wish.version)
        });
        let turn = 1 - self.front.get_untracked();
        let Some(mut back) = pen(self.edges[turn]) else {
            return false;
        };
        let done = self.work.try_update_value(|work| {
            if work.version != wish.version {
                work.version = wish.version;
                work.strokes = self
                    .shared
                    .plan
                    .with_untracked(|plan| strokes(plan, "gline", |_| true));
                work.job = None;
            }
            if (work.zoom - wish.zoom).abs() > f64::EPSILON {
                (work.zoom, work.zoomed_at) = (wish.zoom, now);
            }
            if work.job.is_none() {
                if fits {
                    return Some(None);
                }
                if same_plan && work.slices > 1 && now - work.zoomed_at < REST {
                    return None;
                }
                wish.begin(&back);
                work.slices = 0;
                work.job = Some((wish, standing_out(self.shared), 0));
            }
            work.slice(self.shared, &mut back, now)
                .then(|| work.job.take())
        });
        match done.flatten() {
            // Rests, or has slices to do.
            None => true,
            Some(None) => false,
            Some(Some((drawn, ..))) => {
                self.front.set(turn);
                self.drawn.set(Some(drawn));
                self.draw_nodes();
                true
            }
        }
    }

    fn draw_nodes(self) {
        let (Some(drawn), Some(mut pen)) = (self.drawn.get_untracked(), pen(self.nodes)) else {
            return;
        };
        drawn.begin(&pen);
        if drawn.far {
            boxes(&mut pen, self.shared, &drawn);
        }
    }
}

impl Work {
    /// Draws until the frame's time is over; answers whether all is drawn.
    fn slice(&mut self, shared: Shared, pen: &mut Pen, began: f64) -> bool {
        let Some((drawn, over, done)) = &mut self.job else {
            return true;
        };
        self.slices += 1;
        shared.plan.with_untracked(|plan| {
            let all = self.strokes.iter_mut().chain(over);
            let mut drew = 0;
            for stroke in all.skip(*done) {
                *done += 1;
                drew += usize::from(stroke.draw(pen, plan, drawn));
                if drew >= STROKES || now() - began > SLICE {
                    return false;
                }
            }
            true
        })
    }
}

fn pen(canvas: Canvas) -> Option<Pen> {
    canvas.try_get_untracked().flatten().and_then(Pen::of)
}

fn now() -> f64 {
    js_sys::Date::now()
}
