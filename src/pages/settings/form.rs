//! A form of the settings: what it sends, what the runtime said of it, and its buttons.

use crate::{
    api::{ActionKey, ApiError, ErrorFace},
    ui::{
        button::{Button, ButtonKind},
        toast::{Toast, Toasts},
    },
};
use leptos::prelude::*;
use std::future::Future;

/// A change that a person sends, and how it fared.
#[derive(Clone, Copy)]
pub struct Sending {
    pub busy: RwSignal<bool>,
    error: RwSignal<Option<ApiError>>,
    key: StoredValue<ActionKey>,
    toasts: Option<Toasts>,
}

impl Sending {
    pub fn new() -> Self {
        Self {
            busy: RwSignal::new(false),
            error: RwSignal::new(None),
            key: StoredValue::new(ActionKey::fresh()),
            toasts: Toasts::get(),
        }
    }

    /// Sends a change; nothing while one is under way. `done` gets the answer, also where the page around is gone by then. Where none
    /// came, the next try is the same act: what took effect already does not take effect again.
    pub fn send<T, F>(self, change: impl FnOnce(ActionKey) -> F, done: impl FnOnce(T) + 'static)
    where
        T: 'static,
        F: Future<Output = Result<T, ApiError>> + 'static,
    {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.error.set(None);
        let change = change(self.key.get_value());
        leptos::task::spawn_local(async move {
            let answer = change.await;
            self.busy.try_set(false);
            if !matches!(answer, Err(ApiError::Unreachable { .. })) {
                self.key.try_set_value(ActionKey::fresh());
            }
            match answer {
                Ok(answer) => done(answer),
                Err(error) => drop(self.error.try_set(Some(error))),
            }
        });
    }

    /// Says in a message what was done.
    pub fn say(self, text: String) {
        if let Some(toasts) = self.toasts {
            toasts.push(Toast::done(text));
        }
    }

    /// What the runtime said of one field, by its pointer into the body.
    pub fn of(self, pointer: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || {
            self.error.with(|error| match error {
                Some(ApiError::Problem(problem)) => problem
                    .errors
                    .iter()
                    .find(|error| error.pointer == pointer)
                    .map(|error| error.message.clone()),
                Some(_) | None => None,
            })
        })
    }

    /// What is said of no field alone.
    pub fn rest(self, fields: &'static [&'static str]) -> Signal<Option<ApiError>> {
        Signal::derive(move || {
            self.error.get().filter(|error| match error {
                ApiError::Problem(problem) => {
                    problem.errors.is_empty()
                        || problem
                            .errors
                            .iter()
                            .any(|error| !fields.contains(&error.pointer.as_str()))
                }
                ApiError::Unreachable { .. } | ApiError::Unreadable { .. } => true,
            })
        })
    }
}

/// What was written, without the space around it.
pub fn text(signal: RwSignal<String>) -> String {
    signal.with_untracked(|text| text.trim().to_owned())
}

/// A form with its buttons at the end. Its fields show what is said of them; the rest is shown above the buttons.
#[component]
pub fn Form(
    sending: Sending,
    /// What it is about, as people say it: "this token".
    what: &'static str,
    /// What its button says.
    #[prop(into)]
    verb: Signal<&'static str>,
    /// The fields that show what the runtime says of them, by their pointers.
    #[prop(optional)]
    fields: &'static [&'static str],
    /// The dialog around it, which "Not now" closes.
    #[prop(optional)]
    open: Option<RwSignal<bool>>,
    /// More buttons, before the others.
    #[prop(optional, into)]
    buttons: Option<ViewFn>,
    #[prop(into)] on_submit: Callback<()>,
    children: Children,
) -> AnyView {
    let busy = sending.busy;
    view! {
        <form
            class="form"
            novalidate
            on:submit=move |event| {
                event.prevent_default();
                on_submit.run(());
            }
        >
            <div class="form__fields">{children()}</div>
            <ErrorFace error=sending.rest(fields) what=what compact=true />
            <div class="form__buttons">
                {buttons.map(|buttons| view! { <span class="form__more">{buttons.run()}</span> })}
                {open.map(|open| view! { <Button on_click=move || open.set(false)>"Not now"</Button> })}
                <Button kind=ButtonKind::Primary busy submit=true>{move || verb.get()}</Button>
            </div>
        </form>
    }
    .into_any()
}
