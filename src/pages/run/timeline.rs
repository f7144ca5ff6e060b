//! When each step worked, waited and was tried again.

mod axis;
mod bars;
mod critical;
mod folded;
mod foot;
mod marks;
mod reader;
mod row;
mod scale;
mod ticks;
mod tree;
mod window;
mod words;

use super::{folds::Folds, hold::hold, select::Selection};
use crate::{
    state::{
        called::{Called, called},
        live_run::LiveRun,
    },
    ui::{
        dom,
        time::Clock,
        virtual_list::{ListHandle, ListRole, RowKey, VirtualList},
    },
};
use bars::Lines;
use engine::Run;
use leptos::prelude::*;
use model::{StepPath, Timestamp};
use scale::Scale;
use std::{collections::BTreeSet, sync::Arc};
use web_sys::KeyboardEvent;
use window::Window;

/// The height of a row and of the axis, and how many rows are in sight at most; in CSS pixels.
const ROW: u32 = 30;
const HEAD: u32 = 34;
const TALLEST: usize = 14;

/// What the parts of the timeline share.
#[derive(Clone, Copy)]
struct Drawing {
    live: LiveRun,
    selection: Selection,
    handle: ListHandle,
    lines: Memo<Arc<Lines>>,
    /// The present moment, while something goes on; what goes on has come so far.
    now: Memo<Timestamp>,
    /// Where moments lie: it stays as it is for a while although the clock goes on.
    scale: Memo<Scale>,
    /// How the runs stand that steps called.
    called: RwSignal<Called>,
    /// The part of the line that is shown.
    window: RwSignal<Window>,
    /// Whether the critical path is shown, and its steps while it is.
    wants_path: RwSignal<bool>,
    path: Memo<BTreeSet<StepPath>>,
}

impl Drawing {
    fn new(live: LiveRun, selection: Selection) -> Self {
        let clock = Clock::get();
        let changed = live.changes();
        let moment = live.moment();
        let last = live.part_live(|run| run.seq);
        let whole = Memo::new_with_compare(
            move |before: Option<&Arc<Lines>>| {
                last.get();
                let before = before.map(AsRef::as_ref);
                let read = |run: &Run| Lines::of(run, &Folds::default(), run.last_event_at, before);
                Arc::new(live.now_live(read).unwrap_or_default())
            },
            differ,
        );
        let lines = Memo::new_with_compare(
            move |before: Option<&Arc<Lines>>| {
                changed.track();
                let moment = moment.get();
                let now = moment.map_or_else(|| untrack(|| clock.now()), |(_, at)| at);
                let lines = selection.folds.with(|folds| {
                    live.now(|run| Lines::of(run, folds, now, before.map(AsRef::as_ref)))
                });
                let lines = lines.unwrap_or_default();
                Arc::new(match moment {
                    Some((_, at)) => lines.within(&whole.get(), at),
                    None => lines,
                })
            },
            differ,
        );
        let now = Memo::new(move |_| {
            if lines.with(|lines| lines.moves()) {
                clock.now()
            } else {
                Timestamp::default()
            }
        });
        let scale = Memo::new(move |_| lines.with(|lines| lines.scale_at(now.get())));
        let wants_path = RwSignal::new(false);
        let path = Memo::new(move |_| {
            if !wants_path.get() {
                return BTreeSet::new();
            }
            lines.with(|_| ());
            live.now(critical::critical_path).unwrap_or_default()
        });
        Self {
            live,
            selection,
            handle: ListHandle::new(),
            lines,
            now,
            scale,
            called: called(live),
            window: RwSignal::new(Window::ALL),
            wants_path,
            path,
        }
    }

    fn zoom(self, factor: f64) {
        self.window.update(|window| *window = window.zoomed(factor));
    }

    fn on_keydown(self, event: &KeyboardEvent) {
        if !dom::plain(event) {
            return;
        }
        let pan = |by: f64| self.window.update(|window| *window = window.panned(by));
        let steps = !event.shift_key();
        match event.key().as_str() {
            "+" | "=" => self.zoom(2.0),
            "-" | "_" => self.zoom(0.5),
            "0" => self.window.set(Window::ALL),
            "ArrowRight" if steps && self.unfold() => {}
            "ArrowLeft" if steps && self.fold() => {}
            "ArrowRight" => pan(0.25),
            "ArrowLeft" => pan(-0.25),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    }

    fn path_at(self, index: usize) -> Option<StepPath> {
        self.lines
            .with_untracked(|lines| lines.rows.get(index).map(|row| row.path.clone()))
    }

    fn find(self, path: &StepPath) -> Option<usize> {
        self.lines
            .with_untracked(|lines| lines.rows.iter().position(|row| row.path == *path))
    }
}

/// Two that were not made at once are taken to differ: to compare all rows would take longer.
fn differ(one: Option<&Arc<Lines>>, other: Option<&Arc<Lines>>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => !Arc::ptr_eq(one, other),
        (None, None) => false,
        (Some(_), None) | (None, Some(_)) => true,
    }
}

#[component]
pub fn Timeline(live: LiveRun, selection: Selection) -> AnyView {
    let drawing = Drawing::new(live, selection);
    let (lines, handle) = (drawing.lines, drawing.handle);
    let count = Memo::new(move |_| lines.with(|lines| lines.rows.len()));
    hold(
        handle,
        selection.step,
        move || lines.with(|_| ()),
        move |path| drawing.find(path),
        move |index| drawing.path_at(index),
    );
    let on_open = move |index: usize| {
        if let Some(path) = drawing.path_at(index) {
            selection.choose(&path);
        }
    };
    let row = move |index: Signal<usize>| row::row_view(drawing, index);
    let rows = move || count.get().clamp(1, TALLEST) as u32 * ROW;
    view! {
        <div
            class="timeline"
            style:--rows=move || format!("{}px", rows())
            on:keydown=move |event| drawing.on_keydown(&event)
        >
            <div class="timeline__list" style:height=move || format!("{}px", rows() + HEAD)>
                <VirtualList
                    label="Steps on a line of time"
                    rows=count
                    row_height=ROW
                    row
                    key=move |index: usize| RowKey::of(drawing.path_at(index))
                    role=ListRole::Table
                    handle
                    on_open
                    head=move || view! { <axis::Axis drawing /> }
                />
            </div>
            <foot::Foot drawing />
        </div>
    }
    .into_any()
}
