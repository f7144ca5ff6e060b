//! How far something is.

use leptos::prelude::*;

/// "4 of 6" with a bar.
#[component]
pub fn Progress(
    #[prop(into)] done: Signal<u64>,
    #[prop(into)] total: Signal<u64>,
    /// What is counted: "steps".
    #[prop(into)]
    of: String,
) -> AnyView {
    let share = move || {
        let total = total.get().max(1);
        format!(
            "{:.1}%",
            done.get().min(total) as f64 * 100.0 / total as f64
        )
    };
    let text = move || super::fmt::part(done.get(), total.get());
    view! {
        <span
            class="progress"
            role="progressbar"
            aria-label=of
            aria-valuemin="0"
            aria-valuemax=move || total.get().to_string()
            aria-valuenow=move || done.get().to_string()
            aria-valuetext=text
        >
            <span class="progress__text">{text}</span>
            <span class="progress__track"><span class="progress__bar" style:width=share></span></span>
        </span>
    }
    .into_any()
}
