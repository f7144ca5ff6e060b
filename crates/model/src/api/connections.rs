//! Connections: how servers and backends are told who asks. Secrets go in and never come out.

use crate::{Actor, Timestamp};
use serde::{Deserialize, Serialize};

/// How a connection proves who asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ConnectionAuth {
    /// `Authorization: Bearer <secret>`.
    Bearer,
    /// The secret in a header of its own.
    ApiKey {
        /// `X-Api-Key`.
        header: String,
    },
    /// `Authorization: Basic …`; the secret is the password.
    Basic { username: String },
    /// OAuth 2.0 with an authorization code and PKCE; the secret is the client's, where it has one.
    #[serde(rename = "oauth2")]
    OAuth2 {
        /// Where a person allows it.
        authorize_url: String,
        /// Where codes and refresh tokens are exchanged.
        token_url: String,
        client_id: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        scopes: Vec<String>,
    },
}

impl ConnectionAuth {
    /// The way as people say it.
    pub const fn shown(&self) -> &'static str {
        match self {
            Self::Bearer => "Bearer token",
            Self::ApiKey { .. } => "API key",
            Self::Basic { .. } => "User name and password",
            Self::OAuth2 { .. } => "OAuth 2.0",
        }
    }

    pub const fn is_oauth(&self) -> bool {
        matches!(self, Self::OAuth2 { .. })
    }
}

/// How a credential is tried out: a `GET` with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Probe {
    pub url: String,
    /// The status of a good answer; 200 when absent.
    #[serde(default = "ok_status")]
    pub expected_status: u16,
}

const fn ok_status() -> u16 {
    200
}

/// One of `GET /v1/connections`; its secrets are never sent back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Connection {
    /// What servers and backends name: `github`.
    pub id: String,
    pub auth: ConnectionAuth,
    /// A secret is kept: the token, key, password or client secret.
    pub has_secret: bool,
    /// OAuth 2.0: a person has allowed it, and its tokens are kept.
    pub connected: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probe: Option<Probe>,
    /// When the credential ends, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    pub updated_at: Timestamp,
    pub updated_by: Actor,
}

/// `POST /v1/connections`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateConnection {
    /// A slug.
    pub id: String,
    pub auth: ConnectionAuth,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probe: Option<Probe>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// `PATCH /v1/connections/{id}`; absent fields stay, `null` takes the probe or the end away.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ConnectionPatch {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth: Option<ConnectionAuth>,
    /// A new secret; an empty one removes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "given"
    )]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Probe>))]
    pub probe: Option<Option<Probe>>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "given"
    )]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Timestamp>))]
    pub expires_at: Option<Option<Timestamp>>,
}

/// Tells a field that is `null` from one that is absent.
#[expect(
    clippy::option_option,
    reason = "absent, null and given are three things"
)]
fn given<'de, T, D>(from: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: serde::Deserializer<'de>,
{
    Option::<T>::deserialize(from).map(Some)
}

/// `POST /v1/connections/{id}/reconnect`: where a person goes to allow it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Reconnect {
    pub authorize_url: String,
    /// Good until then.
    pub expires_at: Timestamp,
}

/// `POST /v1/connections/{id}/authorize`: what the authorization server sent back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Authorize {
    pub state: String,
    pub code: String,
}
