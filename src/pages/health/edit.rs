//! Changing a provider. The key goes in and never comes out.

use super::price::{dollars, micros};
use crate::{
    api::{ActionKey, Api, ApiError, ErrorFace, Query, providers},
    ui::{
        button::{Button, ButtonKind},
        dialog::{Dialog, open_while},
        field::{Checkbox, Choice, Segmented, TextField, TextKind},
        icon::lucide,
        toast::{Toast, Toasts},
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
    id: usize,
    model: RwSignal<String>,
    input: RwSignal<String>,
    output: RwSignal<String>,
}

impl Line {
    fn new(id: usize, model: &str, price: Option<Price>) -> Self {
        let amount = |pick: fn(Price) -> i64| {
            RwSignal::new(price.map(|price| dollars(pick(price))).unwrap_or_default())
        };
        Self {
            id,
            model: RwSignal::new(model.to_owned()),
            input: amount(|price| price.input),
            output: amount(|price| price.output),
        }
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
    lines: RwSignal<Vec<Line>>,
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
            .enumerate()
            .map(|(id, (model, price))| Line::new(id, model, Some(*price)));
        Self {
            mode: RwSignal::new(mode.to_owned()),
            address: RwSignal::new(provider.base_url.clone()),
            model: RwSignal::new(provider.default_model.clone()),
            key: RwSignal::new(String::new()),
            no_key: RwSignal::new(false),
            lines: RwSignal::new(lines.collect()),
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

#[component]
pub fn EditDialog(editing: RwSignal<Option<Provider>>, query: Query<Page<Provider>>) -> AnyView {
    let open = open_while(editing);
    let title = Signal::derive(move || {
        editing.with(|one| {
            one.as_ref()
                .map_or_else(String::new, |one| format!("Edit the provider {}", one.id))
        })
    });
    view! {
        <Dialog open title stays=true>
            {move || editing.get().map(|provider| inside(provider, open, query))}
        </Dialog>
    }
    .into_any()
}

fn inside(provider: Provider, open: RwSignal<bool>, query: Query<Page<Provider>>) -> AnyView {
    let api = Api::get();
    let toasts = Toasts::get();
    let form = Form::new(&provider);
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<ApiError>);
    let has_key = provider.has_key;
    let save = move || {
        form.tried.set(true);
        let Some(patch) = untrack(|| form.patch(&provider)) else {
            return;
        };
        if patch == ProviderPatch::default() {
            return open.set(false);
        }
        busy.set(true);
        error.set(None);
        let id = provider.id.clone();
        leptos::task::spawn_local(async move {
            let answer = providers::change(api, &id, &patch, &ActionKey::fresh()).await;
            busy.try_set(false);
            match answer {
                Ok(_) => {
                    open.try_set(false);
                    if let Some(toasts) = toasts {
                        toasts.push(Toast::done(format!("Changed the provider {id}.")));
                    }
                    query.reload();
                }
                Err(refused) => drop(error.try_set(Some(refused))),
            }
        });
    };
    let when_tried = move |wrong: fn(Form) -> Option<String>| {
        Signal::derive(move || form.tried.get().then(|| wrong(form)).flatten())
    };
    let prices_error = move || form.tried.get().then(|| form.prices().err()).flatten();
    let mode_says = move || {
        if form.live() {
            "Calls the address below and may cost money."
        } else {
            "Plays the scripts written in the workflow. Calls nothing, spends nothing, and is labelled Mock Mode everywhere."
        }
    };
    let key_hint = if has_key {
        "A key is set. Leave this empty to keep it."
    } else {
        "Kept encrypted, and never shown again."
    };
    let key_label = if has_key { "New key" } else { "Key" };
    let modes = vec![Choice::new(LIVE, "Live"), Choice::new(MOCK, "Mock Mode")];
    let submit = save.clone();
    view! {
        <form
            class="provider-form"
            on:submit=move |event| {
                event.prevent_default();
                submit();
            }
        >
            <div class="provider-form__mode">
                <Segmented label="Mode" value=form.mode choices=modes on_change=move |to| form.mode.set(to) />
                <p class="field__hint" role="status">{mode_says}</p>
            </div>
            <div>
                <TextField
                    label="Address"
                    value=form.address
                    kind=TextKind::Url
                    mono=true
                    error=when_tried(Form::address_error)
                    hint="An OpenAI-compatible base address, such as https://api.example.com/v1."
                />
                <TextField label="Default model" value=form.model mono=true error=when_tried(Form::model_error) />
                <TextField label=key_label value=form.key kind=TextKind::Secret optional=true hint=key_hint />
                {has_key
                    .then(|| {
                        view! {
                            <div class="field">
                                <Checkbox label="Remove the key" checked=form.no_key on_change=move |on| form.no_key.set(on) />
                            </div>
                        }
                    })}
            </div>
            {price_lines(form)}
            {move || prices_error().map(|text| view! { <p class="field__error" role="alert">{text}</p> })}
            <ErrorFace error what="this provider" compact=true />
            <div class="provider-form__buttons">
                <Button on_click=move || open.set(false)>"Not now"</Button>
                <Button kind=ButtonKind::Primary busy submit=true>"Save"</Button>
            </div>
        </form>
    }
    .into_any()
}

fn price_lines(form: Form) -> AnyView {
    let next = StoredValue::new(form.lines.with_untracked(Vec::len));
    let add = move || {
        let id = next.get_value();
        next.set_value(id + 1);
        form.lines
            .update(|lines| lines.push(Line::new(id, "", None)));
    };
    let one = move |line: Line| {
        let cell = |name: &'static str, value: RwSignal<String>| {
            view! { <input class="input input--mono" aria-label=name autocomplete="off" spellcheck="false" bind:value=value /> }
        };
        view! {
            <li class="provider-form__price">
                {cell("Model", line.model)}
                {cell("Input, dollars per million tokens", line.input)}
                {cell("Output, dollars per million tokens", line.output)}
                <Button
                    kind=ButtonKind::Quiet
                    icon=lucide::LuTrash2
                    label="Remove this price"
                    on_click=move || form.lines.update(|lines| lines.retain(|own| own.id != line.id))
                />
            </li>
        }
    };
    view! {
        <fieldset class="provider-form__prices">
            <legend class="field__label">"Prices"<span class="field__optional">" optional, in dollars per million tokens"</span></legend>
            <Show when=move || form.lines.with(|lines| !lines.is_empty())>
                <div class="provider-form__price provider-form__price--head" aria-hidden="true">
                    <span>"Model"</span><span>"Input"</span><span>"Output"</span>
                </div>
            </Show>
            <ul><For each=move || form.lines.get() key=|line| line.id children=one /></ul>
            <Button small=true icon=lucide::LuPlus on_click=add>"Add a price"</Button>
        </fieldset>
    }
    .into_any()
}
