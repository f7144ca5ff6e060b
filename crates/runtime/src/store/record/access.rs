//! What access needs beside people and tokens: invitations, and when something was last used.

use super::{Record, RecordKind};
use model::{Actor, ProjectId, Role, TenantId, Timestamp};
use serde::{Deserialize, Serialize};

/// A link that makes whoever opens it a member, once. Key: its secret's SHA-256 in hexadecimal. Group: the tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationRecord {
    pub hash: String,
    /// `inv_` and a ULID; it gives nothing away.
    pub id: String,
    pub tenant: TenantId,
    /// Every project of the tenant when absent.
    pub project: Option<ProjectId>,
    pub role: Role,
    pub name: String,
    pub by: Actor,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub used_at: Option<Timestamp>,
}

impl Record for InvitationRecord {
    const KIND: RecordKind = RecordKind::Invitation;
    fn key(&self) -> String {
        self.hash.clone()
    }
    fn group(&self) -> String {
        self.tenant.to_string()
    }
    fn expires(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

/// A use is forgotten after a year.
const KEPT_MS: u64 = 365 * 24 * 3600 * 1000;

/// When a token or a session was last used, to the minute. Key: the token's id, or the session's hash. It says nothing that an
/// audit entry would have to tell, and is lost without harm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastUse {
    pub of: String,
    pub at: Timestamp,
    pub ip: Option<String>,
}

impl Record for LastUse {
    const KIND: RecordKind = RecordKind::LastUse;
    fn key(&self) -> String {
        self.of.clone()
    }
    fn group(&self) -> String {
        String::new()
    }
    fn expires(&self) -> Option<Timestamp> {
        Some(self.at.plus_ms(KEPT_MS))
    }
}
