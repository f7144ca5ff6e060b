//! Code and codes.

use super::{copy::CopyButton, status::Tone};
use leptos::prelude::*;

/// A failure code or another word of a machine, on its tone: `LLM_REQUEST_FAILED`.
#[component]
pub fn CodeWord(#[prop(into)] code: Signal<String>, #[prop(optional)] tone: Tone) -> AnyView {
    view! { <code class=format!("code-word {}", tone.class())>{move || code.get()}</code> }
        .into_any()
}

/// A block of code with a button that copies it.
#[component]
pub fn CodeBlock(
    #[prop(into)] text: Signal<String>,
    /// What it is: "Answer of the provider".
    #[prop(into)]
    label: String,
    #[prop(optional)] tone: Option<Tone>,
) -> AnyView {
    let class = match tone {
        Some(tone) => format!("code-block code-block--tone {}", tone.class()),
        None => "code-block".to_owned(),
    };
    let copy = format!("Copy: {label}");
    view! {
        <div class=class>
            <pre tabindex="0" role="group" aria-label=label>{move || text.get()}</pre>
            <CopyButton text label=copy />
        </div>
    }
    .into_any()
}
