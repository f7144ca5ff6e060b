//! Whether the cause is fixed: asked before a retry that would meet it again.

use crate::ui::field::{Choice, Segmented};
use leptos::prelude::*;

/// Both answers let the move go on; `answer` is empty until one is given.
#[component]
pub fn Fixed(question: &'static str, yes: &'static str, answer: RwSignal<String>) -> AnyView {
    view! {
        <div class="move__fixed">
            <p>{question}</p>
            <Segmented
                label=question
                value=answer
                choices=vec![Choice::new("fixed", yes), Choice::new("unsure", "Not sure, go on")]
                on_change=move |to| answer.set(to)
            />
        </div>
    }
    .into_any()
}
