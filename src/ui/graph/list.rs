//! The same graph as a list: every node with its status and what comes before it, in reading order.

use super::node::{Shared, after_words};
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
        let index = Signal::derive(move || order.with(|order| order.get(at.get()).copied()));
        let node = Memo::new(move |_| {
            index
                .get()
                .and_then(|index| shared.nodes.with(|nodes| nodes.get(index).cloned()))
        });
        let class = move || {
            let tone = node.with(|node| node.as_ref().map_or(Tone::Idle, |node| node.look.tone));
            format!("glist__row {}", tone.class())
        };
        view! {
            <div class=class>
                <StatusGlyph glyph=Signal::derive(move || node.with(|node| node.as_ref().map_or(Glyph::Queued, |node| node.look.glyph))) />
                <span class="glist__label">{move || node.with(|node| node.as_ref().map(|node| node.label.clone()))}</span>
                <span class="glist__sub">{move || node.with(|node| node.as_ref().map(|node| node.sub.clone()))}</span>
                <span class="glist__after">{move || index.get().map(|index| after_words(shared, index))}</span>
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
