//! Secrets that are shown once and kept as hashes: tokens, session cookies, sign-in codes.

use crate::api::problem::{Error, Result};
use sha2::{Digest, Sha256};
use std::fmt;
use subtle::ConstantTimeEq;

const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/// Characters after the prefix: 190 bits.
const LENGTH: usize = 32;

/// Fills a slice with cryptographically strong random bytes, or says why it cannot.
pub type Random<'a> = &'a (dyn Fn(&mut [u8]) -> std::result::Result<(), String> + Send + Sync);

/// What a secret is for; told by its first letters, so that a leaked one can be recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A personal access token, for programs.
    Token,
    /// A browser's session cookie.
    Session,
    /// The one-time code of a sign-in link.
    SignIn,
    /// The one-time code of an invitation.
    Invitation,
}

impl Kind {
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Token => "pat_",
            Self::Session => "ses_",
            Self::SignIn => "sin_",
            Self::Invitation => "inv_",
        }
    }
}

/// A secret in the clear. It has no `Display`, and `Debug` shows only what it is.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Makes one out of random bytes.
    pub fn generate(kind: Kind, random: Random<'_>) -> Result<Self> {
        let mut text = String::with_capacity(LENGTH + 4);
        text.push_str(kind.prefix());
        let mut bytes = [0u8; 64];
        while text.len() < LENGTH + kind.prefix().len() {
            random(&mut bytes).map_err(|cause| Error::internal(&cause))?;
            for byte in bytes {
                // 248 is the largest multiple of 62 in a byte: what is above would favour some letters.
                if byte < 248 && text.len() < LENGTH + kind.prefix().len() {
                    text.push(char::from(ALPHABET[usize::from(byte) % 62]));
                }
            }
        }
        Ok(Self(text))
    }

    /// Reads one somebody sent; `None` when it cannot be one of `kind`.
    pub fn parse(kind: Kind, text: &str) -> Option<Self> {
        let rest = text.strip_prefix(kind.prefix())?;
        (rest.len() == LENGTH && rest.bytes().all(|b| b.is_ascii_alphanumeric()))
            .then(|| Self(text.to_owned()))
    }

    /// To be shown to its owner, once.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is stored: SHA-256 in hexadecimal. The secret is random and long, so a plain hash cannot be guessed back.
    pub fn hash(&self) -> String {
        use fmt::Write;
        Sha256::digest(self.0.as_bytes()).iter().fold(
            String::with_capacity(64),
            |mut text, byte| {
                let _ = write!(text, "{byte:02x}");
                text
            },
        )
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}…", self.0.get(..4).unwrap_or_default())
    }
}

/// Whether two hashes are the same. Takes as long wherever they differ.
pub fn same(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Bytes that differ, as far as these tests go.
    #[expect(clippy::unnecessary_wraps, reason = "as `Random` wants it")]
    fn counting(bytes: &mut [u8]) -> std::result::Result<(), String> {
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = (index as u8).wrapping_mul(167).wrapping_add(13);
        }
        Ok(())
    }

    #[test]
    fn a_secret_tells_its_kind_and_nothing_else() {
        let secret = Secret::generate(Kind::Token, &counting).unwrap();
        assert_eq!(secret.reveal().len(), 36);
        assert!(Secret::parse(Kind::Token, secret.reveal()).is_some());
        assert!(Secret::parse(Kind::Session, secret.reveal()).is_none());
        assert_eq!(format!("{secret:?}"), "pat_…");
    }

    #[test]
    fn without_randomness_there_is_no_secret() {
        assert!(Secret::generate(Kind::Token, &|_: &mut [u8]| Err("none".into())).is_err());
    }

    #[test]
    fn what_is_not_a_secret_is_not_looked_up() {
        for bad in [
            "",
            "pat_",
            "pat_short",
            "pat_ABCDEFGHIJKLMNOPQRSTUVWXYZ01234!",
            "PAT_ABCDEFGHIJKLMNOPQRSTUVWXYZ012345",
        ] {
            assert!(Secret::parse(Kind::Token, bad).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn the_hash_is_sha_256_in_hexadecimal() {
        let secret = Secret("abc".into());
        assert_eq!(
            secret.hash(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
