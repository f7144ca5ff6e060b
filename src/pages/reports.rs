//! The project's reports.

use crate::{
    api::{Query, reports},
    routes::{Area, Page as Screen},
    state::{pager::Pager, session, title::name_list},
    ui::{
        button::LinkButton,
        card::Card,
        empty::Empty,
        icon::lucide,
        keyed::keyed,
        page_head::PageHead,
        skeleton::Skeleton,
        table::{Column, Table},
        time::Time,
    },
};
use leptos::prelude::*;
use model::api::Page;
use model::report::ReportRow;
use std::sync::Arc;

const COLUMNS: &[Column] = &[
    Column::text("Subject"),
    Column::text("Run"),
    Column::text("Severity"),
    Column::text("By"),
    Column::text("Reported"),
    Column::text("Answers"),
];

#[component]
pub fn Reports() -> AnyView {
    name_list("Reports");
    let pager = Pager::new();
    let query =
        Query::<Page<ReportRow>>::get(move || Some(reports::list_path(&pager.cursor.get())));
    let wait = || {
        view! { <Card title="Reports" flush=true><Skeleton lines=4 rows=true /></Card> }.into_any()
    };
    let build = move |page: Memo<Option<Arc<Page<ReportRow>>>>| {
        let rows = Memo::new(move |_| {
            page.with(|page| {
                page.as_ref()
                    .map(|page| page.items.clone())
                    .unwrap_or_default()
            })
        });
        let none = Memo::new(move |_| rows.with(Vec::is_empty));
        let body = move || {
            if none.get() {
                return view! {
                    <Empty icon=lucide::LuFlag title="No reports yet" text="Report this Run, on any run, sends what happened to support and keeps it here." />
                }
                .into_any();
            }
            let rows = keyed(
                rows.into(),
                |row| row.id.clone(),
                move |row| (move || one(row.get())).into_any(),
            );
            view! { <Card title="Reports" flush=true><Table label="Reports" columns=COLUMNS>{rows}</Table></Card> }
                .into_any()
        };
        let more =
            move || page.with(|page| page.as_ref().and_then(|page| page.next_cursor.clone()));
        view! {
            {body}
            {pager.buttons(more)}
        }
        .into_any()
    };
    let open = || {
        view! { <LinkButton href=Area::FILE icon=lucide::LuFileInput>"Open a report file"</LinkButton> }.into_any()
    };
    view! {
        <PageHead title="Reports" text="Runs that were told to support, with what became of each." actions=open />
        {query.live_view("the reports", wait, build)}
    }
    .into_any()
}

fn one(row: ReportRow) -> AnyView {
    let place = session::place();
    let href = place.link(&Screen::Report(row.id));
    let run = place.run(&row.run);
    let severity = row.form.severity.as_str();
    view! {
        <tr>
            <td class="wide"><a class="row-link" href=href>{row.form.subject}</a></td>
            <td><a href=run>{row.run_title}</a></td>
            <td>{severity}</td>
            <td>{row.by.name}</td>
            <td><Time at=row.created_at /></td>
            <td>{row.answers}</td>
        </tr>
    }
    .into_any()
}
