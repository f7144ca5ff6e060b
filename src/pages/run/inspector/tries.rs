//! Every try of the step, over all attempts.

use crate::{
    state::live_run::LiveRun,
    ui::{
        chip::Tag,
        code::CodeWord,
        empty::Empty,
        fmt,
        icon::lucide,
        status::{StepBadge, Tone},
        table::{Column, Table},
        time::{Elapsed, Time},
    },
};
use leptos::prelude::*;
use model::StepPath;

const COLUMNS: &[Column] = &[
    Column::text("Try"),
    Column::text("Status"),
    Column::text("Started"),
    Column::number("Took"),
    Column::number("Cost"),
    Column::text("Error"),
];

#[component]
pub fn Tries(live: LiveRun, path: StepPath) -> AnyView {
    let step = live.step(path);
    let history = Memo::new(move |_| {
        step.with(|step| {
            step.as_ref()
                .map(|step| step.history.clone())
                .unwrap_or_default()
        })
    });
    let shown = move || {
        let tries = history.get();
        if tries.is_empty() {
            return view! { <Empty icon=lucide::LuHistory title="The step has not been tried" /> }
                .into_any();
        }
        let rows = tries
            .into_iter()
            .rev()
            .map(|tried| {
                let mock = tried.usage.as_ref().is_some_and(|usage| usage.mock);
                let cost = tried.usage.as_ref().and_then(|usage| usage.cost).map(|cost| fmt::money_fine(cost.amount));
                view! {
                    <tr>
                        <td>{format!("Attempt {}, try {}", tried.attempt, tried.try_no)}</td>
                        <td><StepBadge status=tried.status /></td>
                        <td><Time at=tried.started_at /></td>
                        <td class="num"><Elapsed since=tried.started_at until=tried.ended_at /></td>
                        <td class="num">{if mock { view! { <Tag>"Mock"</Tag> }.into_any() } else { cost.into_any() }}</td>
                        <td>
                            {tried.failure.map(|failure| view! { <CodeWord code=failure.code.as_str() tone=Tone::Fail />" "{failure.message} })}
                        </td>
                    </tr>
                }
            })
            .collect_view();
        view! { <Table label="Tries of this step" columns=COLUMNS>{rows}</Table> }.into_any()
    };
    shown.into_any()
}
