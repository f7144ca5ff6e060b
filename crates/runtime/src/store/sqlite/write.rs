//! The statements of one decision or change. Everything that can be refused is checked before anything is written, so that a
//! refused job leaves nothing in the transaction it shares with others.

use super::SharedSigner;
use super::audit::{trim, write_audit};
use super::readers::ReadError;
use super::snapshots;
use crate::store::change::{Append, Change, ChangeSet, PutRecord, Stage, WaitChange, WaitState};
use crate::store::{Place, StoreError};
use model::{Event, RunId, StepPath};
use rusqlite::{Connection, OptionalExtension, params};
use std::sync::Arc;

type Result<T> = std::result::Result<T, ReadError>;

/// A decision with its documents written out, so that the writer thread has little to do.
pub(super) struct ReadyAppend {
    pub(super) append: Append,
    row: String,
    events: Vec<ReadyEvent>,
    waits: Vec<ReadyWait>,
}

struct ReadyEvent {
    seq: u64,
    kind: &'static str,
    step: Option<StepPath>,
    doc: String,
}

enum ReadyWait {
    Open {
        id: String,
        kind: &'static str,
        step: StepPath,
        doc: String,
    },
    Close {
        step: StepPath,
        state: WaitState,
        at: i64,
    },
}

impl ReadyAppend {
    pub(super) fn new(append: Append) -> std::result::Result<Self, StoreError> {
        let events = append
            .events
            .iter()
            .map(|event| {
                Ok(ReadyEvent {
                    seq: event.seq,
                    kind: event.event.name(),
                    step: event.event.step().cloned(),
                    doc: serde_json::to_string(event)?,
                })
            })
            .collect::<std::result::Result<_, serde_json::Error>>()?;
        let waits = append
            .waits
            .iter()
            .map(|wait| {
                Ok(match wait {
                    WaitChange::OpenTask(task) => ReadyWait::Open {
                        id: task.task.to_string(),
                        kind: "task",
                        step: task.step.clone(),
                        doc: serde_json::to_string(task)?,
                    },
                    WaitChange::OpenWaitpoint(token) => ReadyWait::Open {
                        id: token.token.clone(),
                        kind: "waitpoint",
                        step: token.step.clone(),
                        doc: serde_json::to_string(token)?,
                    },
                    WaitChange::Close { step, state, at } => ReadyWait::Close {
                        step: step.clone(),
                        state: *state,
                        at: at.millis(),
                    },
                })
            })
            .collect::<std::result::Result<_, serde_json::Error>>()?;
        Ok(Self {
            row: serde_json::to_string(&*append.row)?,
            events,
            waits,
            append,
        })
    }
}

/// What a decision became.
pub(super) struct Written {
    pub(super) num: u64,
    /// Of its last event.
    pub(super) position: u64,
}

