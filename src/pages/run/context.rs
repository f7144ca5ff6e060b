//! What the run's templates see: its input, and what each step left for the others.

use super::{
    Shown,
    inspector::value::{result_root, value_view},
    select::Selection,
};
use crate::{
    api::{Query, runs},
    state::live_run::LiveRun,
    ui::{skeleton::Skeleton, status::StepBadge},
};
use leptos::prelude::*;
use model::StepStatus;
use model::api::RunContext;

#[component]
pub fn Context(live: LiveRun, selection: Selection) -> AnyView {
    let path = runs::part(&live.id(), "context");
    let query = Query::<RunContext>::get(move || Some(path.clone()));
    let finished = live.part_live(|run| {
        run.steps
            .values()
            .filter(|step| step.status == StepStatus::Completed)
            .count()
    });
    Effect::new(move |before: Option<usize>| {
        let now = finished.get();
        if before.is_some_and(|before| before != now) {
            query.reload();
        }
        now
    });
    let id = live.id();
    query.view(
        "the run's context",
        || view! { <Skeleton lines=6 /> }.into_any(),
        move |context| {
            let steps = context
                .steps
                .iter()
                .cloned()
                .map(|result| {
                    let path = result.step.clone();
                    let shown = Shown {
                        label: "the result of the step",
                        value: result.result,
                        whole: Some(runs::step_part(&id, &path, "/output")),
                        root: result_root(&path),
                    };
                    view! {
                        <section class="context__part">
                            <h3>
                                <button type="button" class="link-button" on:click=move |_| selection.choose_tab(&path, "output")>{result.name}</button>
                                <StepBadge status=result.status />
                                <span class="dim">{format!("attempt {}", result.attempt)}</span>
                            </h3>
                            {value_view(shown)}
                        </section>
                    }
                })
                .collect_view();
            // The first event of a run holds its input.
            let input = Shown {
                label: "the input of the run",
                value: context.input.clone(),
                whole: Some(runs::part(&id, "events/1/value")),
                root: "input".to_owned(),
            };
            view! {
                <div class="context">
                    {context.output.clone().map(|output| view! {
                        <section class="context__part"><h3>"Result of the run"</h3>{value_view(Shown { label: "the result of the run", value: output, whole: Some(runs::part(&id, "output")), root: String::new() })}</section>
                    })}
                    <section class="context__part"><h3>"Input"</h3>{value_view(input)}</section>
                    {steps}
                </div>
            }
            .into_any()
        },
    )
}
