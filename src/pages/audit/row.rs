//! One entry in the list.

use crate::{
    state::{paged::Paged, session},
    ui::{chip::Tag, fmt, time::Time},
};
use leptos::prelude::*;
use model::{ActorKind, AuditEntry};
use std::sync::Arc;

const COLUMNS: [(&str, &str); 6] = [
    ("Entry", "au__seq num"),
    ("When", "au__when"),
    ("Who", "au__who"),
    ("Action", "au__action"),
    ("Object", "au__object"),
    ("Reason", "au__reason"),
];

pub fn head() -> AnyView {
    let cells =
        COLUMNS.map(|(name, class)| view! { <span class=class role="columnheader">{name}</span> });
    view! { <div class="au au--head" role="presentation">{cells}</div> }.into_any()
}

pub fn row(list: Paged<AuditEntry>, index: Signal<usize>) -> AnyView {
    // Rows at the end of what is loaded ask for more.
    Effect::new(move || list.near(index.get()));
    let entry = Memo::new_with_compare(
        move |_| list.at(index.get()),
        |old, new| {
            old.and_then(Option::as_ref).map(|entry| entry.seq)
                != new.and_then(Option::as_ref).map(|entry| entry.seq)
        },
    );
    (move || entry.get().map(|entry| cells(&entry))).into_any()
}

fn cells(entry: &Arc<AuditEntry>) -> AnyView {
    let place = session::place();
    let href = place.audit_entry(entry.seq);
    let ai = entry.actor.kind == ActorKind::Ai;
    let leads = match &entry.run {
        Some(run) => Some(place.run(run)),
        None => super::bulk::job_of(entry).map(|job| place.bulk(&job)),
    };
    let object = match leads {
        Some(href) => {
            view! { <a class="au__run mono" href=href title=entry.object.clone()>{entry.object.clone()}</a> }
                .into_any()
        }
        None => view! { <span class="mono" title=entry.object.clone()>{entry.object.clone()}</span> }.into_any(),
    };
    view! {
        <div class="au" role="presentation">
            <span class="au__seq num" role="cell">{fmt::count(entry.seq)}</span>
            <span class="au__when" role="cell"><Time at=entry.at /></span>
            <span class="au__who" role="cell">{entry.actor.name.clone()}{ai.then(|| view! { " "<Tag>"AI"</Tag> })}</span>
            <span class="au__action" role="cell"><a class="row-link mono" href=href>{entry.action.clone()}</a></span>
            <span class="au__object" role="cell">{object}</span>
            <span class="au__reason" role="cell">{entry.reason.clone()}</span>
        </div>
    }
    .into_any()
}
