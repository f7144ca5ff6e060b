//! What the step did, and below it the place to write to its agent, where a person can.

use super::transcript::Transcript;
use crate::{
    moves::chat::{ChatForm, OpenChat},
    state::{live_run::LiveRun, session},
};
use leptos::prelude::*;
use model::{MoveKind, StepPath};

#[component]
pub fn Conversation(live: LiveRun, path: StepPath) -> AnyView {
    let form = (!live.is_file()).then(|| view! { <Writing live path=path.clone() /> });
    view! { <Transcript live path /> {form} }.into_any()
}

#[component]
fn Writing(live: LiveRun, path: StepPath) -> AnyView {
    let access = session::access();
    let moves = live.moves(access);
    // One form for one question: other events of the run leave what a person typed alone.
    let chat = Memo::new(move |_| {
        let open = moves.with(|moves| {
            let chat = moves.iter().find(|m| m.kind == MoveKind::ContinueInChat);
            chat.is_some_and(|chat| chat.steps.contains(&path))
        });
        open.then(|| live.now(|run| run.steps.get(&path).map(|s| OpenChat::of_step(run, s))))?
            .flatten()
    });
    let denied = Signal::derive(move || {
        let access = access.get()?;
        let denied = access.allow_move(MoveKind::ContinueInChat).err()?;
        Some(denied.to_string())
    });
    let form = move || chat.get().map(|chat| view! { <ChatForm chat denied /> });
    form.into_any()
}
