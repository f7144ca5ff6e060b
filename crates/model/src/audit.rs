//! The audit trail: entries that follow from one another, heads that are signed, and how both are checked.
//!
//! Each tenant has one trail. An entry carries the hash of the one before it and its own, so that changing, taking out or
//! moving one breaks everything behind it. What a chain shows and what it cannot is said in `docs/decisions/010`.

pub(crate) mod canonical;
pub mod csv;
mod export;
mod hash;
mod mask;
mod verify;

pub use export::{CheckSignature, Checker, Report, Start, check};
pub use hash::Hash;
pub use verify::{Chain, Flaw};

use crate::{Actor, AuditId, Place, RunId, TenantId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One entry of the audit trail. It is written in the transaction of what it tells about and never changes.
///
/// What is added later must be left out where it is absent: an old entry's hash is over what it had.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    pub id: AuditId,
    /// Counts from 1 in each tenant, without gaps; the store numbers it.
    #[serde(default)]
    pub seq: u64,
    pub at: Timestamp,
    pub place: Place,
    pub actor: Actor,
    /// A stable word: `run.retry`, `workflow.publish`, `token.create`.
    pub action: String,
    /// What was acted on: `run_01…`, `wf_01…`.
    pub object: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
    /// How it stood before; secrets are masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Object>))]
    pub before: Option<Value>,
    /// How it stood afterwards; secrets are masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Object>))]
    pub after: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The [`Plan`](crate::Plan) that was confirmed, as it was worded then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<crate::Plan>))]
    pub plan: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
    /// The hash of the entry before; zeros in the first one.
    #[serde(default)]
    pub prev: Hash,
    /// SHA-256 over all of the above in its canonical form.
    #[serde(default)]
    pub hash: Hash,
}

impl AuditEntry {
    /// An entry that the store has not numbered and linked yet.
    pub fn new(
        id: AuditId,
        at: Timestamp,
        place: Place,
        actor: Actor,
        action: impl Into<String>,
        object: impl Into<String>,
    ) -> Self {
        Self {
            id,
            seq: 0,
            at,
            place,
            actor,
            action: action.into(),
            object: object.into(),
            run: None,
            before: None,
            after: None,
            reason: None,
            plan: None,
            request_id: None,
            ip: None,
            prev: Hash::default(),
            hash: Hash::default(),
        }
    }

    /// How it stood before.
    pub fn before(mut self, value: impl Serialize) -> Self {
        self.before = serde_json::to_value(value).ok();
        self
    }

    /// How it stands now.
    pub fn after(mut self, value: impl Serialize) -> Self {
        self.after = serde_json::to_value(value).ok();
        self
    }

    pub fn reason(mut self, reason: Option<String>) -> Self {
        self.reason = reason;
        self
    }

    /// Masks secrets, numbers the entry and links it to the one before: `(0, zeros)` before the first.
    pub fn link(&mut self, (seq, hash): (u64, Hash)) {
        for told in [&mut self.before, &mut self.after].into_iter().flatten() {
            mask::mask(told);
        }
        self.seq = seq + 1;
        self.prev = hash;
        self.hash = self.digest();
    }

    /// The hash this entry must carry.
    pub fn digest(&self) -> Hash {
        // Text, numbers and JSON can always be written as JSON. The hash of nothing would fit no entry.
        canonical::digest(&serde_json::to_value(self).unwrap_or_default())
    }
}

/// The end of a trail at a moment, signed where the runtime has a key: whoever keeps one can later tell whether the trail it
/// names is still whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AuditHead {
    pub tenant: TenantId,
    /// The newest entry's sequence; 0 in a trail without entries.
    pub seq: u64,
    /// The newest entry's hash; zeros in a trail without entries.
    pub hash: Hash,
    /// When the head was made.
    pub at: Timestamp,
    /// Absent where the runtime has no key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<Signed>,
}

/// An Ed25519 signature and the public key it is checked with, both in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Signed {
    pub key: String,
    pub signature: String,
}

impl AuditHead {
    /// The end of a trail whose newest entry is `(seq, hash)`.
    pub fn new(tenant: TenantId, (seq, hash): (u64, Hash), at: Timestamp) -> Self {
        Self {
            tenant,
            seq,
            hash,
            at,
            signed: None,
        }
    }

    /// The bytes that are signed.
    pub fn message(&self) -> Vec<u8> {
        format!(
            "signalbox-audit-head/1\n{}\n{}\n{}\n{}\n",
            self.tenant, self.seq, self.hash, self.at
        )
        .into_bytes()
    }
}

#[cfg(test)]
mod tests;
