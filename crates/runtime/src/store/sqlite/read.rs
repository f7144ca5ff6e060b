//! The statements that read.

use super::readers::ReadError;
use crate::store::change::{Attention, Published, Stage, StoredTask, StoredWaitpoint, WaitState};
use crate::store::index::COUNT_TO;
use crate::store::query::{EventQuery, StoredRun, Unfinished};
use crate::store::{Place, RawRecord, RecordKind, StoreError};
use model::api::{Page, PendingTask, RunRow, WaitpointToken};
use model::event::{Parent, TryKey};
use model::{Event, RunId, RunStatus, StepPath, Timestamp};
use rusqlite::types::Value as SqlValue;
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};
use std::sync::Arc;

type Result<T> = std::result::Result<T, ReadError>;

pub(super) fn sql_limit(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

pub(super) fn events(db: &Connection, query: &EventQuery) -> Result<Vec<Event>> {
    let Some(num) = number(db, &query.run)? else {
        return Ok(Vec::new());
    };
    let mut sql = String::from("SELECT event FROM events WHERE run = ? AND seq > ?");
    let mut values: Vec<SqlValue> = vec![
        sql_limit(usize::try_from(num).unwrap_or(usize::MAX)).into(),
        i64::try_from(query.after).unwrap_or(i64::MAX).into(),
    ];
    if let Some(step) = &query.step {
        sql.push_str(" AND step = ?");
        values.push(step.to_string().into());
    }
    if !query.types.is_empty() {
        sql.push_str(" AND type IN (");
        sql.push_str(&vec!["?"; query.types.len()].join(", "));
        sql.push(')');
        values.extend(query.types.iter().map(|name| name.clone().into()));
    }
    if let Some(before) = query.before {
        sql.push_str(" AND seq < ?");
        values.push(i64::try_from(before).unwrap_or(i64::MAX).into());
    }
    if let Some(text) = &query.text {
        sql.push_str(" AND instr(lower(event), ?) > 0");
        values.push(text.to_ascii_lowercase().into());
    }
    sql.push_str(if query.from_end {
        " ORDER BY seq DESC LIMIT ?"
    } else {
        " ORDER BY seq LIMIT ?"
    });
    values.push(sql_limit(query.limit).into());
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        events.push(serde_json::from_str(text(row, 0)?)?);
    }
    if query.from_end {
        events.reverse();
    }
    Ok(events)
}

pub(super) fn text<'a>(row: &'a Row<'_>, at: usize) -> Result<&'a str> {
    Ok(row.get_ref(at)?.as_str().map_err(rusqlite::Error::from)?)
}

fn number(db: &Connection, run: &RunId) -> Result<Option<u64>> {
    Ok(db
        .prepare_cached("SELECT num FROM runs WHERE id = ?1")?
        .query_row([run.as_str()], |row| row.get(0))
        .optional()?)
}

const RUN_COLUMNS: &str =
    "tenant, project, run_row, parent_run, parent_path, parent_attempt, parent_try, attention";

fn stored_run(row: &Row<'_>) -> Result<StoredRun> {
    let parent: Option<String> = row.get(3)?;
    let attention: Option<String> = row.get(7)?;
    Ok(StoredRun {
        place: Place::new(row.get::<_, String>(0)?, row.get::<_, String>(1)?),
        row: serde_json::from_str(text(row, 2)?)?,
        parent: match parent {
            Some(run) => Some(Parent {
                run: RunId::new(run),
                key: TryKey {
                    path: StepPath::new(row.get::<_, String>(4)?),
                    attempt: row.get(5)?,
                    try_no: row.get(6)?,
                },
            }),
            None => None,
        },
        attention: match attention {
            Some(doc) => serde_json::from_str(&doc)?,
            None => Attention::default(),
        },
    })
}

