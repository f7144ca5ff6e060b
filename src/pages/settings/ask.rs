//! The question before something is taken back, ended or deleted.

use super::form::Sending;
use crate::{
    api::{ActionKey, Api, ErrorFace, removal::Removal},
    ui::{
        button::{Button, ButtonKind},
        dialog::{Dialog, open_while},
    },
};
use leptos::prelude::*;

/// What is asked, and what happens on yes.
#[derive(Clone, PartialEq)]
pub struct Asked {
    /// "Revoke the token Nightly import?"
    pub title: String,
    /// What it means for whoever uses it.
    pub text: String,
    /// What the button says.
    pub verb: &'static str,
    /// Sent one after the other; the first that is refused ends it.
    pub removals: Vec<Removal>,
    /// What is said afterwards.
    pub done: String,
}

/// Asks while there is something to ask, and does it; `on_done` is called after.
#[component]
pub fn AskDialog(asked: RwSignal<Option<Asked>>, #[prop(into)] on_done: Callback<()>) -> AnyView {
    let open = open_while(asked);
    let api = Api::get();
    let title = Signal::derive(move || {
        asked.with(|asked| {
            asked
                .as_ref()
                .map_or_else(String::new, |one| one.title.clone())
        })
    });
    let inside = move || {
        let one = asked.get()?;
        let sending = Sending::new();
        let (text, verb) = (one.text.clone(), one.verb);
        let act = move || {
            let (removals, done) = (one.removals.clone(), one.done.clone());
            sending.send(
                |_| async move {
                    for removal in removals {
                        removal.send(api, &ActionKey::fresh()).await?;
                    }
                    Ok(())
                },
                move |()| {
                    open.try_set(false);
                    sending.say(done);
                    on_done.try_run(());
                },
            );
        };
        Some(view! {
            <div class="form">
                <p>{text}</p>
                <ErrorFace error=sending.rest(&[]) what="it" compact=true />
                <div class="form__buttons">
                    <Button on_click=move || open.set(false)>"Not now"</Button>
                    <Button kind=ButtonKind::Danger busy=sending.busy on_click=act>{verb}</Button>
                </div>
            </div>
        })
    };
    view! { <Dialog open title>{inside}</Dialog> }.into_any()
}
