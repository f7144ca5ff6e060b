//! The same graph as a list: every node with its status and what comes before it, in reading order.

use super::node::{Shared, after_words, sub_view};
use crate::ui::{
    icon::{Glyph, StatusGlyph},
    status::Tone,
    virtual_list::{ListHandle, RowKey, VirtualList},
};
use leptos::prelude::*;

pub(super) fn list_view(shared: Shared, label: String) -> AnyView {
    let order = Memo::new(move |_| shared.plan.with(|plan| plan.reading_order()));
    let rows = Signal::derive(move || order.with(Vec::len));
    let handle = ListHandle::new();
    Effect::new(move || {
        let selected = shared.selected.get();
        let at = order.with(|order| order.iter().position(|node| Some(*node) == selected));
        if let Some(at) = at {
            handle.go(at);
        }
    });
    let row = move |at: Signal<usize>| {
        let index = Memo::new(move |_| order.with(|order| order.get(at.get()).copied()));
        let state = Memo::new(move |_| {
            shared.plan.track();
            index.get().and_then(|index| shared.state(index))
        });
        let look = Memo::new(move |_| state.with(|state| state.as_ref().map(|state| state.look)));
        let words = move || {
            let index = index.get()?;
            shared
                .plan
                .with(|plan| Some((plan.shape.label(index).to_owned(), after_words(plan, index))))
        };
        let words = Memo::new(move |_| words().unwrap_or_default());
        let class = move || {
            let tone = look.get().map_or(Tone::Idle, |look| look.tone);
            format!("glist__row {}", tone.class())
        };
        view! {
            <div class=class>
                <StatusGlyph glyph=Signal::derive(move || look.get().map_or(Glyph::Queued, |look| look.glyph)) />
                <span class="glist__label">{move || words.with(|(label, _)| label.clone())}</span>
                <span class="glist__sub">{move || sub_view(state.get())}</span>
                <span class="glist__after">{move || words.with(|(_, after)| after.clone())}</span>
            </div>
        }
        .into_any()
    };
    view! {
        <VirtualList
            label
            rows
            row_height=34
            row
            key=move |at: usize| RowKey::of(order.with_untracked(|order| order.get(at).copied()))
            handle
            on_open=move |at: usize| {
                if let Some(index) = order.with_untracked(|order| order.get(at).copied()) {
                    shared.select(index);
                }
            }
        />
    }
    .into_any()
}