pub(super) fn run(db: &Connection, run: &RunId) -> Result<Option<StoredRun>> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT {RUN_COLUMNS} FROM runs WHERE id = ?1 AND stage <> ?2"
    ))?;
    let mut rows = statement.query(params![run.as_str(), Stage::Arriving.code()])?;
    rows.next()?.map(stored_run).transpose()
}

pub(super) fn children(db: &Connection, parent: &RunId) -> Result<Vec<StoredRun>> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT {RUN_COLUMNS} FROM runs WHERE parent_run = ?1 ORDER BY num"
    ))?;
    let mut rows = statement.query([parent.as_str()])?;
    let mut children = Vec::new();
    while let Some(row) = rows.next()? {
        children.push(stored_run(row)?);
    }
    Ok(children)
}

/// The rows of these numbers, in their order.
pub(super) fn rows(db: &Connection, nums: &[u64]) -> Result<Vec<RunRow>> {
    let mut statement = db.prepare_cached("SELECT run_row FROM runs WHERE num = ?1")?;
    let mut found = Vec::with_capacity(nums.len());
    for num in nums {
        let mut rows = statement.query([num])?;
        if let Some(row) = rows.next()? {
            found.push(serde_json::from_str(text(row, 0)?)?);
        }
    }
    Ok(found)
}

pub(super) fn ids(db: &Connection, nums: &[u64]) -> Result<Vec<RunId>> {
    let mut statement = db.prepare_cached("SELECT id FROM runs WHERE num = ?1")?;
    nums.iter()
        .map(|num| {
            Ok(RunId::new(
                statement.query_row([num], |row| row.get::<_, String>(0))?,
            ))
        })
        .collect()
}

pub(super) fn attention(db: &Connection, runs: &[RunId]) -> Result<Vec<(RunId, Attention)>> {
    let mut statement =
        db.prepare_cached("SELECT attention FROM runs WHERE id = ?1 AND attention IS NOT NULL")?;
    let mut found = Vec::new();
    for run in runs {
        let doc: Option<String> = statement
            .query_row([run.as_str()], |row| row.get(0))
            .optional()?;
        if let Some(doc) = doc {
            found.push((run.clone(), serde_json::from_str(&doc)?));
        }
    }
    Ok(found)
}

