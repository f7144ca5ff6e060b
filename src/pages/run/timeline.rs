//! When each step worked, waited and was tried again.

mod axis;
mod bars;
mod critical;
mod foot;
mod marks;
mod row;
mod scale;
mod ticks;
mod window;
mod words;

use super::select::Selection;
use crate::{
    state::live_run::LiveRun,
    ui::{
        dom,
        time::Clock,
        virtual_list::{ListHandle, ListRole, RowKey, VirtualList},
    },
};
use bars::Lines;
use leptos::prelude::*;
use model::StepPath;
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
    lines: Memo<Arc<Lines>>,
    /// The part of the line that is shown.
    window: RwSignal<Window>,
    /// Whether the critical path is shown, and its steps while it is.
    wants_path: RwSignal<bool>,
    path: Memo<BTreeSet<StepPath>>,
}

impl Drawing {
    fn new(live: LiveRun) -> Self {
        let clock = Clock::get();
        // `seq` tells every change of the run; the clock counts only while something goes on.
        let seq = live.part(|run| run.seq);
        let open = live.part(|run| run.ended_at.is_none());
        let moment = live.moment();
        let last = live.part_live(|run| run.seq);
        let whole = Memo::new(move |_| {
            last.get();
            Arc::new(
                live.now_live(|run| Lines::of(run, run.last_event_at))
                    .unwrap_or_default(),
            )
        });
        let lines = Memo::new(move |_| {
            seq.get();
            let now = if open.get() {
                clock.now()
            } else {
                model::Timestamp::default()
            };
            let lines = live.now(|run| Lines::of(run, now)).unwrap_or_default();
            Arc::new(match moment.get() {
                Some((_, at)) => lines.within(&whole.get(), at),
                None => lines,
            })
        });
        let wants_path = RwSignal::new(false);
        let path = Memo::new(move |_| {
            if !wants_path.get() {
                return BTreeSet::new();
            }
            seq.get();
            live.now(critical::critical_path).unwrap_or_default()
        });
        Self {
            live,
            lines,
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
        match event.key().as_str() {
            "+" | "=" => self.zoom(2.0),
            "-" | "_" => self.zoom(0.5),
            "0" => self.window.set(Window::ALL),
            "ArrowRight" => pan(0.25),
            "ArrowLeft" => pan(-0.25),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    }
}

#[component]
pub fn Timeline(live: LiveRun, selection: Selection) -> AnyView {
    let drawing = Drawing::new(live);
    let lines = drawing.lines;
    let count = Memo::new(move |_| lines.with(|lines| lines.rows.len()));
    let path_at = move |index: usize| {
        lines.with_untracked(|lines| lines.rows.get(index).map(|row| row.path.clone()))
    };
    let handle = ListHandle::new();
    Effect::new(move || {
        count.get();
        let Some(path) = selection.step.get() else {
            return;
        };
        let index =
            lines.with_untracked(|lines| lines.rows.iter().position(|row| row.path == path));
        if let Some(index) = index.filter(|_| handle.active.get_untracked() != index) {
            handle.go(index);
        }
    });
    let on_open = move |index: usize| {
        if let Some(path) = path_at(index) {
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
                    key=move |index: usize| RowKey::of(path_at(index))
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
