//! What the run's templates see: its input, and what each step left for the others.

use super::{inspector::value::value_view, select::Selection};
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
                    view! {
                        <section class="context__part">
                            <h3>
                                <button type="button" class="link-button" on:click=move |_| selection.choose_tab(&path, "output")>{result.name}</button>
                                <StepBadge status=result.status />
                                <span class="dim">{format!("attempt {}", result.attempt)}</span>
                            </h3>
                            {value_view("Result of the step", result.result)}
                        </section>
                    }
                })
                .collect_view();
            view! {
                <div class="context">
                    {context.output.clone().map(|output| view! {
                        <section class="context__part"><h3>"Result of the run"</h3>{value_view("Result of the run", output)}</section>
                    })}
                    <section class="context__part"><h3>"Input"</h3>{value_view("Input of the run", context.input.clone())}</section>
                    {steps}
                </div>
            }
            .into_any()
        },
    )
}
