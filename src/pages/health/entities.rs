//! Entities: the backends behind tools.

use super::{blockers::recheck_button, checks::badge};
use crate::{
    api::Query,
    ui::{
        card::Card,
        keyed::keyed,
        table::{Column, Table},
    },
};
use leptos::prelude::*;
use model::CheckKind;
use model::api::{Check, Entity, Health, Page};

const COLUMNS: &[Column] = &[
    Column::text("Entity"),
    Column::text("Wire test"),
    Column::text("Stands"),
    Column::text("Needed by"),
    Column::quiet("Re-check"),
];

/// Shows nothing while there are none: most projects have none.
pub fn entities(
    query: Query<Page<Entity>>,
    checks: Memo<Vec<Check>>,
    health: Query<Health>,
) -> AnyView {
    let all = Memo::new(move |_| {
        query
            .data()
            .map(|page| page.items.clone())
            .unwrap_or_default()
    });
    let shown = move || {
        (!all.with(Vec::is_empty)).then(|| {
            let rows = keyed(
                all.into(),
                |one| one.id.clone(),
                move |one| (move || row(one.get(), checks, health)).into_any(),
            );
            view! {
                <Card title="Entities" flush=true>
                    <Table label="Entities" columns=COLUMNS>{rows}</Table>
                </Card>
            }
        })
    };
    view! { <div id="entities">{shown}</div> }.into_any()
}

fn row(entity: Entity, checks: Memo<Vec<Check>>, health: Query<Health>) -> AnyView {
    let id = entity.id.clone();
    let check = Memo::new(move |_| {
        checks.with(|all| {
            let of = |check: &&Check| check.kind == CheckKind::Entity && check.subject == id;
            all.iter().find(of).cloned()
        })
    });
    let tools: Vec<String> = entity
        .entity
        .tools
        .iter()
        .map(|tools| match tools.names.as_slice() {
            [] => format!("every tool of {}", tools.server),
            names => format!("{} of {}", names.join(", "), tools.server),
        })
        .collect();
    let standing = move || {
        check.get().map(|check| {
            view! {
                {badge(&check)}
                <p class="dim">{check.message.clone()}</p>
            }
        })
    };
    view! {
        <tr>
            <td class="mono">{entity.id.clone()}</td>
            <td class="mono">{entity.entity.wire.clone()}</td>
            <td class="wide">{standing}</td>
            <td>{tools.join("; ")}</td>
            <td class="num">{recheck_button(format!("entity:{}", entity.id), health)}</td>
        </tr>
    }
    .into_any()
}
