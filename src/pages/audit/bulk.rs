//! The bulk job that an entry belongs to.

use model::{AuditEntry, BulkId};

/// The job itself for what was done to a job, and for a run's entry the job that made the move.
pub fn job_of(entry: &AuditEntry) -> Option<BulkId> {
    if entry.object.starts_with(BulkId::PREFIX) {
        return Some(BulkId::from(entry.object.as_str()));
    }
    let made_by = entry.after.as_ref()?.get("detail")?.get("bulk")?.as_str()?;
    Some(BulkId::from(made_by))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Actor, Place, Timestamp};
    use serde_json::{Value, json};

    fn entry(object: &str, after: Option<Value>) -> AuditEntry {
        let place = Place::new("metro", "sales");
        let at = Timestamp::default();
        AuditEntry {
            after,
            ..AuditEntry::new("aud_1".into(), at, place, Actor::system(), "x", object)
        }
    }

    #[test]
    fn an_entry_names_its_job_or_none() {
        let job = Some(BulkId::from("blk_1"));
        assert_eq!(job_of(&entry("blk_1", None)), job);
        let moved = json!({ "status": "queued", "detail": { "bulk": "blk_1" } });
        assert_eq!(job_of(&entry("run_1", Some(moved))), job);
        assert_eq!(job_of(&entry("run_1", Some(json!({ "seq": 3 })))), None);
        assert_eq!(job_of(&entry("run_1", None)), None);
    }
}
