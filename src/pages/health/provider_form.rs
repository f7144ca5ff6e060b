//! Changing a provider. The key goes in and never comes out.

mod values;

use crate::{
    api::{Api, Query, providers},
    moves::form::{Saving, form_dialog},
    ui::{
        field::{Checkbox, Choice, Segmented, TextField, TextKind},
        lines::{Cell, LineList},
    },
};
use leptos::prelude::*;
use model::api::{Page, Provider, ProviderPatch};
use values::{Form, LIVE, Line, MOCK};

pub fn provider_dialog(
    editing: RwSignal<Option<Provider>>,
    query: Query<Page<Provider>>,
) -> AnyView {
    let title = |provider: &Provider| format!("Edit the provider {}", provider.id);
    form_dialog(editing, title, move |provider, saving| {
        inside(provider, saving, query)
    })
}

fn inside(provider: Provider, saving: Saving, query: Query<Page<Provider>>) -> AnyView {
    let api = Api::get();
    let form = Form::new(&provider);
    let mode_says = move || {
        if form.live() {
            "Calls the address below and may cost money."
        } else {
            "Plays the scripts written in the workflow. Calls nothing, spends nothing, and is labelled Mock Mode everywhere."
        }
    };
    let modes = vec![Choice::new(LIVE, "Live"), Choice::new(MOCK, "Mock Mode")];
    let fields = view! {
        <div class="form-mode">
            <Segmented label="Mode" value=form.mode choices=modes on_change=move |to| form.mode.set(to) />
            <p class="field__hint" role="status">{mode_says}</p>
        </div>
        {own_fields(form, saving, provider.has_key)}
        {price_lines(form, saving)}
    };
    let save = move || {
        form.tried.set(true);
        let Some(patch) = untrack(|| form.patch(&provider)) else {
            return saving.focus_wrong();
        };
        if patch == ProviderPatch::default() {
            return saving.close();
        }
        let id = provider.id.clone();
        let said = format!("Changed the provider {id}.");
        saving.send(
            |key| async move { providers::change(api, &id, &patch, &key).await },
            move |_| {
                query.reload();
                said
            },
        );
    };
    saving.form("this provider", fields.into_any(), save)
}

/// What is wrong with a field: as the form sees it once it was tried, or as the runtime says.
fn wrong(
    form: Form,
    saving: Saving,
    pointer: &str,
    own: fn(Form) -> Option<String>,
) -> Signal<Option<String>> {
    let refused = saving.wrong(pointer);
    Signal::derive(move || {
        let seen = form.tried.get().then(|| own(form)).flatten();
        seen.or_else(|| refused.get())
    })
}

fn own_fields(form: Form, saving: Saving, has_key: bool) -> AnyView {
    let key_hint = if has_key {
        "A key is set. Leave this empty to keep it."
    } else {
        "Kept encrypted, and never shown again."
    };
    let key_label = if has_key { "New key" } else { "Key" };
    view! {
        <div>
            <TextField
                label="Address"
                value=form.address
                kind=TextKind::Url
                mono=true
                error=wrong(form, saving, "/base_url", Form::address_error)
                hint="An OpenAI-compatible base address, such as https://api.example.com/v1."
            />
            <TextField
                label="Default model"
                value=form.model
                mono=true
                error=wrong(form, saving, "/default_model", Form::model_error)
            />
            <TextField
                label=key_label
                value=form.key
                kind=TextKind::Secret
                optional=true
                error=saving.wrong("/api_key")
                hint=key_hint
            />
            {has_key
                .then(|| {
                    view! {
                        <div class="field">
                            <Checkbox label="Remove the key" checked=form.no_key on_change=move |on| form.no_key.set(on) />
                        </div>
                    }
                })}
        </div>
    }
    .into_any()
}

fn price_lines(form: Form, saving: Saving) -> AnyView {
    let show = |line: Line| {
        view! {
            <div class="lines__cells lines__cells--price">
                <Cell name="Model" value=line.model />
                <Cell name="Input, dollars per million tokens" value=line.input />
                <Cell name="Output, dollars per million tokens" value=line.output />
            </div>
        }
        .into_any()
    };
    view! {
        <LineList
            lines=form.lines
            legend="Prices"
            optional=true
            hint="In dollars per million tokens."
            error=wrong(form, saving, "/prices", |form| form.prices().err())
            head=&["Model", "Input", "Output"]
            add="Add a price"
            remove="Remove this price"
            blank=Line::blank
            show
        />
    }
    .into_any()
}
