//! The head of the timeline: the line of time with its breaks and the run's own moments. Dragging over it zooms.

use super::{
    Drawing,
    row::{bars_view, percent},
    window::Window,
};
use crate::ui::{dom::watch_size, fmt};
use leptos::{html, prelude::*};
use web_sys::PointerEvent;

/// The room a tick's text takes, in CSS pixels.
const TICK: f64 = 84.0;
/// A drag shorter than this part of the width is a click.
const SLACK: f64 = 0.01;

#[component]
pub(super) fn Axis(drawing: Drawing) -> AnyView {
    let node = NodeRef::<html::Div>::new();
    let width = RwSignal::new(0.0_f64);
    watch_size(node, move |now, _| width.set(now));
    // Where a drag began and has come to, as parts of the width.
    let drag = RwSignal::new(None::<(f64, f64)>);
    let part = move |event: &PointerEvent| {
        let axis = node.get_untracked()?.get_bounding_client_rect();
        Some(((f64::from(event.client_x()) - axis.left()) / axis.width().max(1.0)).clamp(0.0, 1.0))
    };
    let on_down = move |event: PointerEvent| {
        if event.button() != 0 {
            return;
        }
        if let (Some(at), Some(axis)) = (part(&event), node.get_untracked()) {
            let _ = axis.set_pointer_capture(event.pointer_id());
            drag.set(Some((at, at)));
            event.prevent_default();
        }
    };
    let on_move = move |event: PointerEvent| {
        if let (Some((from, _)), Some(at)) = (drag.get_untracked(), part(&event)) {
            drag.set(Some((from, at)));
        }
    };
    let on_up = move |_: PointerEvent| {
        if let Some((from, to)) = drag.get_untracked()
            && (from - to).abs() > SLACK
        {
            drawing.window.update(|window| {
                *window = Window::between(window.place(from), window.place(to));
            });
        }
        drag.set(None);
    };
    let ticks = move || {
        let window = drawing.window.get();
        let most = (width.get() / TICK).floor().max(2.0);
        let ticks = drawing
            .scale
            .with(|scale| scale.ticks(window.from, window.to, most));
        let room = TICK * 60.0 / width.get().max(TICK);
        let ticks = ticks.into_iter().map(|tick| {
            let at = window.percent(tick.at);
            let text = (at < 100.0 - room).then_some(tick.text);
            view! { <span class="axis__tick" style:left=percent(at)>{text}</span> }.into_any()
        });
        ticks.collect::<Vec<AnyView>>()
    };
    let breaks = move || {
        let window = drawing.window.get();
        let wide = width.get();
        drawing.scale.with(|scale| {
            let breaks = scale.breaks();
            let seen = breaks.filter(|one| one.end > window.from && one.start < window.to);
            seen.map(|one| {
                let (left, end) = (window.percent(one.start), window.percent(one.end));
                let text = fmt::duration(one.ms());
                let written = ((end - left) / 100.0 * wide > 18.0).then(|| text.clone());
                view! {
                    <span class="axis__break" style:left=percent(left) style:width=percent(end - left) data-tip=format!("Nothing worked for {text}")>
                        <span>{written}</span>
                    </span>
                }
                .into_any()
            })
            .collect::<Vec<AnyView>>()
        })
    };
    let marks = move || {
        let window = drawing.window.get();
        let scale = drawing.scale.get();
        drawing.lines.with(|lines| {
            let marks = lines.marks.iter().map(|mark| (window.percent(scale.at(mark.at)), mark));
            let seen = marks.filter(|(at, _)| (0.0..=100.0).contains(at));
            seen.map(|(at, mark)| {
                view! { <span class=format!("axis__mark {}", mark.tone.class()) style:left=percent(at)></span> }.into_any()
            })
            .collect::<Vec<AnyView>>()
        })
    };
    let moment = move || {
        let window = drawing.window.get();
        let at = drawing.lines.with(|lines| lines.moment)?;
        let at = drawing.scale.with(|scale| window.percent(scale.at(at)));
        let at = (0.0..=100.0).contains(&at).then_some(at)?;
        Some(view! { <span class="axis__moment" style:left=percent(at)></span> })
    };
    let run = move || {
        let window = drawing.window.get();
        let bars = drawing.lines.with(|lines| lines.run.clone());
        bars_view(&drawing.pieces(window, bars.iter()), "")
    };
    let brush = move || {
        drag.get().map(|(a, b)| {
            let (left, width) = (a.min(b) * 100.0, (a - b).abs() * 100.0);
            view! { <span class="axis__brush" style:left=percent(left) style:width=percent(width)></span> }
        })
    };
    view! {
        <div class="tl axis">
            <span class="tl__name axis__name" role="columnheader">"Step"</span>
            <div class="tl__area axis__area" role="columnheader" aria-label="Time">
                <div
                    node_ref=node
                    class="axis__line"
                    aria-hidden="true"
                    on:pointerdown=on_down
                    on:pointermove=on_move
                    on:pointerup=on_up
                    on:pointercancel=move |_| drag.set(None)
                >
                    {ticks} {breaks} {run} {marks} {moment} {brush}
                </div>
            </div>
        </div>
    }
    .into_any()
}
