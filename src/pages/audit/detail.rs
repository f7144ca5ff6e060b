//! One entry in full: who, from where, what it was before and what it is after.

use crate::{
    api::{Api, ApiError, ErrorFace, audit},
    moves::plan_view::PlanView,
    routes::{
        Page,
        param::{Address, Step},
        with_query,
    },
    state::session,
    ui::{
        card::{Fact, Facts},
        chip::Tag,
        copy::CopyId,
        dialog::{Dialog, DialogKind},
        diff::DiffView,
        skeleton::Skeleton,
        time::Time,
    },
};
use leptos::prelude::*;
use model::{ActorKind, AuditEntry};
use serde_json::Value;

#[derive(Clone)]
enum Loaded {
    Asking,
    Here(Box<AuditEntry>),
    /// There is none, or it is not for this person.
    Nowhere,
    Failed(ApiError),
}

/// Opens while the address names an entry.
#[component]
pub fn Detail(entry: Memo<String>) -> AnyView {
    let api = Api::get();
    let address = StoredValue::new(Address::get());
    let open = RwSignal::new(false);
    let loaded = RwSignal::new(Loaded::Asking);
    Effect::new(move || {
        let text = entry.get();
        open.set(!text.is_empty());
        let Ok(seq) = text.parse::<u64>() else {
            loaded.set(Loaded::Nowhere);
            return;
        };
        loaded.set(Loaded::Asking);
        leptos::task::spawn_local(async move {
            let answer = audit::one(api, seq).await;
            if entry.try_get_untracked().as_deref() != Some(&text) {
                return;
            }
            loaded.set(match answer {
                Ok(Some(entry)) => Loaded::Here(Box::new(entry)),
                Ok(None) => Loaded::Nowhere,
                Err(error) => Loaded::Failed(error),
            });
        });
    });
    // Closed by hand: the address no longer names it.
    Effect::new(move |before: Option<bool>| {
        let now = open.get();
        if before == Some(true) && !now && entry.with_untracked(|entry| !entry.is_empty()) {
            address.with_value(|address| address.set(&[("entry", None)], Step::Push));
        }
        now
    });
    let title = Signal::derive(move || format!("Entry {}", entry.get()));
    let body = move || {
        match loaded.get() {
        Loaded::Asking => view! { <Skeleton lines=6 /> }.into_any(),
        Loaded::Here(entry) => shown(*entry),
        Loaded::Nowhere => view! { <p>"There is no such entry, or it belongs to a project that you have no part in."</p> }.into_any(),
        Loaded::Failed(error) => {
            let error = RwSignal::new(Some(error));
            view! { <ErrorFace error=error what="the entry" retry=move || loaded.set(Loaded::Asking) /> }.into_any()
        }
    }
    };
    view! { <Dialog open title kind=DialogKind::Wide>{body}</Dialog> }.into_any()
}

fn shown(entry: AuditEntry) -> AnyView {
    let place = session::place();
    let trail = place.link(&Page::Audit);
    let by = with_query(&trail, &[("who", &entry.actor.id)]);
    let about = with_query(&trail, &[("object", &entry.object)]);
    let kind = match entry.actor.kind {
        ActorKind::Person => "person",
        ActorKind::Token => "token",
        ActorKind::System => "Signalbox",
        ActorKind::Ai => "AI",
    };
    let run = entry.run.clone().map(|run| {
        let (href, trail) = (place.run(&run), place.audit_of(&run));
        view! { <Fact name="Run"><a href=href>"Open the run"</a>" · "<a href=trail>"its entries"</a></Fact> }
    });
    let job = super::bulk::job_of(&entry).map(|job| {
        let (href, trail) = (place.bulk(&job), place.audit_of_bulk(&job));
        view! { <Fact name="Bulk job"><a href=href>"Open the bulk job"</a>" · "<a href=trail>"its entries"</a></Fact> }
    });
    let plan = entry
        .plan
        .clone()
        .and_then(|plan| serde_json::from_value(plan).ok())
        .map(|plan| view! { <section><h3>"The plan that was confirmed"</h3><PlanView plan /></section> });
    let (before, after) = (pretty(entry.before.as_ref()), pretty(entry.after.as_ref()));
    let nothing = before.is_empty() && after.is_empty();
    let change = if nothing {
        view! { <p class="dim">"The entry says nothing of before and after."</p> }.into_any()
    } else {
        view! { <DiffView label="Before and after" before=Signal::stored(before) after=Signal::stored(after) /> }.into_any()
    };
    let fact = |name: &'static str, value: Option<String>| {
        value.map(|value| view! { <Fact name=name>{value}</Fact> })
    };
    view! {
        <div class="audit-entry">
            <Facts column=true>
                <Fact name="Action"><span class="mono">{entry.action.clone()}</span></Fact>
                <Fact name="Who">
                    <a href=by>{entry.actor.name.clone()}</a>" "<Tag>{kind}</Tag>
                </Fact>
                <Fact name="Object"><a href=about>{entry.object.clone()}</a></Fact>
                {run}
                {job}
                <Fact name="When"><Time at=entry.at /></Fact>
                <Fact name="Project">{entry.place.project.to_string()}</Fact>
                {fact("Reason", entry.reason.clone())}
                {fact("From", entry.ip.clone())}
                {entry.request_id.clone().map(|id| view! { <Fact name="Request"><CopyId id of="request" /></Fact> })}
                <Fact name="Hash"><CopyId id=entry.hash.to_string() of="hash" /></Fact>
            </Facts>
            {plan}
            <section><h3>"Before and after"</h3>{change}</section>
        </div>
    }
    .into_any()
}

fn pretty(value: Option<&Value>) -> String {
    value
        .and_then(|value| serde_json::to_string_pretty(value).ok())
        .unwrap_or_default()
}
