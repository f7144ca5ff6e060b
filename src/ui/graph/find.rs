//! Finding a step of the graph by its name.

use super::{node::Shared, plan::Plan};
use crate::ui::{fmt, search::Search};
use leptos::prelude::*;

/// A field; Enter goes to the next step whose name or id holds the words, and calls `go` with it.
pub(super) fn find_view(shared: Shared, go: Callback<usize>) -> AnyView {
    let words = RwSignal::new(String::new());
    let found = Memo::new(move |_| {
        let words = words.with(|words| words.trim().to_lowercase());
        shared.plan.with(|plan| matches(plan, &words))
    });
    let at = RwSignal::new(None::<usize>);
    let step = move || {
        let count = found.with(Vec::len);
        if count > 0 {
            let next = at.get_untracked().map_or(0, |at| (at + 1) % count);
            at.set(Some(next));
            if let Some(node) = found.with(|found| found.get(next).copied()) {
                go.run(node);
            }
        }
    };
    let says = move || {
        if words.with(|words| words.trim().is_empty()) {
            return None;
        }
        let count = found.with(Vec::len);
        Some(match (count, at.get()) {
            (0, _) => "No step".to_owned(),
            (_, Some(at)) => format!(
                "{} of {}",
                fmt::count(at as u64 + 1),
                fmt::count(count as u64)
            ),
            (_, None) => fmt::plural(count as u64, "step", "steps"),
        })
    };
    view! {
        <div class="graph__find">
            <Search
                label="Find a step"
                value=words
                on_input=move |text| {
                    at.set(None);
                    words.set(text);
                }
                on_enter=step
            />
            <span class="graph__found" role="status">{says}</span>
        </div>
    }
    .into_any()
}

/// The nodes whose name or id holds the words, in reading order; those that begin with them first.
fn matches(plan: &Plan, words: &str) -> Vec<usize> {
    if words.is_empty() {
        return Vec::new();
    }
    let place = |node: &usize| {
        let name = plan.shape.label(*node).to_lowercase();
        let id = || plan.shape.id(*node).unwrap_or_default().to_lowercase();
        if name.starts_with(words) {
            Some(0)
        } else {
            (name.contains(words) || id().contains(words)).then_some(1)
        }
    };
    let order = plan.reading_order().into_iter();
    let mut found: Vec<(u8, usize)> = order
        .filter_map(|node| Some((place(&node)?, node)))
        .collect();
    found.sort_by_key(|(place, _)| *place);
    found.into_iter().map(|(_, node)| node).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::graph::{
        shape::Shape,
        types::{Graph, GraphNode},
    };
    use std::sync::Arc;

    #[test]
    fn names_that_begin_with_the_words_come_first() {
        let node = |id: &str, label: &str| GraphNode {
            id: id.to_owned(),
            label: label.to_owned(),
        };
        let nodes = vec![
            node("a", "Check price"),
            node("b", "Price list"),
            node("price_c", "Send"),
            node("d", "Book"),
        ];
        let shape = Shape::whole(Arc::new(Graph {
            nodes,
            edges: Vec::new(),
        }));
        let plan = Plan::new(Arc::new(shape), layout::Layout::default());
        assert_eq!(matches(&plan, "price"), [1, 0, 2]);
        assert!(matches(&plan, "").is_empty());
    }
}
