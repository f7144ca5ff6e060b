//! Pieces of forms: every control has a label, may have a hint, and shows its error beside itself.

pub use super::select::{Choice, InlineSelect, Select};

use super::dom::unique_id;
use leptos::prelude::*;

/// The label, hint and error around a control; `control` gets the control's id and the ids that describe it.
pub(super) fn around(
    label: String,
    hint: MaybeProp<String>,
    error: Signal<Option<String>>,
    optional: bool,
    control: impl FnOnce(String, Signal<Option<String>>) -> AnyView,
) -> AnyView {
    let id = unique_id("field");
    let hint_id = format!("{id}-hint");
    let error_id = format!("{id}-error");
    let described = Signal::derive({
        let (hint_id, error_id) = (hint_id.clone(), error_id.clone());
        move || {
            let hint = hint.get().is_some().then(|| hint_id.clone());
            let error = error.get().is_some().then(|| error_id.clone());
            match (hint, error) {
                (Some(hint), Some(error)) => Some(format!("{error} {hint}")),
                (hint, error) => error.or(hint),
            }
        }
    });
    let control = control(id.clone(), described);
    view! {
        <div class="field">
            <label class="field__label" for=id>
                {label}
                {optional.then(|| view! { <span class="field__optional">" optional"</span> })}
            </label>
            {control}
            {move || error.get().map(|text| view! { <p class="field__error" id=error_id.clone()>{text}</p> })}
            {move || hint.get().map(|text| view! { <p class="field__hint" id=hint_id.clone()>{text}</p> })}
        </div>
    }
    .into_any()
}

/// What a [`TextField`] takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TextKind {
    #[default]
    Text,
    Number,
    Email,
    Url,
    /// Not shown while typed.
    Secret,
    Date,
    DateTime,
}

impl TextKind {
    const fn input_type(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Email => "email",
            Self::Url => "url",
            Self::Secret => "password",
            Self::Date => "date",
            Self::DateTime => "datetime-local",
        }
    }
}

/// One line of text.
#[component]
pub fn TextField(
    #[prop(into)] label: String,
    value: RwSignal<String>,
    #[prop(optional)] kind: TextKind,
    #[prop(optional, into)] hint: MaybeProp<String>,
    /// What is wrong with the value and how to mend it; `None` when nothing is.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    #[prop(optional, into)] placeholder: String,
    /// Says "optional" beside the label.
    #[prop(optional)]
    optional: bool,
    /// Ids, code: in the mono font.
    #[prop(optional)]
    mono: bool,
    #[prop(optional)] node_ref: NodeRef<leptos::html::Input>,
) -> AnyView {
    around(label, hint, error, optional, move |id, described| {
        view! {
            <input
                node_ref=node_ref
                class=if mono { "input input--mono" } else { "input" }
                id=id
                type=kind.input_type()
                placeholder=placeholder
                autocomplete=if kind == TextKind::Secret { "current-password" } else { "off" }
                spellcheck=if mono { "false" } else { "true" }
                aria-invalid=move || error.get().is_some().then_some("true")
                aria-describedby=move || described.get()
                bind:value=value
            />
        }
        .into_any()
    })
}

/// Several lines of text.
#[component]
pub fn TextArea(
    #[prop(into)] label: String,
    value: RwSignal<String>,
    #[prop(default = 4)] rows: u32,
    #[prop(optional, into)] hint: MaybeProp<String>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional, into)] placeholder: String,
    #[prop(optional)] optional: bool,
    #[prop(optional)] mono: bool,
) -> AnyView {
    around(label, hint, error, optional, move |id, described| {
        view! {
            <textarea
                class=if mono { "input input--area input--mono" } else { "input input--area" }
                id=id
                rows=rows.to_string()
                placeholder=placeholder
                spellcheck=if mono { "false" } else { "true" }
                aria-invalid=move || error.get().is_some().then_some("true")
                aria-describedby=move || described.get()
                bind:value=value
            ></textarea>
        }
        .into_any()
    })
}

/// Yes or no.
#[component]
pub fn Checkbox(
    #[prop(into)] label: Signal<String>,
    #[prop(into)] checked: Signal<bool>,
    #[prop(into)] on_change: Callback<bool>,
    #[prop(optional, into)] hint: MaybeProp<String>,
    /// Why it cannot be changed now.
    #[prop(optional, into)]
    disabled: Signal<Option<String>>,
    /// The label is heard, not seen: in the rows of a table.
    #[prop(optional)]
    bare: bool,
) -> AnyView {
    let id = unique_id("check");
    let hint_id = format!("{id}-hint");
    let text = Signal::derive(move || disabled.get().or_else(|| hint.get()));
    let described = hint_id.clone();
    view! {
        <span class="check">
            <input
                type="checkbox"
                class="check__box"
                id=id.clone()
                aria-describedby=move || text.get().is_some().then(|| described.clone())
                aria-disabled=move || disabled.get().is_some().then_some("true")
                data-tip=move || bare.then(|| disabled.get()).flatten()
                prop:checked=move || checked.get()
                on:click=move |event| {
                    if disabled.get_untracked().is_some() {
                        event.prevent_default();
                    }
                }
                on:change=move |event| on_change.run(event_target_checked(&event))
            />
            <label class=if bare { "visually-hidden" } else { "check__label" } for=id>{move || label.get()}</label>
            {move || {
                text.get()
                    .map(|text| {
                        let class = if bare { "visually-hidden" } else { "field__hint check__hint" };
                        view! { <span class=class id=hint_id.clone()>{text}</span> }
                    })
            }}
        </span>
    }
    .into_any()
}

/// One of a few, all in sight: "Relative · UTC · Local".
#[component]
pub fn Segmented(
    #[prop(into)] label: String,
    #[prop(into)] value: Signal<String>,
    choices: Vec<Choice>,
    #[prop(into)] on_change: Callback<String>,
) -> AnyView {
    let name = unique_id("segment");
    view! {
        <div class="segmented" role="radiogroup" aria-label=label>
            {choices
                .into_iter()
                .map(|choice| {
                    let own = choice.value.clone();
                    let sent = choice.value;
                    view! {
                        <label class="segmented__one" data-tip=choice.disabled.clone()>
                            <input
                                type="radio"
                                class="visually-hidden"
                                name=name.clone()
                                disabled=choice.disabled.is_some()
                                prop:checked=move || value.with(|value| *value == own)
                                on:change=move |_| on_change.run(sent.clone())
                            />
                            <span>{choice.label}</span>
                        </label>
                    }
                })
                .collect_view()}
        </div>
    }
    .into_any()
}
