//! Making entries of the audit trail: who did what to what, how it stood before and after.

use crate::api::context::{Ctx, Origin};
use crate::host::Host;
use crate::store::{AuditEntry, Place};
use model::{Actor, AuditId};
use serde::Serialize;
use serde_json::Value;

/// The entry of a change of records. The store numbers it and writes it with the change.
pub fn entry(host: &Host, ctx: &Ctx, action: &str, object: &str) -> AuditEntry {
    entry_of(host, ctx.actor(), &ctx.place, &ctx.origin, action, object)
}

/// As [`entry`], where the caller has no place of its own: signing in, the command line.
pub fn entry_of(
    host: &Host,
    actor: Actor,
    place: &Place,
    origin: &Origin,
    action: &str,
    object: &str,
) -> AuditEntry {
    AuditEntry {
        id: AuditId::new(host.new_id(AuditId::PREFIX)),
        seq: 0,
        at: host.now(),
        place: place.clone(),
        actor,
        action: action.to_owned(),
        object: object.to_owned(),
        run: None,
        before: None,
        after: None,
        reason: None,
        plan: None,
        request_id: origin.request_id.clone(),
        ip: origin.ip.clone(),
    }
}

impl AuditEntry {
    /// How it stood before.
    pub fn before(mut self, value: impl Serialize) -> Self {
        self.before = plain(value);
        self
    }

    /// How it stands now.
    pub fn after(mut self, value: impl Serialize) -> Self {
        self.after = plain(value);
        self
    }

    pub fn reason(mut self, reason: Option<String>) -> Self {
        self.reason = reason;
        self
    }
}

fn plain(value: impl Serialize) -> Option<Value> {
    serde_json::to_value(value).ok()
}
