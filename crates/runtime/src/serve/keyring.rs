//! Secrets at rest: sealed with a key that lies beside the database, readable by its owner only, or that the operator gives by
//! an environment variable. A copy of the database alone gives no secret away. Beside it lies the key that signs the audit
//! trails.

use crate::store::Signer;
use model::audit::Signed;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// Where an operator gives the key instead of the file.
pub const VARIABLE: &str = "SIGNALBOX_SECRET_KEY";
const FILE: &str = "secret.key";
const AUDIT_FILE: &str = "audit.key";
const KEY_LEN: usize = 32;
/// Says how the rest was sealed.
const PREFIX: &str = "v1:";

/// Why a key could not be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    #[error("The secret of this data folder ({FILE}) cannot be read or written: {0}.")]
    File(#[from] io::Error),
    #[error("The secret of this data folder ({FILE}) is damaged: it must be {KEY_LEN} bytes long.")]
    Damaged,
    #[error(
        "The key of this data folder's audit trails ({AUDIT_FILE}) is damaged: it must be {KEY_LEN} bytes long."
    )]
    DamagedAudit,
    #[error(
        "{VARIABLE} must be {KEY_LEN} random bytes, written as {} hexadecimal digits. Make one with `openssl rand -hex {KEY_LEN}`.", KEY_LEN * 2
    )]
    Variable,
    #[error(
        "A stored key cannot be opened: it was sealed with another secret. Enter the key again."
    )]
    Foreign,
    #[error("The system gave no random numbers.")]
    NoRandom,
}

/// Seals and opens.
pub struct Keyring {
    key: LessSafeKey,
    random: SystemRandom,
}

impl Keyring {
    /// A key the operator gave, as hexadecimal digits.
    pub fn given(text: &str) -> Result<Self, KeyringError> {
        let bytes = unhex(text.trim()).filter(|bytes| bytes.len() == KEY_LEN);
        let bytes = bytes.ok_or(KeyringError::Variable)?;
        let key =
            UnboundKey::new(&CHACHA20_POLY1305, &bytes).map_err(|_| KeyringError::Variable)?;
        Ok(Self {
            key: LessSafeKey::new(key),
            random: SystemRandom::new(),
        })
    }

    /// Reads the secret of a data folder, or makes one.
    pub fn open(data: &Path) -> Result<Self, KeyringError> {
        let random = SystemRandom::new();
        let bytes = kept(&data.join(FILE), &random)?;
        let key = UnboundKey::new(&CHACHA20_POLY1305, &bytes).map_err(|_| KeyringError::Damaged)?;
        Ok(Self {
            key: LessSafeKey::new(key),
            random,
        })
    }

    pub fn seal(&self, text: &str) -> Result<String, KeyringError> {
        let mut nonce = [0; NONCE_LEN];
        self.random
            .fill(&mut nonce)
            .map_err(|_| KeyringError::NoRandom)?;
        let mut bytes = text.as_bytes().to_vec();
        self.key
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::empty(),
                &mut bytes,
            )
            .map_err(|_| KeyringError::NoRandom)?;
        Ok(format!("{PREFIX}{}{}", hex(&nonce), hex(&bytes)))
    }

    pub fn unseal(&self, sealed: &str) -> Result<String, KeyringError> {
        let bytes = sealed
            .strip_prefix(PREFIX)
            .and_then(unhex)
            .filter(|bytes| bytes.len() > NONCE_LEN)
            .ok_or(KeyringError::Foreign)?;
        let (nonce, rest) = bytes.split_at(NONCE_LEN);
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| KeyringError::Foreign)?;
        let mut rest = rest.to_vec();
        let text = self
            .key
            .open_in_place(nonce, Aad::empty(), &mut rest)
            .map_err(|_| KeyringError::Foreign)?;
        String::from_utf8(text.to_vec()).map_err(|_| KeyringError::Foreign)
    }
}

/// The secret in a file; a new one where there is none.
fn kept(path: &Path, random: &SystemRandom) -> Result<Vec<u8>, KeyringError> {
    match fs::read(path) {
        Ok(bytes) => Ok(bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let mut bytes = vec![0; KEY_LEN];
            random
                .fill(&mut bytes)
                .map_err(|_| KeyringError::NoRandom)?;
            create(path, &bytes)?;
            Ok(bytes)
        }
        Err(error) => Err(error.into()),
    }
}

