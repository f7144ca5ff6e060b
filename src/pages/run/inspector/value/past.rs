//! A value as it was at a moment of the run: the event that wrote it still holds it.

use super::{result_root, value_view};
use crate::{
    api::{Query, events::EventFilter, runs},
    pages::run::Shown,
    state::live_run::LiveRun,
    ui::{empty::Empty, icon::lucide, skeleton::Skeleton},
};
use engine::StepState;
use leptos::prelude::*;
use model::api::EventPage;
use model::{EventKind, StepPath, StepStatus};
use serde_json::Value;

/// The event that holds the value a step has, if it has one.
fn written_by(step: &StepState, what: &str) -> Option<&'static str> {
    if what.ends_with("input") {
        (step.tries > 0).then_some("step_started")
    } else {
        (step.status == StepStatus::Completed).then_some("step_completed")
    }
}

pub(super) fn value_then(
    live: LiveRun,
    path: StepPath,
    step: Memo<Option<StepState>>,
    what: &'static str,
    none: fn(StepStatus) -> &'static str,
) -> AnyView {
    let run = live.id();
    let root = if what.ends_with("output") {
        result_root(&path)
    } else {
        String::new()
    };
    let moment = live.moment();
    // What tells one value of the step from another; between them the handle moves without a question to the runtime.
    let held = Memo::new(move |_| {
        step.with(|step| {
            let step = step.as_ref()?;
            Some((written_by(step, what)?, step.attempt, step.tries))
        })
    });
    let status = Memo::new(move |_| step.with(|step| step.as_ref().map(|step| step.status)));
    let shown = move || {
        let Some((types, ..)) = held.get() else {
            let title = none(status.get().unwrap_or(StepStatus::Pending));
            return view! { <Empty icon=lucide::LuBraces title /> }.into_any();
        };
        let seq = moment.get_untracked().map_or(u64::MAX - 1, |(seq, _)| seq);
        let filter = EventFilter {
            types: types.to_owned(),
            step: Some(path.clone()),
            text: String::new(),
        };
        let address = filter.last_path(&run, seq);
        let query = Query::<EventPage>::get(move || Some(address.clone()));
        let (id, root) = (run.clone(), root.clone());
        query.view(
            what,
            || view! { <Skeleton lines=5 /> }.into_any(),
            move |page| match value(&page) {
                Some((seq, value)) => value_view(Shown {
                    label: what,
                    value,
                    whole: Some(runs::part(&id, &format!("events/{seq}/value"))),
                    root: root.clone(),
                }),
                None => {
                    view! { <Empty icon=lucide::LuBraces title="The journal does not hold it" /> }
                        .into_any()
                }
            },
        )
    };
    shown.into_any()
}

/// The value of the event that was found, and the event's number.
fn value(page: &EventPage) -> Option<(u64, Value)> {
    let event = page.items.last()?;
    match &event.event {
        EventKind::StepStarted { input, .. } => Some((event.seq, input.clone())),
        EventKind::StepCompleted { output, .. } => Some((event.seq, output.clone())),
        _ => None,
    }
}
