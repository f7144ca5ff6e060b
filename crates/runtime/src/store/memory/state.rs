//! What the memory store holds, and how changes are made to it: first everything is checked, then everything is done.

use crate::store::change::{
    Append, Attention, Change, ChangeSet, PutRecord, Stage, StoredTask, StoredWaitpoint,
    WaitChange, WaitState,
};
use crate::store::index::RunIndex;
use crate::store::{Place, RecordKind, StoreError};
use model::api::RunRow;
use model::audit::Hash;
use model::event::Parent;
use model::{ArtifactId, AuditEntry, Event, RunId, StepPath, TenantId, Timestamp};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

#[derive(Default)]
pub(super) struct State {
    pub(super) runs: HashMap<RunId, MemoryRun>,
    pub(super) by_num: Vec<RunId>,
    pub(super) artifacts: HashMap<ArtifactId, Vec<u8>>,
    /// In the order in which they were opened.
    pub(super) waits: Vec<MemoryWait>,
    pub(super) audit: HashMap<TenantId, Vec<AuditEntry>>,
    pub(super) records: HashMap<RecordKind, BTreeMap<String, MemoryRecord>>,
    pub(super) index: RunIndex,
}

pub(super) struct MemoryRun {
    pub(super) num: u64,
    pub(super) place: Place,
    pub(super) row: Arc<RunRow>,
    pub(super) journal: Vec<Event>,
    pub(super) stage: Stage,
    pub(super) timer: Option<Timestamp>,
    pub(super) not_before: Option<Timestamp>,
    pub(super) parent: Option<Parent>,
    pub(super) attention: Attention,
}

pub(super) struct MemoryRecord {
    pub(super) group: String,
    pub(super) side: Option<String>,
    pub(super) expires: Option<Timestamp>,
    pub(super) doc: String,
    pub(super) revision: u64,
}

pub(super) enum MemoryWait {
    Task(StoredTask),
    Waitpoint(StoredWaitpoint),
}

impl MemoryWait {
    fn is_open_at(&self, run: &RunId, step: &StepPath) -> bool {
        match self {
            Self::Task(task) => {
                task.state == WaitState::Open && task.task.run == *run && task.task.step == *step
            }
            Self::Waitpoint(waitpoint) => {
                let token = &waitpoint.token;
                token.state == WaitState::Open.as_str() && token.run == *run && token.step == *step
            }
        }
    }

    fn close(&mut self, state: WaitState, at: Timestamp) {
        match self {
            Self::Task(task) => task.state = state,
            Self::Waitpoint(waitpoint) => {
                state.as_str().clone_into(&mut waitpoint.token.state);
                waitpoint.token.closed_at = Some(at);
            }
        }
    }
}

impl State {
    pub(super) fn append(&mut self, append: &Append) -> Result<(), StoreError> {
        let current = self
            .runs
            .get(&append.run)
            .map_or(0, |run| run.journal.len() as u64);
        if current != append.expected_seq {
            return Err(if append.expected_seq == 0 {
                StoreError::Exists(append.run.to_string())
            } else {
                StoreError::Stale {
                    expected: append.expected_seq,
                    current,
                }
            });
        }
        if append.parent.is_some() && self.runs.values().any(|run| run.parent == append.parent) {
            return Err(StoreError::Exists("The called run".into()));
        }
        self.check(&append.changes)?;

        if current == 0 {
            self.by_num.push(append.run.clone());
            self.runs.insert(
                append.run.clone(),
                MemoryRun {
                    num: self.by_num.len() as u64,
                    place: append.place.clone(),
                    row: Arc::clone(&append.row),
                    journal: Vec::new(),
                    stage: append.stage,
                    timer: None,
                    not_before: None,
                    parent: append.parent.clone(),
                    attention: Attention::default(),
                },
            );
        }
        if let Some(run) = self.runs.get_mut(&append.run) {
            if run.row.status != append.row.status {
                run.attention = Attention {
                    assigned_to: run.attention.assigned_to.take(),
                    ..Attention::default()
                };
            }
            run.journal.extend(append.events.iter().cloned());
            run.row = Arc::clone(&append.row);
            run.stage = append.stage;
            run.timer = append.timer;
            run.not_before = append.not_before;
            let whole = append.stage != Stage::Arriving;
            self.index.put(&append.place, run.num, &append.row, whole);
        }
        for wait in &append.waits {
            self.wait(append, wait);
        }
        for (id, content) in &append.artifacts {
            self.artifacts.insert(id.clone(), content.clone());
        }
        self.apply(&append.changes);
        self.record_audit(append.audit.clone());
        Ok(())
    }

