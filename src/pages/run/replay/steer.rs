//! Playing, stepping and jumping.

use super::super::{events::words, select::Selection};
use crate::{
    state::{
        live_run::LiveRun,
        replay::{Replay, SPEEDS},
    },
    ui::{
        button::{Button, ButtonKind},
        field::{Choice, InlineSelect},
        fmt,
        icon::{StatusGlyph, lucide},
    },
};
use leptos::prelude::*;

#[component]
pub(super) fn Steer(
    live: LiveRun,
    replay: Replay,
    selection: Selection,
    listed: RwSignal<bool>,
) -> AnyView {
    let at_start = Signal::derive(move || {
        (replay.handle() <= 1).then(|| "This is the first event.".to_owned())
    });
    let at_end = Signal::derive(move || {
        (replay.handle() >= replay.here.get()).then(|| "This is the last event.".to_owned())
    });
    let blocking = Memo::new(move |_| replay.blocking());
    let not_blocked = Signal::derive(move || blocking.get().err());
    let to_blocking = move || {
        if let Ok(seq) = blocking.get_untracked() {
            replay.jump(seq);
        }
    };
    let heard = move || {
        let seq = replay.jumped.get()?;
        let said = replay.event(seq, |event| live.now_live(|run| words::of(run, event)))?;
        Some(format!("Event {}: {}", fmt::count(seq), said?.what))
    };
    let speed = Signal::derive(move || replay.speed.get().to_string());
    let speeds = SPEEDS.map(|speed| Choice::new(speed.to_string(), format!("{speed}×")));
    let count = Memo::new(move |_| replay.moments());
    let none = Signal::derive(move || {
        (count.get() == 0).then(|| "Nothing in this journal stands out yet.".to_owned())
    });
    view! {
        <div class="replay__steer">
            <div class="replay__keys" role="group" aria-label="Play">
                <Button kind=ButtonKind::Quiet small=true icon=lucide::LuSkipBack label="Key moment before (Page Down)" disabled=at_start on_click=move || replay.step_moment(false) />
                <Button kind=ButtonKind::Quiet small=true icon=lucide::LuStepBack label="Event before (←)" disabled=at_start on_click=move || replay.step(-1) />
                {move || if replay.playing.get() {
                    view! { <Button small=true icon=lucide::LuPause label="Pause playing" on_click=move || replay.play() /> }.into_any()
                } else {
                    view! { <Button small=true icon=lucide::LuPlay label="Play; pauses longer than a second are cut to one" on_click=move || replay.play() /> }.into_any()
                }}
                <Button kind=ButtonKind::Quiet small=true icon=lucide::LuStepForward label="Next event (→)" disabled=at_end on_click=move || replay.step(1) />
                <Button kind=ButtonKind::Quiet small=true icon=lucide::LuSkipForward label="Next key moment (Page Up)" disabled=at_end on_click=move || replay.step_moment(true) />
                <InlineSelect
                    label="Speed"
                    value=speed
                    choices=Signal::stored(speeds.to_vec())
                    on_change=move |now: String| replay.speed.set(now.parse().unwrap_or(1))
                />
                <span class="replay__cut dim">"Pauses cut to 1 s"</span>
            </div>
            <What live replay />
            <span class="visually-hidden" role="status">{heard}</span>
            <div class="replay__jumps">
                <Button small=true icon=lucide::LuOctagonAlert disabled=not_blocked on_click=to_blocking>"Blocking moment"</Button>
                <Button small=true icon=lucide::LuListTree pressed=listed disabled=none on_click=move || listed.update(|on| *on = !*on)>
                    {move || format!("Key moments ({})", fmt::count(count.get() as u64))}
                </Button>
                <Button kind=ButtonKind::Quiet small=true icon=lucide::LuX label="Close Replay" on_click=move || selection.toggle_replay() />
            </div>
        </div>
    }
    .into_any()
}

/// What happened at the handle.
#[component]
fn What(live: LiveRun, replay: Replay) -> AnyView {
    let shown = move || {
        let said = replay
            .event(replay.handle(), |event| {
                live.now_live(|run| words::of(run, event))
            })
            .flatten()?;
        Some(view! {
            <p class=format!("replay__what {}", said.look.tone.class())>
                <StatusGlyph glyph=said.look.glyph />
                <span class="clip"><b>{said.what}</b>{said.more.map(|more| view! { " "{more} })}</span>
            </p>
        })
    };
    shown.into_any()
}