/// Writes a decision whose first event gets the position behind `position`.
pub(super) fn append(
    db: &Connection,
    ready: &ReadyAppend,
    position: u64,
    signer: &SharedSigner,
) -> Result<Written> {
    let append = &ready.append;
    let found: Option<(u64, u64, String)> = db
        .prepare_cached("SELECT num, seq, status FROM runs WHERE id = ?1")?
        .query_row([append.run.as_str()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()?;
    let current = found.as_ref().map_or(0, |(_, seq, _)| *seq);
    if current != append.expected_seq {
        return Err(if append.expected_seq == 0 {
            StoreError::Exists(append.run.to_string())
        } else {
            StoreError::Stale {
                expected: append.expected_seq,
                current,
            }
        }
        .into());
    }
    check(db, &append.changes)?;
    let num = match found {
        Some((num, _, status)) => {
            update_run(db, ready, num, &status)?;
            num
        }
        None => insert_run(db, ready)?,
    };

    let arriving = append.stage == Stage::Arriving;
    let mut at = if arriving {
        last_arrived(db)?
    } else {
        position.cast_signed()
    };
    let mut insert = db.prepare_cached(
        "INSERT INTO events (pos, run, seq, type, step, event) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for event in &ready.events {
        at += 1;
        insert.execute(params![
            at,
            num,
            event.seq,
            event.kind,
            event.step.as_ref().map(StepPath::as_str),
            event.doc
        ])?;
    }
    for wait in &ready.waits {
        write_wait(db, &append.place, num, wait)?;
    }
    for (id, content) in &append.artifacts {
        db.prepare_cached("INSERT INTO artifacts (id, run, content) VALUES (?1, ?2, ?3)")?
            .execute(params![id.as_str(), num, content])?;
    }
    apply(db, &append.changes)?;
    write_audit(db, append.audit.as_ref(), signer)?;
    let position = if arriving {
        position
    } else {
        at.unsigned_abs()
    };
    Ok(Written { num, position })
}

/// The position behind which the next arriving event goes. Nobody is told of arriving events: they stand outside of the feed,
/// whose positions are positive.
fn last_arrived(db: &Connection) -> Result<i64> {
    Ok(db
        .prepare_cached("SELECT coalesce(max(pos), ?1) FROM events WHERE pos < 0")?
        .query_row([i64::MIN / 2], |row| row.get(0))?)
}

/// Answers with the new revisions.
pub(super) fn change(db: &Connection, set: &ChangeSet, signer: &SharedSigner) -> Result<Vec<u64>> {
    check(db, &set.changes)?;
    let revisions = apply(db, &set.changes)?;
    write_audit(db, set.audit.as_ref(), signer)?;
    Ok(revisions)
}

fn insert_run(db: &Connection, ready: &ReadyAppend) -> Result<u64> {
    let append = &ready.append;
    if let Some(parent) = &append.parent {
        let taken = db
            .prepare_cached(
                "SELECT 1 FROM runs WHERE parent_run = ?1 AND parent_path = ?2 AND parent_attempt = ?3 AND parent_try = ?4",
            )?
            .exists(params![
                parent.run.as_str(),
                parent.key.path.as_str(),
                parent.key.attempt,
                parent.key.try_no
            ])?;
        if taken {
            return Err(StoreError::Exists("The called run".into()).into());
        }
    }
    db.prepare_cached(
        "INSERT INTO runs (id, tenant, project, seq, status, stage, timer_at, not_before, parent_run, parent_path, parent_attempt,
            parent_try, run_row) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    )?
    .execute(params![
        append.run.as_str(),
        append.place.tenant.as_str(),
        append.place.project.as_str(),
        append.events.len(),
        append.row.status.as_str(),
        append.stage.code(),
        append.timer.map(model::Timestamp::millis),
        append.not_before.map(model::Timestamp::millis),
        append.parent.as_ref().map(|parent| parent.run.as_str()),
        append
            .parent
            .as_ref()
            .map(|parent| parent.key.path.as_str()),
        append.parent.as_ref().map(|parent| parent.key.attempt),
        append.parent.as_ref().map(|parent| parent.key.try_no),
        ready.row,
    ])?;
    Ok(db.last_insert_rowid().unsigned_abs())
}

fn update_run(db: &Connection, ready: &ReadyAppend, num: u64, status: &str) -> Result<()> {
    let append = &ready.append;
    db.prepare_cached(
        "UPDATE runs SET seq = ?2, status = ?3, stage = ?4, timer_at = ?5, not_before = ?6, run_row = ?7 WHERE num = ?1",
    )?
    .execute(params![
        num,
        append.expected_seq + append.events.len() as u64,
        append.row.status.as_str(),
        append.stage.code(),
        append.timer.map(model::Timestamp::millis),
        append.not_before.map(model::Timestamp::millis),
        ready.row,
    ])?;
    if status != append.row.status.as_str() {
        // A dismissal and a snooze are about the status they were made in; an assignment stays.
        db.prepare_cached(
            "UPDATE runs SET attention = json_remove(attention, '$.dismissed', '$.snoozed_until')
                WHERE num = ?1 AND attention IS NOT NULL",
        )?
        .execute([num])?;
    }
    Ok(())
}

fn write_wait(db: &Connection, place: &Place, num: u64, wait: &ReadyWait) -> Result<()> {
    match wait {
        ReadyWait::Open {
            id,
            kind,
            step,
            doc,
        } => {
            db.prepare_cached(
                "INSERT INTO waits (id, kind, tenant, project, run, step, state, doc) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'open', ?7)
                    ON CONFLICT (id) DO UPDATE SET state = 'open', closed_at = NULL, doc = excluded.doc",
            )?
            .execute(params![
                id,
                kind,
                place.tenant.as_str(),
                place.project.as_str(),
                num,
                step.as_str(),
                doc
            ])?;
        }
        ReadyWait::Close { step, state, at } => {
            db.prepare_cached(
                "UPDATE waits SET state = ?3, closed_at = ?4 WHERE run = ?1 AND step = ?2 AND state = 'open'",
            )?
            .execute(params![num, step.as_str(), state.as_str(), at])?;
        }
    }
    Ok(())
}

fn check(db: &Connection, changes: &[Change]) -> Result<()> {
    for change in changes {
        match change {
            Change::Put(put) => put.check(revision(db, put)?)?,
            Change::Attention { run, .. } => {
                place_of(db, run)?;
            }
            Change::Delete { .. }
            | Change::Held(_)
            | Change::Discard { .. }
            | Change::Purge { .. }
            | Change::Clear { .. }
            | Change::TrimAudit { .. } => {}
        }
    }
    Ok(())
}

fn revision(db: &Connection, put: &PutRecord) -> Result<Option<u64>> {
    Ok(db
        .prepare_cached(&format!(
            "SELECT revision FROM {} WHERE key = ?1",
            put.kind.table()
        ))?
        .query_row([&put.key], |row| row.get(0))
        .optional()?)
}

/// The run's number and place.
pub(super) fn place_of(db: &Connection, run: &RunId) -> Result<(u64, Place)> {
    db.prepare_cached("SELECT num, tenant, project FROM runs WHERE id = ?1")?
        .query_row([run.as_str()], |row| {
            Ok((
                row.get(0)?,
                Place::new(row.get::<_, String>(1)?, row.get::<_, String>(2)?),
            ))
        })
        .optional()?
        .ok_or_else(|| StoreError::Missing(run.to_string()).into())
}

fn apply(db: &Connection, changes: &[Change]) -> Result<Vec<u64>> {
    let mut revisions = Vec::new();
    for change in changes {
        match change {
            Change::Put(put) => revisions.push(write_record(db, put)?),
            Change::Delete { kind, key } => {
                db.prepare_cached(&format!("DELETE FROM {} WHERE key = ?1", kind.table()))?
                    .execute([key])?;
            }
            Change::Attention { run, attention } => {
                db.prepare_cached("UPDATE runs SET attention = ?2 WHERE id = ?1")?
                    .execute(params![run.as_str(), serde_json::to_string(attention)?])?;
            }
            Change::Held(runs) => {
                let mut held =
                    db.prepare_cached("UPDATE runs SET stage = ?2 WHERE id = ?1 AND stage > 0")?;
                for run in runs {
                    held.execute(params![run.as_str(), Stage::Held.code()])?;
                }
            }
            Change::Discard { run, events } => discard(db, run, *events)?,
            Change::Purge { kind, before } => {
                db.prepare_cached(&format!("DELETE FROM {} WHERE expires < ?1", kind.table()))?
                    .execute([before.millis()])?;
            }
            Change::Clear { kind, group } => {
                db.prepare_cached(&format!("DELETE FROM {} WHERE grp = ?1", kind.table()))?
                    .execute([group])?;
            }
            Change::TrimAudit { tenant, to } => trim(db, tenant, *to)?,
        }
    }
    Ok(revisions)
}

/// Forgets what had not arrived whole when the runtime ended.
pub(super) fn forget_arriving(db: &Connection) -> Result<()> {
    let mut statement = db.prepare("SELECT id FROM runs WHERE stage > 0 AND stage = ?1")?;
    let runs = statement
        .query_map([Stage::Arriving.code()], |row| {
            row.get::<_, String>(0).map(RunId::new)
        })?
        .collect::<std::result::Result<Vec<_>, _>>()?;
    for run in runs {
        discard(db, &run, u64::MAX)?;
        db.execute("DELETE FROM runs WHERE id = ?1", [run.as_str()])?;
    }
    Ok(())
}

fn discard(db: &Connection, run: &RunId, events: u64) -> Result<()> {
    let found: Option<(u64, u64)> = db
        .prepare_cached("SELECT num, seq FROM runs WHERE id = ?1 AND stage = ?2")?
        .query_row(params![run.as_str(), Stage::Arriving.code()], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    let Some((num, seq)) = found else {
        return Ok(());
    };
    let left = seq.saturating_sub(events);
    snapshots::forget(db, num)?;
    db.prepare_cached("DELETE FROM events WHERE run = ?1 AND seq > ?2")?
        .execute(params![num, left])?;
    db.prepare_cached("UPDATE runs SET seq = ?2 WHERE num = ?1")?
        .execute(params![num, left])?;
    Ok(())
}

pub(super) fn write_record(db: &Connection, put: &PutRecord) -> Result<u64> {
    Ok(db
        .prepare_cached(&format!(
            "INSERT INTO {} (key, grp, side, expires, revision, doc) VALUES (?1, ?2, ?3, ?4, 1, ?5)
                ON CONFLICT (key) DO UPDATE SET grp = excluded.grp, side = excluded.side, expires = excluded.expires,
                    revision = revision + 1, doc = excluded.doc
                RETURNING revision",
            put.kind.table()
        ))?
        .query_row(
            params![
                put.key,
                put.group,
                put.side,
                put.expires.map(model::Timestamp::millis),
                put.doc
            ],
            |row| row.get(0),
        )?)
}

impl ReadyAppend {
    /// How large the documents are that everyone is told.
    pub(super) fn bytes(&self) -> usize {
        let told = |event: &ReadyEvent| event.doc.len().min(2 * model::cut::MOST);
        self.row.len() + self.events.iter().map(told).sum::<usize>()
    }

    /// What everyone hears of it.
    pub(super) fn published(&self, position: u64) -> Arc<crate::store::Published> {
        Arc::new(crate::store::Published {
            position,
            place: self.append.place.clone(),
            run: self.append.run.clone(),
            events: self.told(),
            row: Arc::clone(&self.append.row),
        })
    }

    /// The events, without what is too large to be told to everyone.
    fn told(&self) -> Arc<Vec<Event>> {
        let is_large = |event: &ReadyEvent| event.doc.len() > model::cut::MOST;
        if !self.events.iter().any(is_large) {
            return Arc::clone(&self.append.events);
        }
        let mut events = self.append.events.to_vec();
        events.iter_mut().for_each(Event::cut);
        Arc::new(events)
    }
}
