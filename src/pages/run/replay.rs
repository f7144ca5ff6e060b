//! What steers Replay: the handle on the line of events, playing, and the key moments. It stays at the bottom of the window, so
//! that everything it changes can be looked at meanwhile.

mod key_moments;
mod line;
mod steer;

use super::select::Selection;
use crate::{
    api::ErrorFace,
    state::{live_run::LiveRun, replay::Replay as State},
    ui::{fmt, progress::Progress},
};
use leptos::prelude::*;

#[component]
pub fn Replay(live: LiveRun, selection: Selection) -> AnyView {
    let replay = State::open(live, selection.at);
    let listed = RwSignal::new(false);
    let all = replay.all();
    let failed = Memo::new(move |_| replay.error.with(Option::is_some));
    let face = Memo::new(move |_| (failed.get(), replay.ready.get()));
    let body = move || {
        match face.get() {
        (true, _) => {
            let retry = Callback::new(move |()| replay.load());
            view! { <ErrorFace error=replay.error what="the run's journal" compact=true retry /> }.into_any()
        }
        (false, false) => view! {
            <div class="replay__load">
                <span>{move || format!("Loading {} of {}", fmt::count(replay.here.get()), fmt::plural(all.get(), "event", "events"))}</span>
                <Progress of="Events of the journal" done=replay.here total=all />
            </div>
        }
        .into_any(),
        (false, true) => view! {
            {move || listed.get().then(|| view! { <key_moments::KeyMoments live replay /> })}
            <line::Line live replay />
            <steer::Steer live replay selection listed />
            {move || replay.note.get().map(|note| view! { <p class="replay__note" role="status">{note}</p> })}
        }
        .into_any(),
    }
    };
    view! { <section class="replay" aria-label="Replay">{body}</section> }.into_any()
}
