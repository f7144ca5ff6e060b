//! What stands in a provider's form, and what is sent of it.

use crate::{
    pages::health::price::{dollars, micros},
    ui::lines::Lines,
};
use leptos::prelude::*;
use model::api::{Price, Provider, ProviderMode, ProviderPatch};
use std::collections::BTreeMap;

pub const LIVE: &str = "live";
pub const MOCK: &str = "mock";

/// One line of the price table while it is edited.
#[derive(Clone, Copy)]
pub struct Line {
    pub model: RwSignal<String>,
    pub input: RwSignal<String>,
    pub output: RwSignal<String>,
}

impl Line {
    pub fn new(model: &str, price: Option<Price>) -> Self {
        let amount = |pick: fn(Price) -> i64| {
            RwSignal::new(price.map(|price| dollars(pick(price))).unwrap_or_default())
        };
        Self {
            model: RwSignal::new(model.to_owned()),
            input: amount(|price| price.input),
            output: amount(|price| price.output),
        }
    }

    pub fn blank() -> Self {
        Self::new("", None)
    }
}

/// What stands in the form.
#[derive(Clone, Copy)]
pub struct Form {
    pub mode: RwSignal<String>,
    pub address: RwSignal<String>,
    pub model: RwSignal<String>,
    pub key: RwSignal<String>,
    pub no_key: RwSignal<bool>,
    pub lines: Lines<Line>,
    pub tried: RwSignal<bool>,
}

impl Form {
    pub fn new(provider: &Provider) -> Self {
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

    pub fn live(self) -> bool {
        self.mode.with(|mode| mode == LIVE)
    }

    pub fn address_error(self) -> Option<String> {
        let good = self.address.with(|text| {
            let text = text.trim();
            text.starts_with("http://") || text.starts_with("https://")
        });
        (!good).then(|| "Give the base address, beginning with https:// or http://.".to_owned())
    }

    pub fn model_error(self) -> Option<String> {
        let empty = self.live() && self.model.with(|text| text.trim().is_empty());
        empty.then(|| "Name the model that steps use when they name none.".to_owned())
    }

    pub fn prices(self) -> Result<BTreeMap<String, Price>, String> {
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
    pub fn patch(self, before: &Provider) -> Option<ProviderPatch> {
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
