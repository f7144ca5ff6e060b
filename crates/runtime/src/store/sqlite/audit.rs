//! The audit trails: linking entries, and finding them among very many.

use super::SharedSigner;
use super::read::{sql_limit, text};
use super::readers::ReadError;
use super::write::write_record;
use crate::store::index::COUNT_TO;
use crate::store::query::{AuditQuery, said, words};
use crate::store::{Change, HEAD_EVERY, Signer};
use model::audit::Hash;
use model::{ActorKind, AuditEntry, AuditHead, RunId, TenantId, Timestamp};
use rusqlite::types::Value as SqlValue;
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};
use std::fmt::Write;
use std::sync::Arc;

type Result<T> = std::result::Result<T, ReadError>;

/// The clock may have been set back while entries were written: by at most this many their times may be out of order.
const OUT_OF_ORDER: u64 = 10_000;

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
    CREATE VIRTUAL TABLE audit_text USING fts5 (
        text, content = '', contentless_delete = 1, detail = none, tokenize = 'unicode61 remove_diacritics 0'
    );
";

/// Brings trails from before entries were linked into the tables of today.
pub(super) fn link_all(db: &Connection) -> Result<()> {
    db.execute_batch("ALTER TABLE audit RENAME TO audit_before; DROP INDEX audit_by_run;")?;
    db.execute_batch(TABLES)?;
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
    let num = db.last_insert_rowid();
    db.prepare_cached("INSERT INTO audit_text (rowid, text) VALUES (?1, ?2)")?
        .execute(params![num, said(&entry)])?;
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
    db.prepare_cached(
        "DELETE FROM audit_text WHERE rowid IN (SELECT num FROM audit WHERE tenant = ?1 AND seq <= ?2)",
    )?
    .execute(params![tenant.as_str(), to])?;
    db.prepare_cached("DELETE FROM audit WHERE tenant = ?1 AND seq <= ?2")?
        .execute(params![tenant.as_str(), to])?;
    Ok(())
}

pub(super) fn list(db: &Connection, query: &AuditQuery) -> Result<Vec<AuditEntry>> {
    let Some(mut search) = Search::new(db, query)? else {
        return Ok(Vec::new());
    };
    search.sql.push_str(search.newest_first);
    search.sql.push_str(" LIMIT ?");
    search.values.push(sql_limit(query.limit).into());
    let mut statement = db.prepare_cached(&format!("SELECT entry {}", search.sql))?;
    let mut rows = statement.query(params_from_iter(search.values))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(serde_json::from_str(text(row, 0)?)?);
    }
    Ok(found)
}

pub(super) fn count(db: &Connection, query: &AuditQuery) -> Result<u64> {
    let whole = AuditQuery {
        before_seq: None,
        ..query.clone()
    };
    let Some(mut search) = Search::new(db, &whole)? else {
        return Ok(0);
    };
    search.values.push(SqlValue::Integer(COUNT_TO as i64 + 1));
    let sql = format!("SELECT count(*) FROM (SELECT 1 {} LIMIT ?)", search.sql);
    Ok(db
        .prepare_cached(&sql)?
        .query_row(params_from_iter(search.values), |row| row.get(0))?)
}

/// From where entries are taken and which, as SQL.
struct Search {
    sql: String,
    newest_first: &'static str,
    values: Vec<SqlValue>,
}

