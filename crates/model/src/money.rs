//! Money and what model calls used.

use serde::{Deserialize, Serialize};
use std::iter::Sum;
use std::ops::{Add, AddAssign};

/// Millionths of a US dollar; an integer, so that sums are exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct MicroDollars(pub i64);

impl Add for MicroDollars {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}
impl AddAssign for MicroDollars {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}
impl Sum for MicroDollars {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self(0), Add::add)
    }
}

/// How far an amount can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CostLabel {
    /// Tokens times the price table.
    Estimated,
    /// The provider named the amount.
    Verified,
    /// Not known yet.
    Pending,
    /// The provider gives no usage, or the price table lacks the model.
    Unavailable,
}

impl CostLabel {
    pub const fn shown(self) -> &'static str {
        match self {
            Self::Estimated => "estimated",
            Self::Verified => "verified by provider",
            Self::Pending => "pending",
            Self::Unavailable => "unavailable",
        }
    }
}

/// An amount with its label. Adding keeps the weaker label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Cost {
    pub amount: MicroDollars,
    pub label: CostLabel,
}

impl Cost {
    pub fn plus(self, other: Cost) -> Cost {
        let label = if self.label == CostLabel::Verified {
            other.label
        } else {
            self.label
        };
        let label = match (label, other.label) {
            (_, CostLabel::Unavailable) => CostLabel::Unavailable,
            (CostLabel::Estimated, CostLabel::Pending) => CostLabel::Pending,
            (own, _) => own,
        };
        Cost {
            amount: self.amount + other.amount,
            label,
        }
    }
}

/// What a step's model calls used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Usage {
    #[serde(default)]
    pub input_tokens: u64,
    #[serde(default)]
    pub output_tokens: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Cost>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The answer was played from a script; no model was called and nothing was spent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mock: bool,
}

impl Usage {
    /// Both together; the model is the later one.
    pub fn plus(&self, later: &Self) -> Self {
        Self {
            input_tokens: self.input_tokens.saturating_add(later.input_tokens),
            output_tokens: self.output_tokens.saturating_add(later.output_tokens),
            cost: match (self.cost, later.cost) {
                (Some(a), Some(b)) => Some(a.plus(b)),
                (one, other) => one.or(other),
            },
            model: later.model.clone().or_else(|| self.model.clone()),
            mock: self.mock || later.mock,
        }
    }
}
