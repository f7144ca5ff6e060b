//! The run as a picture: every planned step from the start, with how it stands.

mod fold;
mod standing;

use super::select::Selection;
use crate::{
    state::{
        called::{Called, called},
        live_run::LiveRun,
        session,
    },
    ui::graph::{GraphView, Mark, NodeStates},
};
use fold::Drawn;
use leptos::prelude::*;
use std::sync::Arc;

#[component]
pub fn Canvas(live: LiveRun, selection: Selection) -> AnyView {
    // The document of a run never changes.
    let drawn = Memo::new(move |_| {
        selection.folds.with(|opened| {
            Arc::new(
                live.now(|run| Drawn::of(&run.definition.steps, opened))
                    .unwrap_or_default(),
            )
        })
    });
    let here = session::here();
    let changed = live.changes();
    let marks = Memo::new(move |_| {
        changed.track();
        let marks = |run: &engine::Run| {
            drawn.with(|drawn| {
                drawn
                    .steps
                    .iter()
                    .map(|step| standing::mark(run, step))
                    .collect::<Vec<Mark>>()
            })
        };
        Arc::new(live.now(marks).unwrap_or_default())
    });
    let called = called(live);
    let moment = live.moment();
    let states = NodeStates::new(marks, move |index| {
        changed.track();
        let step = drawn.with(|drawn| drawn.steps.get(index).cloned())?;
        called.with(|now| {
            // How a called run stood at a moment of this one is not known.
            let unknown = Called::new();
            let called = moment.with(|at| if at.is_none() { now } else { &unknown });
            live.now(|run| standing::state(run, &step, here.as_ref(), called))
        })
    });
    let graph = Signal::derive(move || drawn.with(|drawn| Arc::clone(&drawn.graph)));
    let selected = Signal::derive(move || {
        let path = selection.step.get()?;
        drawn.with(|drawn| drawn.shown_for(&path))
    });
    let on_select = move |id: String| {
        let Some(step) = drawn.with_untracked(|drawn| drawn.by_id(&id)) else {
            return;
        };
        let beside = selection.step.get_untracked();
        let path = live.now(|run| standing::looked_at(run, &step, beside.as_ref()));
        if let Some(Some(path)) = path {
            selection.choose(&path);
        }
    };
    let on_open = move |id: String| selection.toggle(&id);
    view! {
        <div class="canvas">
            <GraphView label="Steps of this run" graph states selected on_select on_open />
        </div>
    }
    .into_any()
}
