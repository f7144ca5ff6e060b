//! All runs: filtered by the address, followed live, without anything moving under the pointer.

mod bulk_bar;
mod bulk_dialog;
mod bulk_plan;
mod chips;
mod filter;
mod import;
mod keyboard;
mod list;
mod pick_box;
mod picked;
mod recent;
mod row;
mod toolbar;

use crate::{
    api::ErrorFace,
    routes::{
        Page,
        param::{Address, Step},
    },
    state::{
        session,
        title::name_list,
        views::{Given, Views},
    },
    ui::{
        button::Button,
        empty::Empty,
        icon::lucide,
        news::News,
        skeleton::Skeleton,
        virtual_list::{ListHandle, ListRole, RowKey, VirtualList},
    },
};
use bulk_bar::BulkBar;
use bulk_dialog::{Asked, BulkDialog};
use filter::{Filters, KEYS, use_filters};
use leptos::{html, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use list::RunList;
use picked::Picked;
use recent::RecentJobs;
use std::collections::BTreeSet;

const ROW: u32 = 54;
const VIEWS: &[Given] = &[
    ("All runs", ""),
    ("Unresolved", "unresolved=true"),
    ("Failed in 24 h", "status=failed%2Cinterrupted&time=24h"),
    ("At work", "status=starting%2Crunning%2Cdraining"),
];

#[component]
pub fn Runs() -> AnyView {
    name_list("Runs");
    let filters = use_filters();
    let list = RunList::open(filters);
    let handle = ListHandle::new();
    let search = NodeRef::<html::Input>::new();
    let place = session::place();
    let navigate = send_wrapper::SendWrapper::new(use_navigate());
    let open = Callback::new(move |index: usize| {
        if let Some(row) = untrack(|| list.paged.at(index)) {
            navigate(&place.run(&row.id), NavigateOptions::default());
        }
    });
    let picked = Picked::new(list, filters);
    let asked = RwSignal::new(None::<Asked>);
    keyboard::offer_keys(list, handle, search, open, picked);
    keyboard::pick_with_shift(handle, picked);
    let let_in = move |()| {
        list.reload();
        handle.scroll_to(0);
    };
    let none = Memo::new(move |_| list.paged.is_empty());
    let failed = Memo::new(move |_| list.paged.has_failed());
    let waiting =
        Memo::new(move |_| list.paged.rows.with(Vec::is_empty) && list.paged.loading.get());
    let one = move |index: Signal<usize>| row::row(list, picked, index);
    let body = move || {
        if failed.get() {
            view! { <ErrorFace error=list.paged.error what="the runs" retry=move || list.reload() /> }
                .into_any()
        } else if none.get() {
            view! { <Nothing filters /> }.into_any()
        } else if waiting.get() {
            view! { <div class="runs__wait"><Skeleton lines=10 rows=true /></div> }.into_any()
        } else {
            view! {
                <VirtualList
                    label="Runs"
                    rows=Signal::derive(move || list.paged.rows.with(Vec::len))
                    row_height=ROW
                    row=one
                    key=move |index: usize| RowKey::of(list.paged.rows.with_untracked(|rows| rows.get(index).map(|row| row.id.clone())))
                    role=ListRole::Table
                    handle
                    on_open=open
                    head=move || row::head(picked)
                />
            }
            .into_any()
        }
    };
    view! {
        <div class="runs">
            <header class="runs__head">
                <h1>"Runs"</h1>
                <span class="runs__count">{move || list.paged.words("run", "runs")}</span>
                <RecentJobs />
                <Views page=Page::Runs given=VIEWS />
                <import::More />
            </header>
            <toolbar::Toolbar filters node=search />
            <chips::Chips filters />
            <div class="runs__list" on:keydown=move |event| keyboard::space(&event, handle, picked)>
                {body}
                <News count=move || list.paged.fresh.with(BTreeSet::len) on_let_in=let_in />
            </div>
            <BulkBar picked paged=list.paged asked />
            <BulkDialog asked picked />
        </div>
    }
    .into_any()
}

/// Why the list is empty, and what would fill it.
#[component]
fn Nothing(filters: Memo<Filters>) -> AnyView {
    let address = StoredValue::new(Address::get());
    let clear = move || {
        let all: Vec<(&str, Option<String>)> = KEYS.iter().map(|key| (*key, None)).collect();
        address.with_value(|address| address.set(&all, Step::Push));
    };
    let place = session::place();
    let shown = move || {
        if filters.with(Filters::is_any) {
            view! {
                <Empty icon=lucide::LuSearchX title="No run fits these filters" text="Take one away, or clear them all.">
                    <Button on_click=clear>"Clear all filters"</Button>
                </Empty>
            }
            .into_any()
        } else {
            let href = place.link(&Page::Workflows);
            view! {
                <Empty icon=lucide::LuListTree title="No runs yet" text="A run appears here as soon as a workflow is started.">
                    <a class="btn" href=href>"Go to Workflows"</a>
                </Empty>
            }
            .into_any()
        }
    };
    shown.into_any()
}
