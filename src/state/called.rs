//! The runs that steps of a run called, as they stand now.

use super::live_run::LiveRun;
use crate::api::{
    Api, runs,
    stream::{About, Message, Stream},
};
use leptos::prelude::*;
use model::{RunId, Step, StepKind, api::RunRow};
use serde::Deserialize;
use std::collections::BTreeMap;

/// How each called run stands, by its id.
pub type Called = BTreeMap<RunId, RunRow>;

#[derive(Deserialize)]
struct Children {
    children: Vec<RunRow>,
}

#[derive(Deserialize)]
struct Changed {
    row: RunRow,
}

/// Follows the called runs. A run that calls none is asked nothing.
pub fn called(live: LiveRun) -> RwSignal<Called> {
    let all = RwSignal::new(Called::new());
    let calls = live
        .now_live(|run| calls(&run.definition.steps))
        .unwrap_or_default();
    let Some(stream) = Stream::get().filter(|_| calls && !live.is_file()) else {
        return all;
    };
    let (api, id) = (Api::get(), live.id());
    let take = move |rows: Vec<RunRow>| {
        if !rows.is_empty() {
            all.try_update(|all| all.extend(rows.into_iter().map(|row| (row.id.clone(), row))));
        }
    };
    let parent = id.clone();
    stream.listen("runs", None, move |messages| {
        let changed = messages
            .iter()
            .filter(|message| message.about == About::Runs)
            .filter_map(Message::read::<Changed>)
            .map(|changed| changed.row);
        take(
            changed
                .filter(|row| row.parent.as_ref() == Some(&parent))
                .collect(),
        );
    });
    // Also when messages may have been missed.
    Effect::new(move || {
        stream.epoch.track();
        let path = runs::part(&id, "summary");
        leptos::task::spawn_local(async move {
            // Without an answer the nodes say of their calls what the run itself knows.
            if let Ok(Children { children }) = api.load(&path).await {
                take(children);
            }
        });
    });
    all
}

fn calls(steps: &[Step]) -> bool {
    steps
        .iter()
        .any(|step| matches!(step.kind, StepKind::WorkflowCall(_)) || calls(step.body()))
}
