//! Where the runs part, in one sentence.

use super::{Compared, differ, of::Noun};
use crate::{
    routes::param::{Address, Step},
    ui::{banner::Banner, icon::Glyph, status::Tone},
};
use leptos::prelude::*;
use std::sync::Arc;

#[component]
pub fn Parting(compared: Signal<Option<Arc<Compared>>>) -> AnyView {
    let address = StoredValue::new(Address::get());
    let noun = Noun::get();
    let found = Memo::new(move |_| {
        compared.with(|compared| {
            let compared = compared.as_ref()?;
            Some(compared.first.map(|at| {
                let pair = &compared.pairs[at];
                (
                    pair.path.clone(),
                    pair.name.clone(),
                    differ::sentence(pair, noun),
                )
            }))
        })
    });
    let words = move || {
        compared.with(|all| {
            let pairs = &all.as_ref()?.pairs;
            Some(differ::same_path(pairs, noun))
        })
    };
    let shown = move || {
        let Some((path, name, sentence)) = found.get()? else {
            let title = "They took the same path";
            return Some(view! { <Banner tone=Tone::Ok title>{words}</Banner> }.into_any());
        };
        let go = move |_| {
            let step = Some(path.to_string());
            address.with_value(|address| address.set(&[("step", step)], Step::Push));
        };
        let parting = view! {
            <Banner tone=Tone::Run glyph=Glyph::Step title="Where they part">
                <p class="compare__sentence">
                    <button type="button" class="link-button" on:click=go>{name}</button>
                    " "{sentence}
                </p>
            </Banner>
        };
        Some(parting.into_any())
    };
    shown.into_any()
}
