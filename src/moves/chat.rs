//! Writing to an agent: the answer to its question, or a word to one whose failure ended the run.

use super::desk::{Ask, Desk};
use crate::{
    api::{ActionKey, ApiError, ErrorFace},
    ui::{
        button::{Button, ButtonKind},
        field::TextArea,
        icon::lucide,
    },
};
use leptos::prelude::*;
use model::event::Wait;
use model::{MoveKind, RunId, StepPath};

/// A conversation that a person can go on with.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenChat {
    pub run: RunId,
    pub run_title: String,
    pub step: StepPath,
    pub step_name: String,
    /// The agent waits for an answer; it failed when not.
    pub asks: bool,
}

impl OpenChat {
    pub fn of_step(run: &engine::Run, step: &engine::StepState) -> Self {
        Self {
            run: run.id.clone(),
            run_title: run.title.clone(),
            step: step.path.clone(),
            step_name: run.step_name(&step.path),
            asks: matches!(step.wait, Some(Wait::Chat { .. })),
        }
    }
}

/// The place to write. `denied` says why it is not for this person.
#[component]
pub fn ChatForm(chat: OpenChat, #[prop(into)] denied: Signal<Option<String>>) -> AnyView {
    let Some(desk) = Desk::get() else {
        return ().into_any();
    };
    let text = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<ApiError>);
    let key = StoredValue::new(ActionKey::fresh());
    let asks = chat.asks;
    let (label, hint) = if asks {
        (
            "Your answer",
            "The agent goes on with it, as its next turn.",
        )
    } else {
        (
            "Message to the agent",
            "A new attempt goes on with this conversation and your message; finished steps are kept.",
        )
    };
    let chat = StoredValue::new(chat);
    let reason = Signal::derive(move || {
        let empty = || text.with(|text| text.trim().is_empty());
        denied
            .get()
            .or_else(|| empty().then(|| "Write something first.".to_owned()))
    });
    let send = move || {
        let message = text.get_untracked().trim().to_owned();
        let (ask, step) = chat.with_value(|chat| {
            let mut ask = Ask::new(
                chat.run.clone(),
                chat.run_title.clone(),
                0,
                MoveKind::ContinueInChat,
            );
            ask.comment = Some(message);
            (ask, chat.step.clone())
        });
        let Some(wanted) = ask.to_move(Some(&step), None, None) else {
            return;
        };
        busy.set(true);
        error.set(None);
        leptos::task::spawn_local(async move {
            let answer = desk.make(&ask, &wanted, None, &key.get_value()).await;
            busy.try_set(false);
            key.try_set_value(ActionKey::fresh());
            match answer {
                Ok(_) => drop(text.try_set(String::new())),
                Err(refused) => drop(error.try_set(Some(refused))),
            }
        });
    };
    let name = chat.with_value(|chat| chat.step_name.clone());
    let heading = format!("Conversation with the agent of {name}");
    view! {
        <section class="chat decision" aria-label=heading>
            <TextArea label value=text hint rows=3 />
            <ErrorFace error what="this conversation" compact=true />
            <div class="decision__buttons">
                <Button kind=ButtonKind::Primary icon=lucide::LuSend busy disabled=reason on_click=send>
                    {if asks { "Answer" } else { "Continue in Chat" }}
                </Button>
            </div>
        </section>
    }
    .into_any()
}
