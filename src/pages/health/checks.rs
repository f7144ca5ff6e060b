//! Every check: what was found last, when, and since when it is so.

use super::blockers::{recheck_button, tone};
use crate::{
    api::Query,
    ui::{
        card::Card,
        keyed::keyed,
        status::{Look, StatusBadge},
        table::{Column, Table},
        time::Time,
    },
};
use leptos::prelude::*;
use model::api::{Check, CheckPast, Health};

const COLUMNS: &[Column] = &[
    Column::text("State"),
    Column::text("Kind"),
    Column::text("Name"),
    Column::text("Last result"),
    Column::text("Looked at"),
    Column::text("Earlier"),
    Column::quiet("Re-check"),
];
/// Earlier looks drawn in a row.
const DRAWN: usize = 12;

pub fn checks(all: Memo<Vec<Check>>, query: Query<Health>) -> AnyView {
    let rows = keyed(
        all.into(),
        |check| check.id.clone(),
        move |check| (move || row(check.get(), query)).into_any(),
    );
    view! {
        <div id="checks" class="checks">
            <Card title="Checks" flush=true>
                <Table label="Checks" columns=COLUMNS stacked=true>{rows}</Table>
            </Card>
        </div>
    }
    .into_any()
}

pub fn badge(check: &Check) -> AnyView {
    let (glyph, tone) = tone(check.state);
    let look = Look {
        glyph,
        tone,
        word: check.state.shown(),
    };
    view! { <StatusBadge look /> }.into_any()
}

fn row(check: Check, query: Query<Health>) -> AnyView {
    let at = check.at.map_or_else(
        || view! { <span class="dim">"never"</span> }.into_any(),
        |at| view! { <Time at /> }.into_any(),
    );
    view! {
        <tr>
            <td>{badge(&check)}</td>
            <td>{check.kind.shown()}</td>
            <td class="mono lead">{check.subject.clone()}</td>
            <td class="wide">
                {check.message.clone()}
                {check.clears.clone().map(|clears| view! { <p class="dim">{clears} "."</p> })}
            </td>
            <td class="line">{at}</td>
            <td>{history(&check.history)}</td>
            <td class="num">{recheck_button(check.id.clone(), query)}</td>
        </tr>
    }
    .into_any()
}

/// The last looks, the newest at the end.
fn history(past: &[CheckPast]) -> AnyView {
    let failed = past
        .iter()
        .filter(|past| past.state == model::CheckState::Failing)
        .count();
    if past.len() < 2 {
        return view! { <span class="dim">"–"</span> }.into_any();
    }
    let label = format!("{failed} of the last {} looks failed", past.len());
    let marks = past
        .iter()
        .take(DRAWN)
        .rev()
        .map(|past| view! { <i class=tone(past.state).1.class()></i> })
        .collect_view();
    view! { <span class="looks" role="img" aria-label=label.clone() title=label>{marks}</span> }
        .into_any()
}
