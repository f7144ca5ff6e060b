//! The filters to choose from.

use super::filter::{Filters, SPANS};
use crate::{
    routes::param::{Address, Step},
    ui::{
        field::{Choice, InlineSelect},
        search::Search,
    },
};
use leptos::prelude::*;

/// The actions that are looked for most; any other is chosen on an entry.
const ACTIONS: [(&str, &str); 20] = [
    ("run.start", "Run started"),
    ("run.import", "Run imported"),
    ("run.cancel", "Run cancelled"),
    ("run.retry", "Run retried"),
    ("run.pause", "Run paused"),
    ("run.resume", "Run resumed"),
    ("run.approve", "Task approved"),
    ("run.reject", "Task rejected"),
    ("workflow.publish", "Workflow published"),
    ("workflow.update", "Workflow changed"),
    ("provider.update", "Provider changed"),
    ("queue.pause", "Queue paused"),
    ("queue.resume", "Queue resumed"),
    ("session.create", "Signed in"),
    ("sign_in_link.create", "Sign-in link made"),
    ("token.create", "Token made"),
    ("token.revoke", "Token revoked"),
    ("member.change", "Role changed"),
    ("audit.export", "Trail exported"),
    ("request.refused", "Request refused"),
];

#[component]
pub fn Toolbar(filters: Memo<Filters>) -> AnyView {
    let address = StoredValue::new(Address::get());
    let set = move |name: &'static str, value: String, step: Step| {
        address.with_value(|address| address.set(&[(name, Some(value))], step));
    };
    let actions = Signal::derive(move || {
        let mut all = vec![Choice::new("", "Any action")];
        all.extend(ACTIONS.map(|(word, shown)| Choice::new(word, shown)));
        let now = filters.with(|filters| filters.action.clone());
        if !all.iter().any(|choice| choice.value == now) {
            all.push(Choice::new(now.clone(), now));
        }
        all
    });
    let by = vec![
        Choice::new("", "Anyone"),
        Choice::new("yes", "AIs only"),
        Choice::new("no", "No AIs"),
    ];
    let spans: Vec<Choice> = std::iter::once(Choice::new("", "Any time"))
        .chain(
            SPANS
                .iter()
                .map(|(word, shown, _)| Choice::new(*word, *shown)),
        )
        .collect();
    view! {
        <div class="audit__tools" role="search" aria-label="Filters">
            <Search
                label="Search the audit trail"
                value=Signal::derive(move || filters.with(|filters| filters.q.clone()))
                on_input=move |text: String| set("q", text, Step::Replace)
            />
            <InlineSelect
                label="Action"
                value=Signal::derive(move || filters.with(|filters| filters.action.clone()))
                choices=actions
                on_change=move |to: String| set("action", to, Step::Push)
            />
            <InlineSelect
                label="By"
                value=Signal::derive(move || filters.with(|filters| filters.ai.clone()))
                choices=Signal::stored(by)
                on_change=move |to: String| set("ai", to, Step::Push)
            />
            <InlineSelect
                label="Time"
                value=Signal::derive(move || filters.with(|filters| filters.time.clone()))
                choices=Signal::stored(spans)
                on_change=move |to: String| set("time", to, Step::Push)
            />
        </div>
    }
    .into_any()
}