pub(super) fn unfinished(db: &Connection) -> Result<Vec<Unfinished>> {
    let mut statement = db.prepare_cached(
        "SELECT id, tenant, project, status, stage, timer_at, not_before, parent_run, json_extract(run_row, '$.queue')
            FROM runs INDEXED BY runs_unfinished WHERE stage > 0 AND stage <> ?1 ORDER BY num",
    )?;
    let mut rows = statement.query([Stage::Arriving.code()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let id: String = row.get(0)?;
        let unreadable = |what: &str| StoreError::Unreadable(format!("{what} of {id}"));
        found.push(Unfinished {
            place: Place::new(row.get::<_, String>(1)?, row.get::<_, String>(2)?),
            status: RunStatus::parse(text(row, 3)?).ok_or_else(|| unreadable("the status"))?,
            stage: Stage::from_code(row.get(4)?).ok_or_else(|| unreadable("the stage"))?,
            timer: row.get::<_, Option<i64>>(5)?.map(Timestamp::from_millis),
            not_before: row.get::<_, Option<i64>>(6)?.map(Timestamp::from_millis),
            parent: row.get::<_, Option<String>>(7)?.map(RunId::new),
            queue: row.get(8)?,
            run: RunId::new(id),
        });
    }
    Ok(found)
}

pub(super) fn artifact(db: &Connection, run: &RunId, id: &str) -> Result<Option<Vec<u8>>> {
    Ok(db
        .prepare_cached(
            "SELECT content FROM artifacts JOIN runs ON runs.num = artifacts.run WHERE artifacts.id = ?1 AND runs.id = ?2",
        )?
        .query_row(params![id, run.as_str()], |row| row.get(0))
        .optional()?)
}

pub(super) fn tasks(
    db: &Connection,
    place: &Place,
    after: Option<u64>,
    limit: usize,
) -> Result<Page<PendingTask>> {
    let mut statement = db.prepare_cached(
        "SELECT num, doc FROM waits WHERE tenant = ?1 AND project = ?2 AND kind = 'task' AND state = 'open' AND num > ?3
            ORDER BY num LIMIT ?4",
    )?;
    let mut rows = statement.query(params![
        place.tenant.as_str(),
        place.project.as_str(),
        after.unwrap_or(0),
        sql_limit(limit.saturating_add(1))
    ])?;
    let mut found: Vec<(u64, PendingTask)> = Vec::new();
    while let Some(row) = rows.next()? {
        found.push((row.get(0)?, serde_json::from_str(text(row, 1)?)?));
    }
    let count = count_waits(db, place, "task", Some(WaitState::Open))?;
    Ok(page(found, limit, count))
}

pub(super) fn waitpoints(
    db: &Connection,
    place: &Place,
    state: Option<WaitState>,
    before: Option<u64>,
    limit: usize,
) -> Result<Page<WaitpointToken>> {
    let mut statement = db.prepare_cached(
        "SELECT num, doc, state, closed_at FROM waits
            WHERE tenant = ?1 AND project = ?2 AND kind = 'waitpoint' AND num < ?3 AND (?4 IS NULL OR state = ?4)
            ORDER BY num DESC LIMIT ?5",
    )?;
    let mut rows = statement.query(params![
        place.tenant.as_str(),
        place.project.as_str(),
        before.map_or(i64::MAX, |num| i64::try_from(num).unwrap_or(i64::MAX)),
        state.map(WaitState::as_str),
        sql_limit(limit.saturating_add(1))
    ])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push((row.get(0)?, waitpoint_token(row, 1)?));
    }
    let count = count_waits(db, place, "waitpoint", state)?;
    Ok(page(found, limit, count))
}

/// A token from its document, with the columns that change.
fn waitpoint_token(row: &Row<'_>, at: usize) -> Result<WaitpointToken> {
    let mut token: WaitpointToken = serde_json::from_str(text(row, at)?)?;
    token.state = row.get(at + 1)?;
    token.closed_at = row
        .get::<_, Option<i64>>(at + 2)?
        .map(Timestamp::from_millis);
    Ok(token)
}

fn count_waits(
    db: &Connection,
    place: &Place,
    kind: &str,
    state: Option<WaitState>,
) -> Result<u64> {
    Ok(db
        .prepare_cached(
            "SELECT count(*) FROM (SELECT 1 FROM waits
                WHERE tenant = ?1 AND project = ?2 AND kind = ?3 AND (?4 IS NULL OR state = ?4) LIMIT ?5)",
        )?
        .query_row(
            params![
                place.tenant.as_str(),
                place.project.as_str(),
                kind,
                state.map(WaitState::as_str),
                COUNT_TO + 1
            ],
            |row| row.get(0),
        )?)
}

fn page<T>(mut found: Vec<(u64, T)>, limit: usize, count: u64) -> Page<T> {
    let more = found.len() > limit;
    found.truncate(limit);
    Page {
        next_cursor: found
            .last()
            .filter(|_| more)
            .map(|(num, _)| num.to_string()),
        items: found.into_iter().map(|(_, item)| item).collect(),
        count: count.min(COUNT_TO),
        count_is_exact: count <= COUNT_TO,
    }
}

pub(super) fn task(db: &Connection, id: &str) -> Result<Option<StoredTask>> {
    let mut statement = db.prepare_cached(
        "SELECT tenant, project, doc, state FROM waits WHERE id = ?1 AND kind = 'task'",
    )?;
    let mut rows = statement.query([id])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    Ok(Some(StoredTask {
        place: Place::new(row.get::<_, String>(0)?, row.get::<_, String>(1)?),
        task: serde_json::from_str(text(row, 2)?)?,
        state: WaitState::parse(text(row, 3)?)
            .ok_or_else(|| StoreError::Unreadable(format!("the state of {id}")))?,
    }))
}

