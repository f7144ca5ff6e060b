//! The form a waiting step asks to be filled in.

use crate::{
    moves::{
        decision::{Decision, DecisionForm},
        waitpoint::{OpenWaitpoint, WaitpointForm},
    },
    state::live_run::LiveRun,
};
use engine::StepState;
use leptos::prelude::*;
use model::StepPath;
use model::event::Wait;

#[component]
pub fn DecisionTab(live: LiveRun, path: StepPath) -> AnyView {
    // One form for one wait: other events of the run leave what a person typed alone.
    let open = live.pick(move |run| {
        run.steps
            .get(&path)
            .and_then(|step| Some((name(step.wait.as_ref()?)?, path.clone())))
    });
    let shown = move || {
        let (_, path) = open.get().flatten()?;
        let of = |run: &engine::Run, step: &StepState| {
            (
                Decision::of_step(run, step),
                OpenWaitpoint::of_step(run, step),
            )
        };
        let (decision, waitpoint) = live
            .now(|run| run.steps.get(&path).map(|step| of(run, step)))
            .flatten()?;
        Some(match (decision, waitpoint) {
            (Some(decision), _) => view! { <DecisionForm decision /> }.into_any(),
            (None, Some(waitpoint)) => view! { <WaitpointForm waitpoint /> }.into_any(),
            (None, None) => ().into_any(),
        })
    };
    shown.into_any()
}

/// What tells one wait from another.
fn name(wait: &Wait) -> Option<String> {
    match wait {
        Wait::HumanTask { task, .. } => Some(task.to_string()),
        Wait::Waitpoint { token, .. } => Some(token.clone()),
        Wait::Timer { .. } | Wait::ChildRun { .. } | Wait::Chat { .. } => None,
    }
}
