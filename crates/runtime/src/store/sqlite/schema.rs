//! The tables, as steps from one version of the schema to the next. `PRAGMA user_version` says how many were done.

use super::readers::ReadError;
use super::{audit, snapshots, unavailable};
use crate::store::{RecordKind, StoreError};
use rusqlite::Connection;
use std::fmt::Write;

/// Only ever add to the end: a data folder may be at any of them.
const STEPS: &[Step] = &[
    Step::Sql(first),
    Step::Code(audit::link_all),
    Step::Code(audit::index_words),
    Step::Sql(snapshots::table),
];

enum Step {
    Sql(fn() -> String),
    /// What statements alone cannot do.
    Code(fn(&Connection) -> Result<(), ReadError>),
}

impl Step {
    fn run(&self, db: &Connection) -> Result<(), ReadError> {
        match self {
            Self::Sql(sql) => Ok(db.execute_batch(&sql())?),
            Self::Code(code) => code(db),
        }
    }
}

pub(super) fn first() -> String {
    String::from(
        "
        CREATE TABLE runs (
            num INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            tenant TEXT NOT NULL,
            project TEXT NOT NULL,
            seq INTEGER NOT NULL,
            status TEXT NOT NULL,
            stage INTEGER NOT NULL,
            timer_at INTEGER,
            not_before INTEGER,
            parent_run TEXT,
            parent_path TEXT,
            parent_attempt INTEGER,
            parent_try INTEGER,
            attention TEXT,
            run_row TEXT NOT NULL
        );
        CREATE UNIQUE INDEX runs_by_call ON runs (parent_run, parent_path, parent_attempt, parent_try)
            WHERE parent_run IS NOT NULL;
        CREATE INDEX runs_unfinished ON runs (num) WHERE stage > 0;

        CREATE TABLE events (
            pos INTEGER PRIMARY KEY,
            run INTEGER NOT NULL,
            seq INTEGER NOT NULL,
            type TEXT NOT NULL,
            step TEXT,
            event TEXT NOT NULL
        );
        CREATE UNIQUE INDEX events_by_run ON events (run, seq, type);
        CREATE INDEX events_by_step ON events (run, step, seq) WHERE step IS NOT NULL;

        CREATE TABLE artifacts (
            id TEXT PRIMARY KEY,
            run INTEGER NOT NULL,
            content BLOB NOT NULL
        );

        CREATE TABLE waits (
            num INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL,
            tenant TEXT NOT NULL,
            project TEXT NOT NULL,
            run INTEGER NOT NULL,
            step TEXT NOT NULL,
            state TEXT NOT NULL,
            closed_at INTEGER,
            doc TEXT NOT NULL
        );
        CREATE INDEX waits_by_place ON waits (tenant, project, kind, num);
        CREATE INDEX waits_open ON waits (tenant, project, kind, num) WHERE state = 'open';
        CREATE INDEX waits_by_step ON waits (run, step) WHERE state = 'open';

        CREATE TABLE audit (
            tenant TEXT NOT NULL,
            seq INTEGER NOT NULL,
            run TEXT,
            entry TEXT NOT NULL,
            PRIMARY KEY (tenant, seq)
        ) WITHOUT ROWID;
        CREATE INDEX audit_by_run ON audit (tenant, run, seq) WHERE run IS NOT NULL;
        ",
    )
}

/// The tables of records: all alike, so a kind that a data folder has not seen yet gets its own at the next start.
fn records() -> String {
    let mut sql = String::new();
    for kind in RecordKind::ALL {
        let table = kind.table();
        let _ = write!(
            sql,
            "
            CREATE TABLE IF NOT EXISTS {table} (
                key TEXT PRIMARY KEY,
                grp TEXT NOT NULL,
                side TEXT,
                expires INTEGER,
                revision INTEGER NOT NULL,
                doc TEXT NOT NULL
            );
            CREATE INDEX IF NOT EXISTS {table}_by_group ON {table} (grp, key);
            CREATE INDEX IF NOT EXISTS {table}_by_side ON {table} (side) WHERE side IS NOT NULL;
            "
        );
    }
    sql
}

/// Brings the tables to the version of this program.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let done: usize = connection
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .map_err(|error| unavailable(&error))?;
    if done > STEPS.len() {
        return Err(StoreError::Unavailable {
            reason: format!(
                "The data folder was written by a newer Signalbox (schema {done}, this one knows {}). Use that version or another folder.",
                STEPS.len()
            ),
        });
    }
    for (at, step) in STEPS.iter().enumerate().skip(done) {
        let transaction = connection
            .transaction()
            .map_err(|error| unavailable(&error))?;
        step.run(&transaction)?;
        transaction
            .pragma_update(None, "user_version", at + 1)
            .and_then(|()| transaction.commit())
            .map_err(|error| unavailable(&error))?;
    }
    connection
        .execute_batch(&records())
        .map_err(|error| unavailable(&error))
}
