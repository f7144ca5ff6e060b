//! The workflow's newest runs.

use super::state::Studio;
use crate::{
    api::{Query, runs},
    moves::why_line::WhyLine,
    routes::{Page as Screen, with_query},
    state::{follow::follow_runs, session},
    ui::{
        button::LinkButton,
        card::Card,
        empty::Empty,
        fmt,
        icon::lucide,
        keyed::keyed_anew,
        skeleton::Skeleton,
        status::RunBadge,
        table::{Column, Table},
        time::{Elapsed, Time},
    },
};
use leptos::prelude::*;
use model::api::{Page, RunFilter, RunRow};
use std::sync::Arc;

const NEWEST: u32 = 20;

const COLUMNS: &[Column] = &[
    Column::text("Status"),
    Column::text("Run"),
    Column::text("Version"),
    Column::number("Progress"),
    Column::text("Why"),
    Column::text("Made"),
    Column::number("Took"),
];

#[component]
pub fn RunsTab(studio: Studio) -> AnyView {
    let place = session::place();
    let id = studio.id.get_value();
    let all = with_query(&place.link(&Screen::Runs), &[("workflow", id.as_str())]);
    let filter = RunFilter {
        workflow: vec![id],
        ..RunFilter::default()
    };
    let query = Query::<Page<RunRow>>::get(move || Some(runs::newest_path(&filter, NEWEST)));
    follow_runs(move || query.reload());
    let wait = || {
        view! { <Card title="Newest runs" flush=true><Skeleton lines=6 rows=true /></Card> }
            .into_any()
    };
    let all = StoredValue::new(all);
    let build = move |page: Memo<Option<Arc<Page<RunRow>>>>| {
        let rows = Memo::new(move |_| {
            page.with(|page| {
                page.as_ref()
                    .map(|page| page.items.clone())
                    .unwrap_or_default()
            })
        });
        let none = Memo::new(move |_| rows.with(Vec::is_empty));
        let count = move || {
            page.with(|page| {
                page.as_ref().map(|page| {
                    format!(
                        "{} of {}",
                        page.items.len(),
                        fmt::count_or_more(page.count, page.count_is_exact)
                    )
                })
            })
        };
        let aside = move || {
            view! {
                <span>{count}</span>
                <LinkButton href=all.get_value() small=true icon=lucide::LuListTree>"All its runs"</LinkButton>
            }
            .into_any()
        };
        let body = move || {
            if none.get() {
                return view! {
                    <Empty
                        icon=lucide::LuListTree
                        title="No run yet"
                        text="Start one with Run. It executes the newest published version."
                    />
                }
                .into_any();
            }
            let rows = keyed_anew(rows.into(), |row| row.id.clone(), one);
            view! {
                <Card title="Newest runs" aside flush=true><Table label="Newest runs" columns=COLUMNS>{rows}</Table></Card>
            }
            .into_any()
        };
        body.into_any()
    };
    query.live_view("the runs", wait, build)
}

fn one(row: RunRow) -> AnyView {
    let place = session::place();
    view! {
        <tr>
            <td><RunBadge status=row.status /></td>
            <td class="wide"><a class="row-link" href=place.run(&row.id)>{row.title}</a></td>
            <td>"v"{row.workflow_version}</td>
            <td class="num">{fmt::part(row.steps_done.into(), row.steps_total.into())}</td>
            <td class="mission__why"><WhyLine why=Signal::stored(row.why) /></td>
            <td><Time at=row.created_at /></td>
            <td class="num">
                {row.started_at.map(|since| view! { <Elapsed since until=Signal::stored(row.ended_at) /> })}
            </td>
        </tr>
    }
    .into_any()
}
