//! Secrets never get into the trail: they are masked before an entry is hashed.

use serde_json::Value;

/// What stands in the place of a secret.
const MASK: &str = "••••";
/// Fields that hold secrets, whatever the case of their letters, `-` and `_`.
const SECRET: [&str; 14] = [
    "accesstoken",
    "apikey",
    "authorization",
    "bearer",
    "clientsecret",
    "cookie",
    "passphrase",
    "password",
    "privatekey",
    "refreshtoken",
    "sealedkey",
    "secret",
    "setcookie",
    "xapikey",
];

/// Masks what is a secret by its field's name, or by its own first letters.
pub(super) fn mask(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                if is_secret(name) && !value.is_null() && !value.is_boolean() {
                    *value = MASK.into();
                } else {
                    mask(value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(mask),
        Value::String(text) if gives_itself_away(text) => *value = MASK.into(),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn is_secret(name: &str) -> bool {
    let plain: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    SECRET.contains(&plain.as_str())
}

/// The first letters of Signalbox's own secrets, and of what goes into an `Authorization` header.
fn gives_itself_away(text: &str) -> bool {
    ["pat_", "ses_", "sin_", "inv_"].into_iter().any(|prefix| {
        text.strip_prefix(prefix).is_some_and(|rest| {
            rest.len() == 32 && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
    }) || text.starts_with("Bearer ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn secrets_are_masked_wherever_they_stand() {
        let mut told = json!({
            "name": "billing",
            "api_key": "sk-1",
            "has_key": true,
            "steps": [{ "headers": { "Authorization": "Bearer x", "X-Api-Key": "k" } }],
            "note": format!("pat_{}", "a".repeat(32)),
            "password": null,
        });
        mask(&mut told);
        assert_eq!(
            told,
            json!({
                "name": "billing",
                "api_key": MASK,
                "has_key": true,
                "steps": [{ "headers": { "Authorization": MASK, "X-Api-Key": MASK } }],
                "note": MASK,
                "password": null,
            })
        );
    }
}
