//! What the two runs say of themselves: what differs first, what does not folded.

use super::{Compared, differ, of::Noun};
use crate::ui::{
    card::Card,
    fmt,
    table::{Column, Table},
};
use differ::Fact;
use leptos::prelude::*;
use std::sync::Arc;

const RUNS: &[Column] = &[
    Column::text("Fact"),
    Column::text("This run"),
    Column::text("Other run"),
    Column::text("Difference"),
];
const ATTEMPTS: &[Column] = &[
    Column::text("Fact"),
    Column::text("This attempt"),
    Column::text("Other attempt"),
    Column::text("Difference"),
];

const SAME: &[Column] = &[Column::text("Fact"), Column::text("Both")];

#[component]
pub fn Facts(compared: Signal<Option<Arc<Compared>>>) -> AnyView {
    let facts = Memo::new(move |_| {
        compared.with(|compared| {
            compared
                .as_ref()
                .map(|all| differ::facts(&all.this.run, &all.other.run))
                .unwrap_or_default()
        })
    });
    let noun = Noun::get();
    let columns = if noun == Noun::ATTEMPT {
        ATTEMPTS
    } else {
        RUNS
    };
    let body = move || {
        let (same, apart): (Vec<Fact>, Vec<Fact>) =
            facts.get().into_iter().partition(Fact::is_same);
        let none = apart.is_empty();
        let count = same.len() as u64;
        let words = if count == 1 {
            "1 fact is the same".to_owned()
        } else {
            format!("{} facts are the same", fmt::count(count))
        };
        let differing = if none {
            view! { <p class="compare__says">"Both say the same of themselves."</p> }.into_any()
        } else {
            view! {
                <Table label="Facts that differ" columns stacked=true>
                    {apart.into_iter().map(|fact| different(fact, noun)).collect_view()}
                </Table>
            }
            .into_any()
        };
        view! {
            {differing}
            {(count > 0).then(|| view! {
                <details class="compare__same">
                    <summary>{words}</summary>
                    <Table label="Facts that are the same" columns=SAME>
                        {same.into_iter().map(|fact| view! { <tr><td class="dim">{fact.name}</td><td>{fact.this}</td></tr> }).collect_view()}
                    </Table>
                </details>
            })}
        }
        .into_any()
    };
    view! { <Card title="Facts" flush=true><div class="compare__facts">{body}</div></Card> }
        .into_any()
}

fn different(fact: Fact, noun: Noun) -> AnyView {
    // On a narrow screen an empty cell would still take a line.
    let named = fact.more.is_some().then_some("Difference");
    let class = if named.is_some() {
        "dim"
    } else {
        "compare__blank"
    };
    view! {
        <tr>
            <td class="lead">{fact.name}</td>
            <td data-name=noun.this()><span class="compare__value">{fact.this}</span></td>
            <td data-name=noun.other()><span class="compare__value">{fact.other}</span></td>
            <td class=class data-name=named>{fact.more.map(|more| view! { <span>{more}</span> })}</td>
        </tr>
    }
    .into_any()
}
