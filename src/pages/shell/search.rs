//! The way to the palette for those who use a pointer.

use crate::ui::{
    icon::{Icon, lucide},
    kbd::Kbd,
};
use leptos::prelude::*;

/// "Ctrl K", or "⌘ K" on a Mac.
pub fn palette_keys() -> &'static str {
    let agent = window().navigator().user_agent().unwrap_or_default();
    if agent.contains("Mac") || agent.contains("iPhone") || agent.contains("iPad") {
        "⌘ K"
    } else {
        "Ctrl K"
    }
}

#[component]
pub fn SearchButton(palette: RwSignal<bool>) -> AnyView {
    view! {
        <button
            type="button"
            class="find"
            aria-label="Search or go to…"
            aria-haspopup="dialog"
            aria-keyshortcuts="Control+K Meta+K"
            on:click=move |_| palette.set(true)
        >
            <Icon icon=lucide::LuSearch />
            <span class="find__text">"Search or go to…"</span>
            <Kbd keys=palette_keys() />
        </button>
    }
    .into_any()
}
