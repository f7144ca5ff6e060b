//! A list of things in a card: tokens, browsers, members, addresses.

use crate::{
    api::Query,
    ui::{
        card::Card,
        icon::{Icon, IconRef},
        keyed::keyed,
        skeleton::Skeleton,
    },
};
use leptos::prelude::*;
use model::api::Page;
use serde::de::DeserializeOwned;
use std::{hash::Hash, sync::Arc};

/// What a card of things says of itself.
pub struct About<T> {
    pub title: &'static str,
    /// What is loaded, as people say it: "the tokens".
    pub what: &'static str,
    /// Buttons at the end of the title's line.
    pub aside: ViewFn,
    /// In place of the list where it is empty.
    pub nothing: fn() -> AnyView,
    /// Puts them in order, where the API's own is not the one to read them in.
    pub arrange: fn(&mut [T]),
}

/// Everything a query holds, one below the other; loading, empty and error have their faces. `show` is called once for each thing,
/// which changes under it: its buttons keep the focus.
pub fn things<T, K>(
    query: Query<Page<T>>,
    about: About<T>,
    key: fn(&T) -> K,
    show: impl Fn(Memo<T>) -> AnyView + Clone + Send + Sync + 'static,
) -> AnyView
where
    T: Clone + PartialEq + DeserializeOwned + Send + Sync + 'static,
    K: Clone + Eq + Hash + Send + Sync + 'static,
{
    let About {
        title,
        what,
        aside,
        nothing,
        arrange,
    } = about;
    let wait = move || {
        view! { <Card title=title flush=true><Skeleton lines=4 rows=true /></Card> }.into_any()
    };
    let build = move |page: Memo<Option<Arc<Page<T>>>>| {
        let all = Memo::new(move |_| {
            let mut items = page.with(|page| {
                page.as_ref()
                    .map(|page| page.items.clone())
                    .unwrap_or_default()
            });
            arrange(&mut items);
            items
        });
        let none = Memo::new(move |_| all.with(Vec::is_empty));
        let show = show.clone();
        let body = move || {
            if none.get() {
                return nothing();
            }
            let show = show.clone();
            let rows = keyed(all.into(), key, show);
            view! { <ul class="things">{rows}</ul> }.into_any()
        };
        view! { <Card title=title aside=aside.clone() flush=true>{body}</Card> }.into_any()
    };
    query.live_view(what, wait, build)
}

/// One thing: its name with tags, lines that say more, and its buttons.
pub fn thing(icon: IconRef, name: AnyView, lines: AnyView, acts: AnyView) -> AnyView {
    row("thing", icon, name, lines, acts)
}

/// One that is over: it stays in the list and steps back.
pub fn past_thing(icon: IconRef, name: AnyView, lines: AnyView) -> AnyView {
    row("thing thing--past", icon, name, lines, ().into_any())
}

fn row(
    class: &'static str,
    icon: IconRef,
    name: AnyView,
    lines: AnyView,
    acts: AnyView,
) -> AnyView {
    view! {
        <li class=class>
            <span class="thing__icon"><Icon icon /></span>
            <div class="thing__text">
                <p class="thing__name">{name}</p>
                {lines}
            </div>
            <div class="thing__acts">{acts}</div>
        </li>
    }
    .into_any()
}
