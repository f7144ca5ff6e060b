//! What a graph says while it is laid out, and when only a part of it is shown.

use super::{lay_out::Standing, node::Shared};
use crate::ui::{
    button::{Button, ButtonKind},
    fmt,
    icon::lucide,
};
use leptos::prelude::*;

/// How many edges away a neighbourhood reaches at most.
const FARTHEST: usize = 9;

/// Which part of the graph is shown.
#[derive(Clone, Copy)]
pub(super) struct Part {
    /// How many edges around the chosen step; all when `None`.
    pub reach: RwSignal<Option<usize>>,
    /// The whole graph had no layout in time.
    pub too_large: RwSignal<bool>,
    /// How many nodes there are in all.
    pub count: Memo<usize>,
}

/// A line that says so while the layout is made.
pub(super) fn laying_view(standing: Memo<Standing>, part: Part) -> AnyView {
    let words = move || {
        (standing.get() == Standing::Laying).then(|| {
            let count = fmt::plural(part.count.get() as u64, "step", "steps");
            view! { <p class="graph__laying">{format!("Laying out {count} …")}</p> }
        })
    };
    view! { <div role="status">{words}</div> }.into_any()
}

/// Says that only the neighbourhood of a step is shown, and how far it reaches.
pub(super) fn part_view(shared: Shared, part: Part) -> AnyView {
    let Part {
        reach,
        too_large,
        count,
    } = part;
    let words = move || {
        let shown = shared.plan.with(|plan| plan.shape.nodes.len());
        let of = format!(
            "{} of {}",
            fmt::count(shown as u64),
            fmt::plural(count.get() as u64, "step", "steps")
        );
        if too_large.get() {
            format!("Too large to draw whole: {of}")
        } else {
            format!("{of}, around the chosen one")
        }
    };
    let change = move |by: isize| {
        reach.update(|reach| {
            *reach = reach.map(|reach| reach.saturating_add_signed(by).clamp(1, FARTHEST));
        });
    };
    let end = move |last: usize, why: &'static str| {
        Signal::derive(move || (reach.get() == Some(last)).then(|| why.to_owned()))
    };
    let whole = move || {
        (!too_large.get()).then(|| {
            view! { <Button small=true on_click=move || reach.set(None)>"Show all"</Button> }
        })
    };
    let strip = move || {
        view! {
            <div class="graph__part" role="group" aria-label="Part of the graph">
                <span role="status">{words}</span>
                <span class="graph__reach">
                    <Button
                        kind=ButtonKind::Quiet
                        small=true
                        icon=lucide::LuMinus
                        label="Fewer steps around it"
                        disabled=end(1, "It shows the nearest steps only.")
                        on_click=move || change(-1)
                    />
                    {move || reach.get().map(|reach| fmt::plural(reach as u64, "edge away", "edges away"))}
                    <Button
                        kind=ButtonKind::Quiet
                        small=true
                        icon=lucide::LuPlus
                        label="More steps around it"
                        disabled=end(FARTHEST, "It reaches no further.")
                        on_click=move || change(1)
                    />
                </span>
                {whole}
            </div>
        }
    };
    let on = Memo::new(move |_| reach.with(Option::is_some));
    let strip = move || on.get().then(strip);
    strip.into_any()
}
