//! What went into the step and what came out of it.

mod past;

use crate::{
    api::{Query, runs},
    pages::run::{Draw, Shown},
    state::live_run::LiveRun,
    ui::{banner::Banner, chip::Tag, empty::Empty, icon::lucide, skeleton::Skeleton, status::Tone},
};
use engine::StepState;
use leptos::prelude::*;
use model::{StepPath, StepStatus};
use serde_json::Value;

#[component]
pub fn InputTab(live: LiveRun, path: StepPath) -> AnyView {
    whole(
        live,
        path,
        "the step's input",
        |step| match (&step.input_override, &step.input) {
            (Some(own), _) => Some((
                own.clone(),
                Some("An operator replaced the input of this step when it was retried."),
            )),
            (None, Some(input)) => Some((input.clone(), None)),
            (None, None) => None,
        },
        |status| match status {
            StepStatus::Pending => {
                "The step has not started. Its input is made from the results before it when it does."
            }
            StepStatus::Skipped => "The step never ran, so it was given nothing.",
            StepStatus::Running
            | StepStatus::Retrying
            | StepStatus::Waiting
            | StepStatus::Completed
            | StepStatus::Failed
            | StepStatus::Cancelled => "The step takes no input.",
        },
    )
}

#[component]
pub fn OutputTab(live: LiveRun, path: StepPath) -> AnyView {
    whole(
        live,
        path,
        "the step's output",
        |step| step.output.clone().map(|output| (output, None)),
        |status| match status {
            StepStatus::Completed => "The step finished without a result.",
            StepStatus::Failed => "The step failed before it had a result.",
            StepStatus::Cancelled => "The step was cancelled before it had a result.",
            StepStatus::Skipped => "The step never ran, so it left nothing.",
            StepStatus::Pending
            | StepStatus::Running
            | StepStatus::Retrying
            | StepStatus::Waiting => "The step has not finished. Its result will stand here.",
        },
    )
}

/// A value, once the part of the program that shows values is here.
pub fn value_view(shown: Shown) -> AnyView {
    use_context::<Draw>().map_or_else(|| ().into_any(), |draw| (draw.value)(shown))
}

/// What templates call a step's result: inside of a loop they name the step by its own id.
pub fn result_root(path: &StepPath) -> String {
    let id = path.as_str().rsplit('.').next().unwrap_or_default();
    format!("steps.{id}.result")
}

type Pick = fn(&StepState) -> Option<(Value, Option<&'static str>)>;

/// Values are not kept with the run: the step is asked for as a whole, again whenever it has moved on.
fn whole(
    live: LiveRun,
    path: StepPath,
    what: &'static str,
    pick: Pick,
    none: fn(StepStatus) -> &'static str,
) -> AnyView {
    let step = live.step(path.clone());
    let moment = live.moment();
    let past = Memo::new(move |_| moment.get().is_some());
    let then = path.clone();
    let as_it_is = move || as_it_is(live, path.clone(), what, pick, none);
    let as_it_was = move || past::value_then(live, then.clone(), step, what, none);
    let shown = move || if past.get() { as_it_was() } else { as_it_is() };
    shown.into_any()
}

fn as_it_is(
    live: LiveRun,
    path: StepPath,
    what: &'static str,
    pick: Pick,
    none: fn(StepStatus) -> &'static str,
) -> AnyView {
    let address = runs::step_part(&live.id(), &path, "");
    let is_output = what.ends_with("output");
    let whole = runs::step_part(
        &live.id(),
        &path,
        if is_output { "/output" } else { "/input" },
    );
    let root = if is_output {
        result_root(&path)
    } else {
        String::new()
    };
    let query = Query::<StepState>::get(move || Some(address.clone()));
    let step = live.step(path);
    let moved = Memo::new(move |_| {
        step.with(|step| {
            step.as_ref()
                .map(|step| (step.status, step.attempt, step.tries))
        })
    });
    Effect::new(move |before: Option<Option<(StepStatus, u32, u32)>>| {
        let now = moved.get();
        if before.is_some_and(|before| before != now) {
            query.reload();
        }
        now
    });
    query.view(
        what,
        || view! { <Skeleton lines=5 /> }.into_any(),
        move |step| {
            let mock = step.usage.as_ref().is_some_and(|usage| usage.mock) && is_output;
            match pick(&step) {
                Some((value, note)) => {
                    let shown = Shown { label: what, value, whole: Some(whole.clone()), root: root.clone() };
                    view! {
                        {mock.then(|| view! { <p class="value__mock"><Tag>"Mock Mode"</Tag>" This was played from the workflow's script; no model answered."</p> })}
                        {note.map(|note| view! { <Banner tone=Tone::Run>{note}</Banner> })}
                        {value_view(shown)}
                    }
                    .into_any()
                }
                None => view! { <Empty icon=lucide::LuBraces title=none(step.status) /> }.into_any(),
            }
        },
    )
}
