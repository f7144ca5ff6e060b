//! Workflows: the list, and the ways to a new one.

mod new;
mod row;

use crate::{
    api::{Query, workflows},
    routes::param::{Address, Step, param},
    state::{
        follow::follow_runs,
        keys::{Command, offer},
        session,
        title::name_list,
    },
    ui::{
        banner::Banner,
        button::{Button, ButtonKind},
        card::Card,
        dom,
        empty::Empty,
        field::Checkbox,
        fmt,
        icon::lucide,
        keyed::keyed_anew,
        page_head::PageHead,
        search::Search,
        skeleton::Skeleton,
        status::Tone,
        table::{Column, Table},
    },
};
use leptos::{html, prelude::*};
use model::api::{Page, WorkflowRow};
use model::{Role, Scope};
use new::NewDialog;
use row::row;
use std::sync::Arc;

const COLUMNS: &[Column] = &[
    Column::text("Workflow"),
    Column::text("Last run"),
    Column::text("Version"),
    Column::number("Steps"),
    Column::text("Queue"),
    Column::text("Changed"),
];

#[component]
pub fn Workflows() -> AnyView {
    name_list("Workflows");
    let (q, archived) = (param("q"), param("archived"));
    let address = Address::get();
    let with_archived = Memo::new(move |_| archived.with(|word| word == "true"));
    let query =
        Query::<Page<WorkflowRow>>::get(move || Some(workflows::list_path(with_archived.get())));
    follow_runs(move || query.reload());
    let creating = RwSignal::new(false);
    let denied = session::denied(Role::ProjectContributor, Scope::WorkflowRun);
    let root = NodeRef::<html::Div>::new();
    offer(move || {
        vec![
            Command::new("Workflows", "New workflow", move || creating.set(true))
                .keys("N")
                .disabled(denied.get()),
            Command::new("Workflows", "Next workflow", move || walk(root, 1)).keys("J"),
            Command::new("Workflows", "Previous workflow", move || walk(root, -1)).keys("K"),
        ]
    });
    let on_search = {
        let address = address.clone();
        move |text: String| address.set(&[("q", Some(text))], Step::Replace)
    };
    let on_archived = move |on: bool| {
        address.set(&[("archived", on.then(|| "true".to_owned()))], Step::Push);
    };
    let wait = || {
        view! { <Card title="Workflows" flush=true><Skeleton lines=4 rows=true /></Card> }
            .into_any()
    };
    let build = move |page: Memo<Option<Arc<Page<WorkflowRow>>>>| list(page, q, creating, denied);
    view! {
        <PageHead
            title="Workflows"
            text="What runs execute. A draft can hold mistakes; a published version never changes."
            actions=move || {
                view! {
                    <Button
                        kind=ButtonKind::Primary
                        icon=lucide::LuPlus
                        keys="N"
                        disabled=denied
                        on_click=move || creating.set(true)
                    >
                        "New workflow"
                    </Button>
                }
                .into_any()
            }
        />
        <div class="toolbar">
            <Search label="Search workflows" value=q on_input=on_search keys="/" />
            <Checkbox label="Archived too" checked=with_archived on_change=on_archived />
        </div>
        <div node_ref=root>{query.live_view("the workflows", wait, build)}</div>
        <NewDialog open=creating />
    }
    .into_any()
}

/// Moves the focus from row to row.
fn walk(root: NodeRef<html::Div>, by: isize) {
    let Some(root) = root.get_untracked() else {
        return;
    };
    let links = dom::all(&root, ".row-link");
    let now = document()
        .active_element()
        .and_then(|now| links.iter().position(|link| link.is_same_node(Some(&now))));
    let to = match now {
        Some(now) => now
            .saturating_add_signed(by)
            .min(links.len().saturating_sub(1)),
        None => 0,
    };
    if let Some(link) = links.get(to) {
        let _ = link.focus();
    }
}

fn list(
    page: Memo<Option<Arc<Page<WorkflowRow>>>>,
    q: Memo<String>,
    creating: RwSignal<bool>,
    denied: Signal<Option<String>>,
) -> AnyView {
    let found = Memo::new(move |_| {
        let wanted = q.get().trim().to_lowercase();
        let has = |row: &WorkflowRow| {
            [
                row.name.as_str(),
                row.description.as_str(),
                row.id.as_str(),
                row.queue.as_str(),
            ]
            .iter()
            .any(|text| text.to_lowercase().contains(&wanted))
        };
        page.with(|page| {
            let all = page
                .as_ref()
                .map(|page| page.items.as_slice())
                .unwrap_or_default();
            all.iter()
                .filter(|row| wanted.is_empty() || has(row))
                .cloned()
                .collect::<Vec<_>>()
        })
    });
    let none = Memo::new(move |_| {
        page.with(|page| page.as_ref().is_none_or(|page| page.items.is_empty()))
    });
    let more = Memo::new(move |_| {
        page.with(|page| page.as_ref().is_some_and(|page| page.next_cursor.is_some()))
    });
    let nothing_found = Memo::new(move |_| found.with(Vec::is_empty));
    let count = move || {
        let words = move || fmt::plural(found.with(Vec::len) as u64, "workflow", "workflows");
        words.into_any()
    };
    let body = move || {
        if nothing_found.get() {
            let text = Signal::derive(move || {
                Some(format!(
                    "No name, description or queue holds “{}”.",
                    q.get().trim()
                ))
            });
            return view! { <Empty icon=lucide::LuSearchX title="Nothing found" text /> }
                .into_any();
        }
        let rows = keyed_anew(found.into(), |row| row.id.clone(), row);
        view! { <Table label="Workflows" columns=COLUMNS>{rows}</Table> }.into_any()
    };
    let all = move || {
        if none.get() {
            return view! {
                <Empty
                    icon=lucide::LuWorkflow
                    title="No workflow yet"
                    text="A workflow is a list of steps: tool calls, model calls, scripts, people, waits. Begin with a small one, or import one."
                >
                    <Button kind=ButtonKind::Primary icon=lucide::LuPlus disabled=denied on_click=move || creating.set(true)>
                        "New workflow"
                    </Button>
                </Empty>
            }
            .into_any();
        }
        view! { <Card title="Workflows" aside=count flush=true>{body}</Card> }.into_any()
    };
    view! {
        <Show when=move || more.get()>
            <Banner tone=Tone::Idle title="Only the first 500 are shown">
                "The search looks in these. The others can be reached by their address and by their runs."
            </Banner>
        </Show>
        {all}
    }
    .into_any()
}
