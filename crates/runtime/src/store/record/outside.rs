//! The records of what runs need from outside: connections, instances of MCP servers, backends, and what checks found.

use super::{Place, Record, RecordKind};
use model::api::{CheckPast, ConnectionAuth, EntityTools, McpProfile, Probe};
use model::{Actor, CheckKind, CheckState, FailureCode, Timestamp, WorkflowId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

macro_rules! in_a_place {
    ($record:ident, $kind:ident, $key:expr) => {
        impl Record for $record {
            const KIND: RecordKind = RecordKind::$kind;
            fn key(&self) -> String {
                let key: fn(&Self) -> &str = $key;
                self.place.key(key(self))
            }
            fn group(&self) -> String {
                self.place.group()
            }
        }
    };
}

/// How servers and backends are told who asks. Key: `tenant/project/id`. Group: the place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionRecord {
    pub place: Place,
    pub id: String,
    pub auth: ConnectionAuth,
    /// Encrypted: the token, key, password or client secret.
    pub sealed_secret: Option<String>,
    /// Encrypted: OAuth's access and refresh token, once a person has allowed it.
    pub sealed_tokens: Option<String>,
    pub probe: Option<Probe>,
    pub expires_at: Option<Timestamp>,
    pub updated_at: Timestamp,
    pub updated_by: Actor,
}
in_a_place!(ConnectionRecord, Connection, |record| &record.id);

/// A server under a name of its own. Key: `tenant/project/name`. Group: the place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct McpInstanceRecord {
    pub place: Place,
    pub name: String,
    pub server: String,
    pub profiles: Vec<McpProfile>,
    /// One of `profiles`.
    pub active: String,
    pub updated_at: Timestamp,
    pub updated_by: Actor,
}
in_a_place!(McpInstanceRecord, McpInstance, |record| &record.name);

/// The connections a workflow's runs use instead of others. Key: `tenant/project/workflow`. Group: the place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverridesRecord {
    pub place: Place,
    pub workflow: WorkflowId,
    pub overrides: BTreeMap<String, String>,
}
in_a_place!(OverridesRecord, Overrides, |record| record
    .workflow
    .as_str());

/// A backend behind tools. Key: `tenant/project/id`. Group: the place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityRecord {
    pub place: Place,
    pub id: String,
    pub wire: String,
    pub expected_status: Option<u16>,
    pub connection: Option<String>,
    pub tools: Vec<EntityTools>,
    pub updated_at: Timestamp,
    pub updated_by: Actor,
}
in_a_place!(EntityRecord, Entity, |record| &record.id);

/// What a check found, and before. Key: `tenant/project/kind:subject`. Group: the place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckRecord {
    pub place: Place,
    /// [`CheckRecord::id_of`].
    pub id: String,
    pub kind: CheckKind,
    pub subject: String,
    pub state: CheckState,
    pub message: String,
    pub code: Option<FailureCode>,
    pub clears: Option<String>,
    /// Who clears it, where that is nobody who could from within Signalbox.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outside: Option<String>,
    pub at: Timestamp,
    /// Since when it stands as it does.
    pub since: Timestamp,
    /// Newest first, with the latest look.
    pub history: Vec<CheckPast>,
}
in_a_place!(CheckRecord, Check, |record| &record.id);

impl CheckRecord {
    pub fn id_of(kind: CheckKind, subject: &str) -> String {
        format!("{kind}:{subject}")
    }
}

/// A person who was sent to an authorization server and has not come back. Key: SHA-256 of the state, in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OAuthAttemptRecord {
    pub hash: String,
    pub place: Place,
    pub connection: String,
    /// Encrypted: PKCE's verifier.
    pub sealed_verifier: String,
    pub redirect_url: String,
    /// The actor's id; nobody else may complete it.
    pub actor: String,
    pub expires_at: Timestamp,
}

impl Record for OAuthAttemptRecord {
    const KIND: RecordKind = RecordKind::OAuthAttempt;
    fn key(&self) -> String {
        self.hash.clone()
    }
    fn group(&self) -> String {
        self.place.group()
    }
    fn expires(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}
