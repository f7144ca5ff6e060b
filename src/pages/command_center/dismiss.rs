//! Putting an item away for good, with the reason that the audit trail keeps.

use super::held::Place;
use crate::{
    api::{ActionKey, Api, ApiError, ErrorFace, attention},
    ui::{
        button::{Button, ButtonKind},
        dialog::Dialog,
        field::TextArea,
        toast::{Toast, Toasts},
    },
};
use leptos::prelude::*;

#[component]
pub fn Dismissing(
    place: Memo<Place>,
    open: RwSignal<bool>,
    #[prop(into)] on_done: Callback<String>,
) -> AnyView {
    view! {
        <Dialog open title="Dismiss from the Command Center" stays=true>
            <Form place open on_done />
        </Dialog>
    }
    .into_any()
}

#[component]
fn Form(
    place: Memo<Place>,
    open: RwSignal<bool>,
    #[prop(into)] on_done: Callback<String>,
) -> AnyView {
    let api = Api::get();
    let toasts = Toasts::get();
    let reason = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<ApiError>);
    let key = StoredValue::new(ActionKey::fresh());
    let missing = Signal::derive(move || {
        reason
            .with(|reason| reason.trim().is_empty())
            .then(|| "Give a reason: it is kept in the audit trail.".to_owned())
    });
    let send = move || {
        let (id, title) =
            place.with_untracked(|place| (place.item.id.clone(), place.item.run.title.clone()));
        let text = reason.with_untracked(|reason| reason.trim().to_owned());
        busy.set(true);
        leptos::task::spawn_local(async move {
            let answer = attention::dismiss(api, &id, &text, &key.get_value()).await;
            busy.try_set(false);
            match answer {
                Ok(()) => {
                    open.try_set(false);
                    if let Some(toasts) = toasts {
                        toasts.push(Toast::done(format!("Dismissed: {title}")));
                    }
                    on_done.run(id);
                }
                Err(failed) => drop(error.try_set(Some(failed))),
            }
        });
    };
    view! {
        <div class="move">
            <p class="move__about">{move || place.with(|place| place.item.run.title.clone())}</p>
            <p>"The run stays as it is; it only leaves this list, for everyone and for good."</p>
            <TextArea label="Reason" value=reason rows=2 />
            <ErrorFace error what="this item" compact=true />
            <div class="move__buttons">
                <Button on_click=move || open.set(false)>"Not now"</Button>
                <Button kind=ButtonKind::Primary busy disabled=missing on_click=send>"Dismiss"</Button>
            </div>
        </div>
    }
    .into_any()
}
