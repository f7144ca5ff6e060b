//! One node.

use super::{
    plan::Plan,
    types::{Mark, NodeState, NodeStates},
};
use crate::ui::{
    fmt,
    icon::{Glyph, Icon, StatusGlyph, lucide},
    status::Look,
};
use leptos::prelude::*;
use std::sync::Arc;

/// What the whole graph knows and each node asks. Nodes are told apart by their place in the plan.
#[derive(Clone, Copy)]
pub(super) struct Shared {
    pub states: NodeStates,
    pub plan: Memo<Arc<Plan>>,
    /// The chosen node and all before it; empty when none is chosen.
    pub upstream: Memo<Arc<Vec<bool>>>,
    pub selected: Memo<Option<usize>>,
    /// The first node that fails.
    pub failing: Memo<Option<usize>>,
    /// The node the keyboard is on.
    pub active: RwSignal<Option<usize>>,
    pub on_select: Callback<String>,
    /// Shows what a node holds, or folds it.
    pub on_open: Option<Callback<String>>,
}

impl Shared {
    pub(super) fn select(self, node: usize) {
        self.active.set(Some(node));
        if let Some(id) = self.id(node) {
            self.on_select.run(id);
        }
    }

    fn id(self, node: usize) -> Option<String> {
        self.plan
            .with_untracked(|plan| plan.shape.id(node).map(str::to_owned))
    }

    pub(super) fn open(self, node: usize) {
        if let (Some(id), Some(on_open)) = (self.id(node), self.on_open) {
            self.active.set(Some(node));
            on_open.run(id);
        }
    }

    pub(super) fn is_upstream(self, node: usize) -> bool {
        self.upstream
            .with(|upstream| upstream.get(node).copied().unwrap_or(false))
    }

    pub(super) fn is_failing(self, node: usize) -> bool {
        let own = self
            .plan
            .with_untracked(|plan| plan.shape.nodes.get(node).copied());
        let mark = |own| self.states.marks.with(|marks| marks.get(own).copied());
        own.and_then(mark).is_some_and(|mark: Mark| mark.failing)
    }

    /// How a node stands; followed.
    pub(super) fn state(self, node: usize) -> Option<NodeState> {
        let own = self
            .plan
            .with_untracked(|plan| plan.shape.nodes.get(node).copied())?;
        self.states.get(own)
    }
}

/// "after Fetch request and 2 more": what comes before a node, in words.
pub(super) fn after_words(plan: &Plan, node: usize) -> String {
    let before = plan.before.get(node).map(Vec::as_slice).unwrap_or_default();
    let name = |index: usize| plan.shape.label(index);
    match before {
        [] => "at the start".to_owned(),
        [one] => format!("after {}", name(*one)),
        [one, two] => format!("after {} and {}", name(*one), name(*two)),
        [one, others @ ..] => format!("after {} and {} more", name(*one), others.len()),
    }
}

/// The second line of a node: words, or how many stand how.
pub(super) fn sub_view(state: Option<NodeState>) -> AnyView {
    let Some(state) = state else {
        return ().into_any();
    };
    if state.counts.is_empty() {
        return state.sub.into_any();
    }
    let one = |(look, count): (Look, usize)| {
        view! {
            <span class=format!("gcount {}", look.tone.class())>
                <StatusGlyph glyph=Signal::stored(look.glyph) />
                {fmt::count(count as u64)}
                <span class="visually-hidden">{format!(" {}, ", look.word.to_lowercase())}</span>
            </span>
        }
    };
    let counts = state.counts.into_iter().map(one).collect_view();
    view! { {counts}<span class="gcount__of">{state.sub}</span> }.into_any()
}

/// A node as a button at its place, with small ones for what it holds and where it leads.
pub(super) fn node_view(shared: Shared, index: usize) -> AnyView {
    let (corner, label, after) = shared.plan.with_untracked(|plan| {
        let corner = plan.layout.nodes.get(index).copied().unwrap_or_default();
        let label = plan.shape.label(index).to_owned();
        (corner, label, after_words(plan, index))
    });
    let name = StoredValue::new(label.clone());
    let state = Memo::new(move |_| shared.state(index));
    let look = Memo::new(move |_| state.with(|state| state.as_ref().map(|state| state.look)));
    let is_selected = Memo::new(move |_| shared.selected.get() == Some(index));
    let class = move || {
        let Some(look) = look.get() else {
            return "gnode".to_owned();
        };
        let failing = state.with(|state| state.as_ref().is_some_and(|state| state.failing));
        let holds = state.with(|state| state.as_ref().is_some_and(|state| state.open.is_some()));
        let mut class = format!("gnode {}", look.tone.class());
        let upstream = shared.is_upstream(index) && !is_selected.get();
        let idle = matches!(look.glyph, Glyph::Skipped | Glyph::Queued);
        for (on, name) in [
            (failing, " gnode--failing"),
            (idle, " gnode--idle"),
            (holds, " gnode--many"),
            (is_selected.get(), " gnode--selected"),
            (upstream, " gnode--upstream"),
        ] {
            if on {
                class.push_str(name);
            }
        }
        class
    };
    // Its parts stand in a grid, which is read with gaps before the commas.
    let spoken = move || {
        let words = state.with(|state| state.as_ref().map(NodeState::words));
        let words = words.unwrap_or_default();
        name.with_value(|name| format!("{name}, {words}, {after}"))
    };
    let tab = move || {
        if shared.active.get().unwrap_or(0) == index {
            "0"
        } else {
            "-1"
        }
    };
    let open = Memo::new(move |_| state.with(|state| state.as_ref().and_then(|state| state.open)));
    let fold = move || {
        let open = open.get()?;
        let what = name.with_value(|name| {
            let verb = if open { "Fold" } else { "Show the steps of" };
            format!("{verb} {name} (O)")
        });
        let icon = if open {
            lucide::LuChevronDown
        } else {
            lucide::LuChevronRight
        };
        Some(view! {
            <button
                type="button"
                class="gnode__act"
                aria-label=what.clone()
                title=what
                aria-expanded=if open { "true" } else { "false" }
                tabindex=tab
                on:click=move |_| shared.open(index)
            >
                <Icon icon />
            </button>
        })
    };
    let link =
        Memo::new(move |_| state.with(|state| state.as_ref().and_then(|state| state.link.clone())));
    let link = move || {
        let (to, words) = link.get()?;
        Some(view! {
            <a class="gnode__act" href=to aria-label=words title=words tabindex=tab>
                <Icon icon=lucide::LuArrowUpRight />
            </a>
        })
    };
    view! {
        <div class=class style:transform=format!("translate({}px,{}px)", corner.x, corner.y)>
            <button
                type="button"
                class="gnode__main"
                data-node=index.to_string()
                aria-label=spoken
                tabindex=tab
                aria-current=move || is_selected.get().then_some("true")
                on:click=move |_| shared.select(index)
                on:focus=move |_| shared.active.set(Some(index))
            >
                <StatusGlyph glyph=Signal::derive(move || look.get().map_or(Glyph::Queued, |look| look.glyph)) />
                <span class="gnode__label">{label}</span>
                <span class="gnode__sub">{move || sub_view(state.get())}</span>
            </button>
            {fold}
            {link}
        </div>
    }
    .into_any()
}
