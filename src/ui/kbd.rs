//! Keys as they stand on a keyboard.

use leptos::prelude::*;

/// A key or a combination, shown beside what it does: `"Ctrl K"`, `"R"`. Hidden from those who hear the page: the shortcut
/// list says the same in words.
#[component]
pub fn Kbd(keys: &'static str) -> AnyView {
    view! { <kbd class="kbd" aria-hidden="true">{keys}</kbd> }.into_any()
}
