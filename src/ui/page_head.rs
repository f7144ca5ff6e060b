//! The head of a screen: its title, what it says beside it, and its buttons.

use leptos::prelude::*;

#[component]
pub fn PageHead(
    #[prop(into)] title: Signal<String>,
    /// Tags and badges after the title.
    #[prop(optional, into)]
    marks: Option<ViewFn>,
    /// A quieter line below: what the screen is about.
    #[prop(optional, into)]
    text: MaybeProp<String>,
    /// Buttons at the end.
    #[prop(optional, into)]
    actions: Option<ViewFn>,
) -> AnyView {
    view! {
        <header class="page-head">
            <div class="page-head__text">
                <div class="page-head__line">
                    <h1>{move || title.get()}</h1>
                    {marks.map(|marks| view! { <span class="page-head__marks">{marks.run()}</span> })}
                </div>
                {move || {
                    text.get()
                        .filter(|text| !text.is_empty())
                        .map(|text| view! { <p class="page-head__sub">{text}</p> })
                }}
            </div>
            {actions.map(|actions| view! { <div class="page-head__act">{actions.run()}</div> })}
        </header>
    }
    .into_any()
}
