//! The mark of the product.

use leptos::prelude::*;

/// The signal: stop above go.
#[component]
pub fn Brand() -> AnyView {
    view! {
        <svg class="brand" viewBox="0 0 20 20" aria-hidden="true">
            <rect class="brand__box" x="4" y="1" width="12" height="18" rx="6" />
            <circle class="brand__stop" cx="10" cy="6.4" r="2.6" />
            <circle class="brand__go" cx="10" cy="13.6" r="2.6" />
        </svg>
    }
    .into_any()
}
