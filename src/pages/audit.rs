//! The audit trail: who did what, found by the address, and checked in this browser.

mod bulk;
mod check;
mod chips;
mod detail;
mod file;
mod filter;
mod list;
mod proof;
mod row;
mod signature;
mod toolbar;

use crate::{
    api::ErrorFace,
    routes::{
        Page,
        param::{Address, Step, param},
    },
    state::{
        title::name_list,
        views::{Given, Views},
    },
    ui::{
        empty::Empty,
        icon::lucide,
        news::News,
        skeleton::Skeleton,
        virtual_list::{ListHandle, ListRole, RowKey, VirtualList},
    },
};
use filter::{Filters, use_filters};
use leptos::prelude::*;
use std::collections::BTreeSet;

const ROW: u32 = 46;
const VIEWS: &[Given] = &[
    ("Everything", ""),
    ("What AIs did", "ai=yes"),
    ("Refused attempts", "action=request.refused"),
    ("Last 24 hours", "time=24h"),
];

/// What stands in the place of the list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Failed,
    Nothing,
    Waiting,
    Rows,
}

#[component]
pub fn Audit() -> AnyView {
    name_list("Audit");
    let filters = use_filters();
    let list = list::open(filters);
    let address = StoredValue::new(Address::get());
    let open = Callback::new(move |seq: u64| {
        address.with_value(|address| address.set(&[("entry", Some(seq.to_string()))], Step::Push));
    });
    let open_at = move |index: usize| {
        if let Some(row) = list.at(index) {
            open.run(row.seq);
        }
    };
    let one = move |index: Signal<usize>| row::row(list, index);
    let key = move |index: usize| {
        RowKey::of(
            list.rows
                .with_untracked(|rows| rows.get(index).map(|row| row.seq)),
        )
    };
    // The list is built anew when there is another kind of thing to show, not with every page that comes.
    let shape = Memo::new(move |_| {
        if list.has_failed() {
            Shape::Failed
        } else if list.is_empty() {
            Shape::Nothing
        } else if list.rows.with(Vec::is_empty) {
            Shape::Waiting
        } else {
            Shape::Rows
        }
    });
    let body = move || {
        match shape.get() {
        Shape::Failed => view! { <ErrorFace error=list.error what="the audit trail" retry=move || list.reload() /> }.into_any(),
        Shape::Nothing => nothing(filters),
        Shape::Waiting => view! { <div class="audit__wait"><Skeleton lines=10 rows=true /></div> }.into_any(),
        Shape::Rows => view! {
            <VirtualList
                label="Audit entries"
                rows=Signal::derive(move || list.rows.with(Vec::len))
                row_height=ROW
                row=one
                key=key
                role=ListRole::Table
                handle=ListHandle::new()
                on_open=open_at
                head=row::head
            />
        }
        .into_any(),
    }
    };
    view! {
        <div class="audit">
            <header class="audit__head">
                <h1>"Audit"</h1>
                <span class="audit__count">{move || list.words("entry", "entries")}</span>
                <Views page=Page::Audit given=VIEWS />
                <proof::Exports />
            </header>
            <proof::Proof />
            <toolbar::Toolbar filters />
            <chips::Chips filters />
            <div class="audit__list">
                {body}
                <News count=move || list.fresh.with(BTreeSet::len) on_let_in=move || list.reload() />
            </div>
        </div>
        <detail::Detail entry=param("entry") />
    }
    .into_any()
}

fn nothing(filters: Memo<Filters>) -> AnyView {
    if filters.with(Filters::is_any) {
        view! { <Empty icon=lucide::LuSearchX title="No entry fits these filters" text="Take one away, or clear them all." /> }
            .into_any()
    } else {
        view! { <Empty icon=lucide::LuScrollText title="No entry yet" text="Every change that anybody makes here is recorded." /> }
            .into_any()
    }
}
