//! The run as a whole: its journal and what is made from it.

use super::{
    artifacts::Artifacts, attempts::Attempts, checkpoints::Checkpoints, context::Context,
    events::Events, select::Selection,
};
use crate::{
    routes::param::param,
    state::live_run::LiveRun,
    ui::{
        card::Panel,
        tabs::{TabItem, TabPanel, Tabs},
    },
};
use leptos::prelude::*;

const GROUP: &str = "run";
const TABS: [(&str, &str); 6] = [
    ("events", "Events"),
    ("checkpoints", "Checkpoints"),
    ("attempts", "Attempts"),
    ("context", "Context"),
    ("artifacts", "Artifacts"),
    ("audit", "Audit"),
];
/// Tabs of what a report's file holds too.
const IN_FILE: [&str; 2] = ["events", "attempts"];

#[component]
pub fn Record(live: LiveRun, selection: Selection) -> AnyView {
    let wanted = param("view");
    let counts = live.part_live(|run| {
        (
            run.seq,
            run.attempts.len() as u64,
            run.artifacts.len() as u64,
        )
    });
    let tabs = Signal::derive(move || {
        let (events, attempts, artifacts) = counts.get();
        TABS.iter()
            .filter(|(key, _)| !live.is_file() || IN_FILE.contains(key))
            .map(|(key, label)| {
                let tab = TabItem::new(key, label);
                match *key {
                    "events" => tab.count(events),
                    "attempts" if attempts > 1 => tab.count(attempts),
                    "artifacts" if artifacts > 0 => tab.count(artifacts),
                    _ => tab,
                }
            })
            .collect()
    });
    let tab = Memo::new(move |_| {
        let wanted = wanted.get();
        TABS.iter()
            .find(|(key, _)| *key == wanted && (!live.is_file() || IN_FILE.contains(key)))
            .map_or("events", |(key, _)| *key)
            .to_owned()
    });
    let on_select = Callback::new(move |key: String| selection.set(&[("view", Some(key))]));
    let head = move || {
        view! { <Tabs group=GROUP label="The run as a whole" tabs selected=tab on_select /> }
            .into_any()
    };
    let body = move || match tab.get().as_str() {
        "checkpoints" => view! { <Checkpoints live selection /> }.into_any(),
        "attempts" => view! { <Attempts live selection /> }.into_any(),
        "context" => view! { <Context live selection /> }.into_any(),
        "artifacts" => view! { <Artifacts live selection /> }.into_any(),
        "audit" => view! { <super::audit::Audit live /> }.into_any(),
        _ => view! { <Events live /> }.into_any(),
    };
    view! {
        <div class="record" id="record">
            <Panel label="The run as a whole" head>
                <TabPanel group=GROUP selected=tab><div class="record__body">{body}</div></TabPanel>
            </Panel>
        </div>
    }
    .into_any()
}