impl Search {
    /// `None`: there is nothing to find.
    fn new(db: &Connection, query: &AuditQuery) -> Result<Option<Self>> {
        let Some((first, last)) = bounds(db, query)? else {
            return Ok(None);
        };
        let wanted: Vec<String> = query.text.iter().flat_map(|text| words(text)).collect();
        let mut search = Self {
            sql: String::new(),
            newest_first: " ORDER BY audit.seq DESC",
            values: Vec::new(),
        };
        if wanted.is_empty() {
            let _ = write!(search.sql, "FROM audit INDEXED BY {}", index_for(query));
            search.and(" WHERE audit.tenant = ?", query.tenant.clone());
        } else {
            let wanted: Vec<String> = wanted.iter().map(|word| format!("\"{word}\"*")).collect();
            search.and(
                "FROM audit_text CROSS JOIN audit ON audit.num = audit_text.rowid WHERE audit_text MATCH ?",
                wanted.join(" "),
            );
            search.newest_first = " ORDER BY audit_text.rowid DESC";
            if let Some(num) = before(db, query)? {
                search.and(" AND audit_text.rowid < ?", num);
            }
            search.and(" AND audit.tenant = ?", query.tenant.clone());
        }
        search.and(" AND audit.seq >= ?", first);
        search.and(" AND audit.seq <= ?", last);
        let words = [
            (" AND audit.project = ?", query.project.as_deref()),
            (" AND audit.run = ?", query.run.as_ref().map(RunId::as_str)),
            (" AND audit.actor = ?", query.actor.as_deref()),
            (" AND audit.action = ?", query.action.as_deref()),
            (" AND audit.object = ?", query.object.as_deref()),
        ];
        for (sql, word) in words {
            if let Some(word) = word {
                search.and(sql, word.to_owned());
            }
        }
        match query.ai {
            // Literally, as in the index.
            Some(true) => search.sql.push_str(" AND audit.ai = 1"),
            Some(false) => search.sql.push_str(" AND audit.ai = 0"),
            None => {}
        }
        for (sql, at) in [
            (" AND audit.at >= ?", query.since),
            (" AND audit.at <= ?", query.until),
        ] {
            if let Some(at) = at {
                search.and(sql, at.millis());
            }
        }
        Ok(Some(search))
    }

    fn and(&mut self, sql: &str, value: impl Into<SqlValue>) {
        self.sql.push_str(sql);
        self.values.push(value.into());
    }
}

/// The row before which a page of a text search begins.
fn before(db: &Connection, query: &AuditQuery) -> Result<Option<i64>> {
    let Some(seq) = query.before_seq else {
        return Ok(None);
    };
    Ok(db
        .prepare_cached("SELECT num FROM audit WHERE tenant = ?1 AND seq = ?2")?
        .query_row(params![query.tenant, seq], |row| row.get(0))
        .optional()?)
}

/// The index by which the fewest entries are looked at. All give them in the order of their sequence.
fn index_for(query: &AuditQuery) -> &'static str {
    if query.object.is_some() {
        "audit_by_object"
    } else if query.run.is_some() {
        "audit_by_run"
    } else if query.ai == Some(true) {
        "audit_by_ai"
    } else if query.actor.is_some() && query.action.is_some() {
        "audit_by_both"
    } else if query.actor.is_some() {
        "audit_by_actor"
    } else if query.action.is_some() {
        "audit_by_action"
    } else if query.project.is_some() {
        "audit_by_project"
    } else {
        "audit_by_seq"
    }
}

/// The sequences between which everything asked for stands; `None` when a time leaves nothing.
fn bounds(db: &Connection, query: &AuditQuery) -> Result<Option<(i64, i64)>> {
    let number = |seq: u64| i64::try_from(seq).unwrap_or(i64::MAX);
    let at = |sql: &str, at: Timestamp| -> Result<Option<u64>> {
        Ok(db
            .prepare_cached(sql)?
            .query_row(params![query.tenant, at.millis()], |row| row.get(0))
            .optional()?)
    };
    let mut first = 0;
    let mut last = query.before_seq.map_or(i64::MAX, |seq| number(seq) - 1);
    if let Some(since) = query.since {
        let found = at(
            "SELECT seq FROM audit WHERE tenant = ?1 AND at >= ?2 ORDER BY at, seq LIMIT 1",
            since,
        )?;
        let Some(seq) = found else {
            return Ok(None);
        };
        first = number(seq.saturating_sub(OUT_OF_ORDER));
    }
    if let Some(until) = query.until {
        let found = at(
            "SELECT seq FROM audit WHERE tenant = ?1 AND at <= ?2 ORDER BY at DESC, seq DESC LIMIT 1",
            until,
        )?;
        let Some(seq) = found else {
            return Ok(None);
        };
        last = last.min(number(seq.saturating_add(OUT_OF_ORDER)));
    }
    Ok(Some((first, last)))
}

#[cfg(test)]
mod tests;
