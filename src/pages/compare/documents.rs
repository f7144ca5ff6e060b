//! What the runs were made of: the definition they ran and the input they were given; and how two values are shown.

use super::Compared;
use crate::ui::{
    card::Card,
    diff::{DiffView, summary},
    fmt,
};
use leptos::prelude::*;
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;

/// Beyond this many bytes on a side a text is not taken apart line by line.
const LARGEST: usize = 2_000_000;

#[component]
pub fn Documents(compared: Signal<Option<Arc<Compared>>>) -> AnyView {
    // A run keeps its definition and its input for good.
    let Some(all) = compared.get_untracked() else {
        return ().into_any();
    };
    let (this, other) = all.runs();
    let definition = (this.workflow.id != other.workflow.id
        || this.workflow.version != other.workflow.version)
        .then(|| {
            let (before, after) = (text(&*other.definition), text(&*this.definition));
            let body = texts("definition", before, after);
            view! { <Card title="Definition">{body}</Card> }
        });
    let input = values("input", Some(&this.input), Some(&other.input));
    view! {
        {definition}
        <Card title="Input">{input}</Card>
    }
    .into_any()
}

/// Two values as a difference: what the other run has is taken away, what this one has is added. `what` is a noun: "output".
pub fn values(what: &'static str, this: Option<&Value>, other: Option<&Value>) -> AnyView {
    match (this, other) {
        (None, None) => says(format!("Neither run has an {what} here.")),
        (Some(this), Some(other)) if this == other => {
            says(format!("Both runs have the same {what}."))
        }
        (this, other) => texts(
            what,
            other.map(shown).unwrap_or_default(),
            this.map(shown).unwrap_or_default(),
        ),
    }
}

/// Plain text is compared as text, everything else as JSON.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            text(value)
        }
    }
}

fn text(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

fn texts(what: &'static str, before: String, after: String) -> AnyView {
    if before == after {
        return says(format!("Both runs have the same {what}."));
    }
    let large = before.len().max(after.len());
    if large > LARGEST {
        let size = fmt::bytes(large as u64);
        return says(format!(
            "The {what} differs. With {size} it is too large to be compared here: open each run to read it."
        ));
    }
    let lines = summary(&before, &after);
    let label = format!("The {what}, from the other run to this one");
    view! {
        <p class="compare__legend">{lines}" lines. − stands in the other run, + in this one."</p>
        <DiffView label before=Signal::stored(before) after=Signal::stored(after) />
    }
    .into_any()
}

fn says(words: String) -> AnyView {
    view! { <p class="compare__none">{words}</p> }.into_any()
}
