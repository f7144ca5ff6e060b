//! The attempts of the run: the record of an ended one never changes.

use super::select::Selection;
use crate::{
    state::live_run::LiveRun,
    ui::{
        code::CodeWord,
        fmt,
        status::{RunBadge, Tone},
        table::{Column, Table},
        time::{Elapsed, Time},
    },
};
use leptos::prelude::*;

const COLUMNS: &[Column] = &[
    Column::text("Attempt"),
    Column::text("Status"),
    Column::text("Started"),
    Column::number("Took"),
    Column::number("Cost"),
    Column::text("Began"),
    Column::text("Ended at"),
];

#[component]
pub fn Attempts(live: LiveRun, selection: Selection) -> AnyView {
    let attempts = live.part_live(|run| run.attempts.clone());
    let rows = move || {
        attempts
            .get()
            .into_iter()
            .rev()
            .map(|attempt| {
                let by = attempt.by.map(|by| by.name);
                let from = attempt.from.and_then(|path| live.now_live(|run| run.step_name(&path)));
                let began = match (by, from) {
                    (Some(by), Some(from)) => format!("from {from}, by {by}"),
                    (Some(by), None) => format!("by {by}"),
                    (None, Some(from)) => format!("from {from}"),
                    (None, None) => "with the run".to_owned(),
                };
                let failed = attempt.failed_step.and_then(|path| {
                    let name = live.now_live(|run| run.step_name(&path))?;
                    Some(view! {
                        <button type="button" class="link-button" on:click=move |_| selection.choose_tab(&path, "error")>{name}</button>
                        " "
                    })
                });
                let code = attempt.failure.as_ref().map(|failure| view! { <CodeWord code=failure.code.as_str() tone=Tone::Fail /> });
                view! {
                    <tr>
                        <td>{attempt.attempt}</td>
                        <td><RunBadge status=attempt.status /></td>
                        <td><Time at=attempt.started_at /></td>
                        <td class="num"><Elapsed since=attempt.started_at until=attempt.ended_at /></td>
                        <td class="num">{attempt.cost.map(|cost| fmt::money(cost.amount))}</td>
                        <td>{began}{attempt.reason.map(|reason| view! { <br /><span class="dim">{reason}</span> })}</td>
                        <td>{failed}{code}</td>
                    </tr>
                }
            })
            .collect_view()
    };
    view! { <Table label="Attempts of this run" columns=COLUMNS>{rows}</Table> }.into_any()
}
