//! A form made from a JSON Schema: for a run's input, the result of a person's task, and the body of a waitpoint.

mod fields;
mod filled;
mod validate;

pub use filled::Filled;

use crate::ui::{
    banner::Banner,
    dom,
    field::{Checkbox, Choice, Segmented, Select, TextArea, TextField, TextKind},
    status::Tone,
};
use fields::{Control, Field, Typed, fields, read, write};
use leptos::{html, prelude::*};
use serde_json::Value;

const FORM: &str = "form";
const JSON: &str = "json";

/// The fields of a schema, each with its label, hint and error, or the same value as JSON.
#[component]
pub fn SchemaForm(filled: Filled) -> AnyView {
    let all = filled.schema(fields);
    let whole = Field {
        pointer: String::new(),
        key: None,
        label: "Value as JSON".to_owned(),
        hint: None,
        required: true,
        control: Control::Json,
    };
    // One value that is JSON anyway needs no second way to write it.
    let two_ways = !matches!(all.as_slice(), [only] if only.key.is_none());
    let way = RwSignal::new(FORM.to_owned());
    let pointers: Vec<String> = all.iter().map(|field| field.pointer.clone()).collect();
    let elsewhere = Memo::new(move |_| {
        if two_ways && way.with(|way| way == FORM) {
            filled.elsewhere(&pointers)
        } else {
            Vec::new()
        }
    });
    let root = NodeRef::<html::Div>::new();
    focus_first_error(root, filled);
    let all = StoredValue::new(all);
    let whole = StoredValue::new(whole);
    let body = move || {
        if two_ways && way.with(|way| way == JSON) {
            control(whole.get_value(), filled)
        } else {
            all.with_value(|all| {
                all.iter()
                    .map(|field| control(field.clone(), filled))
                    .collect_view()
            })
            .into_any()
        }
    };
    view! {
        <div class="schema-form" node_ref=root>
            {two_ways
                .then(|| {
                    view! {
                        <div class="schema-form__way">
                            <Segmented
                                label="How to fill it in"
                                value=way
                                choices=vec![Choice::new(FORM, "Form"), Choice::new(JSON, "JSON")]
                                on_change=move |to| way.set(to)
                            />
                        </div>
                    }
                })}
            {move || {
                let lines = elsewhere.get();
                (!lines.is_empty()).then(|| view! { <Banner tone=Tone::Fail>{lines.join(" ")}</Banner> })
            }}
            <div class="schema-form__fields">{body}</div>
        </div>
    }
    .into_any()
}

/// When the form was sent with something wrong, the first wrong field gets the focus.
fn focus_first_error(root: NodeRef<html::Div>, filled: Filled) {
    Effect::new(move |before: Option<bool>| {
        let sent = filled.is_sent();
        if sent && before.is_some() {
            request_animation_frame(move || {
                let Some(Some(root)) = root.try_get_untracked() else {
                    return;
                };
                if let Some(first) = dom::all(&root, "[aria-invalid=true]").first() {
                    let _ = first.focus();
                }
            });
        }
        sent
    });
}

fn control(field: Field, filled: Filled) -> AnyView {
    let now = filled.at(field.key.as_deref());
    let pointer = field.pointer.clone();
    let error = Signal::derive(move || filled.shown_at(&pointer));
    match &field.control {
        Control::Flag => flag(field, filled, now),
        Control::Choice(choices) => {
            let choices = choices.clone();
            choice(field, filled, now, error, choices)
        }
        Control::Line
        | Control::Lines
        | Control::Number { .. }
        | Control::Date
        | Control::Moment
        | Control::Texts
        | Control::Json => text(field, filled, now, error),
    }
}

fn flag(field: Field, filled: Filled, now: Option<Value>) -> AnyView {
    let on = RwSignal::new(now == Some(Value::Bool(true)));
    let on_change = move |ticked| {
        on.set(ticked);
        filled.put(
            &field.pointer,
            field.key.as_deref(),
            Some(Value::Bool(ticked)),
        );
    };
    view! {
        <div class="field">
            <Checkbox label=field.label.clone() checked=on on_change=on_change hint=field.hint.clone() />
        </div>
    }
    .into_any()
}

