//! The store of the demo and of tests: everything in memory, gone when it is dropped.

mod state;

use super::change::{Append, Attention, ChangeSet, Published, Stage, WaitState};
use super::feed::{Feed, News};
use super::query::{AuditQuery, EventQuery, FeedPage, RunsQuery, StoredRun, Unfinished};
use super::record::{Place, RecordKind};
use super::{MissionCounts, RawRecord, Result, Store, StoredTask, StoredWaitpoint};
use async_trait::async_trait;
use engine::Run;
use model::api::{LastRun, Page, PendingTask, RunRow, WaitpointToken};
use model::audit::Hash;
use model::{
    ArtifactId, AuditEntry, AuditHead, Event, RunId, TaskId, TenantId, Timestamp, WorkflowId,
};
use state::{MemoryRecord, MemoryRun, MemoryWait, State};
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::broadcast;

/// Everything in memory.
pub struct MemoryStore {
    state: Mutex<State>,
    feed: Feed,
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self {
            state: Mutex::default(),
            feed: Feed::new(0),
        }
    }
}

impl MemoryStore {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The first records that fit, in the order of their keys.
    fn matching(
        &self,
        kind: RecordKind,
        fits: impl Fn(&MemoryRecord) -> bool,
        limit: usize,
    ) -> Vec<RawRecord> {
        let state = self.state();
        let table = state.records.get(&kind).into_iter().flatten();
        table
            .filter(|(_, record)| fits(record))
            .take(limit)
            .map(|(key, record)| raw(key, record))
            .collect()
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn append(&self, append: Append) -> Result<u64> {
        let mut state = self.state();
        state.append(&append)?;
        self.feed.tell(&append.changes, append.audit.as_ref());
        if append.stage == Stage::Arriving {
            return Ok(self.feed.position());
        }
        let position = self.feed.position() + append.events.len() as u64;
        // Still under the lock: the feed has the order of the journal.
        let published = Published {
            position,
            place: append.place,
            run: append.run,
            events: append.events,
            row: append.row,
        };
        // The journals are in memory anyway: what is kept for streams costs nothing more.
        self.feed.publish(Arc::new(published), 0);
        Ok(position)
    }

    async fn change(&self, set: ChangeSet) -> Result<Vec<u64>> {
        let revisions = self.state().change(&set)?;
        self.feed.tell(&set.changes, set.audit.as_ref());
        Ok(revisions)
    }

    async fn events(&self, query: EventQuery) -> Result<Vec<Event>> {
        let state = self.state();
        let Some(run) = state.runs.get(&query.run) else {
            return Ok(Vec::new());
        };
        let from = usize::try_from(query.after).unwrap_or(usize::MAX);
        let found = run
            .journal
            .iter()
            .skip(from)
            .filter(|event| asked_for(&query, event));
        if query.from_end {
            let mut last: Vec<Event> = found.rev().take(query.limit).cloned().collect();
            last.reverse();
            return Ok(last);
        }
        Ok(found.take(query.limit).cloned().collect())
    }

    /// Keeps none: the journals are in memory already.
    async fn keep_snapshot(&self, _: Arc<Run>) -> Result<()> {
        Ok(())
    }

    async fn snapshot(&self, _: &RunId, _: Option<u64>) -> Result<Option<Run>> {
        Ok(None)
    }

    async fn run(&self, run: &RunId) -> Result<Option<StoredRun>> {
        Ok(self
            .state()
            .runs
            .get(run)
            .filter(|run| run.stage != Stage::Arriving)
            .map(stored))
    }

    async fn runs(&self, query: RunsQuery) -> Result<Page<RunRow>> {
        let state = self.state();
        let hits = search(&state, &query);
        Ok(Page {
            items: hits
                .nums
                .iter()
                .filter_map(|num| by_num(&state, *num))
                .map(|run| (*run.row).clone())
                .collect(),
            next_cursor: hits
                .more
                .then(|| hits.nums.last().map(u64::to_string))
                .flatten(),
            count: hits.count,
            count_is_exact: hits.count_is_exact,
        })
    }

    async fn run_ids(&self, query: RunsQuery) -> Result<Vec<RunId>> {
        let state = self.state();
        Ok(search(&state, &query)
            .nums
            .iter()
            .filter_map(|num| by_num(&state, *num))
            .map(|run| run.row.id.clone())
            .collect())
    }

    async fn attention(&self, runs: &[RunId]) -> Result<BTreeMap<RunId, Attention>> {
        let state = self.state();
        Ok(runs
            .iter()
            .filter_map(|id| Some((id.clone(), state.runs.get(id)?.attention.clone())))
            .filter(|(_, attention)| *attention != Attention::default())
            .collect())
    }

    async fn children(&self, parent: &RunId) -> Result<Vec<StoredRun>> {
        let state = self.state();
        let mut children: Vec<&MemoryRun> = state
            .runs
            .values()
            .filter(|run| run.parent.as_ref().is_some_and(|link| link.run == *parent))
            .collect();
        children.sort_by_key(|run| run.num);
        Ok(children.into_iter().map(stored).collect())
    }

    async fn unfinished(&self) -> Result<Vec<Unfinished>> {
        let state = self.state();
        Ok(state
            .by_num
            .iter()
            .filter_map(|id| state.runs.get(id))
            .filter(|run| !matches!(run.stage, Stage::Ended | Stage::Arriving))
            .map(|run| Unfinished {
                run: run.row.id.clone(),
                place: run.place.clone(),
                status: run.row.status,
                queue: run.row.queue.clone(),
                stage: run.stage,
                timer: run.timer,
                not_before: run.not_before,
                parent: run.parent.as_ref().map(|parent| parent.run.clone()),
            })
            .collect())
    }

    async fn last_runs(&self, place: &Place) -> Result<BTreeMap<WorkflowId, LastRun>> {
        let state = self.state();
        Ok(state
            .index
            .last_runs(place)
            .into_iter()
            .filter_map(|(workflow, num)| {
                let row = &by_num(&state, num)?.row;
                Some((
                    workflow,
                    LastRun {
                        id: row.id.clone(),
                        status: row.status,
                        created_at: row.created_at,
                    },
                ))
            })
            .collect())
    }

    async fn mission_counts(&self, place: &Place) -> Result<MissionCounts> {
        Ok(self.state().index.mission_counts(place))
    }

    async fn artifact(&self, run: &RunId, artifact: &ArtifactId) -> Result<Option<Vec<u8>>> {
        let state = self.state();
        let belongs = state.runs.get(run).is_some_and(|run| {
            run.journal.iter().any(|event| {
                matches!(&event.event, model::EventKind::ArtifactWritten { artifact: written } if written.id == *artifact)
            })
        });
        Ok(state.artifacts.get(artifact).filter(|_| belongs).cloned())
    }

    async fn tasks(
        &self,
        place: &Place,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<PendingTask>> {
        let state = self.state();
        let open = state.waits.iter().enumerate().filter_map(|(at, wait)| {
            let MemoryWait::Task(task) = wait else {
                return None;
            };
            (task.place == *place && task.state == WaitState::Open)
                .then(|| (at as u64 + 1, task.task.clone()))
        });
        Ok(page(open.collect(), cursor, limit, |num, after| {
            num > after
        }))
    }

    async fn task(&self, task: &TaskId) -> Result<Option<StoredTask>> {
        Ok(self.state().waits.iter().find_map(|wait| match wait {
            MemoryWait::Task(stored) if stored.task.task == *task => Some(stored.clone()),
            MemoryWait::Task(_) | MemoryWait::Waitpoint(_) => None,
        }))
    }

    async fn waitpoints(
        &self,
        place: &Place,
        state: Option<WaitState>,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<WaitpointToken>> {
        let held = self.state();
        let found = held
            .waits
            .iter()
            .enumerate()
            .rev()
            .filter_map(|(at, wait)| {
                let MemoryWait::Waitpoint(waitpoint) = wait else {
                    return None;
                };
                (waitpoint.place == *place
                    && state.is_none_or(|state| state.as_str() == waitpoint.token.state))
                .then(|| (at as u64 + 1, waitpoint.token.clone()))
            });
        Ok(page(found.collect(), cursor, limit, |num, after| {
            num < after
        }))
    }

    async fn waitpoint(&self, token: &str) -> Result<Option<StoredWaitpoint>> {
        Ok(self.state().waits.iter().find_map(|wait| match wait {
            MemoryWait::Waitpoint(stored) if stored.token.token == token => Some(stored.clone()),
            MemoryWait::Task(_) | MemoryWait::Waitpoint(_) => None,
        }))
    }

    async fn audit(&self, query: AuditQuery) -> Result<Vec<AuditEntry>> {
        let state = self.state();
        let trail = state.audit.get(&model::TenantId::new(&query.tenant));
        let trail = || trail.into_iter().flatten();
        let whole = query.text.is_none() || trail().any(|entry| query.is_said(entry, true));
        Ok(trail()
            .rev()
            .filter(|entry| query.before_seq.is_none_or(|before| entry.seq < before))
            .filter(|entry| query.matches(entry))
            .filter(|entry| query.is_said(entry, whole))
            .take(query.limit)
            .cloned()
            .collect())
    }

    async fn audit_count(&self, query: AuditQuery) -> Result<u64> {
        let whole = AuditQuery {
            before_seq: None,
            limit: usize::try_from(super::index::COUNT_TO).unwrap_or(usize::MAX - 1) + 1,
            ..query
        };
        Ok(self.audit(whole).await?.len() as u64)
    }

    async fn audit_from(
        &self,
        tenant: &TenantId,
        from: u64,
        limit: usize,
    ) -> Result<Vec<(u64, String)>> {
        let state = self.state();
        state
            .audit
            .get(tenant)
            .into_iter()
            .flatten()
            .filter(|entry| entry.seq >= from)
            .take(limit)
            .map(|entry| Ok((entry.seq, serde_json::to_string(entry)?)))
            .collect()
    }

    async fn audit_end(&self, tenant: &TenantId, to: u64) -> Result<(u64, Hash)> {
        let state = self.state();
        Ok(state
            .audit
            .get(tenant)
            .into_iter()
            .flatten()
            .rfind(|entry| entry.seq <= to)
            .map_or((0, Hash::default()), |entry| (entry.seq, entry.hash)))
    }

    /// There is no key where nothing outlives the process.
    fn sign(&self, head: AuditHead) -> AuditHead {
        head
    }

    async fn record(&self, kind: RecordKind, key: &str) -> Result<Option<RawRecord>> {
        let state = self.state();
        Ok(state
            .records
            .get(&kind)
            .and_then(|table| table.get(key))
            .map(|record| raw(key, record)))
    }

    async fn records(
        &self,
        kind: RecordKind,
        group: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<RawRecord>> {
        let state = self.state();
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        Ok(state
            .records
            .get(&kind)
            .into_iter()
            .flat_map(|table| table.range::<str, _>((from, Bound::Unbounded)))
            .filter(|(_, record)| record.group == group)
            .take(limit)
            .map(|(key, record)| raw(key, record))
            .collect())
    }

    async fn expired(
        &self,
        kind: RecordKind,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<RawRecord>> {
        let old = |record: &MemoryRecord| record.expires.is_some_and(|expires| expires < before);
        Ok(self.matching(kind, old, limit))
    }

    async fn records_by_side(&self, kind: RecordKind, side: &str) -> Result<Vec<RawRecord>> {
        let own = |record: &MemoryRecord| record.side.as_deref() == Some(side);
        Ok(self.matching(kind, own, usize::MAX))
    }

    fn position(&self) -> u64 {
        self.feed.position()
    }

    fn subscribe(&self) -> broadcast::Receiver<Arc<Published>> {
        self.feed.subscribe()
    }

    fn subscribe_news(&self) -> broadcast::Receiver<News> {
        self.feed.subscribe_news()
    }

    async fn feed_since(
        &self,
        position: u64,
        place: &Place,
        run: Option<&RunId>,
        limit: usize,
    ) -> Result<FeedPage> {
        Ok(self
            .feed
            .since(position, place, run, limit)
            .unwrap_or(FeedPage::Reset))
    }
}

fn stored(run: &MemoryRun) -> StoredRun {
    StoredRun {
        place: run.place.clone(),
        row: (*run.row).clone(),
        parent: run.parent.clone(),
        attention: run.attention.clone(),
    }
}

fn raw(key: &str, record: &MemoryRecord) -> RawRecord {
    RawRecord {
        key: key.to_owned(),
        doc: record.doc.clone(),
        revision: record.revision,
    }
}

fn by_num(state: &State, num: u64) -> Option<&MemoryRun> {
    let at = usize::try_from(num).ok()?.checked_sub(1)?;
    state.runs.get(state.by_num.get(at)?)
}

fn search(state: &State, query: &RunsQuery) -> super::index::Hits {
    state.index.search(
        &query.place,
        &query.filter,
        query.hide_handled_at.map(model::Timestamp::millis),
        query.cursor.as_deref().and_then(|text| text.parse().ok()),
        query.limit,
    )
}

/// One page out of everything there is.
fn page<T>(
    all: Vec<(u64, T)>,
    cursor: Option<String>,
    limit: usize,
    behind: impl Fn(u64, u64) -> bool,
) -> Page<T> {
    let count = all.len() as u64;
    let after = cursor.and_then(|text| text.parse().ok());
    let mut rest = all
        .into_iter()
        .filter(|(num, _)| after.is_none_or(|after| behind(*num, after)))
        .peekable();
    let mut items = Vec::new();
    let mut last = None;
    while items.len() < limit {
        let Some((num, item)) = rest.next() else {
            break;
        };
        last = Some(num);
        items.push(item);
    }
    let next_cursor = rest.peek().and(last).map(|num| num.to_string());
    Page {
        items,
        next_cursor,
        count: count.min(super::index::COUNT_TO),
        count_is_exact: count <= super::index::COUNT_TO,
    }
}

/// Whether a query chooses an event, its start and its limit aside.
fn asked_for(query: &EventQuery, event: &Event) -> bool {
    query.before.is_none_or(|before| event.seq < before)
        && (query.types.is_empty() || query.types.iter().any(|name| event.event.name() == name))
        && query
            .step
            .as_ref()
            .is_none_or(|step| event.event.step() == Some(step))
        && query.text.as_ref().is_none_or(|text| {
            serde_json::to_string(event).is_ok_and(|doc| {
                doc.to_ascii_lowercase()
                    .contains(&text.to_ascii_lowercase())
            })
        })
}
