//! What the runs were made of: the definition they ran and the input they were given; and how two values are shown.

use super::{
    Compared,
    of::Noun,
    whole::{Side, WholeValues},
};
use crate::api::runs;
use crate::ui::{
    card::Card,
    diff::{Difference, DifferenceView},
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
    // Attempts of a run share both.
    if this.id == other.id {
        return ().into_any();
    }
    let definition = (this.workflow.id != other.workflow.id
        || this.workflow.version != other.workflow.version)
        .then(|| {
            let (before, after) = (text(&*other.definition), text(&*this.definition));
            let body = texts("definition", Noun::RUN, before, after);
            view! { <Card title="Definition">{body}</Card> }
        });
    // The first event of a run holds its input.
    let side = |run: &engine::Run| {
        let whole = runs::part(&run.id, "events/1/value");
        Side::new(Some(&run.input), Some(whole))
    };
    let input = values("input", side(this), side(other), Noun::RUN);
    view! {
        {definition}
        <Card title="Input">{input}</Card>
    }
    .into_any()
}

/// Two values as a difference: what the other run has is taken away, what this one has is added. `what` is a noun: "output".
pub fn values(what: &'static str, this: Side, other: Side, noun: Noun) -> AnyView {
    if this.is_cut() || other.is_cut() {
        return view! { <WholeValues what this other noun /> }.into_any();
    }
    match (&this.value, &other.value) {
        (None, None) => says(format!("Neither {} has an {what} here.", noun.0)),
        (Some(this), Some(other)) if this == other => same(what, noun),
        (this, other) => {
            let as_text = |of: fn(&Value) -> String| {
                [other, this].map(|side| side.as_ref().map(of).unwrap_or_default())
            };
            let [before, after] = match as_text(shown) {
                // The text "5" and the number 5.
                [before, after] if before == after => as_text(text),
                both => both,
            };
            texts(what, noun, before, after)
        }
    }
}

/// Plain text is compared as text, everything else as JSON.
pub fn shown(value: &Value) -> String {
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

fn too_large(what: &str, bytes: u64) -> AnyView {
    let size = fmt::bytes(bytes);
    says(format!(
        "With {size} the {what} is too large to be compared here: open each side to read it."
    ))
}

fn texts(what: &'static str, noun: Noun, before: String, after: String) -> AnyView {
    let large = before.len().max(after.len());
    if before != after && large > LARGEST {
        return too_large(what, large as u64);
    }
    let found = Difference::of(before.into(), after.into());
    differing(what, noun, Arc::new(found))
}

/// What changed from the other side to this one.
pub fn differing(what: &'static str, noun: Noun, found: Arc<Difference>) -> AnyView {
    if found.is_same() {
        return same(what, noun);
    }
    let noun = noun.0;
    let lines = found.summary();
    let label = format!("The {what}, from the other {noun} to this one");
    view! {
        <p class="compare__legend">{lines}{format!(" lines. − stands in the other {noun}, + in this one.")}</p>
        <DifferenceView label difference=Signal::stored(found) />
    }
    .into_any()
}

fn same(what: &str, noun: Noun) -> AnyView {
    says(format!("Both {}s have the same {what}.", noun.0))
}

fn says(words: String) -> AnyView {
    view! { <p class="compare__none">{words}</p> }.into_any()
}