fn choice(
    field: Field,
    filled: Filled,
    now: Option<Value>,
    error: Signal<Option<String>>,
    choices: Vec<Value>,
) -> AnyView {
    // The place in the list stands for the value: two values may read the same.
    let at = now.and_then(|now| choices.iter().position(|choice| *choice == now));
    let chosen = RwSignal::new(at.map(|at| at.to_string()).unwrap_or_default());
    let mut entries: Vec<Choice> = choices
        .iter()
        .enumerate()
        .map(|(index, value)| Choice::new(index.to_string(), validate::shown(value)))
        .collect();
    if !field.required || at.is_none() {
        entries.insert(
            0,
            Choice::new(
                "",
                if field.required {
                    "Choose…"
                } else {
                    "Not set"
                },
            ),
        );
    }
    let (pointer, key) = (field.pointer, field.key);
    let on_change = move |index: String| {
        let value = index
            .parse::<usize>()
            .ok()
            .and_then(|index| choices.get(index).cloned());
        chosen.set(index);
        filled.put(&pointer, key.as_deref(), value);
    };
    view! {
        <Select
            label=field.label
            value=chosen
            choices=entries
            on_change=on_change
            hint=field.hint
            error
            optional=!field.required
        />
    }
    .into_any()
}

fn text(
    field: Field,
    filled: Filled,
    now: Option<Value>,
    error: Signal<Option<String>>,
) -> AnyView {
    let Field {
        pointer,
        key,
        label,
        hint,
        required,
        control,
    } = field;
    let begins = match control {
        Control::Moment => now
            .as_ref()
            .and_then(Value::as_str)
            .map(local_moment)
            .unwrap_or_default(),
        _ => write(&control, now.as_ref()),
    };
    let text = RwSignal::new(begins);
    let kind = control.clone();
    Effect::new(move |before: Option<()>| {
        text.track();
        if before.is_none() {
            return;
        }
        let typed = text.with_untracked(|text| read(&kind, text));
        match typed {
            Typed::Nothing => filled.put(&pointer, key.as_deref(), None),
            Typed::Value(Value::String(moment)) if kind == Control::Moment => {
                filled.put(&pointer, key.as_deref(), Some(utc_moment(&moment).into()));
            }
            Typed::Value(value) => filled.put(&pointer, key.as_deref(), Some(value)),
            Typed::Unreadable(why) => filled.unreadable(&pointer, why),
        }
    });
    let optional = !required;
    let line = |kind: TextKind, hint: Option<String>| {
        view! { <TextField label=label.clone() value=text kind hint error optional /> }.into_any()
    };
    let area = |rows: u32, mono: bool, hint: Option<String>| {
        view! { <TextArea label=label.clone() value=text rows hint error optional mono /> }
            .into_any()
    };
    match control {
        Control::Lines => area(4, false, hint),
        Control::Texts => area(3, false, Some(and(hint, "One entry a line."))),
        Control::Json => area(6, true, Some(and(hint, "As JSON."))),
        Control::Date => line(TextKind::Date, hint),
        Control::Moment => line(
            TextKind::DateTime,
            Some(and(hint, "In your own time zone.")),
        ),
        // No number type: the browser would hide what was typed when it is no number.
        Control::Line | Control::Number { .. } | Control::Flag | Control::Choice(_) => {
            line(TextKind::Text, hint)
        }
    }
}

fn and(hint: Option<String>, more: &str) -> String {
    match hint {
        Some(hint) => format!("{hint} {more}"),
        None => more.to_owned(),
    }
}

/// "2026-11-20T22:11:40Z" as the browser's field for local times writes it.
fn local_moment(utc: &str) -> String {
    let date = js_sys::Date::new(&utc.into());
    if date.get_time().is_nan() {
        return String::new();
    }
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}",
        date.get_full_year(),
        date.get_month() + 1,
        date.get_date(),
        date.get_hours(),
        date.get_minutes()
    )
}

/// The reverse; what is no moment stays as it is and is found wrong.
fn utc_moment(local: &str) -> String {
    let date = js_sys::Date::new(&local.into());
    if date.get_time().is_nan() {
        return local.to_owned();
    }
    date.to_iso_string().into()
}
