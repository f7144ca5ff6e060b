//! Keeps the place of what loads. It shows after 150 ms, so that what comes at once does not flicker.

use leptos::prelude::*;

/// Lines of text that are on their way, each as high as a row of the list they stand for.
#[component]
pub fn Skeleton(
    #[prop(default = 3)] lines: usize,
    /// Rows of a list (32 px) instead of lines of text.
    #[prop(optional)]
    rows: bool,
) -> AnyView {
    let class = if rows {
        "skeleton skeleton--rows"
    } else {
        "skeleton"
    };
    view! {
        <div class=class role="status" aria-label="Loading">
            {(0..lines).map(|_| view! { <span class="skeleton__line"></span> }).collect_view()}
        </div>
    }
    .into_any()
}

/// A block of a size set by the caller's class, that is on its way.
#[component]
pub fn SkeletonBlock(class: &'static str) -> AnyView {
    view! { <div class=format!("skeleton__block {class}") role="status" aria-label="Loading"></div> }.into_any()
}
