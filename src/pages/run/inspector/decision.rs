//! The form a waiting step asks to be filled in.

use crate::{
    moves::{
        decision::{Decision, DecisionForm},
        waitpoint::{OpenWaitpoint, WaitpointForm},
    },
    state::live_run::LiveRun,
    ui::{empty::Empty, icon::lucide},
};
use engine::StepState;
use leptos::prelude::*;
use model::event::Wait;
use model::{StepPath, StepStatus};

#[component]
pub fn DecisionTab(live: LiveRun, path: StepPath) -> AnyView {
    // One form for one wait: other events of the run leave what a person typed alone.
    let wait_of = {
        let path = path.clone();
        move |run: &engine::Run| {
            let step = run.step(&path)?;
            name(
                step.wait
                    .as_ref()
                    .filter(|_| step.status == StepStatus::Waiting)?,
            )
        }
    };
    let open = live.part_live(wait_of.clone());
    // At a moment of the run the step may ask what has been answered since.
    let asked = live.part(wait_of);
    let shown = move || {
        let wait = open.get();
        if asked.get() != wait {
            return Some(view! {
                <Empty icon=lucide::LuHistory title="Answered since" text="At this moment the step waited for an answer. The run has had it since: go back to live to see what stands open now." />
            }.into_any());
        }
        wait?;
        let of = |run: &engine::Run, step: &StepState| {
            (
                Decision::of_step(run, step),
                OpenWaitpoint::of_step(run, step),
            )
        };
        let (decision, waitpoint) = live
            .now_live(|run| run.step(&path).map(|step| of(run, step)))
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
