//! The summary: what identifies the run, where it came from, when it did what, what it cost.

use crate::{
    routes::Page,
    state::{live_run::LiveRun, session},
    ui::{
        card::{Fact, Facts},
        copy::CopyId,
        fmt,
        time::{Elapsed, Time},
    },
};
use engine::Sandbox;
use leptos::prelude::*;
use model::{ActorKind, Cost, Timestamp, event::Imported};

/// The moments of a run.
#[derive(Clone, Copy, PartialEq)]
struct Moments {
    created: Timestamp,
    dequeued: Option<Timestamp>,
    started: Option<Timestamp>,
    ended: Option<Timestamp>,
}

#[component]
pub fn RunFacts(live: LiveRun) -> AnyView {
    let here = session::here();
    let id = live.id().into_string();
    let moments = live.pick(|run| Moments {
        created: run.created_at,
        dequeued: run.dequeued_at,
        started: run.started_at,
        ended: run.ended_at,
    });
    let once = live.now(|run| {
        (
            run.queue.clone(),
            run.environment.clone(),
            run.trigger,
            run.created_by.clone(),
            run.parent.clone(),
            run.again_of.clone(),
            run.belongs.mission.clone(),
            run.labels.clone(),
            run.imported.clone(),
        )
    });
    let Some((queue, environment, trigger, by, parent, again_of, mission, labels, imported)) = once
    else {
        return ().into_any();
    };
    let attempts = live.part(|run| run.attempt);
    let sandbox = live.pick(|run| {
        let sandbox = run.sandbox.clone()?;
        let kept = run.status.keeps_sandbox() && run.imported.is_none();
        Some((sandbox, kept))
    });
    let progress = live.part(|run| Some(engine::progress(run)));
    let cost = live.part(|run| run.cost);
    let linked = |name: &'static str, id: &str, page: Page| {
        let id = fmt::short_id(id);
        let shown = match &here {
            Some(place) => {
                view! { <a href=place.link(&page) class="mono stop__link">{id}</a> }.into_any()
            }
            None => view! { <span class="mono">{id}</span> }.into_any(),
        };
        view! { <Fact name=name>{shown}</Fact> }
    };
    let mission = mission.map(|id| linked("Mission", id.as_str(), Page::Mission(id.clone())));
    let parent = parent.map(|parent| {
        linked(
            "Called by",
            parent.run.as_str(),
            Page::Run(parent.run.clone()),
        )
    });
    let own = live.id();
    let again_of = again_of.map(|run| {
        let compare = here.as_ref().map(|place| {
            let href = place.compare(&own, &run);
            view! { <Fact name="Beside it"><a href=href class="stop__link">"Compare"</a></Fact> }
        });
        let link = linked("Repeats", run.as_str(), Page::Run(run.clone()));
        view! { {link}{compare} }
    });
    let who = match by.kind {
        ActorKind::Person | ActorKind::System => by.name,
        ActorKind::Token => format!("{} (token)", by.name),
        ActorKind::Ai => format!("{} (AI)", by.name),
    };
    view! {
        <div class="run__facts">
            <Facts>
                <Fact name="Run"><CopyId id=id of="run" /></Fact>
                {move || moments.get().map(|at| view! { <Took at /> })}
                <Fact name="Steps">{move || progress.get().map(|(done, total)| fmt::part(done as u64, total as u64))}</Fact>
                <Fact name="Attempt">{move || attempts.get().to_string()}</Fact>
                {move || cost.get().map(|cost| view! { <CostFact cost /> })}
                <Fact name="By">{who}<span class="dim">" · "{trigger.shown()}</span></Fact>
                <Fact name="Queue">{queue}</Fact>
                <Fact name="Environment">{environment}</Fact>
                {move || sandbox.get().flatten().map(|(sandbox, kept)| view! { <SandboxFact sandbox kept /> })}
                {mission}
                {parent}
                {again_of}
                {imported.map(|imported| view! { <ImportedFact imported /> })}
                {(!labels.is_empty()).then(|| {
                    let text = labels.into_iter().map(|(key, value)| format!("{key}: {value}")).collect::<Vec<_>>().join(" · ");
                    view! { <Fact name="Labels">{text}</Fact> }
                })}
            </Facts>
        </div>
    }
    .into_any()
}

/// Created, taken from the queue, started, ended: each that has happened.
#[component]
fn Took(at: Moments) -> AnyView {
    let queued = at
        .dequeued
        .map(|dequeued| fmt::duration(dequeued.since(at.created)));
    view! {
        <Fact name="Created"><Time at=at.created /></Fact>
        {at.started.map(|started| view! {
            <Fact name="Started"><Time at=started /></Fact>
            <Fact name=if at.ended.is_some() { "Took" } else { "Running for" }>
                <Elapsed since=started until=at.ended />
                {queued.map(|queued| view! { <span class="dim" data-tip="From its creation until a worker took it">" · queued "{queued}</span> })}
            </Fact>
        })}
        {at.ended.map(|ended| view! { <Fact name="Ended"><Time at=ended /></Fact> })}
    }
    .into_any()
}

/// The run was executed elsewhere.
#[component]
fn ImportedFact(imported: Imported) -> AnyView {
    let from = fmt::short_id(imported.run.as_str());
    view! {
        <Fact name="Imported">
            <Time at=imported.at />
            <span class="dim">" · was "</span>
            <span class="mono" data-tip="Its id where it was executed. Here it can be looked at and run again, not retried." tabindex="0">{from}</span>
        </Fact>
    }
    .into_any()
}

/// The folder of the run's agents, and whether its files are still there.
#[component]
fn SandboxFact(sandbox: Sandbox, kept: bool) -> AnyView {
    let replaced = sandbox.replaces.map(|why| {
        view! { <span class="dim">{format!(" · a new one: {why}")}</span> }
    });
    let stands = if kept { "kept" } else { "released" };
    let tip = if kept {
        "The files that agents of this run work on. They are kept while a retry may need them."
    } else {
        "The agents' folder was removed with the end of the run. The files they wrote are among its artifacts."
    };
    view! {
        <Fact name="Sandbox">
            <span class="mono" data-tip=tip tabindex="0">{fmt::short_id(sandbox.id.as_str())}</span>
            <span class="dim">" "{stands}</span>
            {replaced}
        </Fact>
    }
    .into_any()
}

#[component]
fn CostFact(cost: Cost) -> AnyView {
    view! { <Fact name="Cost">{fmt::money(cost.amount)}<span class="dim">" "{cost.label.shown()}</span></Fact> }.into_any()
}
