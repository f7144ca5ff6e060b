//! A filter that is on.

use super::icon::{Icon, lucide};
use leptos::prelude::*;

/// A filter in force: "Status: Failed", with a button that takes it away.
#[component]
pub fn Chip(
    #[prop(into)] name: String,
    #[prop(into)] value: Signal<String>,
    #[prop(into)] on_remove: Callback<()>,
) -> AnyView {
    let label = {
        let name = name.clone();
        move || format!("Remove the filter {name}: {}", value.get())
    };
    view! {
        <span class="chip">
            <span class="chip__name">{name}</span>
            <span class="chip__value">{move || value.get()}</span>
            <button type="button" class="chip__remove" aria-label=label on:click=move |_| on_remove.run(())>
                <Icon icon=lucide::LuX />
            </button>
        </span>
    }
    .into_any()
}

/// A word on a thing: a label, a version, "Mock Mode". Says nothing about status.
#[component]
pub fn Tag(children: Children) -> AnyView {
    view! { <span class="tag">{children()}</span> }.into_any()
}
