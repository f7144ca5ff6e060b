//! The step in numbers, beside what it did.

use crate::{
    state::{live_run::LiveRun, session},
    ui::{
        card::{Fact, Facts},
        chip::Tag,
        fmt,
        time::{Elapsed, Time},
    },
};
use leptos::prelude::*;
use model::event::Wait;
use model::{StepPath, Usage};

/// What all tries of a step used together.
fn total(tries: &[engine::state::TryState]) -> Option<Usage> {
    let mut all = tries.iter().filter_map(|tried| tried.usage.as_ref());
    let mut sum = all.next()?.clone();
    for usage in all {
        sum.input_tokens += usage.input_tokens;
        sum.output_tokens += usage.output_tokens;
        sum.mock |= usage.mock;
        sum.model = usage.model.clone().or(sum.model);
        sum.cost = match (sum.cost, usage.cost) {
            (Some(own), Some(other)) => Some(own.plus(other)),
            (own, other) => own.or(other),
        };
    }
    Some(sum)
}

#[component]
pub fn StepFacts(live: LiveRun, path: StepPath) -> AnyView {
    let here = session::here();
    let step = live.step(path.clone());
    let kind = live
        .now(|run| {
            run.step_def(&path)
                .map(|step| step.kind.as_str().replace('_', " "))
        })
        .flatten()
        .unwrap_or_default();
    let id = path.into_string();
    let shown = move || {
        let step = step.get()?;
        let (id, kind) = (id.clone(), kind.clone());
        let usage = total(&step.history).or_else(|| step.usage.clone());
        let child = step.wait.as_ref().and_then(Wait::child);
        let child = here.as_ref().zip(child).map(|(place, run)| place.run(run));
        Some(view! {
            <Facts column=true>
                <Fact name="Step"><span class="mono">{id}</span></Fact>
                <Fact name="Type">{kind}</Fact>
                <Fact name="Effect">{step.effect.shown()}</Fact>
                {(step.tries > 0).then(|| view! { <Fact name="Tries">{format!("{} of {}", step.tries, step.max_tries)}</Fact> })}
                {(step.attempt > 0).then(|| view! { <Fact name="Attempt">{step.attempt.to_string()}</Fact> })}
                {step.started_at.map(|started| view! {
                    <Fact name="Started"><Time at=started /></Fact>
                    <Fact name="Took"><Elapsed since=started until=step.ended_at /></Fact>
                })}
                {usage.map(|usage| view! {
                    {usage.model.clone().map(|model| view! { <Fact name="Model"><span class="mono">{model}</span></Fact> })}
                    {(usage.input_tokens + usage.output_tokens > 0).then(|| view! {
                        <Fact name="Tokens">
                            <span data-tip=format!("{} in, {} out", fmt::count(usage.input_tokens), fmt::count(usage.output_tokens))>
                                {fmt::count(usage.input_tokens + usage.output_tokens)}
                            </span>
                        </Fact>
                    })}
                    {usage.cost.map(|cost| view! { <Fact name="Cost">{fmt::money_fine(cost.amount)}<span class="dim">" "{cost.label.shown()}</span></Fact> })}
                    {usage.mock.then(|| view! { <Fact name="Answered by"><Tag>"Mock Mode"</Tag></Fact> })}
                })}
                {step.decided_by.map(|by| view! { <Fact name="Decided by">{by.name}</Fact> })}
                {step.comment.map(|comment| view! { <Fact name="Comment">{comment}</Fact> })}
                {child.map(|href| view! { <Fact name="Started run"><a class="stop__link" href=href>"Open"</a></Fact> })}
            </Facts>
        })
    };
    view! { <aside class="inspector__facts" aria-label="The step in numbers">{shown}</aside> }
        .into_any()
}
