//! Credentials of connections, opened for those who call: servers, probes, wire tests.

use super::setups::Setups;
use crate::steps::net::Scrub;
use crate::store::Place;
use crate::store::record::ConnectionRecord;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::api::ConnectionAuth;
use model::{Failure, FailureCode};
use serde::{Deserialize, Serialize};

/// A credential in the clear, for one use.
pub struct Credential {
    /// The header it is usually sent in.
    pub header: String,
    /// That header's value.
    pub value: String,
    /// The credential alone, for an environment variable.
    pub bare: String,
    pub secrets: Vec<String>,
}

impl Credential {
    pub fn scrub(&self) -> Scrub {
        Scrub::new(self.secrets.iter().cloned())
    }

    /// The value for a header named otherwise: what stands in `Authorization` needs its scheme there only.
    pub fn value_in(&self, header: &str) -> &str {
        if header.eq_ignore_ascii_case(&self.header) {
            &self.value
        } else {
            &self.bare
        }
    }
}

/// What an authorization server gave, as it is sealed.
#[derive(Serialize, Deserialize)]
pub struct Tokens {
    pub access: String,
    #[serde(default)]
    pub refresh: Option<String>,
}

impl Setups {
    /// The credential of a connection, if it can be used now.
    pub async fn credential(&self, place: &Place, id: &str) -> Result<Credential, Failure> {
        let found = self.store().get::<ConnectionRecord>(&place.key(id)).await;
        let record = match found {
            Ok(Some(stored)) => self.renewed_for_use(place, stored).await?,
            Ok(None) => {
                return Err(required(format!(
                    "The connection “{id}” is not set up in this project."
                )));
            }
            Err(error) => {
                tracing::error!(connection = id, %error, "a connection cannot be read");
                return Err(Failure::new(
                    FailureCode::DependencyUnavailable,
                    format!("The connection “{id}” cannot be read now."),
                ));
            }
        };
        self.open(&record)
    }

    /// As [`Setups::credential`], of a record at hand.
    pub fn open(&self, record: &ConnectionRecord) -> Result<Credential, Failure> {
        let id = &record.id;
        if record.expires_at.is_some_and(|at| at <= self.now()) {
            return Err(required(format!("The credential of “{id}” has expired.")));
        }
        if record.auth.is_oauth() {
            let Some(tokens) = self.tokens(record)? else {
                return Err(required(format!(
                    "Nobody has allowed the connection “{id}” yet."
                )));
            };
            let mut secrets = vec![tokens.access.clone()];
            secrets.extend(tokens.refresh);
            secrets.extend(self.secret(record)?);
            return Ok(bearer(tokens.access, secrets));
        }
        let secret = self
            .secret(record)?
            .ok_or_else(|| required(format!("The connection “{id}” has no secret.")))?;
        Ok(match &record.auth {
            ConnectionAuth::ApiKey { header } => Credential {
                header: header.clone(),
                value: secret.clone(),
                bare: secret.clone(),
                secrets: vec![secret],
            },
            ConnectionAuth::Basic { username } => {
                let bare = format!("{username}:{secret}");
                let coded = STANDARD.encode(&bare);
                Credential {
                    header: "Authorization".into(),
                    value: format!("Basic {coded}"),
                    secrets: vec![secret, bare.clone(), coded],
                    bare,
                }
            }
            ConnectionAuth::Bearer | ConnectionAuth::OAuth2 { .. } => {
                bearer(secret.clone(), vec![secret])
            }
        })
    }

    /// The connection's own secret, opened.
    pub fn secret(&self, record: &ConnectionRecord) -> Result<Option<String>, Failure> {
        record
            .sealed_secret
            .as_ref()
            .map(|sealed| self.opened(&record.id, sealed))
            .transpose()
    }

    /// What a person's consent gave, opened.
    pub fn tokens(&self, record: &ConnectionRecord) -> Result<Option<Tokens>, Failure> {
        let Some(sealed) = &record.sealed_tokens else {
            return Ok(None);
        };
        let text = self.opened(&record.id, sealed)?;
        serde_json::from_str(&text).map(Some).map_err(|_| {
            required(format!(
                "The tokens of the connection “{}” cannot be read.",
                record.id
            ))
        })
    }

    fn opened(&self, id: &str, sealed: &str) -> Result<String, Failure> {
        self.keyring().unseal(sealed).map_err(|error| {
            tracing::error!(connection = id, %error, "a credential cannot be opened");
            required(format!(
                "The credential of “{id}” was sealed with another key and cannot be opened."
            ))
        })
    }
}

fn bearer(token: String, secrets: Vec<String>) -> Credential {
    Credential {
        header: "Authorization".into(),
        value: format!("Bearer {token}"),
        bare: token,
        secrets,
    }
}

pub fn required(message: String) -> Failure {
    Failure::new(FailureCode::CredentialRequired, message)
}
