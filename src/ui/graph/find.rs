//! Finding a step of the graph by its name.

use super::{plan::Plan, shape::Shape};
use crate::ui::{fmt, search::Search};
use leptos::prelude::*;
use std::sync::Arc;

/// A field; Enter goes to the next step whose name or id holds the words: `go` gets its id. It finds steps of the whole graph,
/// also where only a part of it is shown.
pub(super) fn find_view(
    whole: Memo<Arc<Shape>>,
    plan: Memo<Arc<Plan>>,
    go: Callback<String>,
) -> AnyView {
    let words = RwSignal::new(String::new());
    let found = Memo::new(move |_| {
        let words = words.with(|words| words.trim().to_lowercase());
        whole.with(|whole| {
            let order = plan.with(|plan| {
                let is_whole = plan.shape.nodes.len() == whole.nodes.len();
                is_whole.then(|| plan.reading_order())
            });
            let order = order.unwrap_or_else(|| (0..whole.nodes.len()).collect());
            matches(whole, order, &words)
        })
    });
    let at = RwSignal::new(None::<usize>);
    let step = move || {
        let count = found.with_untracked(Vec::len);
        if count > 0 {
            let next = at.get_untracked().map_or(0, |at| (at + 1) % count);
            at.set(Some(next));
            let node = found.with_untracked(|found| found.get(next).copied());
            let id = |node| whole.with_untracked(|whole| whole.id(node).map(str::to_owned));
            if let Some(id) = node.and_then(id) {
                go.run(id);
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

/// The nodes whose name or id holds the words, in the given order; those that begin with them first.
fn matches(shape: &Shape, order: Vec<usize>, words: &str) -> Vec<usize> {
    if words.is_empty() {
        return Vec::new();
    }
    let place = |node: &usize| {
        let name = shape.label(*node).to_lowercase();
        let id = || shape.id(*node).unwrap_or_default().to_lowercase();
        if name.starts_with(words) {
            Some(0)
        } else {
            (name.contains(words) || id().contains(words)).then_some(1)
        }
    };
    let mut found: Vec<(u8, usize)> = order
        .into_iter()
        .filter_map(|node| Some((place(&node)?, node)))
        .collect();
    found.sort_by_key(|(place, _)| *place);
    found.into_iter().map(|(_, node)| node).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::graph::types::{Graph, GraphNode};

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
        let found = |words| matches(&shape, vec![2, 0, 1, 3], words);
        assert_eq!(found("price"), [1, 2, 0]);
        assert!(found("").is_empty());
    }
}
