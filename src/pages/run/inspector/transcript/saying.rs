//! What a model is saying, while it says it. The whole answer follows as an entry of the transcript.

use crate::{
    api::stream::{About, Message, Stream},
    state::live_run::LiveRun,
    ui::icon::{Icon, lucide},
};
use leptos::prelude::*;
use model::{StepPath, StepStatus, Timestamp, api::SoFar};
use serde::Deserialize;

#[derive(Deserialize)]
struct Piece {
    path: StepPath,
    #[serde(flatten)]
    so_far: SoFar,
}

/// What is being said in the step; `None` while nothing is.
pub fn listen(live: LiveRun, path: &StepPath) -> RwSignal<Option<SoFar>> {
    let saying = RwSignal::new(None);
    let Some(stream) = Stream::get().filter(|_| !live.is_file()) else {
        return saying;
    };
    let (id, step) = (live.id(), path.clone());
    stream.listen(format!("run:{id}"), None, move |messages| {
        let last = messages
            .iter()
            .rev()
            .filter(|message| message.about == About::Saying(id.clone()))
            .filter_map(Message::read::<Piece>)
            .find(|piece| piece.path == step);
        if let Some(piece) = last {
            saying.set(Some(piece.so_far));
        }
    });
    let step = path.clone();
    let runs = live.part_live(move |run| {
        run.step(&step)
            .is_some_and(|step| step.status == StepStatus::Running)
    });
    Effect::new(move || {
        if !runs.get() {
            saying.set(None);
        }
    });
    saying
}

#[component]
pub fn Saying(so_far: RwSignal<Option<SoFar>>, moment: Memo<Option<(u64, Timestamp)>>) -> AnyView {
    let shown = move || so_far.get().filter(|_| moment.with(Option::is_none));
    let there = Memo::new(move |_| shown().is_some());
    let thinks = Memo::new(move |_| shown().is_some_and(|so_far| so_far.text.is_empty()));
    let text = move || {
        let so_far = shown().unwrap_or_default();
        if so_far.text.is_empty() {
            so_far.thinking
        } else {
            so_far.text
        }
    };
    view! {
        <Show when=move || there.get()>
            <div class="talk__turn">
                <span class="talk__icon"><Icon icon=lucide::LuBot /></span>
                <div class="talk__body">
                    <p class="talk__head" role="status">
                        <b>{move || if thinks.get() { "Thinking …" } else { "Answering …" }}</b>
                    </p>
                    // Read out when it is whole, as an entry.
                    <div class="talk__text" class:talk__text--thought=move || thinks.get() aria-hidden="true">{text}</div>
                </div>
            </div>
        </Show>
    }
    .into_any()
}
