//! A search box.

use super::icon::{Icon, lucide};
use leptos::{html, prelude::*};

/// A search box. What is searched belongs to the caller; `on_input` is called on every change, Escape clears.
#[component]
pub fn Search(
    /// What is searched: "Search runs".
    #[prop(into)]
    label: String,
    #[prop(into)] value: Signal<String>,
    #[prop(into)] on_input: Callback<String>,
    /// Called when Enter is pressed.
    #[prop(optional, into)]
    on_enter: Option<Callback<()>>,
    /// The key that brings the focus here, for example `"/"`.
    #[prop(optional)]
    keys: Option<&'static str>,
    #[prop(optional)] node_ref: NodeRef<html::Input>,
) -> AnyView {
    let filled = Memo::new(move |_| value.with(|value| !value.is_empty()));
    view! {
        <div class="search" role="search">
            <Icon icon=lucide::LuSearch />
            <input
                node_ref=node_ref
                class="input search__input"
                type="search"
                aria-label=label.clone()
                placeholder=label
                autocomplete="off"
                spellcheck="false"
                prop:value=move || value.get()
                on:input=move |event| on_input.run(event_target_value(&event))
                on:keydown=move |event| {
                    match event.key().as_str() {
                        "Escape" if filled.get_untracked() => {
                            event.prevent_default();
                            event.stop_propagation();
                            on_input.run(String::new());
                        }
                        "Enter" => {
                            if let Some(on_enter) = on_enter {
                                on_enter.run(());
                            }
                        }
                        _ => {}
                    }
                }
            />
            {move || {
                if filled.get() {
                    Some(
                        view! {
                            <button
                                type="button"
                                class="search__clear"
                                aria-label="Clear the search"
                                on:click=move |_| {
                                    on_input.run(String::new());
                                    if let Some(input) = node_ref.get_untracked() {
                                        let _ = input.focus();
                                    }
                                }
                            >
                                <Icon icon=lucide::LuX />
                            </button>
                        }
                            .into_any(),
                    )
                } else {
                    keys.map(|keys| view! { <super::kbd::Kbd keys /> }.into_any())
                }
            }}
        </div>
    }
    .into_any()
}
