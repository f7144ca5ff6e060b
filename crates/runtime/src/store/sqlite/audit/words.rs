//! What makes a search of words quick among very many entries: the words there are, and the filters as words.
//!
//! An entry's filters stand beside its words in the full-text table, so that words and filters together are found where their
//! lists meet; joining every entry that has a word would take longer the more there are. The words themselves are kept too:
//! FTS5 merges the lists of all words with one beginning before it gives the first entry.

use super::Result;
use crate::store::query::{AuditQuery, words};
use model::{ActorKind, AuditEntry, RunId};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::BTreeSet;

/// A contentless table of texts, and the words of each tenant with the newest entry that said them, give or take [`STEP`].
pub(super) const TABLES: &str = "
    CREATE VIRTUAL TABLE audit_text USING fts5 (
        text, content = '', contentless_delete = 1, detail = none, tokenize = 'unicode61 remove_diacritics 0'
    );
    CREATE TABLE audit_words (
        tenant TEXT NOT NULL,
        word TEXT NOT NULL,
        num INTEGER NOT NULL,
        PRIMARY KEY (tenant, word)
    ) WITHOUT ROWID;
";

/// Entries after which a word that is said again is noted again.
const STEP: i64 = 10_000;
/// Words that a beginning is completed to.
const COMPLETED: i64 = 100;
/// The longest word that is completed, in bytes.
const LONGEST: usize = 64;
/// Newest entries that are looked at to tell what is common.
const SAMPLE: i64 = 64;

/// A filter as a word. Nobody types it: what it stands for is written in hexadecimal digits.
fn facet(kind: char, value: &str) -> String {
    use std::fmt::Write;
    let mut word = format!("0f{kind}");
    for byte in value.bytes() {
        let _ = write!(word, "{byte:02x}");
    }
    word
}

/// Writes what an entry is found by: `said` is its text.
pub(super) fn write(db: &Connection, num: i64, entry: &AuditEntry, said: &str) -> Result<()> {
    let tenant = entry.place.tenant.as_str();
    let mut text = said.to_owned();
    let filters = [
        ('t', Some(tenant)),
        ('p', Some(entry.place.project.as_str())),
        ('u', Some(entry.actor.id.as_str())),
        ('a', Some(entry.action.as_str())),
        ('o', Some(entry.object.as_str())),
        ('r', entry.run.as_ref().map(RunId::as_str)),
        ('i', (entry.actor.kind == ActorKind::Ai).then_some("")),
    ];
    for (kind, value) in filters {
        if let Some(value) = value {
            text.push(' ');
            text.push_str(&facet(kind, value));
        }
    }
    db.prepare_cached("INSERT INTO audit_text (rowid, text) VALUES (?1, ?2)")?
        .execute(params![num, text])?;
    let mut note = db.prepare_cached(
        "INSERT INTO audit_words (tenant, word, num) VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET num = excluded.num WHERE excluded.num > num + ?4",
    )?;
    let said: BTreeSet<String> = words(said).filter(|word| word.len() <= LONGEST).collect();
    for word in said {
        note.execute(params![tenant, word, num, STEP])?;
    }
    Ok(())
}

