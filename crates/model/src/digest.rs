//! What tells a value from others without carrying it.

use crate::audit::{Hash, canonical};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The first 16 hexadecimal digits of the SHA-256 of a value's canonical JSON. The order of an object's fields does not
/// change it; whether a number is written as `1` or `1.0` does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(value_type = String, pattern = "^[0-9a-f]{16}$"))]
#[serde(transparent)]
pub struct Digest(String);

impl Digest {
    pub fn of(value: &Value) -> Self {
        let mut digits = Hash::of(canonical::text(value).as_bytes()).to_string();
        digits.truncate(16);
        Self(digits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn equal_values_have_one_digest_however_they_are_ordered() {
        let of = |value: Value| Digest::of(&value);
        assert_eq!(
            of(json!({ "a": 1, "b": { "c": [1, 2], "d": null } })),
            of(json!({ "b": { "d": null, "c": [1, 2] }, "a": 1 }))
        );
        for (one, other) in [
            (json!([1, 2]), json!([2, 1])),
            (json!("1"), json!(1)),
            (json!(null), json!("null")),
            (json!({ "hash": "a" }), json!({ "hash": "b" })),
        ] {
            assert_ne!(of(one.clone()), of(other.clone()), "{one} {other}");
        }
    }

    #[test]
    fn a_digest_is_the_beginning_of_the_sha256() {
        // printf '{"a":"b"}' | sha256sum
        let known = json!(Digest::of(&json!({ "a": "b" })));
        assert_eq!(known, "db4a7ecb114bc66c");
    }
}
