//! The line of events with its handle and the marks of key moments.

use super::super::events::words;
use crate::{
    state::{live_run::LiveRun, replay::Replay},
    ui::{dom, fmt, status::Tone, time::OfDay},
};
use engine::replay::MomentKind;
use leptos::{html, prelude::*};
use web_sys::KeyboardEvent;

/// What a key moment looks like.
pub(super) const fn tone(kind: MomentKind) -> Tone {
    match kind {
        MomentKind::FirstFailure | MomentKind::Failure => Tone::Fail,
        MomentKind::Blocked | MomentKind::Budget => Tone::Block,
        MomentKind::Retry | MomentKind::Wait | MomentKind::Paused | MomentKind::Draining => {
            Tone::Wait
        }
        MomentKind::Decision => Tone::Ok,
        MomentKind::Attempt | MomentKind::Resumed => Tone::Run,
        MomentKind::End => Tone::Idle,
    }
}

#[component]
pub(super) fn Line(live: LiveRun, replay: Replay) -> AnyView {
    let node = NodeRef::<html::Input>::new();
    let last = replay.here;
    let created = live.part_live(|run| run.created_at);
    let marks = Memo::new(move |_| replay.marks());
    let marks = move || {
        let marks = marks.get().into_iter().map(|mark| {
            let class = format!("replay__mark {}", tone(mark.kind).class());
            view! { <span class=class class=("replay__mark--first", mark.kind == MomentKind::FirstFailure) style:--at=mark.at.to_string()></span> }
        });
        marks.collect_view()
    };
    let words = move || {
        let seq = replay.handle();
        let what = replay
            .event(seq, |event| live.now_live(|run| words::of(run, event).what))
            .flatten()
            .unwrap_or_default();
        format!(
            "Event {} of {}: {what}",
            fmt::count(seq),
            fmt::count(last.get())
        )
    };
    let on_input = move |event| {
        if let Ok(seq) = event_target_value(&event).parse::<u64>() {
            replay.playing.set(false);
            replay.go(Some(seq));
        }
    };
    let on_keydown = move |event: KeyboardEvent| {
        if !dom::plain(&event) {
            return;
        }
        match event.key().as_str() {
            "PageUp" => replay.step_moment(true),
            "PageDown" => replay.step_moment(false),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    // Whoever opened Replay by its button goes on at the handle.
    Effect::new(move || {
        if let Some(input) = node.get()
            && opened_by_button()
        {
            let _ = input.focus();
        }
    });
    let after = move || {
        let at = replay.time(replay.handle())?;
        let after = fmt::duration(at.since(created.get()));
        Some(view! { <OfDay at=at /><span class="dim">{format!("{after} in")}</span> })
    };
    view! {
        <div class="replay__line">
            <span class="replay__seq">{move || format!("{} / {}", fmt::count(replay.handle()), fmt::count(last.get()))}</span>
            <div class="replay__bar">
                <input
                    node_ref=node
                    class="replay__handle"
                    type="range"
                    aria-label="Event that is shown"
                    aria-valuetext=words
                    min="1"
                    max=move || last.get().to_string()
                    step="1"
                    prop:value=move || { last.track(); replay.handle().to_string() }
                    on:input=on_input
                    on:keydown=on_keydown
                />
                <div class="replay__marks" aria-hidden="true">{marks}</div>
            </div>
            <span class="replay__time">{after}</span>
        </div>
    }
    .into_any()
}

fn opened_by_button() -> bool {
    document()
        .active_element()
        .is_some_and(|now| now.get_attribute("aria-pressed").as_deref() == Some("true"))
}
