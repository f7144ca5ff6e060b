//! What a person is told while the page shows a moment of the run, and not the run as it is.

use super::select::Selection;
use crate::{
    state::live_run::LiveRun,
    ui::{
        button::Button,
        fmt,
        icon::{Icon, lucide},
        time::OfDay,
    },
};
use leptos::prelude::*;

/// Keeps its place while Replay is open, so that nothing moves when the handle does.
#[component]
pub fn MomentLine(live: LiveRun, selection: Selection) -> AnyView {
    let moment = live.moment();
    let all = live.part_live(|run| run.seq);
    let created = live.part_live(|run| run.created_at);
    let text = move || {
        match moment.get() {
        Some((seq, at)) => view! {
            <span>
                <b>{format!("Replay: event {} of {}", fmt::count(seq), fmt::count(all.get()))}</b>
                ", "<OfDay at=at />{format!(" ({} in). Moves act on the run as it is now.", fmt::duration(at.since(created.get())))}
            </span>
        }
        .into_any(),
        None => view! { <span><b>"Replay"</b>" is at the right end: the run as it is."</span> }.into_any(),
    }
    };
    let here = Signal::derive(move || {
        moment
            .get()
            .is_none()
            .then(|| "The run is shown as it is.".to_owned())
    });
    view! {
        <div class="moment" class=("moment--past", move || moment.get().is_some())>
            <Icon icon=lucide::LuHistory />
            <p class="moment__text">{text}</p>
            <Button small=true disabled=here on_click=move || selection.back_to_live()>"Back to live"</Button>
        </div>
    }
    .into_any()
}