    pub(super) fn change(&mut self, set: &ChangeSet) -> Result<Vec<u64>, StoreError> {
        self.check(&set.changes)?;
        let revisions = self.apply(&set.changes);
        self.record_audit(set.audit.clone());
        Ok(revisions)
    }

    fn wait(&mut self, append: &Append, wait: &WaitChange) {
        match wait {
            WaitChange::OpenTask(task) => self.waits.push(MemoryWait::Task(StoredTask {
                place: append.place.clone(),
                task: (**task).clone(),
                state: WaitState::Open,
            })),
            WaitChange::OpenWaitpoint(token) => {
                self.waits.push(MemoryWait::Waitpoint(StoredWaitpoint {
                    place: append.place.clone(),
                    token: (**token).clone(),
                }));
            }
            WaitChange::Close { step, state, at } => {
                for wait in &mut self.waits {
                    if wait.is_open_at(&append.run, step) {
                        wait.close(*state, *at);
                    }
                }
            }
        }
    }

    fn check(&self, changes: &[Change]) -> Result<(), StoreError> {
        for change in changes {
            match change {
                Change::Put(put) => {
                    let current = self
                        .records
                        .get(&put.kind)
                        .and_then(|table| table.get(&put.key))
                        .map(|record| record.revision);
                    put.check(current)?;
                }
                Change::Attention { run, .. } => {
                    if !self.runs.contains_key(run) {
                        return Err(StoreError::Missing(run.to_string()));
                    }
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

    fn apply(&mut self, changes: &[Change]) -> Vec<u64> {
        let mut revisions = Vec::new();
        for change in changes {
            match change {
                Change::Put(put) => revisions.push(self.put(put)),
                Change::Delete { kind, key } => {
                    self.records.entry(*kind).or_default().remove(key);
                }
                Change::Attention { run, attention } => {
                    if let Some(stored) = self.runs.get_mut(run) {
                        stored.attention = attention.clone();
                        self.index.attention(&stored.place, stored.num, attention);
                    }
                }
                Change::Held(runs) => {
                    for run in runs {
                        if let Some(run) = self.runs.get_mut(run) {
                            run.stage = Stage::Held;
                        }
                    }
                }
                Change::Discard { run, events } => {
                    let Some(stored) = self
                        .runs
                        .get_mut(run)
                        .filter(|stored| stored.stage == Stage::Arriving)
                    else {
                        continue;
                    };
                    let left = (stored.journal.len() as u64).saturating_sub(*events);
                    stored.journal.truncate(left as usize);
                }
                Change::TrimAudit { tenant, to } => {
                    if let Some(trail) = self.audit.get_mut(tenant) {
                        trail.retain(|entry| entry.seq > *to);
                    }
                }
                Change::Clear { kind, group } => {
                    let table = self.records.entry(*kind).or_default();
                    table.retain(|_, record| record.group != *group);
                }
                Change::Purge { kind, before } => {
                    self.records.entry(*kind).or_default().retain(|_, record| {
                        record.expires.is_none_or(|expires| expires >= *before)
                    });
                }
            }
        }
        revisions
    }

    fn put(&mut self, put: &PutRecord) -> u64 {
        let table = self.records.entry(put.kind).or_default();
        let revision = table.get(&put.key).map_or(0, |record| record.revision) + 1;
        table.insert(
            put.key.clone(),
            MemoryRecord {
                group: put.group.clone(),
                side: put.side.clone(),
                expires: put.expires,
                doc: put.doc.clone(),
                revision,
            },
        );
        revision
    }

    fn record_audit(&mut self, entry: Option<AuditEntry>) {
        if let Some(mut entry) = entry {
            let trail = self.audit.entry(entry.place.tenant.clone()).or_default();
            entry.link(
                trail
                    .last()
                    .map_or((0, Hash::default()), |last| (last.seq, last.hash)),
            );
            trail.push(entry);
        }
    }
}
