//! A surface for things that belong together.

use leptos::prelude::*;

/// A titled part of a page. `aside` stands at the end of the title's line: a count, a note, buttons.
#[component]
pub fn Card(
    #[prop(into)] title: Signal<String>,
    #[prop(optional, into)] aside: Option<ViewFn>,
    /// No space around the content: for lists that reach the edges.
    #[prop(optional)]
    flush: bool,
    children: Children,
) -> AnyView {
    let id = super::dom::unique_id("card");
    let labelled_by = id.clone();
    view! {
        <section class="card" aria-labelledby=labelled_by>
            <header class="card__head">
                <h2 class="card__title" id=id>{move || title.get()}</h2>
                {aside.map(|aside| view! { <div class="card__aside">{aside.run()}</div> })}
            </header>
            <div class=if flush { "card__body card__body--flush" } else { "card__body" }>{children()}</div>
        </section>
    }
    .into_any()
}

/// A surface whose head is made by the caller: tabs, a toolbar.
#[component]
pub fn Panel(
    /// Its name for those who hear the page.
    #[prop(into)]
    label: String,
    #[prop(into)] head: ViewFn,
    children: Children,
) -> AnyView {
    view! {
        <section class="card" aria-label=label>
            <header class="card__head">{head.run()}</header>
            {children()}
        </section>
    }
    .into_any()
}

/// A fact: a name and a value. Stands in a [`Facts`].
#[component]
pub fn Fact(#[prop(into)] name: String, children: Children) -> AnyView {
    view! {
        <div class="fact">
            <dt class="fact__name">{name}</dt>
            <dd class="fact__value">{children()}</dd>
        </div>
    }
    .into_any()
}

/// Facts about one thing.
#[component]
pub fn Facts(
    /// One below the other, values at the end, instead of in a flowing line.
    #[prop(optional)]
    column: bool,
    children: Children,
) -> AnyView {
    view! { <dl class=if column { "facts facts--column" } else { "facts" }>{children()}</dl> }
        .into_any()
}