/// Forgets the words that only entries up to `num` said, which are gone.
pub(super) fn forget(db: &Connection, tenant: &str, num: i64) -> Result<()> {
    db.prepare_cached("DELETE FROM audit_words WHERE tenant = ?1 AND num + ?2 <= ?3")?
        .execute(params![tenant, STEP, num])?;
    // The others may have been said again since they were noted.
    let noted: Vec<String> = db
        .prepare_cached("SELECT word FROM audit_words WHERE tenant = ?1 AND num <= ?2")?
        .query_map(params![tenant, num], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let mut newest = db.prepare_cached(
        "SELECT rowid FROM audit_text WHERE audit_text MATCH ?1 ORDER BY rowid DESC LIMIT 1",
    )?;
    let mut note =
        db.prepare_cached("UPDATE audit_words SET num = ?3 WHERE tenant = ?1 AND word = ?2")?;
    let mut drop = db.prepare_cached("DELETE FROM audit_words WHERE tenant = ?1 AND word = ?2")?;
    for word in noted {
        let wanted = format!("\"{word}\" AND \"{}\"", facet('t', tenant));
        let said: Option<i64> = newest
            .query_row(params![wanted], |row| row.get(0))
            .optional()?;
        match said {
            Some(num) => note.execute(params![tenant, word, num])?,
            None => drop.execute(params![tenant, word])?,
        };
    }
    Ok(())
}

/// What to look for in the full-text table; `None` when no entry of the tenant can have it.
pub(super) fn wanted(
    db: &Connection,
    query: &AuditQuery,
    wanted: &[String],
) -> Result<Option<String>> {
    let tenant = query.tenant.as_str();
    let mut all: Vec<String> = wanted.iter().map(|word| format!("\"{word}\"")).collect();
    if !is_there(db, tenant, &all.join(" AND "))?
        && let (Some(last), Some(beginning)) = (all.last_mut(), wanted.last())
    {
        let completed = completed(db, tenant, beginning)?;
        if completed.is_empty() {
            return Ok(None);
        }
        *last = format!("({})", completed.join(" OR "));
    }
    let run = query.run.as_ref().map(RunId::as_str);
    let filters = [
        ('u', query.actor.as_deref()),
        ('a', query.action.as_deref()),
        ('o', query.object.as_deref()),
        ('r', run),
        ('i', (query.ai == Some(true)).then_some("")),
        // What nearly every entry has would only be one more list to walk along.
        ('t', (!is_common_tenant(db, tenant)?).then_some(tenant)),
        ('p', rare_project(db, query)?),
    ];
    for (kind, value) in filters {
        if let Some(value) = value {
            all.push(format!("\"{}\"", facet(kind, value)));
        }
    }
    Ok(Some(all.join(" AND ")))
}

fn is_there(db: &Connection, tenant: &str, wanted: &str) -> Result<bool> {
    Ok(db
        .prepare_cached(
            "SELECT 1 FROM audit_text CROSS JOIN audit ON audit.num = audit_text.rowid
                WHERE audit_text MATCH ?1 AND audit.tenant = ?2",
        )?
        .exists(params![wanted, tenant])?)
}

/// Words that begin so, quoted; of very many the last ones, which of ids are the newest.
fn completed(db: &Connection, tenant: &str, beginning: &str) -> Result<Vec<String>> {
    let mut statement = db.prepare_cached(
        "SELECT word FROM audit_words WHERE tenant = ?1 AND word >= ?2 AND word < ?3
            ORDER BY word DESC LIMIT ?4",
    )?;
    let end = format!("{beginning}{}", char::MAX);
    let found = statement.query_map(params![tenant, beginning, end, COMPLETED], |row| {
        Ok(format!("\"{}\"", row.get_ref(0)?.as_str()?))
    })?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

fn is_common_tenant(db: &Connection, tenant: &str) -> Result<bool> {
    let found: i64 = db
        .prepare_cached(
            "SELECT count(*) FROM (SELECT tenant FROM audit ORDER BY num DESC LIMIT ?2) WHERE tenant = ?1",
        )?
        .query_row(params![tenant, SAMPLE], |row| row.get(0))?;
    Ok(found * 2 > SAMPLE)
}

/// The project that is asked for, where most of the tenant's entries are of others.
fn rare_project<'q>(db: &Connection, query: &'q AuditQuery) -> Result<Option<&'q str>> {
    let Some(project) = query.project.as_deref() else {
        return Ok(None);
    };
    let found: i64 = db
        .prepare_cached(
            "SELECT count(*) FROM (SELECT project FROM audit WHERE tenant = ?1 ORDER BY seq DESC LIMIT ?3)
                WHERE project = ?2",
        )?
        .query_row(params![query.tenant, project, SAMPLE], |row| row.get(0))?;
    Ok((found * 2 <= SAMPLE).then_some(project))
}
