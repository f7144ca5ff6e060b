//! All runs: filtered by the address, followed live, without anything moving under the pointer.

mod bulk_bar;
mod bulk_dialog;
mod bulk_plan;
mod chips;
mod filter;
mod list;
mod picked;
mod recent;
mod row;
mod toolbar;

use crate::{
    api::ErrorFace,
    moves::{Ask, Desk},
    routes::{
        Page,
        param::{Address, Step},
    },
    state::{
        keys::{Command, offer},
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

use model::{MoveKind, RunStatus};
use picked::Picked;
use recent::RecentJobs;
use std::collections::BTreeSet;
use wasm_bindgen::JsCast;

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
    keyboard(list, handle, search, open, picked);
    picking(handle, picked);
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
            </header>
            <toolbar::Toolbar filters node=search />
            <chips::Chips filters />
            <div class="runs__list" on:keydown=move |event| space(&event, handle, picked)>
                {body}
                <News count=move || list.paged.fresh.with(BTreeSet::len) on_let_in=let_in />
            </div>
            <BulkBar picked paged=list.paged asked />
            <BulkDialog asked picked />
        </div>
    }
    .into_any()
}

/// J and K walk the list wherever the focus is, R and C move the run one is on, / searches.
fn keyboard(
    list: RunList,
    handle: ListHandle,
    search: NodeRef<html::Input>,
    open: Callback<usize>,
    picked: Picked,
) {
    let desk = Desk::get();
    let step = move |by: isize| {
        if let Ok(Some(list)) = document().query_selector(".runs .vlist")
            && let Some(list) = list.dyn_ref::<web_sys::HtmlElement>()
        {
            let _ = list.focus();
        }
        handle.step(by);
    };
    offer(move || {
        let mut commands = vec![
            Command::new("Runs", "Next run", move || step(1)).keys("J"),
            Command::new("Runs", "Previous run", move || step(-1)).keys("K"),
            Command::new("Runs", "Search runs", move || {
                if let Some(input) = search.get_untracked() {
                    let _ = input.focus();
                    input.select();
                }
            })
            .keys("/"),
            Command::new(
                "Runs",
                "Select the run; with Shift, all up to it",
                move || {
                    if let Some(index) = handle.active.get_untracked() {
                        picked.toggle(index);
                    }
                },
            )
            .keys("X"),
        ];
        if picked.any() {
            let clear = Command::new("Runs", "Clear the selection", move || picked.clear());
            commands.push(clear.keys("Escape"));
        }
        if let (Some(index), Some(desk)) = (handle.active.get(), desk)
            && let Some(row) = list.paged.at(index)
        {
            let stopped = matches!(
                row.status,
                RunStatus::Failed | RunStatus::Cancelled | RunStatus::Interrupted
            );
            let (one, other) = (row.clone(), row.clone());
            let retry = Command::new("Runs", format!("Retry {}", row.title), move || {
                desk.ask(Ask::of_row(&one, MoveKind::Retry));
            });
            let cancel = Command::new("Runs", format!("Cancel {}", row.title), move || {
                desk.ask(Ask::of_row(&other, MoveKind::Cancel));
            });
            let is = row.status.shown().to_lowercase();
            commands.push(Command::new(
                "Runs",
                format!("Open {}", row.title),
                move || open.run(index),
            ));
            commands.push(
                retry
                    .keys("R")
                    .disabled((!stopped).then(|| format!("it is {is}."))),
            );
            commands.push(
                cancel
                    .keys("C")
                    .disabled(row.status.is_terminal().then(|| format!("it is {is}."))),
            );
        }
        commands
    });
}

/// With Shift held, the rows that the keyboard passes are picked.
fn picking(handle: ListHandle, picked: Picked) {
    Effect::new(move |before: Option<Option<usize>>| {
        let now = handle.active.get();
        if let (Some(from), Some(to)) = (before.flatten(), now)
            && from != to
        {
            picked.walked(from, to);
        }
        now
    });
}

/// Space on the list picks the row that the keyboard is on, and does not scroll.
fn space(event: &web_sys::KeyboardEvent, handle: ListHandle, picked: Picked) {
    let on_list = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
        .is_some_and(|target| target.class_list().contains("vlist"));
    if let (" ", true, Some(index)) = (event.key().as_str(), on_list, handle.active.get_untracked())
    {
        event.prevent_default();
        picked.toggle(index);
    }
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
