//! Where everything durable is kept: journals and what is derived from them, records, audit entries. One trait, several
//! implementations; nothing outside of this folder knows which one runs.

pub mod change;
pub mod error;
mod feed;
pub mod index;
pub mod memory;
pub mod query;
pub mod record;
#[cfg(feature = "native")]
pub mod sqlite;

pub use change::{
    Append, Attention, Change, ChangeSet, Expect, Published, PutRecord, Stage, StoredTask,
    StoredWaitpoint, WaitChange, WaitState,
};
pub use error::StoreError;
pub use feed::News;
pub use memory::MemoryStore;
pub use model::AuditEntry;
pub use query::{AuditQuery, EventQuery, FeedPage, RunsQuery, StoredRun, Unfinished};
pub use record::{Place, Record, RecordKind, Stored};
#[cfg(feature = "native")]
pub use sqlite::SqliteStore;

use async_trait::async_trait;
use engine::Run;
use model::api::{LastRun, Page, PendingTask, RunRow, WaitpointToken};
use model::audit::{Hash, Signed};
use model::{
    ArtifactId, AuditHead, Event, MissionId, RunId, RunStatus, TaskId, TenantId, Timestamp,
    WorkflowId,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::broadcast;

type Result<T> = std::result::Result<T, StoreError>;

/// Runs of each mission by status, and when its newest changed.
pub type MissionCounts = BTreeMap<MissionId, MissionCount>;

/// What a mission's runs add up to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MissionCount {
    pub runs: u64,
    pub by_status: BTreeMap<RunStatus, u64>,
    /// When its newest run was created.
    pub last_run_at: Timestamp,
}

/// A record as the store gives it: its document as JSON text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawRecord {
    pub key: String,
    pub doc: String,
    pub revision: u64,
}

/// Entries between two heads that are signed and kept.
pub const HEAD_EVERY: u64 = 100;

/// Signs the heads of audit trails.
pub trait Signer: Send + Sync + 'static {
    fn sign(&self, message: &[u8]) -> Signed;
}

/// Everything durable. A change that is answered with `Ok` survives a crash; one that is answered with an error left no trace.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Writes one decision of a run. Answers with its position in the feed, after everyone subscribed was told.
    async fn append(&self, append: Append) -> Result<u64>;

    /// Writes records. Answers with the new revision of each [`Change::Put`], in order.
    async fn change(&self, set: ChangeSet) -> Result<Vec<u64>>;

    /// A journal, or part of it.
    async fn events(&self, query: EventQuery) -> Result<Vec<Event>>;

    /// Keeps a folded run beside its journal, in place of an older one of the same attempt. Nobody depends on it: a store may
    /// as well keep none.
    async fn keep_snapshot(&self, run: Arc<Run>) -> Result<()>;

    /// The newest of the kept ones in front of the event `before`, of those that this version can read.
    async fn snapshot(&self, run: &RunId, before: Option<u64>) -> Result<Option<Run>>;

    async fn run(&self, run: &RunId) -> Result<Option<StoredRun>>;

    /// Runs by filter. `count` counts up to 1,000.
    async fn runs(&self, query: RunsQuery) -> Result<Page<RunRow>>;

    /// The ids a filter matches, newest first, at most `limit`.
    async fn run_ids(&self, query: RunsQuery) -> Result<Vec<RunId>>;

    /// How these runs' attention items are handled; those that nobody handled are left out.
    async fn attention(&self, runs: &[RunId]) -> Result<BTreeMap<RunId, Attention>>;

    /// The runs that `workflow_call`s of `parent` started, oldest first.
    async fn children(&self, parent: &RunId) -> Result<Vec<StoredRun>>;

    /// Every run that has not ended, oldest first.
    async fn unfinished(&self) -> Result<Vec<Unfinished>>;

    /// The newest run of each workflow that has one.
    async fn last_runs(&self, place: &Place) -> Result<BTreeMap<WorkflowId, LastRun>>;

    async fn mission_counts(&self, place: &Place) -> Result<MissionCounts>;

    async fn artifact(&self, run: &RunId, artifact: &ArtifactId) -> Result<Option<Vec<u8>>>;

    /// Open tasks, those that wait longest first.
    async fn tasks(
        &self,
        place: &Place,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<PendingTask>>;

    async fn task(&self, task: &TaskId) -> Result<Option<StoredTask>>;

    /// Waitpoints, newest first; only those in `state` where it is given.
    async fn waitpoints(
        &self,
        place: &Place,
        state: Option<WaitState>,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<WaitpointToken>>;

    async fn waitpoint(&self, token: &str) -> Result<Option<StoredWaitpoint>>;

    /// Entries of a trail, newest first.
    async fn audit(&self, query: AuditQuery) -> Result<Vec<AuditEntry>>;

    /// How many entries there are, counted up to one more than [`index::COUNT_TO`]; the page aside.
    async fn audit_count(&self, query: AuditQuery) -> Result<u64>;

    /// Entries of a tenant as they were written, as JSON text, oldest first, from `from` on.
    async fn audit_from(
        &self,
        tenant: &TenantId,
        from: u64,
        limit: usize,
    ) -> Result<Vec<(u64, String)>>;

    /// The sequence and the hash of a tenant's newest entry that is not newer than `to`; `(0, zeros)` before the first one.
    async fn audit_end(&self, tenant: &TenantId, to: u64) -> Result<(u64, Hash)>;

    /// Signs the end of a trail, where there is a key.
    fn sign(&self, head: AuditHead) -> AuditHead;

    /// One record by its key.
    async fn record(&self, kind: RecordKind, key: &str) -> Result<Option<RawRecord>>;

    /// The records of a group in the order of their keys, from behind `after`.
    async fn records(
        &self,
        kind: RecordKind,
        group: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<RawRecord>>;

    /// The records that expired before a moment, in the order of their keys.
    async fn expired(
        &self,
        kind: RecordKind,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<RawRecord>>;

    /// The records found by their side word, in the order of their keys.
    async fn records_by_side(&self, kind: RecordKind, side: &str) -> Result<Vec<RawRecord>>;

    /// The position of the newest decision.
    fn position(&self) -> u64;

    /// What is published from now on, in order. A receiver that lags continues with [`Store::feed_since`].
    fn subscribe(&self) -> broadcast::Receiver<Arc<Published>>;

    /// What happens beside the runs from now on. A receiver that lags looks for itself.
    fn subscribe_news(&self) -> broadcast::Receiver<News>;

    /// What was published in `place` after `position`, at most `limit` items; only of `run` where it is given.
    async fn feed_since(
        &self,
        position: u64,
        place: &Place,
        run: Option<&RunId>,
        limit: usize,
    ) -> Result<FeedPage>;
}

impl dyn Store {
    /// One record by its key.
    pub async fn get<T: Record>(&self, key: &str) -> Result<Option<Stored<T>>> {
        self.record(T::KIND, key).await?.map(read).transpose()
    }

    /// The records of a group in the order of their keys, from behind `after`.
    pub async fn list<T: Record>(
        &self,
        group: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Stored<T>>> {
        self.records(T::KIND, group, after, limit)
            .await?
            .into_iter()
            .map(read)
            .collect()
    }

    /// The records found by their side word.
    pub async fn by_side<T: Record>(&self, side: &str) -> Result<Vec<Stored<T>>> {
        self.records_by_side(T::KIND, side)
            .await?
            .into_iter()
            .map(read)
            .collect()
    }
}

fn read<T: Record>(raw: RawRecord) -> Result<Stored<T>> {
    Ok(Stored {
        value: serde_json::from_str(&raw.doc)?,
        revision: raw.revision,
    })
}
