//! The form for a personal access token.

use crate::ui::{
    button::{Button, ButtonKind},
    field::{TextField, TextKind},
};
use leptos::prelude::*;

#[component]
pub fn TokenForm(
    #[prop(into)] busy: Signal<bool>,
    #[prop(into)] on_send: Callback<String>,
) -> AnyView {
    let token = RwSignal::new(String::new());
    let error = RwSignal::new(None::<String>);
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let text = token.get_untracked().trim().to_owned();
        if !text.starts_with("pat_") {
            error.set(Some("A personal access token begins with pat_.".to_owned()));
            return;
        }
        error.set(None);
        if !busy.get_untracked() {
            on_send.run(text);
        }
    };
    view! {
        <form class="sign-in__form" on:submit=submit>
            <TextField label="Personal access token" value=token kind=TextKind::Secret mono=true placeholder="pat_…" error />
            <Button kind=ButtonKind::Primary submit=true busy>"Sign in"</Button>
        </form>
    }
    .into_any()
}
