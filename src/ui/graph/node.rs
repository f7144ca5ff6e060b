//! One node.

use super::types::{GraphNode, Plan};
use crate::ui::icon::{Glyph, StatusGlyph};
use leptos::prelude::*;
use std::sync::Arc;

/// What the whole graph knows and each node asks.
#[derive(Clone, Copy)]
pub(super) struct Shared {
    pub nodes: Signal<Vec<GraphNode>>,
    pub plan: Memo<Arc<Plan>>,
    /// The chosen node and all before it; empty when none is chosen.
    pub upstream: Memo<Arc<Vec<bool>>>,
    pub selected: Memo<Option<usize>>,
    /// The node the keyboard is on.
    pub active: RwSignal<Option<usize>>,
    pub on_select: Callback<String>,
}

impl Shared {
    pub(super) fn select(self, node: usize) {
        self.active.set(Some(node));
        if let Some(id) = self
            .plan
            .with_untracked(|plan| plan.shape.ids.get(node).cloned())
        {
            self.on_select.run(id);
        }
    }

    pub(super) fn is_upstream(self, node: usize) -> bool {
        self.upstream
            .with(|upstream| upstream.get(node).copied().unwrap_or(false))
    }
}

/// "after Fetch request and 2 more": what comes before a node, in words.
pub(super) fn after_words(shared: Shared, node: usize) -> String {
    let plan = shared.plan.get();
    let before = plan.before.get(node).map(Vec::as_slice).unwrap_or_default();
    shared.nodes.with(|nodes| {
        let name = |index: &usize| {
            nodes
                .get(*index)
                .map(|node| node.label.clone())
                .unwrap_or_default()
        };
        match before {
            [] => "at the start".to_owned(),
            [one] => format!("after {}", name(one)),
            [one, two] => format!("after {} and {}", name(one), name(two)),
            [one, others @ ..] => format!("after {} and {} more", name(one), others.len()),
        }
    })
}

/// A node as a button at its place.
pub(super) fn node_view(shared: Shared, index: usize) -> AnyView {
    let corner = shared
        .plan
        .with_untracked(|plan| plan.layout.nodes.get(index).copied().unwrap_or_default());
    let node = Memo::new(move |_| shared.nodes.with(|nodes| nodes.get(index).cloned()));
    let look = Signal::derive(move || node.with(|node| node.as_ref().map(|node| node.look)));
    let is_selected = Memo::new(move |_| shared.selected.get() == Some(index));
    let class = move || {
        let Some(look) = look.get() else {
            return "gnode".to_owned();
        };
        let failing = node.with(|node| node.as_ref().is_some_and(|node| node.failing));
        let mut class = format!("gnode {}", look.tone.class());
        for (on, name) in [
            (failing, " gnode--failing"),
            (
                matches!(look.glyph, Glyph::Skipped | Glyph::Queued),
                " gnode--idle",
            ),
            (is_selected.get(), " gnode--selected"),
            (
                shared.is_upstream(index) && !is_selected.get(),
                " gnode--upstream",
            ),
        ] {
            if on {
                class.push_str(name);
            }
        }
        class
    };
    let first = move || shared.active.get().unwrap_or(0) == index;
    view! {
        <button
            type="button"
            class=class
            data-node=index.to_string()
            style:transform=format!("translate({}px,{}px)", corner.x, corner.y)
            tabindex=move || if first() { "0" } else { "-1" }
            aria-current=move || is_selected.get().then_some("true")
            on:click=move |_| shared.select(index)
            on:focus=move |_| shared.active.set(Some(index))
        >
            <StatusGlyph glyph=Signal::derive(move || look.get().map_or(Glyph::Queued, |look| look.glyph)) />
            <span class="gnode__label">{move || node.with(|node| node.as_ref().map(|node| node.label.clone()))}</span>
            <span class="visually-hidden">", "</span>
            <span class="gnode__sub">{move || node.with(|node| node.as_ref().map(|node| node.sub.clone()))}</span>
            <span class="visually-hidden">{move || format!(", {}", after_words(shared, index))}</span>
        </button>
    }
    .into_any()
}
