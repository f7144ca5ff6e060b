//! Missions: objectives that group runs.

mod new;

use crate::{
    api::{Query, missions},
    state::{follow::follow_runs, session, title::name_list},
    ui::{
        button::{Button, ButtonKind},
        card::Card,
        empty::Empty,
        fmt,
        icon::lucide,
        keyed::keyed_anew,
        page_head::PageHead,
        skeleton::Skeleton,
        status::RunBadge,
        table::{Column, Table},
        time::Time,
    },
};
use leptos::prelude::*;
use model::api::{MissionRow, Page};
use model::{Role, Scope};
use new::NewDialog;
use std::sync::Arc;

const COLUMNS: &[Column] = &[
    Column::text("Mission"),
    Column::number("Runs"),
    Column::text("How they stand"),
    Column::text("Changed"),
    Column::text("Made"),
];

#[component]
pub fn Missions() -> AnyView {
    name_list("Missions");
    let query = Query::<Page<MissionRow>>::get(|| Some(missions::LIST.to_owned()));
    follow_runs(move || query.reload());
    let creating = RwSignal::new(false);
    let denied = session::denied(Role::ProjectContributor, Scope::WorkflowRun);
    let new_button = move || {
        view! {
            <Button kind=ButtonKind::Primary icon=lucide::LuPlus disabled=denied on_click=move || creating.set(true)>
                "New mission"
            </Button>
        }
        .into_any()
    };
    let wait = || {
        view! { <Card title="Missions" flush=true><Skeleton lines=4 rows=true /></Card> }.into_any()
    };
    let build = move |page: Memo<Option<Arc<Page<MissionRow>>>>| {
        let rows = Memo::new(move |_| {
            let mut rows = page.with(|page| {
                page.as_ref()
                    .map(|page| page.items.clone())
                    .unwrap_or_default()
            });
            rows.sort_by_key(|row| std::cmp::Reverse(row.updated_at));
            rows
        });
        let cut = Memo::new(move |_| {
            page.with(|page| page.as_ref().is_some_and(|page| page.next_cursor.is_some()))
        });
        let count = move || {
            let words = move || {
                let shown = if cut.get() { "the first " } else { "" };
                format!(
                    "{shown}{}",
                    fmt::plural(rows.with(Vec::len) as u64, "mission", "missions")
                )
            };
            words.into_any()
        };
        let none = Memo::new(move |_| rows.with(Vec::is_empty));
        let body = move || {
            if none.get() {
                return view! {
                    <Empty
                        icon=lucide::LuTarget
                        title="No mission yet"
                        text="A mission groups runs that serve one objective. Make one, then choose it when you start a run."
                    >
                        {new_button()}
                    </Empty>
                }
                .into_any();
            }
            let rows = keyed_anew(rows.into(), |row| row.id.clone(), one);
            view! {
                <Card title="Missions" aside=count flush=true>
                    <Table label="Missions" columns=COLUMNS>{rows}</Table>
                </Card>
            }
            .into_any()
        };
        body.into_any()
    };
    view! {
        <PageHead title="Missions" text="Objectives that group runs, newest change first." actions=new_button />
        {query.live_view("the missions", wait, build)}
        <NewDialog open=creating query />
    }
    .into_any()
}

fn one(row: MissionRow) -> AnyView {
    let place = session::place();
    let statuses = row
        .by_status
        .iter()
        .map(|(status, count)| {
            view! { <span class="mission-row__status"><RunBadge status=*status />" "{fmt::count(*count)}</span> }
        })
        .collect_view();
    view! {
        <tr>
            <td class="wide"><a class="row-link" href=place.mission(&row.id)>{row.title}</a></td>
            <td class="num">{fmt::count(row.runs)}</td>
            <td>
                <span class="mission-row__statuses">
                    {if row.runs == 0 { view! { <span class="dim">"no run yet"</span> }.into_any() } else { statuses.into_any() }}
                </span>
            </td>
            <td><Time at=row.updated_at /></td>
            <td><Time at=row.created_at /></td>
        </tr>
    }
    .into_any()
}
