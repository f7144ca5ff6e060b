//! Masking: what must not leave with a report is cut out by rules that are listed, and counted.

mod scan;
#[cfg(test)]
mod tests;

use crate::words::words;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// What stands where something was cut out.
pub const MASK: &str = "•••";

words! {
    /// One rule of masking.
    MaskRule {
        /// `-----BEGIN … PRIVATE KEY-----` up to its end.
        PrivateKey = "private_key", "Private keys";
        /// What follows `Bearer` or `Basic`.
        Authorization = "authorization", "Authorization headers";
        /// Three parts in base64 with dots, the first a JSON object.
        Jwt = "jwt", "Signed tokens (JWT)";
        /// Words with the prefixes that providers give their keys: `sk-…`, `ghp_…`, `AKIA…`, `pat_…`.
        ApiKey = "api_key", "API keys and tokens";
        /// Values of names such as `password`, `secret`, `token` and `api_key`.
        NamedSecret = "named_secret", "Values called password, secret, token or key";
        /// `user:password@` in an address.
        UrlCredentials = "url_credentials", "Passwords in addresses";
        Email = "email", "E-mail addresses";
        /// 13 to 19 digits that pass the check of card numbers.
        CardNumber = "card_number", "Card numbers";
    }
}

/// How often each rule cut something out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct MaskCounts(pub BTreeMap<MaskRule, u64>);

impl MaskCounts {
    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }

    /// "E-mail addresses (3), Keys of providers (1)"; empty when nothing was cut out.
    pub fn shown(&self) -> String {
        let parts: Vec<String> = self
            .0
            .iter()
            .map(|(rule, count)| format!("{} ({count})", rule.shown()))
            .collect();
        parts.join(", ")
    }

    fn add(&mut self, rule: MaskRule) {
        *self.0.entry(rule).or_default() += 1;
    }
}

/// The text without what the rules cut out.
pub fn mask_text(text: &str, counts: &mut MaskCounts) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut before = None;
    while let Some(first) = rest.chars().next() {
        if let Some(found) = scan::at(rest, before) {
            out.push_str(&rest[..found.keep]);
            out.push_str(MASK);
            counts.add(found.rule);
            before = Some('•');
            rest = &rest[found.end..];
            continue;
        }
        // A word that nothing was found in is passed over whole: rules begin where words begin.
        let length = if scan::is_word(first) {
            rest.find(|c| !scan::is_word(c)).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        out.push_str(&rest[..length]);
        before = rest[..length].chars().next_back();
        rest = &rest[length..];
    }
    out
}

/// The same in every text of a value; members whose name says that they are secret lose their whole value.
pub fn mask_value(value: &mut Value, counts: &mut MaskCounts) {
    match value {
        Value::String(text) => {
            let masked = mask_text(text, counts);
            *text = masked;
        }
        Value::Array(items) => items.iter_mut().for_each(|item| mask_value(item, counts)),
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                let secret = scan::is_secret_name(name)
                    && member
                        .as_str()
                        .is_some_and(|text| !text.is_empty() && text != MASK);
                if secret {
                    *member = Value::String(MASK.to_owned());
                    counts.add(MaskRule::NamedSecret);
                } else {
                    mask_value(member, counts);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
