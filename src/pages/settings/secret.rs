//! A secret that is shown this once.

use crate::ui::{
    banner::Banner,
    button::{Button, ButtonKind},
    code::CodeBlock,
    status::Tone,
};
use leptos::prelude::*;

/// A secret just made, with a button that copies it; `children` say how it is used. `None` where the answer came a second time:
/// the secret went out with the first one.
#[component]
pub fn SecretOnce(
    secret: Option<String>,
    /// What it is: "Token", "Signing secret".
    name: &'static str,
    /// What to do where it is lost.
    lost: &'static str,
    /// The dialog around it.
    open: RwSignal<bool>,
    children: Children,
) -> AnyView {
    let shown = match secret {
        Some(secret) => view! {
            <Banner tone=Tone::Wait title="Copy it now">
                "It is shown this once: nobody can read it here later."
            </Banner>
            <CodeBlock text=secret label=name />
            {children()}
        }
        .into_any(),
        None => view! {
            <Banner tone=Tone::Fail title="It was made, but its secret was lost on the way">{lost}</Banner>
        }
        .into_any(),
    };
    // The form that had the focus is gone.
    let node = NodeRef::<leptos::html::Div>::new();
    Effect::new(move || {
        if let Some(node) = node.get() {
            let _ = node.focus();
        }
    });
    view! {
        <div node_ref=node class="form secret" tabindex="-1">
            {shown}
            <div class="form__buttons">
                <Button kind=ButtonKind::Primary on_click=move || open.set(false)>"Done"</Button>
            </div>
        </div>
    }
    .into_any()
}
