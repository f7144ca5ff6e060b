//! The selected step: its decision, error, transcript, input, output, events and attempts.

mod conversation;
mod decision;
mod error;
mod facts;
mod transcript;
mod tries;
pub mod value;

use super::{events::Events, select::Selection};
use crate::{
    state::live_run::LiveRun,
    ui::{
        card::Panel,
        empty::Empty,
        icon::{StatusGlyph, lucide},
        status::Look,
        tabs::{TabItem, TabPanel, Tabs},
    },
};
use engine::StepState;
use leptos::prelude::*;
use model::event::Wait;
use model::{StepPath, StepStatus, WaitKind};

const GROUP: &str = "step";
/// Tabs of what a report's file does not hold.
const ASKS_RUNTIME: [&str; 3] = ["decision", "input", "output"];

#[component]
pub fn Inspector(live: LiveRun, selection: Selection) -> AnyView {
    let shown = move || match selection.step.get() {
        Some(path) => view! { <OfStep live selection path /> }.into_any(),
        None => ().into_any(),
    };
    view! { <div class="inspector">{shown}</div> }.into_any()
}

#[component]
fn OfStep(live: LiveRun, selection: Selection, path: StepPath) -> AnyView {
    let step = live.step(path.clone());
    let name = live
        .now_live(|run| run.step_name(&path))
        .unwrap_or_default();
    let is_there = Memo::new(move |_| step.with(Option::is_some));
    let tabs = Memo::new(move |_| {
        let all = step.with(|step| step.as_ref().map(tabs).unwrap_or_default());
        all.into_iter()
            .filter(|tab| !live.is_file() || !ASKS_RUNTIME.contains(&tab.key))
            .collect::<Vec<_>>()
    });
    let fitting = Memo::new(move |_| {
        let fitting = step.with(|step| step.as_ref().map_or("output", fitting));
        let here = tabs.with(|tabs| tabs.iter().any(|tab| tab.key == fitting));
        if here { fitting } else { "transcript" }
    });
    // Until a person chooses a tab, the one that fits how the step stands.
    let tab = Memo::new(move |_| {
        let wanted = selection.tab.get();
        let known = tabs.with(|tabs| tabs.iter().any(|tab| tab.key == wanted));
        if known {
            wanted
        } else {
            fitting.get().to_owned()
        }
    });
    let own = path.clone();
    let on_select = Callback::new(move |key: String| selection.choose_tab(&own, &key));
    let look = Signal::derive(move || {
        step.with(|step| {
            step.as_ref()
                .map_or(Look::from(StepStatus::Pending), |step| step.status.into())
        })
    });
    let head_name = name.clone();
    let head = move || {
        let name = head_name.clone();
        view! {
            <h2 class=move || format!("card__title inspector__name {}", look.get().tone.class())>
                <StatusGlyph glyph=Signal::derive(move || look.get().glyph) />
                {name}
            </h2>
            <Tabs group=GROUP label="What to look at" tabs selected=tab on_select />
        }
        .into_any()
    };
    let body = {
        let path = path.clone();
        move || {
            let path = path.clone();
            if !is_there.get() {
                return view! {
                    <Empty icon=lucide::LuHistory title="Not there yet" text="At this moment of the run the step did not exist: the round of the loop it stands in had not begun." />
                }
                .into_any();
            }
            match tab.get().as_str() {
                "decision" => view! { <decision::DecisionTab live path /> }.into_any(),
                "error" => view! { <error::ErrorTab live selection path /> }.into_any(),
                "transcript" => view! { <conversation::Conversation live path /> }.into_any(),
                "input" => view! { <value::InputTab live path /> }.into_any(),
                "events" => view! { <Events live step=path /> }.into_any(),
                "attempts" => view! { <tries::Tries live path /> }.into_any(),
                _ => view! { <value::OutputTab live path /> }.into_any(),
            }
        }
    };
    let wide = Memo::new(move |_| tab.get() == "events");
    view! {
        <Panel label=format!("Step {name}") head>
            <TabPanel group=GROUP selected=tab>
                <div class="inspector__body" class=("inspector__body--wide", move || wide.get())>
                    <div class="inspector__main">{body}</div>
                    {move || (!wide.get()).then(|| view! { <facts::StepFacts live path=path.clone() /> })}
                </div>
            </TabPanel>
        </Panel>
    }
    .into_any()
}

/// Whether a person or the outside has to answer the step.
fn asks(step: &StepState) -> bool {
    step.status == StepStatus::Waiting
        && step.wait.as_ref().is_some_and(|wait| match wait.kind() {
            WaitKind::HumanTask | WaitKind::Checkpoint | WaitKind::Waitpoint => true,
            WaitKind::Chat | WaitKind::Timer | WaitKind::ChildRun => false,
        })
}

fn tabs(step: &StepState) -> Vec<TabItem> {
    let mut tabs = Vec::with_capacity(7);
    if asks(step) {
        let words = match step.wait {
            Some(Wait::Waitpoint { .. }) => "Waitpoint",
            Some(
                Wait::HumanTask { .. }
                | Wait::Timer { .. }
                | Wait::ChildRun { .. }
                | Wait::Chat { .. },
            )
            | None => "Decision",
        };
        tabs.push(TabItem::new("decision", words));
    }
    if step.failure.is_some() || step.history.iter().any(|tried| tried.failure.is_some()) {
        tabs.push(TabItem::new("error", "Error"));
    }
    let entries: u64 = step.history.iter().map(|tried| tried.entries).sum();
    let transcript = TabItem::new("transcript", "Transcript");
    tabs.push(if entries > 0 {
        transcript.count(entries)
    } else {
        transcript
    });
    tabs.push(TabItem::new("input", "Input"));
    tabs.push(TabItem::new("output", "Output"));
    tabs.push(TabItem::new("events", "Events"));
    let attempts = TabItem::new("attempts", "Attempts");
    tabs.push(if step.history.is_empty() {
        attempts
    } else {
        attempts.count(step.history.len() as u64)
    });
    tabs
}

/// What one wants to see first of a step.
fn fitting(step: &StepState) -> &'static str {
    if matches!(step.wait, Some(Wait::Chat { .. })) && step.status == StepStatus::Waiting {
        return "transcript";
    }
    if asks(step) {
        return "decision";
    }
    match step.status {
        StepStatus::Failed | StepStatus::Retrying => "error",
        StepStatus::Running => "transcript",
        StepStatus::Completed => "output",
        StepStatus::Pending | StepStatus::Waiting | StepStatus::Cancelled | StepStatus::Skipped => {
            if step.failure.is_some() {
                "error"
            } else {
                "input"
            }
        }
    }
}
