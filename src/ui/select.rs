//! One of several: the browser's own select, in a form or bare.

use super::{dom::unique_id, field::around};
use leptos::prelude::*;

/// An entry of a [`Select`]: the value it stands for and the words shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub label: String,
    /// Why it cannot be chosen now.
    pub disabled: Option<String>,
}

impl Choice {
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
            disabled: None,
        }
    }

    /// `None` leaves it usable.
    pub fn disabled(mut self, why: Option<String>) -> Self {
        self.disabled = why;
        self
    }
}

/// What a control without the frame of a field is called, and how it stands.
struct Named {
    id: Option<String>,
    /// Its accessible name, where no label names it.
    name: Option<String>,
    described: Signal<Option<String>>,
    invalid: Signal<bool>,
    disabled: Signal<Option<String>>,
}

fn select(
    named: Named,
    value: Signal<String>,
    choices: Signal<Vec<Choice>>,
    on_change: Callback<String>,
) -> AnyView {
    let Named {
        id,
        name,
        described,
        invalid,
        disabled,
    } = named;
    let why_id = StoredValue::new(unique_id("why"));
    let off = move || disabled.with(Option::is_some);
    let describe = move || {
        described
            .get()
            .or_else(|| off().then(|| why_id.get_value()))
    };
    view! {
        <span class="select" data-tip=move || disabled.get()>
            <select
                class="input"
                id=id
                aria-label=name
                aria-invalid=move || invalid.get().then_some("true")
                aria-describedby=describe
                disabled=off
                on:change=move |event| on_change.run(event_target_value(&event))
                prop:value=move || {
                    choices.track();
                    value.get()
                }
            >
                {move || {
                    let now = value.get_untracked();
                    choices
                        .get()
                        .into_iter()
                        .map(|choice| {
                            let chosen = choice.value == now;
                            view! { <option value=choice.value selected=chosen disabled=choice.disabled.is_some()>{choice.label}</option> }
                        })
                        .collect_view()
                }}
            </select>
            {move || disabled.get().map(|why| view! { <span hidden id=why_id.get_value()>{why}</span> })}
        </span>
    }
    .into_any()
}

/// One of several, in a form.
#[component]
pub fn Select(
    #[prop(into)] label: String,
    #[prop(into)] value: Signal<String>,
    #[prop(into)] choices: Signal<Vec<Choice>>,
    #[prop(into)] on_change: Callback<String>,
    #[prop(optional, into)] hint: MaybeProp<String>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional)] optional: bool,
) -> AnyView {
    let invalid = Signal::derive(move || error.get().is_some());
    around(label, hint, error, optional, move |id, described| {
        let named = Named {
            id: Some(id),
            name: None,
            described,
            invalid,
            disabled: Signal::from(None),
        };
        select(named, value, choices, on_change)
    })
}

/// One of several, in a toolbar: the label is heard, not seen.
#[component]
pub fn InlineSelect(
    #[prop(into)] label: String,
    #[prop(into)] value: Signal<String>,
    #[prop(into)] choices: Signal<Vec<Choice>>,
    /// Why it cannot be changed now.
    #[prop(optional, into)]
    disabled: Signal<Option<String>>,
    #[prop(into)] on_change: Callback<String>,
) -> AnyView {
    let named = Named {
        id: None,
        name: Some(label),
        described: Signal::from(None),
        invalid: Signal::from(false),
        disabled,
    };
    select(named, value, choices, on_change)
}
