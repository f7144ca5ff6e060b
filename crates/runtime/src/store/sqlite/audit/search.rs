//! Finding entries among very many, without looking at more of them than are asked for.

use super::super::read::{sql_limit, text};
use super::Result;
use super::words::wanted;
use crate::store::index::COUNT_TO;
use crate::store::query::{AuditQuery, words};
use model::{AuditEntry, RunId, Timestamp};
use rusqlite::types::Value as SqlValue;
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};
use std::fmt::Write;

/// The clock may have been set back while entries were written: by at most this many their times may be out of order.
const OUT_OF_ORDER: u64 = 10_000;

pub(in crate::store::sqlite) fn list(
    db: &Connection,
    query: &AuditQuery,
) -> Result<Vec<AuditEntry>> {
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

pub(in crate::store::sqlite) fn count(db: &Connection, query: &AuditQuery) -> Result<u64> {
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
        let said: Vec<String> = query.text.iter().flat_map(|text| words(text)).collect();
        let mut search = Self {
            sql: String::new(),
            newest_first: " ORDER BY audit.seq DESC",
            values: Vec::new(),
        };
        if said.is_empty() {
            let _ = write!(search.sql, "FROM audit INDEXED BY {}", index_for(query));
            search.and(" WHERE audit.tenant = ?", query.tenant.clone());
        } else {
            let Some(wanted) = wanted(db, query, &said)? else {
                return Ok(None);
            };
            search.and(
                "FROM audit_text CROSS JOIN audit ON audit.num = audit_text.rowid WHERE audit_text MATCH ?",
                wanted,
            );
            search.newest_first = " ORDER BY audit_text.rowid DESC";
            let Some((oldest, newest)) = rows(db, &query.tenant, (first, last))? else {
                return Ok(None);
            };
            search.and(" AND audit_text.rowid >= ?", oldest);
            search.and(" AND audit_text.rowid <= ?", newest);
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

/// The rows between which the entries of these sequences stand.
fn rows(db: &Connection, tenant: &str, (first, last): (i64, i64)) -> Result<Option<(i64, i64)>> {
    let row = |sql: &str, seq: i64| -> Result<Option<i64>> {
        Ok(db
            .prepare_cached(sql)?
            .query_row(params![tenant, seq], |row| row.get(0))
            .optional()?)
    };
    let oldest = row(
        "SELECT num FROM audit WHERE tenant = ?1 AND seq >= ?2 ORDER BY seq LIMIT 1",
        first,
    )?;
    let newest = row(
        "SELECT num FROM audit WHERE tenant = ?1 AND seq <= ?2 ORDER BY seq DESC LIMIT 1",
        last,
    )?;
    Ok(oldest.zip(newest))
}

/// The index by which the fewest entries are looked at. All give them in the order of their sequence.
fn index_for(query: &AuditQuery) -> &'static str {
    if query.object.is_some() {
        "audit_by_object"
    } else if query.run.is_some() {
        "audit_by_run"
    } else if query.ai == Some(true) {
        // Few of all entries are an AI's.
        match (&query.actor, &query.action) {
            (Some(_), _) => "audit_by_ai_actor",
            (None, Some(_)) => "audit_by_ai_action",
            (None, None) => "audit_by_ai",
        }
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
