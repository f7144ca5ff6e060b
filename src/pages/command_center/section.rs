//! One kind of what needs a person.

use super::{
    held::{Done, Held, Place},
    item::Item,
};
use crate::{
    routes::{Page, with_query},
    state::session,
    ui::{
        button::Button,
        dom::unique_id,
        fmt,
        icon::lucide,
        status::{Count, Tone},
    },
};
use leptos::prelude::*;
use model::api::Section as Items;

/// How a section speaks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Words {
    pub name: &'static str,
    /// Said when it is empty.
    pub none: &'static str,
    pub tone: Tone,
    /// Stands also when it is empty.
    pub always: bool,
}

#[component]
pub fn Section(words: Signal<Words>, items: Signal<Items>) -> AnyView {
    let place = session::place();
    let held = RwSignal::new(Held::default());
    // Somebody points at the list or has the focus in it.
    let on_it = RwSignal::new(false);
    let done = RwSignal::new(Vec::<Done>::new());
    // Another filter is another list.
    let name = Memo::new(move |_| words.get().name);
    Effect::new(move |before: Option<&'static str>| {
        let name = name.get();
        let (hold, done) = (on_it.get(), done.get());
        let next = items.with(|items| match before {
            Some(before) if before == name => {
                held.with_untracked(|held| held.update(&items.items, hold, &done))
            }
            _ => Held::all(&items.items, &done),
        });
        if held.with_untracked(|held| *held != next) {
            held.set(next);
        }
        name
    });
    let is_empty = Memo::new(move |_| held.with(|held| held.shown.is_empty()));
    let waiting = Memo::new(move |_| held.with(|held| held.waiting));
    let let_in = move || {
        let all = items.with_untracked(|items| Held::all(&items.items, &done.get_untracked()));
        held.set(all);
    };
    let on_done = Callback::new(move |id: String| {
        let seq = held.with_untracked(|held| {
            held.shown
                .iter()
                .find(|place| place.item.id == id)
                .map(|place| place.item.run.seq)
        });
        let seq = seq.unwrap_or_default();
        done.update(|done| done.push(Done { id, seq }));
    });
    let ids = Memo::new(move |_| {
        held.with(|held| {
            held.shown
                .iter()
                .map(|place| place.item.id.clone())
                .collect::<Vec<_>>()
        })
    });
    let one = move |id: String| {
        let own = id.clone();
        let first = held.with_untracked(|held| {
            held.shown
                .iter()
                .find(|place| place.item.id == own)
                .cloned()
        });
        let Some(first) = first else {
            return ().into_any();
        };
        let place = Memo::new(move |before: Option<&Place>| {
            let now =
                held.with(|held| held.shown.iter().find(|place| place.item.id == id).cloned());
            now.or_else(|| before.cloned())
                .unwrap_or_else(|| first.clone())
        });
        view! { <Item place on_done /> }.into_any()
    };
    let title_id = unique_id("section");
    let labelled_by = title_id.clone();
    let beyond = move || {
        items.with(|items| {
            let more = items.count > items.items.len() as u64 || !items.count_is_exact;
            more.then(|| {
                let text = format!(
                    "Showing the first {} of {}.",
                    items.items.len(),
                    fmt::count_or_more(items.count, items.count_is_exact)
                );
                let href = with_query(&place.link(&Page::Runs), &[("unresolved", "true")]);
                view! { <p class="center__more">{text}" "<a href=href>"See all in Runs"</a></p> }
            })
        })
    };
    let body = move || {
        if is_empty.get() {
            view! { <p class="center__none">{move || words.get().none}</p> }.into_any()
        } else {
            view! {
                <ul
                    class="center__list"
                    on:pointerenter=move |_| on_it.set(true)
                    on:pointerleave=move |_| on_it.set(false)
                >
                    <For each=move || ids.get() key=String::clone children=one />
                </ul>
            }
            .into_any()
        }
    };
    let count = Signal::derive(move || items.with(|items| items.count));
    let tone = words.get_untracked().tone;
    let shown = Memo::new(move |_| words.get().always || !is_empty.get());
    view! {
        <Show when=move || shown.get()>
            <section class="center__section" aria-labelledby=labelled_by.clone()>
                <div class="center__title">
                    <h2 id=title_id.clone()>{move || words.get().name}</h2>
                    <Count value=count tone of="runs" />
                </div>
                {move || (waiting.get() > 0).then(|| view! {
                    <span class="center__new">
                        <Button small=true icon=lucide::LuArrowUp on_click=let_in>
                            {move || format!("{} new", waiting.get())}
                        </Button>
                    </span>
                })}
                {body}
                {beyond.clone()}
            </section>
        </Show>
    }
    .into_any()
}
