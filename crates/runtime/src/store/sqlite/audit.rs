//! The audit trails: their tables, and linking entries.

mod search;
mod words;

pub(super) use search::{count, list};

use super::SharedSigner;
use super::read::{sql_limit, text};
use super::readers::ReadError;
use super::write::write_record;
use crate::store::query::said;
use crate::store::{Change, HEAD_EVERY, Signer};
use model::audit::Hash;
use model::{ActorKind, AuditEntry, AuditHead, RunId, TenantId};
use rusqlite::{Connection, OptionalExtension, params};
use std::sync::Arc;

type Result<T> = std::result::Result<T, ReadError>;

pub(super) const TABLES: &str = "
    CREATE TABLE audit (
        num INTEGER PRIMARY KEY,
        tenant TEXT NOT NULL,
        seq INTEGER NOT NULL,
        at INTEGER NOT NULL,
        project TEXT NOT NULL,
        actor TEXT NOT NULL,
        ai INTEGER NOT NULL,
        action TEXT NOT NULL,
        object TEXT NOT NULL,
        run TEXT,
        hash TEXT NOT NULL,
        entry TEXT NOT NULL
    );
    CREATE UNIQUE INDEX audit_by_seq ON audit (tenant, seq);
    CREATE INDEX audit_by_time ON audit (tenant, at, seq);
    CREATE INDEX audit_by_project ON audit (tenant, project, seq);
    CREATE INDEX audit_by_actor ON audit (tenant, actor, seq);
    CREATE INDEX audit_by_action ON audit (tenant, action, seq);
    CREATE INDEX audit_by_both ON audit (tenant, actor, action, seq);
    CREATE INDEX audit_by_object ON audit (tenant, object, seq);
    CREATE INDEX audit_by_run ON audit (tenant, run, seq) WHERE run IS NOT NULL;
    CREATE INDEX audit_by_ai ON audit (tenant, seq) WHERE ai = 1;
    CREATE INDEX audit_by_ai_actor ON audit (tenant, actor, seq) WHERE ai = 1;
    CREATE INDEX audit_by_ai_action ON audit (tenant, action, seq) WHERE ai = 1;
";

/// Brings trails from before entries were linked into the tables of today.
pub(super) fn link_all(db: &Connection) -> Result<()> {
    db.execute_batch("ALTER TABLE audit RENAME TO audit_before; DROP INDEX audit_by_run;")?;
    db.execute_batch(TABLES)?;
    db.execute_batch(words::TABLES)?;
    {
        let mut old = db.prepare("SELECT entry FROM audit_before ORDER BY tenant, seq")?;
        let mut rows = old.query([])?;
        while let Some(row) = rows.next()? {
            insert(db, serde_json::from_str(text(row, 0)?)?)?;
        }
    }
    db.execute_batch("DROP TABLE audit_before")?;
    Ok(())
}

/// Lays out anew what words are found by, as this version writes it.
pub(super) fn index_words(db: &Connection) -> Result<()> {
    db.execute_batch("DROP TABLE IF EXISTS audit_text; DROP TABLE IF EXISTS audit_words;")?;
    db.execute_batch(words::TABLES)?;
    let mut all = db.prepare("SELECT num, entry FROM audit ORDER BY num")?;
    let mut rows = all.query([])?;
    while let Some(row) = rows.next()? {
        let entry = serde_json::from_str(text(row, 1)?)?;
        words::write(db, row.get(0)?, &entry, &said(&entry))?;
    }
    Ok(())
}

pub(super) fn write_audit(
    db: &Connection,
    entry: Option<&AuditEntry>,
    signer: &SharedSigner,
) -> Result<()> {
    let Some(entry) = entry else {
        return Ok(());
    };
    let entry = insert(db, entry.clone())?;
    if entry.seq.is_multiple_of(HEAD_EVERY)
        && let Some(signer) = signer.get()
    {
        let end = (entry.seq, entry.hash);
        let head = sign(
            Some(signer),
            AuditHead::new(entry.place.tenant, end, entry.at),
        );
        if let Change::Put(put) = Change::put(&head)? {
            write_record(db, &put)?;
        }
    }
    Ok(())
}

pub(super) fn sign(signer: Option<&Arc<dyn Signer>>, mut head: AuditHead) -> AuditHead {
    head.signed = signer.map(|signer| signer.sign(&head.message()));
    head
}

/// Links an entry to its trail and writes it.
fn insert(db: &Connection, mut entry: AuditEntry) -> Result<AuditEntry> {
    entry.link(end(db, entry.place.tenant.as_str(), u64::MAX)?);
    db.prepare_cached(
        "INSERT INTO audit (tenant, seq, at, project, actor, ai, action, object, run, hash, entry)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?
    .execute(params![
        entry.place.tenant.as_str(),
        entry.seq,
        entry.at.millis(),
        entry.place.project.as_str(),
        entry.actor.id,
        entry.actor.kind == ActorKind::Ai,
        entry.action,
        entry.object,
        entry.run.as_ref().map(RunId::as_str),
        entry.hash.to_string(),
        serde_json::to_string(&entry)?
    ])?;
    words::write(db, db.last_insert_rowid(), &entry, &said(&entry))?;
    Ok(entry)
}

pub(super) fn end(db: &Connection, tenant: &str, to: u64) -> Result<(u64, Hash)> {
    let to = i64::try_from(to).unwrap_or(i64::MAX);
    let found: Option<(u64, String)> = db
        .prepare_cached(
            "SELECT seq, hash FROM audit WHERE tenant = ?1 AND seq <= ?2 ORDER BY seq DESC LIMIT 1",
        )?
        .query_row(params![tenant, to], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((seq, hash)) = found else {
        return Ok((0, Hash::default()));
    };
    let hash = Hash::parse(&hash).ok_or_else(|| {
        crate::store::StoreError::Unreadable(format!("the hash of audit entry {seq}"))
    })?;
    Ok((seq, hash))
}

pub(super) fn from(
    db: &Connection,
    tenant: &TenantId,
    from: u64,
    limit: usize,
) -> Result<Vec<(u64, String)>> {
    let mut statement = db.prepare_cached(
        "SELECT seq, entry FROM audit WHERE tenant = ?1 AND seq >= ?2 ORDER BY seq LIMIT ?3",
    )?;
    let rows = statement.query_map(params![tenant.as_str(), from, sql_limit(limit)], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Removes a tenant's entries up to `to`.
pub(super) fn trim(db: &Connection, tenant: &TenantId, to: u64) -> Result<()> {
    let last: Option<i64> = db
        .prepare_cached("SELECT max(num) FROM audit WHERE tenant = ?1 AND seq <= ?2")?
        .query_row(params![tenant.as_str(), to], |row| row.get(0))?;
    db.prepare_cached(
        "DELETE FROM audit_text WHERE rowid IN (SELECT num FROM audit WHERE tenant = ?1 AND seq <= ?2)",
    )?
    .execute(params![tenant.as_str(), to])?;
    db.prepare_cached("DELETE FROM audit WHERE tenant = ?1 AND seq <= ?2")?
        .execute(params![tenant.as_str(), to])?;
    if let Some(last) = last {
        words::forget(db, tenant.as_str(), last)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