/// Signs the heads of audit trails (Ed25519), with a key that lies beside the database as the secret does.
pub struct AuditKey {
    pair: Ed25519KeyPair,
    public: String,
}

impl AuditKey {
    /// Reads the key of a data folder, or makes one.
    pub fn open(data: &Path) -> Result<Self, KeyringError> {
        let seed = kept(&data.join(AUDIT_FILE), &SystemRandom::new())?;
        let pair =
            Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| KeyringError::DamagedAudit)?;
        Ok(Self {
            public: hex(pair.public_key().as_ref()),
            pair,
        })
    }

    /// The public key in hexadecimal, by which signatures are checked.
    pub fn public(&self) -> &str {
        &self.public
    }
}

impl Signer for AuditKey {
    fn sign(&self, message: &[u8]) -> Signed {
        Signed {
            key: self.public.clone(),
            signature: hex(self.pair.sign(message).as_ref()),
        }
    }
}

/// Whether somebody with the key signed `message`.
pub fn is_signed(message: &[u8], signed: &Signed) -> bool {
    let (Some(key), Some(signature)) = (unhex(&signed.key), unhex(&signed.signature)) else {
        return false;
    };
    UnparsedPublicKey::new(&ED25519, key)
        .verify(message, &signature)
        .is_ok()
}

fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    text.as_bytes()
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => u8::try_from(digit(*high)? * 16 + digit(*low)?).ok(),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_was_sealed_opens_again_after_a_restart_and_nowhere_else() {
        let data = tempfile::tempdir().unwrap();
        let sealed = Keyring::open(data.path())
            .unwrap()
            .seal("sk-very-secret")
            .unwrap();
        assert!(!sealed.contains("secret"));
        assert_eq!(
            Keyring::open(data.path()).unwrap().unseal(&sealed).unwrap(),
            "sk-very-secret"
        );
        let other = tempfile::tempdir().unwrap();
        let foreign = Keyring::open(other.path()).unwrap();
        assert!(matches!(
            foreign.unseal(&sealed),
            Err(KeyringError::Foreign)
        ));
        for broken in ["", "v1:", "v1:00", "v1:zz", "plain"] {
            assert!(foreign.unseal(broken).is_err(), "{broken:?}");
        }
    }

    #[test]
    fn a_signature_holds_for_its_message_and_its_key_after_a_restart() {
        let data = tempfile::tempdir().unwrap();
        let signed = AuditKey::open(data.path()).unwrap().sign(b"head");
        assert!(is_signed(b"head", &signed));
        assert!(!is_signed(b"tail", &signed));
        let again = AuditKey::open(data.path()).unwrap();
        assert_eq!(again.public(), signed.key);
        let other = AuditKey::open(tempfile::tempdir().unwrap().path()).unwrap();
        let forged = Signed {
            key: signed.key.clone(),
            ..other.sign(b"head")
        };
        assert!(!is_signed(b"head", &forged));
        let garbled = Signed {
            key: "é".into(),
            signature: "zz".into(),
        };
        assert!(!is_signed(b"head", &garbled));
    }

    #[test]
    fn a_given_key_opens_what_it_sealed_and_a_wrong_one_is_named() {
        let key = "0f".repeat(KEY_LEN);
        let sealed = Keyring::given(&key)
            .unwrap()
            .seal("sk-very-secret")
            .unwrap();
        let again = Keyring::given(&format!(" {key}\n")).unwrap();
        assert_eq!(again.unseal(&sealed).unwrap(), "sk-very-secret");
        for wrong in ["", "0f", "zz", &"0f".repeat(KEY_LEN + 1)] {
            let error = Keyring::given(wrong).err().unwrap().to_string();
            assert!(error.contains(VARIABLE), "{error}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_reads_the_secret() {
        use std::os::unix::fs::PermissionsExt;
        let data = tempfile::tempdir().unwrap();
        Keyring::open(data.path()).unwrap();
        let mode = fs::metadata(data.path().join(FILE))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o077, 0);
    }
}
