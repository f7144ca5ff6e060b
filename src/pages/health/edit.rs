//! Changing a provider. The key goes in and never comes out.

use super::price::{dollars, micros};
use crate::{
    api::{ActionKey, Api, Query, providers},
    moves::form::{Saving, form_dialog},
    ui::{
        field::{Checkbox, Choice, Segmented, TextField, TextKind},
        lines::{Cell, LineList, Lines},
    },
};
use leptos::prelude::*;
use model::api::{Page, Price, Provider, ProviderMode, ProviderPatch};
use std::collections::BTreeMap;

const LIVE: &str = "live";
const MOCK: &str = "mock";

/// One line of the price table while it is edited.
#[derive(Clone, Copy)]
struct Line {
    model: RwSignal<String>,
    input: RwSignal<String>,
    output: RwSignal<String>,
}

impl Line {
    fn new(model: &str, price: Option<Price>) -> Self {
        let amount = |pick: fn(Price) -> i64| {
            RwSignal::new(price.map(|price| dollars(pick(price))).unwrap_or_default())
        };
        Self {
            model: RwSignal::new(model.to_owned()),
            input: amount(|price| price.input),
            output: amount(|price| price.output),
        }
    }

    fn blank() -> Self {
        Self::new("", None)
    }
}

/// What stands in the form.
#[derive(Clone, Copy)]
struct Form {
    mode: RwSignal<String>,
    address: RwSignal<String>,
    model: RwSignal<String>,
    key: RwSignal<String>,
    no_key: RwSignal<bool>,
    lines: Lines<Line>,
    tried: RwSignal<bool>,
}

impl Form {
    fn new(provider: &Provider) -> Self {
        let mode = match provider.mode {
            ProviderMode::Live => LIVE,
            ProviderMode::Mock => MOCK,
        };
        let lines = provider
            .prices
            .iter()
            .map(|(model, price)| Line::new(model, Some(*price)));
        Self {
            mode: RwSignal::new(mode.to_owned()),
            address: RwSignal::new(provider.base_url.clone()),
            model: RwSignal::new(provider.default_model.clone()),
            key: RwSignal::new(String::new()),
            no_key: RwSignal::new(false),
            lines: Lines::new(lines),
            tried: RwSignal::new(false),
        }
    }

    fn live(self) -> bool {
        self.mode.with(|mode| mode == LIVE)
    }

    fn address_error(self) -> Option<String> {
        let good = self.address.with(|text| {
            let text = text.trim();
            text.starts_with("http://") || text.starts_with("https://")
        });
        (!good).then(|| "Give the base address, beginning with https:// or http://.".to_owned())
    }

    fn model_error(self) -> Option<String> {
        let empty = self.live() && self.model.with(|text| text.trim().is_empty());
        empty.then(|| "Name the model that steps use when they name none.".to_owned())
    }

    fn prices(self) -> Result<BTreeMap<String, Price>, String> {
        let mut all = BTreeMap::new();
        for line in self.lines.get() {
            let model = line.model.with(|text| text.trim().to_owned());
            let (input, output) = (line.input.get(), line.output.get());
            if model.is_empty() && input.trim().is_empty() && output.trim().is_empty() {
                continue;
            }
            if model.is_empty() {
                return Err("A price lacks its model's name.".to_owned());
            }
            let amount = |text: &str| {
                micros(text).ok_or_else(|| {
                    format!("A price of {model} is no amount in dollars: {text:?}. Write 1.25.")
                })
            };
            let price = Price {
                input: amount(&input)?,
                output: amount(&output)?,
            };
            if all.insert(model.clone(), price).is_some() {
                return Err(format!("{model} stands twice in the prices."));
            }
        }
        Ok(all)
    }

    /// What to send: only what differs.
    fn patch(self, before: &Provider) -> Option<ProviderPatch> {
        if self.address_error().is_some() || self.model_error().is_some() {
            return None;
        }
        let prices = self.prices().ok()?;
        let mode = if self.live() {
            ProviderMode::Live
        } else {
            ProviderMode::Mock
        };
        let address = self.address.with(|text| text.trim().to_owned());
        let model = self.model.with(|text| text.trim().to_owned());
        let key = self.key.with(|text| text.trim().to_owned());
        Some(ProviderPatch {
            mode: (mode != before.mode).then_some(mode),
            base_url: (address != before.base_url).then_some(address),
            default_model: (model != before.default_model).then_some(model),
            api_key: if self.no_key.get() {
                Some(String::new())
            } else {
                (!key.is_empty()).then_some(key)
            },
            prices: (prices != before.prices).then_some(prices),
        })
    }
}

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
            async move { providers::change(api, &id, &patch, &ActionKey::fresh()).await },
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
