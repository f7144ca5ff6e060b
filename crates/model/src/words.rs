//! Enums that are words: on the wire, in filters, and for people.

use serde::de::{Deserializer, Error, Visitor};
use std::fmt;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $wire:literal, $shown:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$vdoc])* $variant,)*
        }
        $crate::words::on_the_wire!($name, $($variant = $wire),*);
        impl $name {
            /// The word a person reads.
            pub const fn shown(self) -> &'static str {
                match self { $(Self::$variant => $shown),* }
            }
        }
    };
}
pub(crate) use words;

/// The words of an enum on the wire, one a variant in their order. serde's own derive would compile the comparing of words anew
/// for each enum and each source.
macro_rules! on_the_wire {
    ($name:ident, $($variant:ident = $wire:literal),*) => {
        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
            const WORDS: &'static [&'static str] = &[$($wire),*];
            /// The word on the wire and in filters.
            pub const fn as_str(self) -> &'static str {
                Self::WORDS[self as usize]
            }
            pub fn parse(text: &str) -> Option<Self> {
                $crate::words::place(Self::WORDS, text).map(|place| Self::ALL[place])
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.as_str())
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                $crate::words::read(from, Self::WORDS).map(|place| Self::ALL[place])
            }
        }
        // utoipa's derive does not see the words of an enum that a macro writes.
        #[cfg(feature = "schema")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::Type::String)
                    .enum_values(Some(Self::ALL.iter().map(|word| word.as_str())))
                    .into()
            }
        }
        #[cfg(feature = "schema")]
        impl utoipa::ToSchema for $name {}
    };
}
pub(crate) use on_the_wire;

pub(crate) fn place(words: &[&str], text: &str) -> Option<usize> {
    words.iter().position(|word| *word == text)
}

/// Which of the words stands there.
pub(crate) fn read<'de, D: Deserializer<'de>>(
    from: D,
    words: &'static [&'static str],
) -> Result<usize, D::Error> {
    from.deserialize_str(OneOf(words))
}

struct OneOf(&'static [&'static str]);

impl Visitor<'_> for OneOf {
    type Value = usize;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "one of {}", self.0.join(", "))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<usize, E> {
        place(self.0, text).ok_or_else(|| E::unknown_variant(text, self.0))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::{FailureCode, RunStatus, StepStatus};
    use std::collections::BTreeMap;

    #[test]
    fn words_are_read_and_written_as_values_and_as_keys() {
        let text = r#"{"completed":"RUN_STOPPED","failed":"CANCELLED_BY_NOBODY"}"#;
        let read = serde_json::from_str::<BTreeMap<StepStatus, FailureCode>>;
        let known = text.replace("CANCELLED_BY_NOBODY", "DRAIN_TIMEOUT");
        let map = read(&known).unwrap();
        assert_eq!(map[&StepStatus::Failed], FailureCode::DrainTimeout);
        assert_eq!(serde_json::to_string(&map).unwrap(), known);
        let error = read(text).unwrap_err().to_string();
        assert!(
            error.starts_with("unknown variant `CANCELLED_BY_NOBODY`, expected one of `"),
            "{error}"
        );
        for wrong in ["3", "null", "[]"] {
            assert!(serde_json::from_str::<RunStatus>(wrong).is_err());
        }
    }

    #[test]
    fn each_word_stands_for_its_own_variant() {
        for status in RunStatus::ALL {
            assert_eq!(RunStatus::parse(status.as_str()), Some(*status));
        }
        assert_eq!(RunStatus::Completed.as_str(), "completed");
        assert_eq!(RunStatus::parse("Completed"), None);
    }
}
