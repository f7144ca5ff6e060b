//! The graph on the page: as a picture or as a list, all of it or the part around a step.

use super::{
    canvas::canvas_view,
    faces::{Part, laying_view, part_view},
    find::find_view,
    lay_out::{Standing, planned},
    list::list_view,
    node::Shared,
    shape::Shape,
    steer::Steer,
    tools::tools_view,
    types::{Graph, NodeStates},
};
use crate::ui::{
    button::{Button, ButtonKind},
    icon::lucide,
};
use leptos::prelude::*;
use std::sync::Arc;

/// Graphs with more nodes can be searched.
const SEARCHED: usize = 12;
/// Graphs with more nodes can be cut to what is around a step.
const CUT: usize = 60;
/// A neighbourhood has no more nodes than these.
const NEAR: usize = 400;

/// A graph of steps. It fills the element around it; the layout changes only when nodes or edges come or go, so a status
/// that changes moves nothing.
///
/// Pointer: drag or wheel to pan, Ctrl with the wheel or two fingers to zoom. Keys: arrows walk along the edges, Home and End
/// go to the first and last, Enter chooses, O shows what a node holds, + and − zoom, 0 fits all, F goes to the failure.
#[component]
pub fn GraphView(
    /// What the graph shows: "Steps of this run".
    #[prop(into)]
    label: String,
    #[prop(into)] graph: Signal<Arc<Graph>>,
    states: NodeStates,
    /// The id of the chosen node.
    #[prop(into)]
    selected: Signal<Option<String>>,
    /// Called with the id of a node when it is chosen.
    #[prop(into)]
    on_select: Callback<String>,
    /// Called with the id of a node that holds others, to show or fold them.
    #[prop(optional, into)]
    on_open: Option<Callback<String>>,
) -> AnyView {
    let whole = Memo::new(move |_| Arc::new(Shape::whole(graph.get())));
    let part = Part {
        reach: RwSignal::new(None),
        too_large: RwSignal::new(false),
        count: Memo::new(move |_| whole.with(|whole| whole.nodes.len())),
    };
    let chosen = Memo::new(move |_| {
        let id = selected.get();
        whole.with(|whole| id.and_then(|id| whole.index_of(&id)))
    });
    let first_failing = Memo::new(move |_| {
        states
            .marks
            .with(|marks| marks.iter().position(|mark| mark.failing))
    });
    let shape = Memo::new(move |_| match part.reach.get() {
        None => whole.get(),
        Some(reach) => {
            let centre = chosen.get().or(first_failing.get()).unwrap_or(0);
            Arc::new(whole.with(|whole| whole.around(centre, reach, NEAR)))
        }
    });
    let (plan, standing) = planned(shape);
    Effect::new(move || {
        if standing.get() == Standing::TooLarge {
            part.too_large.set(true);
            part.reach.set(Some(2));
        }
    });
    let selected = Memo::new(move |_| {
        selected
            .get()
            .and_then(|id| plan.with(|plan| plan.shape.index_of(&id)))
    });
    let upstream = Memo::new(move |_| {
        let of = |node| plan.with(|plan| plan.upstream(node));
        Arc::new(selected.get().map(of).unwrap_or_default())
    });
    let failing = Memo::new(move |_| plan.with(|plan| states.first(plan, |mark| mark.failing)));
    let shared = Shared {
        states,
        plan,
        upstream,
        selected,
        failing,
        active: RwSignal::new(None),
        on_select,
        on_open,
    };
    let as_list = RwSignal::new(false);
    let large = RwSignal::new(false);
    let list_label = format!("{label}, as a list");
    let body = move || {
        if as_list.get() {
            list_view(shared, list_label.clone())
        } else {
            picture(shared, whole, part, standing, label.clone())
        }
    };
    view! {
        <div class="graph" class=("graph--large", large)>
            {body}
            {switch(part, as_list, large)}
        </div>
    }
    .into_any()
}

fn picture(
    shared: Shared,
    whole: Memo<Arc<Shape>>,
    part: Part,
    standing: Memo<Standing>,
    label: String,
) -> AnyView {
    let steer = Steer::new(shared);
    let searched = Memo::new(move |_| part.count.get() > SEARCHED);
    let go = Callback::new(move |id: String| {
        let plan = shared.plan;
        match plan.with_untracked(|plan| plan.shape.index_of(&id)) {
            Some(node) => steer.go_to(node),
            // It is not in the part that is shown, which follows what is chosen.
            None => shared.on_select.run(id),
        }
    });
    let find = move || searched.get().then(|| find_view(whole, shared.plan, go));
    view! {
        {canvas_view(steer, label)}
        {laying_view(standing, part)}
        <div class="graph__top">{find}{part_view(shared, part)}</div>
        {tools_view(steer)}
    }
    .into_any()
}

fn switch(part: Part, as_list: RwSignal<bool>, large: RwSignal<bool>) -> AnyView {
    let words = move || {
        if as_list.get() {
            "Show as a graph"
        } else {
            "Show as a list"
        }
        .to_owned()
    };
    let Part {
        reach, too_large, ..
    } = part;
    let can_cut = Memo::new(move |_| part.count.get() > CUT && !too_large.get());
    let cut = move || {
        can_cut.get().then(|| {
            view! {
                <Button
                    kind=ButtonKind::Quiet
                    small=true
                    icon=lucide::LuFocus
                    label="Only around the chosen step"
                    pressed=Signal::derive(move || reach.with(Option::is_some))
                    on_click=move || reach.update(|reach| *reach = if reach.is_some() { None } else { Some(2) })
                />
            }
        })
    };
    view! {
        <div class="graph__switch">
            {cut}
            <Button
                kind=ButtonKind::Quiet
                small=true
                icon=lucide::LuMoveVertical
                label="More height"
                pressed=large
                on_click=move || large.update(|on| *on = !*on)
            />
            <Button
                kind=ButtonKind::Quiet
                small=true
                icon=lucide::LuList
                label=Signal::derive(words)
                pressed=as_list
                on_click=move || as_list.update(|on| *on = !*on)
            />
        </div>
    }
    .into_any()
}
