//! Who did what to this run.

use crate::{
    api::{Query, runs},
    moves::plan_view::PlanView,
    routes::param::param,
    state::{live_run::LiveRun, session},
    ui::{
        chip::Tag,
        empty::Empty,
        icon::lucide,
        skeleton::Skeleton,
        table::{Column, Table},
        time::Time,
    },
};
use leptos::prelude::*;
use model::api::Page;
use model::{ActorKind, AuditEntry};

const COLUMNS: &[Column] = &[
    Column::number("Entry"),
    Column::text("When"),
    Column::text("Who"),
    Column::text("Action"),
    Column::text("Reason"),
];

#[component]
pub fn Audit(live: LiveRun) -> AnyView {
    let path = runs::part(&live.id(), "audit");
    let query = Query::<Page<AuditEntry>>::get(move || Some(path.clone()));
    // Moves leave events, and each has its entry.
    let moves = live.part_live(|run| Some((run.attempt, run.status, run.last_move_by.clone())));
    Effect::new(move |before: Option<()>| {
        moves.get();
        if before.is_some() {
            query.reload();
        }
    });
    let marked = param("entry");
    query.view(
        "the audit trail",
        || view! { <Skeleton lines=4 rows=true /> }.into_any(),
        move |page| {
            if page.items.is_empty() {
                return view! { <Empty icon=lucide::LuScrollText title="No entry yet" text="Every move a person or a token makes on this run is recorded here." /> }
                    .into_any();
            }
            let rows = page.items.iter().cloned().map(|entry| row(entry, marked)).collect_view();
            view! {
                <Table label="Audit of this run" columns=COLUMNS>{rows}</Table>
                {page.next_cursor.is_some().then(|| view! { <p class="record__cut">{format!("Showing the newest {}.", page.items.len())}</p> })}
            }
            .into_any()
        },
    )
}

fn row(entry: AuditEntry, marked: Memo<String>) -> AnyView {
    let id = entry.id.clone();
    let is_marked = Memo::new(move |_| marked.with(|marked| *marked == id.as_str()));
    let ai = entry.actor.kind == ActorKind::Ai;
    let link = session::place().audit_entry(entry.seq);
    view! {
        <tr class=("audit__marked", move || is_marked.get())>
            <td class="num"><a class="row-link" href=link>{crate::ui::fmt::count(entry.seq)}</a></td>
            <td><Time at=entry.at /></td>
            <td>{entry.actor.name}{ai.then(|| view! { " "<Tag>"AI"</Tag> })}</td>
            <td>
                <span class="mono">{entry.action}</span>
                {entry.plan.and_then(|plan| serde_json::from_value(plan).ok()).map(|plan| view! { <details class="audit__plan"><summary>"Plan"</summary><PlanView plan /></details> })}
            </td>
            <td>{entry.reason}</td>
        </tr>
    }
    .into_any()
}
