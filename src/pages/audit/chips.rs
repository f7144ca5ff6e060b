//! The filters that no control shows, each with a way to take it off.

use super::filter::{Filters, KEYS};
use crate::{
    routes::param::{Address, Step},
    ui::chip::Chip,
};
use leptos::prelude::*;

#[component]
pub fn Chips(filters: Memo<Filters>) -> AnyView {
    let address = StoredValue::new(Address::get());
    let clear = move |_| {
        let none: Vec<(&str, Option<String>)> = KEYS.iter().map(|key| (*key, None)).collect();
        address.with_value(|address| address.set(&none, Step::Push));
    };
    let shown = move || {
        let now = filters.get();
        if !now.is_any() {
            return None;
        }
        let one = move |key: &'static str, name: &'static str, value: String| {
            let remove =
                move || address.with_value(|address| address.set(&[(key, None)], Step::Push));
            (!value.is_empty())
                .then(|| view! { <Chip name=name value=value on_remove=move |()| remove() /> })
        };
        Some(view! {
            <div class="audit__chips">
                {one("who", "Who", now.who)} {one("object", "Object", now.object)} {one("run", "Run", now.run)}
                <button type="button" class="link-button" on:click=clear>"Clear all filters"</button>
            </div>
        })
    };
    shown.into_any()
}
