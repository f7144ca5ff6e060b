//! Lists whose entries keep their elements, and so the focus and what is typed in them, while others come, go or change.

use leptos::prelude::*;
use std::hash::Hash;

/// One view for each entry, in order. `show` is called once for each key; its entry changes under it.
pub fn keyed<T, K>(
    items: Signal<Vec<T>>,
    key: fn(&T) -> K,
    show: impl Fn(Memo<T>) -> AnyView + Clone + Send + Sync + 'static,
) -> AnyView
where
    T: Clone + PartialEq + Send + Sync + 'static,
    K: Clone + Eq + Hash + Send + Sync + 'static,
{
    let one = move |(own, first): (K, T)| {
        let item = Memo::new(move |_| {
            let found = items.with(|all| all.iter().find(|item| key(item) == own).cloned());
            found.unwrap_or_else(|| first.clone())
        });
        show(item)
    };
    view! {
        <For
            each=move || items.with(|all| all.iter().map(|item| (key(item), item.clone())).collect::<Vec<_>>())
            key=|(own, _)| own.clone()
            children=one
        />
    }
    .into_any()
}

/// As [`keyed`], where an entry is built anew when it changes.
pub fn keyed_anew<T, K>(items: Signal<Vec<T>>, key: fn(&T) -> K, show: fn(T) -> AnyView) -> AnyView
where
    T: Clone + PartialEq + Send + Sync + 'static,
    K: Clone + Eq + Hash + Send + Sync + 'static,
{
    keyed(items, key, move |item| {
        (move || show(item.get())).into_any()
    })
}
