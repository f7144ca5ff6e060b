//! Where the runs part, and which output is the first to differ, in a sentence each.

use super::{Compared, differ, of::Noun};
use crate::{
    routes::param::{Address, Step},
    ui::{banner::Banner, icon::Glyph, status::Tone},
};
use leptos::prelude::*;
use model::StepPath;
use std::sync::Arc;

#[component]
pub fn Parting(compared: Signal<Option<Arc<Compared>>>) -> AnyView {
    let noun = Noun::get();
    let found = Memo::new(move |_| {
        compared.with(|compared| {
            let compared = compared.as_ref()?;
            Some(compared.first.map(|at| {
                let pair = &compared.pairs[at];
                (named(compared, at), differ::sentence(pair, noun))
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
        let Some((step, sentence)) = found.get()? else {
            let title = "They took the same path";
            let same = view! {
                <Banner tone=Tone::Ok title>{words}{first_output(compared)}</Banner>
            };
            return Some(same.into_any());
        };
        let parting = view! {
            <Banner tone=Tone::Run glyph=Glyph::Step title="Where they part">
                <p class="compare__sentence">{link(step)}" "{sentence}</p>
                {first_output(compared)}
            </Banner>
        };
        Some(parting.into_any())
    };
    shown.into_any()
}

fn first_output(compared: Signal<Option<Arc<Compared>>>) -> AnyView {
    let found = Memo::new(move |_| {
        compared.with(|compared| {
            let compared = compared.as_ref()?;
            Some(named(compared, compared.first_output?))
        })
    });
    let shown = move || {
        let step = link(found.get()?);
        Some(
            view! { <p class="compare__sentence">"The first output that differs is that of " {step} "."</p> },
        )
    };
    shown.into_any()
}

fn named(compared: &Compared, at: usize) -> (StepPath, String) {
    let pair = &compared.pairs[at];
    (pair.path.clone(), pair.name.clone())
}

/// A step's name, which opens it in the list.
fn link((path, name): (StepPath, String)) -> AnyView {
    let address = Address::get();
    let go = move |_| address.set(&[("step", Some(path.to_string()))], Step::Push);
    view! { <button type="button" class="link-button" on:click=go>{name}</button> }.into_any()
}