pub(super) fn waitpoint(db: &Connection, id: &str) -> Result<Option<StoredWaitpoint>> {
    let mut statement = db.prepare_cached(
        "SELECT tenant, project, doc, state, closed_at FROM waits WHERE id = ?1 AND kind = 'waitpoint'",
    )?;
    let mut rows = statement.query([id])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    Ok(Some(StoredWaitpoint {
        place: Place::new(row.get::<_, String>(0)?, row.get::<_, String>(1)?),
        token: waitpoint_token(row, 2)?,
    }))
}

fn raw(row: &Row<'_>) -> rusqlite::Result<RawRecord> {
    Ok(RawRecord {
        key: row.get(0)?,
        doc: row.get(1)?,
        revision: row.get(2)?,
    })
}

pub(super) fn record(db: &Connection, kind: RecordKind, key: &str) -> Result<Option<RawRecord>> {
    Ok(db
        .prepare_cached(&format!(
            "SELECT key, doc, revision FROM {} WHERE key = ?1",
            kind.table()
        ))?
        .query_row([key], raw)
        .optional()?)
}

pub(super) fn records(
    db: &Connection,
    kind: RecordKind,
    group: &str,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<RawRecord>> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT key, doc, revision FROM {} WHERE grp = ?1 AND key > ?2 ORDER BY key LIMIT ?3",
        kind.table()
    ))?;
    let rows = statement.query_map(params![group, after.unwrap_or(""), sql_limit(limit)], raw)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn expired(
    db: &Connection,
    kind: RecordKind,
    before: Timestamp,
    limit: usize,
) -> Result<Vec<RawRecord>> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT key, doc, revision FROM {} WHERE expires < ?1 ORDER BY key LIMIT ?2",
        kind.table()
    ))?;
    let rows = statement.query_map(params![before.millis(), sql_limit(limit)], raw)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn records_by_side(
    db: &Connection,
    kind: RecordKind,
    side: &str,
) -> Result<Vec<RawRecord>> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT key, doc, revision FROM {} WHERE side = ?1 ORDER BY key",
        kind.table()
    ))?;
    let rows = statement.query_map([side], raw)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// What was published behind `position`; events of one run that follow each other come as one item.
pub(super) fn feed(
    db: &Connection,
    position: u64,
    place: &Place,
    run: Option<&RunId>,
    limit: usize,
) -> Result<Vec<Arc<Published>>> {
    let mut statement = db.prepare_cached(
        "SELECT events.pos, runs.id, events.event, runs.run_row FROM events JOIN runs ON runs.num = events.run
            WHERE events.pos > ?1 AND runs.tenant = ?2 AND runs.project = ?3 AND (?4 IS NULL OR runs.id = ?4)
            ORDER BY events.pos",
    )?;
    let mut rows = statement.query(params![
        position,
        place.tenant.as_str(),
        place.project.as_str(),
        run.map(RunId::as_str)
    ])?;
    let mut items: Vec<Published> = Vec::new();
    while let Some(row) = rows.next()? {
        let position: u64 = row.get(0)?;
        let id = text(row, 1)?;
        let event: Event = serde_json::from_str(text(row, 2)?)?;
        if let Some(last) = items.last_mut()
            && last.run.as_str() == id
            && last.position + 1 == position
        {
            last.position = position;
            Arc::make_mut(&mut last.events).push(event);
            continue;
        }
        if items.len() == limit {
            break;
        }
        items.push(Published {
            position,
            place: place.clone(),
            run: RunId::new(id),
            events: Arc::new(vec![event]),
            row: Arc::new(serde_json::from_str(text(row, 3)?)?),
        });
    }
    Ok(items.into_iter().map(Arc::new).collect())
}
