//! Copying to the clipboard, with an answer.

use super::icon::{Icon, IconRef, lucide};
use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen_futures::JsFuture;

/// Whether the text reached the clipboard.
pub async fn to_clipboard(text: &str) -> bool {
    JsFuture::from(window().navigator().clipboard().write_text(text))
        .await
        .is_ok()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Ready,
    Done,
    Failed,
}

/// A small button that copies a text; it says when it has, and when the browser did not let it.
#[component]
pub fn CopyButton(
    #[prop(into)] text: Signal<String>,
    /// What is copied: "Copy the run id".
    #[prop(into)]
    label: String,
    #[prop(default = lucide::LuCopy)] icon: IconRef,
) -> AnyView {
    let state = RwSignal::new(State::Ready);
    let on_click = move |event: web_sys::MouseEvent| {
        event.stop_propagation();
        event.prevent_default();
        let text = text.get_untracked();
        leptos::task::spawn_local(async move {
            let next = if to_clipboard(&text).await {
                State::Done
            } else {
                State::Failed
            };
            state.try_set(next);
            set_timeout(
                move || {
                    state.try_set(State::Ready);
                },
                Duration::from_millis(1_600),
            );
        });
    };
    let tip = label.clone();
    view! {
        <button type="button" class="copy" aria-label=label data-tip=tip on:click=on_click>
            {move || match state.get() {
                State::Ready => view! { <Icon icon /> },
                State::Done => view! { <Icon icon=lucide::LuCheck /> },
                State::Failed => view! { <Icon icon=lucide::LuX /> },
            }}
            <span class="visually-hidden" role="status">
                {move || match state.get() {
                    State::Ready => "",
                    State::Done => "Copied",
                    State::Failed => "The browser did not allow copying",
                }}
            </span>
        </button>
    }
    .into_any()
}

/// An id in the mono font, cut to its ends, with a button that copies it whole.
#[component]
pub fn CopyId(
    #[prop(into)] id: Signal<String>,
    /// What it identifies: "run".
    #[prop(into)]
    of: String,
) -> AnyView {
    view! {
        <span class="copy-id">
            <span class="mono" data-tip=move || id.get()>{move || super::fmt::short_id(&id.get())}</span>
            <CopyButton text=id label=format!("Copy the {of} id") />
        </span>
    }
    .into_any()
}
