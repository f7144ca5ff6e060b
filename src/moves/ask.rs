//! The question before something is taken back, ended or deleted: what it means, and what depends on it.

use super::form::Sending;
use crate::{
    api::{ActionKey, Api, ErrorFace, removal::Removal},
    ui::{
        button::{Button, ButtonKind},
        dialog::{Dialog, open_while},
        dom,
    },
};
use leptos::prelude::*;

/// What is asked, and what happens on yes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// "Revoke the token Nightly import?"
    pub title: String,
    /// What it means for whoever uses it.
    pub text: String,
    /// What depends on it: "the MCP server shop".
    pub used_by: Vec<String>,
    /// Why it cannot be done as things stand.
    pub kept: Option<String>,
    /// What the button says.
    pub verb: &'static str,
    /// Sent one after the other; the first that is refused ends it.
    pub removals: Vec<Removal>,
    /// What is said afterwards.
    pub done: String,
    /// The selector of the part of the page it stands in: the focus goes to its first button once the thing is gone.
    pub part: Option<&'static str>,
}

impl Asked {
    /// About deleting `what`: "the connection github".
    pub fn delete(what: &str, text: &str, removal: Removal) -> Self {
        Self {
            title: format!("Delete {what}?"),
            text: text.to_owned(),
            verb: "Delete",
            removals: vec![removal],
            done: format!("Deleted {what}."),
            ..Self::default()
        }
    }
}

/// Asks while there is something to ask, and does it; `on_done` is called after.
#[component]
pub fn AskDialog(asked: RwSignal<Option<Asked>>, #[prop(into)] on_done: Callback<()>) -> AnyView {
    let open = open_while(asked);
    let title = Signal::derive(move || {
        asked.with(|asked| {
            asked
                .as_ref()
                .map_or_else(String::new, |one| one.title.clone())
        })
    });
    let inside = move || {
        let asked = asked.get()?;
        Some(view! { <Question asked open on_done /> })
    };
    view! { <Dialog open title>{inside}</Dialog> }.into_any()
}

#[component]
fn Question(asked: Asked, open: RwSignal<bool>, on_done: Callback<()>) -> AnyView {
    let Asked {
        text,
        used_by,
        kept,
        verb,
        removals,
        done,
        part,
        ..
    } = asked;
    let api = Api::get();
    let sending = Sending::new();
    let act = move || {
        let (removals, done) = (removals.clone(), done.clone());
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
                if let Some(part) = part {
                    focus_part(part);
                }
                on_done.run(());
            },
        );
    };
    let users = (!used_by.is_empty()).then(|| {
        let names = used_by
            .into_iter()
            .map(|name| view! { <li>{name}</li> })
            .collect_view();
        view! {
            <div>
                <p class="ask__label">"It is used by"</p>
                <ul class="ask__users">{names}</ul>
            </div>
        }
    });
    let why = kept
        .clone()
        .map(|why| view! { <p class="ask__kept">{why}</p> });
    view! {
        <div class="form">
            <p>{text}</p>
            {users}
            {why}
            <ErrorFace error=sending.rest() what="it" compact=true />
            <div class="form__buttons">
                <Button on_click=move || open.set(false)>"Not now"</Button>
                <Button kind=ButtonKind::Danger busy=sending.busy disabled=kept on_click=act>{verb}</Button>
            </div>
        </div>
    }
    .into_any()
}

/// The button that had the focus is gone with its row.
fn focus_part(part: &'static str) {
    request_animation_frame(move || {
        let found = document().query_selector(part).ok().flatten();
        if let Some(first) = found.and_then(|part| dom::all(&part, "button").into_iter().next()) {
            let _ = first.focus();
        }
    });
}
