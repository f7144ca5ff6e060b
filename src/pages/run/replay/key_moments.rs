//! The key moments as a list; choosing one goes there.

use super::{super::events::words, line::tone};
use crate::{
    state::{live_run::LiveRun, replay::Replay},
    ui::{
        fmt,
        icon::StatusGlyph,
        time::OfDay,
        virtual_list::{ListHandle, VirtualList},
    },
};
use leptos::prelude::*;

/// The height of a row in CSS pixels, and how many are in sight at most.
const ROW: u32 = 28;
const TALLEST: usize = 6;

#[component]
pub(super) fn KeyMoments(live: LiveRun, replay: Replay) -> AnyView {
    let rows = Memo::new(move |_| replay.moments());
    let handle = ListHandle::new();
    // The list shows where the handle is, unless a person looks elsewhere in it.
    Effect::new(move || {
        rows.track();
        if let Some(index) = replay.moment_at(replay.handle()) {
            handle.go(index);
        }
    });
    let on_open = move |index: usize| {
        if let Some(moment) = replay.moment(index) {
            replay.jump(moment.seq);
        }
    };
    let created = live.now_live(|run| run.created_at).unwrap_or_default();
    let row = move |index: Signal<usize>| {
        let shown = move || {
            let moment = replay.moment(index.get())?;
            let said = replay
                .event(moment.seq, |event| {
                    live.now_live(|run| words::of(run, event))
                })
                .flatten()?;
            Some(view! {
                <div class=format!("replay__moment {}", tone(moment.kind).class())>
                    <span class="replay__moment-seq">{fmt::count(moment.seq)}</span>
                    <OfDay at=moment.at />
                    <span class="dim">{format!("{} in", fmt::duration(moment.at.since(created)))}</span>
                    <StatusGlyph glyph=said.look.glyph />
                    <span class="clip"><b>{said.what}</b>{said.more.map(|more| view! { " "{more} })}</span>
                </div>
            })
        };
        shown.into_any()
    };
    view! {
        <div class="replay__moments" style:height=move || format!("{}px", rows.get().clamp(1, TALLEST) as u32 * ROW)>
            <VirtualList label="Key moments" rows row_height=ROW row handle on_open />
        </div>
    }
    .into_any()
}
