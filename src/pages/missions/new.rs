//! A new mission.

use crate::{
    api::{ActionKey, Api, ApiError, ErrorFace, Query, missions},
    ui::{
        button::{Button, ButtonKind},
        dialog::Dialog,
        field::TextField,
        toast::{Toast, Toasts},
    },
};
use leptos::prelude::*;
use model::api::{MissionRow, Page};

#[component]
pub fn NewDialog(open: RwSignal<bool>, query: Query<Page<MissionRow>>) -> AnyView {
    let api = Api::get();
    let toasts = Toasts::get();
    let title = RwSignal::new(String::new());
    let wrong = RwSignal::new(None::<String>);
    let error = RwSignal::new(None::<ApiError>);
    let busy = RwSignal::new(false);
    Effect::new(move || {
        if open.get() {
            title.set(String::new());
            error.set(None);
        }
    });
    Effect::new(move || {
        title.track();
        wrong.set(None);
    });
    let create = move || {
        let text = title.with_untracked(|title| title.trim().to_owned());
        if text.is_empty() {
            return wrong.set(Some("Say what it is for, in a few words.".into()));
        }
        busy.set(true);
        error.set(None);
        leptos::task::spawn_local(async move {
            let answer = missions::create(api, text, &ActionKey::fresh()).await;
            busy.try_set(false);
            match answer {
                Ok(made) => {
                    open.try_set(false);
                    if let Some(toasts) = toasts {
                        toasts.push(Toast::done(format!(
                            "Created the mission {}.",
                            made.value.title
                        )));
                    }
                    query.reload();
                }
                Err(refused) => drop(error.try_set(Some(refused))),
            }
        });
    };
    let footer = move || {
        view! {
            <Button on_click=move || open.set(false)>"Not now"</Button>
            <Button kind=ButtonKind::Primary busy on_click=create>"Create"</Button>
        }
        .into_any()
    };
    let wrong: Signal<Option<String>> = wrong.into();
    view! {
        <Dialog open title="New mission" stays=true footer>
            <form
                on:submit=move |event| {
                    event.prevent_default();
                    create();
                }
            >
                <TextField label="Objective" value=title error=wrong placeholder="Answer every open RFQ of Metro Equipment" />
            </form>
            <ErrorFace error what="this mission" compact=true />
        </Dialog>
    }
    .into_any()
}
