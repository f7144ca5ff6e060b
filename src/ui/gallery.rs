//! Every piece in every state, to look at while working on them. Built with the feature `gallery` only.

mod actions;
mod content;
mod forms;
mod graphs;
mod lists;
mod states;

use super::{
    field::{Choice, Segmented},
    time::{self, Clock},
    toast::{ToastLayer, Toasts},
    tooltip::TooltipLayer,
};
use leptos::prelude::*;

/// The page. `#dark` or `#light` in the address fixes the theme.
#[component]
pub fn Gallery() -> AnyView {
    Clock::provide();
    Toasts::provide();
    let style = RwSignal::new(time::TimeStyle::Relative);
    time::provide_time_style(style.into());
    let theme = RwSignal::new(
        window()
            .location()
            .hash()
            .unwrap_or_default()
            .trim_start_matches('#')
            .to_owned(),
    );
    Effect::new(move || {
        if let Some(root) = document().document_element() {
            let _ = match theme.get().as_str() {
                "" | "system" => root.remove_attribute("data-theme"),
                theme => root.set_attribute("data-theme", theme),
            };
        }
    });
    let themes = ["system", "light", "dark"]
        .map(|name| Choice::new(name, name))
        .to_vec();
    view! {
        <main class="gallery">
            <header class="gallery__head">
                <h1>"Gallery"</h1>
                <Segmented label="Theme" value=theme choices=themes on_change=move |to: String| theme.set(to) />
            </header>
            <states::States />
            <actions::Actions />
            <forms::Forms />
            <lists::Lists />
            <graphs::Graphs />
            <content::Content />
        </main>
        <ToastLayer />
        <TooltipLayer />
    }
    .into_any()
}

/// One piece under its name.
#[component]
pub(super) fn Sample(name: &'static str, children: Children) -> AnyView {
    view! {
        <section class="gallery__one">
            <h2 class="gallery__name">{name}</h2>
            <div class="gallery__row">{children()}</div>
        </section>
    }
    .into_any()
}
