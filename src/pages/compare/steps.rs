//! The steps of both runs, beside each other.

use super::{
    Compared,
    differ::{self, Output, Pair, Side},
    of::Noun,
    outputs::{Both, Standing},
};
use crate::{
    routes::param::{Address, Step, param},
    ui::{
        button::Button,
        card::Card,
        chip::Tag,
        empty::Empty,
        fmt,
        icon::lucide,
        status::StepBadge,
        virtual_list::{ListHandle, ListRole, RowKey, VirtualList},
    },
};
use leptos::prelude::*;
use std::sync::Arc;

/// The height of a row, and how many are in sight at most, in CSS pixels.
const ROW: u32 = 48;
const TALLEST: usize = 12;

/// The value of the address that leaves out steps that are the same.
const DIFFERENCES: &str = "differences";

#[component]
pub fn Steps(compared: Signal<Option<Arc<Compared>>>, outputs: Both) -> AnyView {
    let address = StoredValue::new(Address::get());
    let noun = Noun::get();
    let only = param("only");
    let opened = param("step");
    let only_differences = Memo::new(move |_| only.with(|only| only == DIFFERENCES));
    let at = move |index: usize| {
        compared.with(|compared| {
            compared
                .as_ref()
                .and_then(|all| all.pairs.get(index).cloned())
        })
    };
    // Indexes into the pairs: copying ten thousand of those for each change would be felt.
    let rows = Memo::new(move |_| {
        let only = only_differences.get();
        compared.with(|compared| {
            let pairs = compared
                .as_ref()
                .map_or(&[][..], |all| all.pairs.as_slice());
            let fits = |(_, pair): &(usize, &Pair)| !only || pair.differs();
            let fitting = pairs.iter().enumerate().filter(fits);
            fitting.map(|(at, _)| at).collect::<Vec<_>>()
        })
    });
    let counts = Memo::new(move |_| {
        compared.with(|compared| {
            let pairs = compared
                .as_ref()
                .map_or(&[][..], |all| all.pairs.as_slice());
            (
                pairs.iter().filter(|pair| pair.differs()).count(),
                pairs.len(),
            )
        })
    });
    let handle = ListHandle::new();
    Effect::new(move || {
        let opened = opened.get();
        let index = rows.with(|rows| {
            rows.iter().position(|index| {
                untrack(|| at(*index)).is_some_and(|pair| pair.path.as_str() == opened)
            })
        });
        if let Some(index) = index {
            handle.go(index);
        }
    });
    let on_open = move |index: usize| {
        let Some(pair) = rows
            .with_untracked(|rows| rows.get(index).copied())
            .and_then(|index| untrack(|| at(index)))
        else {
            return;
        };
        let step = Some(pair.path.to_string());
        address.with_value(|address| address.set(&[("step", step)], Step::Push));
    };
    let turn = move || {
        let only = (!only_differences.get_untracked()).then(|| DIFFERENCES.to_owned());
        address.with_value(|address| address.set(&[("only", only)], Step::Replace));
    };
    let row = move |index: Signal<usize>| {
        let pair = Memo::new(move |_| {
            let index = rows.with(|rows| rows.get(index.get()).copied())?;
            let is_first =
                compared.with(|all| all.as_ref().is_some_and(|all| all.first == Some(index)));
            Some((at(index)?, is_first))
        });
        (move || {
            pair.get()
                .map(|(pair, is_first)| cells(pair, is_first, noun))
        })
        .into_any()
    };
    let aside = move || {
        let words = move || {
            let (differing, all) = counts.get();
            let (differing, all) = (
                fmt::count(differing as u64),
                fmt::plural(all as u64, "step differs", "steps differ"),
            );
            let outputs = match outputs.standing() {
                Standing::Done => "",
                Standing::Asked => ", outputs are being compared…",
                Standing::Failed => ", outputs not compared",
            };
            format!("{differing} of {all}{outputs}")
        };
        view! {
            <span class="compare__count">{words}</span>
            <Button small=true icon=lucide::LuListFilter pressed=only_differences on_click=turn>"Only differences"</Button>
        }
        .into_any()
    };
    let height = move || {
        let rows = rows.with(|rows| rows.len().clamp(1, TALLEST)) as u32;
        format!("{}px", rows * ROW + 32)
    };
    let none = Memo::new(move |_| rows.with(Vec::is_empty));
    // Nothing is said of the outputs before they are known.
    let alike = Memo::new(move |_| {
        compared.with(|all| {
            let pairs = all.iter().flat_map(|all| &all.pairs);
            pairs.into_iter().any(|pair| pair.output == Output::Same)
        })
    });
    let body = move || {
        if none.get() {
            let text = if alike.get() {
                "Every step ended the same way, with the same output."
            } else {
                "Every step ended the same way. Open one to compare what it was given and what it left."
            };
            return view! { <Empty icon=lucide::LuEqual title="No step differs" text /> }
                .into_any();
        }
        view! {
            <div class="compare__steps" style:height=height>
                <VirtualList
                    label=format!("Steps of both {}s", noun.0)
                    rows=Signal::derive(move || rows.with(Vec::len))
                    row_height=ROW
                    row
                    role=ListRole::Table
                    key=move |index: usize| RowKey::of(rows.with_untracked(|rows| rows.get(index).copied()))
                    head=move || head(noun)
                    handle
                    on_open
                />
            </div>
        }
        .into_any()
    };
    view! {
        {outputs.face()}
        <Card title="Steps" aside flush=true>{body}</Card>
    }
    .into_any()
}

fn head(noun: Noun) -> AnyView {
    let cells = [
        "Step".to_owned(),
        noun.this(),
        noun.other(),
        "Difference".to_owned(),
    ]
    .map(|name| view! { <span role="columnheader">{name}</span> });
    view! { <div class="pair pair--head" role="presentation">{cells}</div> }.into_any()
}

fn cells(pair: Pair, is_first: bool, noun: Noun) -> AnyView {
    let words = differ::row(&pair, noun);
    let differs = pair.output == Output::Differs;
    let class = match (pair.differs(), pair.diverges() || differs) {
        (false, _) => "pair pair--same",
        (true, false) => "pair",
        (true, true) => "pair pair--apart",
    };
    // Two levels in, the names need the room.
    let inset = format!("{}px", pair.depth.min(3) * 14);
    view! {
        <div class=class role="presentation">
            <span class="pair__step" role="cell" style:padding-inline-start=inset>
                <span class="pair__name clip">{pair.name}</span>
                {is_first.then(|| view! { <Tag>"First divergence"</Tag> })}
                {differs.then(|| view! { <span class="pair__output">"Output differs"</span> })}
            </span>
            <span class="pair__side" role="cell">{side(pair.this)}</span>
            <span class="pair__side" role="cell">{side(pair.other)}</span>
            <span class="pair__apart" role="cell">{words}</span>
        </div>
    }
    .into_any()
}

fn side(side: Option<Side>) -> AnyView {
    let Some(side) = side else {
        return view! { <span class="dim">"No such step"</span> }.into_any();
    };
    let details = differ::details(&side);
    view! {
        <StepBadge status=side.status word=differ::badge(&side) />
        <span class="pair__details clip">{details}</span>
    }
    .into_any()
}

/// The pair that the address opens.
pub fn opened(compared: Signal<Option<Arc<Compared>>>) -> Memo<Option<Pair>> {
    let step = param("step");
    Memo::new(move |_| {
        let step = step.get();
        compared.with(|compared| {
            let mut pairs = compared.as_ref()?.pairs.iter();
            pairs.find(|pair| pair.path.as_str() == step).cloned()
        })
    })
}
