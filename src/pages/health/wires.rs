//! Which credential a server is told, and where it expects it.

use super::setup::with_chosen;
use crate::{
    moves::form::text,
    ui::{
        field::{Choice, InlineSelect},
        lines::{Cell, LineList, Lines},
    },
};
use leptos::prelude::*;
use model::api::Wire;
use std::collections::BTreeMap;

/// One credential: whose it is, and the header or the variable it goes to.
#[derive(Clone, Copy)]
pub struct WireLine {
    connection: RwSignal<String>,
    to: RwSignal<String>,
}

impl WireLine {
    fn blank() -> Self {
        Self {
            connection: RwSignal::new(String::new()),
            to: RwSignal::new(String::new()),
        }
    }

    fn of(wire: &Wire) -> Self {
        let to = wire.header.clone().or_else(|| wire.env.clone());
        Self {
            connection: RwSignal::new(wire.connection.clone()),
            to: RwSignal::new(to.unwrap_or_default()),
        }
    }

    fn wire(self, program: bool) -> Option<Wire> {
        let (connection, to) = (text(self.connection), text(self.to));
        if connection.is_empty() && to.is_empty() {
            return None;
        }
        let to = Some(to).filter(|to| !to.is_empty());
        let (header, env) = if program { (None, to) } else { (to, None) };
        Some(Wire {
            connection,
            header,
            env,
        })
    }
}

pub fn wire_lines(wires: &[Wire]) -> Lines<WireLine> {
    Lines::new(wires.iter().map(WireLine::of))
}

/// What is typed; lines with nothing in them are left out. `program`: variables rather than headers.
pub fn wires(lines: Lines<WireLine>, program: bool) -> Vec<Wire> {
    let lines = untrack(|| lines.get());
    lines
        .into_iter()
        .filter_map(|line| line.wire(program))
        .collect()
}

/// The lines of what a server is told. `program`: it takes them in variables.
pub fn wire_fields(
    lines: Lines<WireLine>,
    connections: Signal<Vec<Choice>>,
    program: Signal<bool>,
    hint: &'static str,
    error: Signal<Option<String>>,
) -> AnyView {
    let show = move |line: WireLine| {
        let choices = with_chosen(connections, line.connection);
        let to = move || {
            if program.get() {
                view! { <Cell name="Variable" value=line.to placeholder="GITHUB_TOKEN" /> }
            } else {
                view! { <Cell name="Header" value=line.to placeholder="its own header" /> }
            }
        };
        view! {
            <div class="lines__cells">
                <InlineSelect label="Connection" value=line.connection choices on_change=move |to| line.connection.set(to) />
                {to}
            </div>
        }
        .into_any()
    };
    view! {
        <LineList
            lines
            legend="Credentials"
            optional=true
            hint
            error
            add="Add a credential"
            remove="Remove this credential"
            blank=WireLine::blank
            show
        />
    }
    .into_any()
}

/// A name with a value: a header, a variable.
#[derive(Clone, Copy)]
pub struct Pair {
    name: RwSignal<String>,
    value: RwSignal<String>,
}

impl Pair {
    fn new(name: &str, value: &str) -> Self {
        Self {
            name: RwSignal::new(name.to_owned()),
            value: RwSignal::new(value.to_owned()),
        }
    }

    fn blank() -> Self {
        Self::new("", "")
    }
}

pub fn pair_lines(pairs: &BTreeMap<String, String>) -> Lines<Pair> {
    Lines::new(pairs.iter().map(|(name, value)| Pair::new(name, value)))
}

/// What is typed; lines without a name are left out.
pub fn pairs(lines: Lines<Pair>) -> BTreeMap<String, String> {
    let lines = untrack(|| lines.get());
    let pair = |line: Pair| (text(line.name), text(line.value));
    lines
        .into_iter()
        .map(pair)
        .filter(|(name, _)| !name.is_empty())
        .collect()
}

pub fn header_fields(lines: Lines<Pair>, error: Signal<Option<String>>) -> AnyView {
    view! {
        <LineList
            lines
            legend="Headers"
            optional=true
            hint="Sent with every request, and shown to everyone in the project: no secrets."
            error
            head=&["Name", "Value"]
            add="Add a header"
            remove="Remove this header"
            blank=Pair::blank
            show=pair_cells
        />
    }
    .into_any()
}

pub fn variable_fields(lines: Lines<Pair>, error: Signal<Option<String>>) -> AnyView {
    view! {
        <LineList
            lines
            legend="Environment"
            optional=true
            hint="Given to the program, and shown to everyone in the project: no secrets."
            error
            head=&["Name", "Value"]
            add="Add a variable"
            remove="Remove this variable"
            blank=Pair::blank
            show=pair_cells
        />
    }
    .into_any()
}

fn pair_cells(pair: Pair) -> AnyView {
    view! {
        <div class="lines__cells"><Cell name="Name" value=pair.name /><Cell name="Value" value=pair.value /></div>
    }
    .into_any()
}
