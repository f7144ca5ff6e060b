//! What is kept beside an audit trail: signed heads, and how long entries stay.

use super::{Record, RecordKind};
use model::{AuditHead, TenantId};
use serde::{Deserialize, Serialize};

/// Key: `tenant/seq`, in the order of sequences. Group: the tenant.
impl Record for AuditHead {
    const KIND: RecordKind = RecordKind::AuditHead;
    fn key(&self) -> String {
        format!("{}/{:016}", self.tenant, self.seq)
    }
    fn group(&self) -> String {
        self.tenant.to_string()
    }
}

/// The signed end of what was removed from a tenant's audit trail. Key: the tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AuditAnchor(pub AuditHead);

impl Record for AuditAnchor {
    const KIND: RecordKind = RecordKind::AuditAnchor;
    fn key(&self) -> String {
        self.0.tenant.to_string()
    }
    fn group(&self) -> String {
        String::new()
    }
}

/// How long a tenant's audit trail is kept. Key: the tenant. Listed as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditKeep {
    pub tenant: TenantId,
    /// Without end when absent.
    pub days: Option<u32>,
}

impl Record for AuditKeep {
    const KIND: RecordKind = RecordKind::AuditKeep;
    fn key(&self) -> String {
        self.tenant.to_string()
    }
    fn group(&self) -> String {
        String::new()
    }
}
