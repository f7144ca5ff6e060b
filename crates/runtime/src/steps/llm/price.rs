//! What a call cost.

use model::api::Price;
use model::{Cost, CostLabel, MicroDollars, Usage};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The `usage` object of an answer.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Reported {
    #[serde(default)]
    pub prompt_tokens: u64,
    #[serde(default)]
    pub completion_tokens: u64,
    /// In dollars; some providers name the amount themselves.
    #[serde(default)]
    pub cost: Option<f64>,
}

/// What the step used. `models` are the names to look up in the price table, best first.
pub fn usage(
    reported: Option<&Reported>,
    models: [&str; 2],
    prices: &BTreeMap<String, Price>,
) -> Usage {
    let model = models.into_iter().find(|name| !name.is_empty());
    let price = models.into_iter().find_map(|name| prices.get(name));
    let cost = match (reported, price) {
        (
            Some(Reported {
                cost: Some(dollars),
                ..
            }),
            _,
        ) if dollars.is_finite() => Cost {
            amount: MicroDollars((dollars * 1e6).round() as i64),
            label: CostLabel::Verified,
        },
        (Some(used), Some(price)) => Cost {
            amount: amount(used, price),
            label: CostLabel::Estimated,
        },
        (None, _) | (_, None) => Cost {
            amount: MicroDollars(0),
            label: CostLabel::Unavailable,
        },
    };
    Usage {
        input_tokens: reported.map_or(0, |used| used.prompt_tokens),
        output_tokens: reported.map_or(0, |used| used.completion_tokens),
        cost: Some(cost),
        model: model.map(str::to_owned),
        mock: false,
    }
}

/// Tokens times price, rounded up to the next micro-dollar: an estimate should not flatter.
fn amount(used: &Reported, price: &Price) -> MicroDollars {
    let of = |tokens: u64, price: i64| i128::from(tokens) * i128::from(price);
    let millionths = of(used.prompt_tokens, price.input) + of(used.completion_tokens, price.output);
    let amount = (millionths + 999_999).div_euclid(1_000_000);
    MicroDollars(i64::try_from(amount).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cost(reported: Option<Reported>) -> Cost {
        let prices = BTreeMap::from([(
            "small".to_owned(),
            Price {
                input: 150_000,
                output: 600_000,
            },
        )]);
        let used = usage(reported.as_ref(), ["small", ""], &prices);
        used.cost
            .unwrap_or_else(|| panic!("a cost is always named"))
    }

    #[test]
    fn tokens_times_price_is_an_estimate_rounded_up() {
        let used = Reported {
            prompt_tokens: 1000,
            completion_tokens: 101,
            cost: None,
        };
        // 1000 × 0.15 + 101 × 0.6 = 210.6
        assert_eq!(cost(Some(used)).amount, MicroDollars(211));
    }

    #[test]
    fn an_amount_named_by_the_provider_is_verified() {
        let used = Reported {
            prompt_tokens: 1000,
            completion_tokens: 100,
            cost: Some(0.001_234),
        };
        assert_eq!(
            cost(Some(used)),
            Cost {
                amount: MicroDollars(1234),
                label: CostLabel::Verified
            }
        );
    }

    #[test]
    fn no_usage_is_no_estimate() {
        assert_eq!(cost(None).label, CostLabel::Unavailable);
        let unknown = usage(Some(&Reported::default()), ["large", ""], &BTreeMap::new());
        assert_eq!(unknown.cost.map(|c| c.label), Some(CostLabel::Unavailable));
    }
}
