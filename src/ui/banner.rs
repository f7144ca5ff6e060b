//! A line across a page or a part of it: what its state is, when that is not as usual.

use super::{
    icon::{Glyph, StatusGlyph},
    status::Tone,
};
use leptos::prelude::*;

/// A message that stays as long as it is true: "Reconnecting, last update 12 s ago".
#[component]
pub fn Banner(
    tone: Tone,
    #[prop(optional)] glyph: Option<Glyph>,
    /// The message in bold; `children` say more.
    #[prop(optional, into)]
    title: MaybeProp<String>,
    /// Buttons or links at the end.
    #[prop(optional, into)]
    actions: Option<ViewFn>,
    children: Children,
) -> AnyView {
    let glyph = glyph.unwrap_or(match tone {
        Tone::Ok => Glyph::Success,
        Tone::Fail => Glyph::Failed,
        Tone::Wait => Glyph::Waiting,
        Tone::Run => Glyph::Running,
        Tone::Block => Glyph::Blocked,
        Tone::Idle => Glyph::Queued,
    });
    view! {
        <div class=format!("banner {}", tone.class()) role=if tone == Tone::Fail { "alert" } else { "status" }>
            <StatusGlyph glyph=glyph />
            <div class="banner__text">
                {move || title.get().map(|title| view! { <strong class="banner__title">{title}</strong> })}
                {children()}
            </div>
            {actions.map(|actions| view! { <div class="banner__act">{actions.run()}</div> })}
        </div>
    }
    .into_any()
}
