//! Making entries of the audit trail: who did what to what, how it stood before and after.

use crate::api::context::{Ctx, Origin};
use crate::host::Host;
use crate::store::Place;
use model::{Actor, AuditEntry, AuditId};

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
    let id = AuditId::new(host.new_id(AuditId::PREFIX));
    AuditEntry {
        request_id: origin.request_id.clone(),
        ip: origin.ip.clone(),
        ..AuditEntry::new(id, host.now(), place.clone(), actor, action, object)
    }
}
