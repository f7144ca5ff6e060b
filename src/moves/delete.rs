//! Asks before something that is set up is deleted, and names what depends on it.

use crate::{
    api::{ActionKey, Api, ApiError, ErrorFace, health},
    ui::{
        button::{Button, ButtonKind},
        dialog::{Dialog, open_while},
        dom,
        toast::{Toast, Toasts},
    },
};
use leptos::prelude::*;

/// What is to be deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doomed {
    /// "the connection github"
    pub what: String,
    /// Its address in the API.
    pub path: String,
    /// What deleting it does.
    pub means: &'static str,
    /// What depends on it: "the MCP server shop".
    pub used_by: Vec<String>,
    /// Why it cannot be deleted as things stand.
    pub kept: Option<String>,
    /// The selector of the part of the page it stands in: the focus goes to its first button once the thing is gone.
    pub part: &'static str,
}

/// Open while something is to be deleted. `then` is called when it is.
#[component]
pub fn DeleteDialog(doomed: RwSignal<Option<Doomed>>, #[prop(into)] then: Callback<()>) -> AnyView {
    let open = open_while(doomed);
    let (busy, error) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let (api, toasts) = (Api::get(), Toasts::get());
    let field = move |read: fn(&Doomed) -> String| {
        Signal::derive(move || doomed.with(|doomed| doomed.as_ref().map(read).unwrap_or_default()))
    };
    Effect::new(move || {
        doomed.track();
        error.set(None);
    });
    let confirm = move || {
        let Some(doomed) = doomed.get_untracked() else {
            return;
        };
        busy.set(true);
        error.set(None);
        leptos::task::spawn_local(async move {
            let answer = health::remove(api, &doomed.path, &ActionKey::fresh()).await;
            busy.try_set(false);
            match answer {
                Ok(()) => {
                    open.try_set(false);
                    if let Some(toasts) = toasts {
                        toasts.push(Toast::done(format!("Deleted {}.", doomed.what)));
                    }
                    focus_part(doomed.part);
                    then.run(());
                }
                Err(refused) => drop(error.try_set(Some(refused))),
            }
        });
    };
    let kept = Signal::derive(move || doomed.with(|doomed| doomed.as_ref()?.kept.clone()));
    let footer = move || {
        view! {
            <Button on_click=move || open.set(false)>"Not now"</Button>
            <Button kind=ButtonKind::Danger busy disabled=kept on_click=confirm>"Delete"</Button>
        }
        .into_any()
    };
    let users = move || {
        let names = doomed.with(|doomed| doomed.as_ref().map(|one| one.used_by.clone()))?;
        (!names.is_empty()).then(|| {
            let names = names
                .into_iter()
                .map(|name| view! { <li>{name}</li> })
                .collect_view();
            view! {
                <p class="doomed__label">"It is used by"</p>
                <ul class="doomed__users">{names}</ul>
            }
        })
    };
    let title = field(|doomed| format!("Delete {}?", doomed.what));
    let means = field(|doomed| doomed.means.to_owned());
    view! {
        <Dialog open title footer>
            <div class="doomed">
                <p>{means}</p>
                {users}
                {move || kept.get().map(|why| view! { <p class="doomed__kept">{why}</p> })}
                <ErrorFace error what="what is set up" compact=true />
            </div>
        </Dialog>
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
