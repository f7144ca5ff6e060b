//! Removes what is old: what tenants no longer keep of their audit trails, and bulk jobs. What is left of a trail stays
//! checkable: the signed hash of the last entry that was removed is kept.

use super::Inner;
use crate::store::record::{
    AuditAnchor, AuditKeep, BulkRecord, BulkRunRecord, BulkSetRecord, Record, RecordKind,
};
use crate::store::{AuditEntry, AuditQuery, Change, ChangeSet, Place, StoreError};
use model::{Actor, AuditHead, AuditId, ProjectId, TenantId, Timestamp};
use serde_json::json;

const DAY_MS: u64 = 24 * 3600 * 1000;
/// Entries removed in one transaction: others write meanwhile.
const AT_ONCE: u64 = 5_000;
/// Bulk jobs read at once.
const JOBS: usize = 100;

impl Inner {
    /// Removes old entries of every tenant that asked for it.
    pub(super) async fn trim_audit(&self) -> Result<(), StoreError> {
        let _alone = self.trimming.lock().await;
        let mut after = None;
        loop {
            let page = self
                .store
                .list::<AuditKeep>("", after.as_deref(), 100)
                .await?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            after = Some(last.value.tenant.to_string());
            for stored in page {
                if let Some(days) = stored.value.days {
                    self.trim(&stored.value.tenant, days).await?;
                }
            }
        }
    }

    /// Removes bulk jobs that ended long ago, each with its set and its marks.
    pub(super) async fn forget_jobs(&self, now: Timestamp) -> Result<(), StoreError> {
        loop {
            let old = self.store.expired(RecordKind::Bulk, now, JOBS).await?;
            for raw in &old {
                let record: BulkRecord = serde_json::from_str(&raw.doc)?;
                let group = record.job.id.to_string();
                let marks = Change::Clear {
                    kind: BulkRunRecord::KIND,
                    group,
                };
                let set = ChangeSet::new(Change::delete::<BulkRecord>(record.key()))
                    .and(Change::delete::<BulkSetRecord>(record.job.id.as_str()))
                    .and(marks);
                self.store.change(set).await?;
            }
            if old.len() < JOBS {
                return Ok(());
            }
        }
    }

    async fn trim(&self, tenant: &TenantId, days: u32) -> Result<(), StoreError> {
        let now = self.platform.now();
        let before = now.minus_ms(u64::from(days) * DAY_MS);
        let old = self
            .store
            .audit(AuditQuery {
                tenant: tenant.to_string(),
                until: Some(before),
                limit: 1,
                ..AuditQuery::default()
            })
            .await?;
        let (newest, _) = self.store.audit_end(tenant, u64::MAX).await?;
        // The newest entry stays: the next one follows from it.
        let Some(to) = old
            .first()
            .map(|entry| entry.seq.min(newest.saturating_sub(1)))
            .filter(|to| *to > 0)
        else {
            return Ok(());
        };
        let removed = self.store.get::<AuditAnchor>(tenant.as_str()).await?;
        let mut at = removed.map_or(0, |stored| stored.value.0.seq);
        let place = Place {
            tenant: tenant.clone(),
            project: ProjectId::new("-"),
        };
        let id = AuditId::new(self.new_id(AuditId::PREFIX));
        let mut entry = Some(
            AuditEntry::new(
                id,
                now,
                place,
                Actor::system(),
                "audit.remove",
                tenant.as_str(),
            )
            .after(json!({ "from": at + 1, "to": to, "keep_days": days })),
        );
        while at < to {
            at = (at + AT_ONCE).min(to);
            let end = self.store.audit_end(tenant, at).await?;
            let anchor = self.store.sign(AuditHead::new(tenant.clone(), end, now));
            let set = ChangeSet::new(Change::TrimAudit {
                tenant: tenant.clone(),
                to: at,
            })
            .and(Change::put(&AuditAnchor(anchor))?);
            self.store
                .change(ChangeSet {
                    audit: entry.take(),
                    ..set
                })
                .await?;
        }
        Ok(())
    }
}
