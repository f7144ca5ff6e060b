//! An empty place says why it is empty and what would fill it.

use super::icon::{Icon, IconRef};
use leptos::prelude::*;

/// What stands where a list would be, when there is nothing to list.
#[component]
pub fn Empty(
    icon: IconRef,
    #[prop(into)] title: Signal<String>,
    /// Why it is empty, or what will appear here.
    #[prop(optional, into)]
    text: MaybeProp<String>,
    /// Buttons or links.
    #[prop(optional)]
    children: Option<Children>,
) -> AnyView {
    view! {
        <div class="empty">
            <span class="empty__icon"><Icon icon large=true /></span>
            <p class="empty__title">{move || title.get()}</p>
            {move || text.get().map(|text| view! { <p class="empty__text">{text}</p> })}
            {children.map(|children| view! { <div class="empty__act">{children()}</div> })}
        </div>
    }
    .into_any()
}
