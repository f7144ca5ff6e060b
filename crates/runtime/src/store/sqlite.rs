//! The store on one `SQLite` file: a thread that writes in groups, a few that read, the runs' facets in memory.

mod audit;
mod index;
mod read;
mod readers;
mod schema;
mod snapshots;
mod write;
mod writer;

use super::change::{Append, Attention, ChangeSet, Published, WaitState};
use super::feed::{Feed, News};
use super::query::{AuditQuery, EventQuery, FeedPage, RunsQuery, StoredRun, Unfinished};
use super::record::{Place, RecordKind};
use super::{
    MissionCounts, RawRecord, Result, Signer, Store, StoreError, StoredTask, StoredWaitpoint,
};
use async_trait::async_trait;
use engine::Run;
use index::SharedIndex;
use model::api::{LastRun, Page, PendingTask, RunRow, WaitpointToken};
use model::audit::Hash;
use model::{ArtifactId, AuditEntry, AuditHead, Event, RunId, TaskId, TenantId, WorkflowId};
use readers::Readers;
use rusqlite::{Connection, ErrorCode};
use snapshots::Packed;
use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::mpsc::Sender;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::{Mutex, broadcast, oneshot};
use write::ReadyAppend;
use writer::{Job, Writer};

/// Threads that read.
const READERS: usize = 3;
/// Prepared statements kept by each connection.
const STATEMENTS: usize = 64;
/// Events behind which a stream is told to load again.
const RESUME: u64 = 100_000;

/// Whoever signs heads, once there is one.
type SharedSigner = Arc<OnceLock<Arc<dyn Signer>>>;

/// One `SQLite` file, used by one runtime at a time.
pub struct SqliteStore {
    jobs: Sender<Job>,
    readers: Readers,
    feed: Arc<Feed>,
    index: Arc<SharedIndex>,
    signer: SharedSigner,
    /// Snapshots are packed one at a time.
    packing: Mutex<()>,
    /// Held as long as the store is open; absent beside another one.
    _lock: Option<File>,
}

impl SqliteStore {
    /// Opens the file at `path`, or makes it. Its folder must exist.
    pub fn open(path: &Path) -> Result<Self> {
        let lock = lock(&path.with_extension("lock"))?;
        Self::with(path, Some(lock))
    }

    /// Opens the file while a runtime may be using it, to read and write records: tokens, people, projects. Runs must be left
    /// to the runtime, which would not hear of their changes.
    pub fn open_beside(path: &Path) -> Result<Self> {
        Self::with(path, None)
    }

    fn with(path: &Path, lock: Option<File>) -> Result<Self> {
        let mut db = connect(path)?;
        db.pragma_update(None, "cache_size", -16_000)
            .and_then(|()| db.pragma_update(None, "wal_autocheckpoint", 4_000))
            .map_err(|error| unavailable(&error))?;
        schema::migrate(&mut db)?;
        if lock.is_some() {
            write::forget_arriving(&db)?;
        }
        let position: u64 = db
            .query_row(
                "SELECT max(coalesce(max(pos), 0), 0) FROM events",
                [],
                |row| row.get(0),
            )
            .map_err(|error| unavailable(&error))?;
        let feed = Arc::new(Feed::new(position));
        let index = SharedIndex::load(connect(path)?)?;
        let readers = (0..READERS)
            .map(|_| connect(path))
            .collect::<Result<Vec<_>>>()?;
        let signer = SharedSigner::default();
        Ok(Self {
            jobs: Writer::start(
                db,
                Arc::clone(&feed),
                Arc::clone(&index),
                Arc::clone(&signer),
            )?,
            readers: Readers::start(readers)?,
            feed,
            index,
            signer,
            packing: Mutex::default(),
            _lock: lock,
        })
    }

    /// From now on the heads of audit trails are signed. Whoever is named first stays.
    pub fn signed_by(self, signer: Arc<dyn Signer>) -> Self {
        let _ = self.signer.set(signer);
        self
    }

    /// Bounds the database file, so that it leaves room for others on the disk. What no longer fits is
    /// [`StoreError::Unavailable`].
    pub async fn limit_bytes(&self, bytes: u64) -> Result<()> {
        self.job(|reply| Job::Limit(bytes / 4096, reply)).await
    }

    async fn job<T>(&self, job: impl FnOnce(oneshot::Sender<Result<T>>) -> Job) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        let gone = || StoreError::unavailable("The store has been closed.");
        self.jobs.send(job(reply)).map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }

    /// Searches the index on a reader's thread: it may have to wait until the index is there.
    async fn search(&self, query: RunsQuery) -> Result<Page<RunRow>> {
        let index = Arc::clone(&self.index);
        self.readers
            .read(move |db| {
                let hits = find(&index, &query)?;
                Ok(Page {
                    items: read::rows(db, &hits.nums)?,
                    next_cursor: hits.nums.last().filter(|_| hits.more).map(u64::to_string),
                    count: hits.count,
                    count_is_exact: hits.count_is_exact,
                })
            })
            .await
    }
}

fn find(index: &SharedIndex, query: &RunsQuery) -> Result<super::index::Hits> {
    index.read(|index| {
        index.search(
            &query.place,
            &query.filter,
            query.hide_handled_at.map(model::Timestamp::millis),
            query.cursor.as_deref().and_then(|text| text.parse().ok()),
            query.limit,
        )
    })
}

fn number(cursor: Option<&String>) -> Option<u64> {
    cursor.and_then(|text| text.parse().ok())
}

/// Makes sure that no other runtime uses the same data. The system lets go of the lock however this process ends.
fn lock(path: &Path) -> Result<File> {
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(|error| {
            StoreError::unavailable(format!("{} cannot be written: {error}.", path.display()))
        })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::unavailable(
            "Another Signalbox uses this data folder. Stop it, or use another folder.",
        )),
        Err(TryLockError::Error(error)) => Err(StoreError::unavailable(error)),
    }
}

fn connect(path: &Path) -> Result<Connection> {
    let open = || {
        let db = Connection::open(path)?;
        db.set_prepared_statement_cache_capacity(STATEMENTS);
        db.busy_timeout(Duration::from_secs(2))?;
        db.pragma_update(None, "journal_mode", "WAL")?;
        db.pragma_update(None, "synchronous", "FULL")?;
        Ok(db)
    };
    open().map_err(|error: rusqlite::Error| unavailable(&error))
}

/// What `SQLite` says, in words that tell what to do.
fn unavailable(error: &rusqlite::Error) -> StoreError {
    let reason = match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => {
            "The disk is full. Free some space; nothing has to be restarted.".to_owned()
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "The database is locked by another program. It works again when that lets go."
                .to_owned()
        }
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            "The data folder cannot be written. Check its permissions.".to_owned()
        }
        Some(ErrorCode::CannotOpen) => {
            "The database cannot be opened. Check that the data folder exists and can be written."
                .to_owned()
        }
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            "The database is damaged. Restore the data folder from a backup.".to_owned()
        }
        _ => error.to_string(),
    };
    StoreError::Unavailable { reason }
}

#[async_trait]
impl Store for SqliteStore {
    async fn append(&self, append: Append) -> Result<u64> {
        let ready = Box::new(ReadyAppend::new(append)?);
        self.job(|reply| Job::Append(ready, reply)).await
    }

    async fn change(&self, set: ChangeSet) -> Result<Vec<u64>> {
        self.job(|reply| Job::Change(Box::new(set), reply)).await
    }

    async fn events(&self, query: EventQuery) -> Result<Vec<Event>> {
        self.readers.read(move |db| read::events(db, &query)).await
    }

    async fn keep_snapshot(&self, run: Arc<Run>) -> Result<()> {
        let _alone = self.packing.lock().await;
        let packed = tokio::task::spawn_blocking(move || Packed::of(&run));
        match packed.await.map_err(StoreError::unavailable)?? {
            Some(packed) => self.job(|reply| Job::Snapshot(packed, reply)).await,
            None => Ok(()),
        }
    }

    async fn snapshot(&self, run: &RunId, before: Option<u64>) -> Result<Option<Run>> {
        let run = run.clone();
        self.readers
            .read(move |db| snapshots::newest(db, &run, before))
            .await
    }

    async fn run(&self, run: &RunId) -> Result<Option<StoredRun>> {
        let run = run.clone();
        self.readers.read(move |db| read::run(db, &run)).await
    }

    async fn runs(&self, query: RunsQuery) -> Result<Page<RunRow>> {
        self.search(query).await
    }

    async fn run_ids(&self, query: RunsQuery) -> Result<Vec<RunId>> {
        let index = Arc::clone(&self.index);
        self.readers
            .read(move |db| read::ids(db, &find(&index, &query)?.nums))
            .await
    }

    async fn attention(&self, runs: &[RunId]) -> Result<BTreeMap<RunId, Attention>> {
        let runs = runs.to_vec();
        let found = self
            .readers
            .read(move |db| read::attention(db, &runs))
            .await?;
        Ok(found
            .into_iter()
            .filter(|(_, attention)| *attention != Attention::default())
            .collect())
    }

    async fn children(&self, parent: &RunId) -> Result<Vec<StoredRun>> {
        let parent = parent.clone();
        self.readers
            .read(move |db| read::children(db, &parent))
            .await
    }

    async fn unfinished(&self) -> Result<Vec<Unfinished>> {
        self.readers.read(read::unfinished).await
    }

    async fn last_runs(&self, place: &Place) -> Result<BTreeMap<WorkflowId, LastRun>> {
        let index = Arc::clone(&self.index);
        let place = place.clone();
        self.readers
            .read(move |db| {
                let newest = index.read(|index| index.last_runs(&place))?;
                let nums: Vec<u64> = newest.values().copied().collect();
                Ok(newest
                    .into_keys()
                    .zip(read::rows(db, &nums)?)
                    .map(|(workflow, row)| {
                        (
                            workflow,
                            LastRun {
                                id: row.id,
                                status: row.status,
                                created_at: row.created_at,
                            },
                        )
                    })
                    .collect())
            })
            .await
    }

    async fn mission_counts(&self, place: &Place) -> Result<MissionCounts> {
        let index = Arc::clone(&self.index);
        let place = place.clone();
        self.readers
            .read(move |_| Ok(index.read(|index| index.mission_counts(&place))?))
            .await
    }

    async fn artifact(&self, run: &RunId, artifact: &ArtifactId) -> Result<Option<Vec<u8>>> {
        let (run, artifact) = (run.clone(), artifact.clone());
        self.readers
            .read(move |db| read::artifact(db, &run, artifact.as_str()))
            .await
    }

    async fn tasks(
        &self,
        place: &Place,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<PendingTask>> {
        let place = place.clone();
        self.readers
            .read(move |db| read::tasks(db, &place, number(cursor.as_ref()), limit))
            .await
    }

    async fn task(&self, task: &TaskId) -> Result<Option<StoredTask>> {
        let task = task.clone();
        self.readers
            .read(move |db| read::task(db, task.as_str()))
            .await
    }

    async fn waitpoints(
        &self,
        place: &Place,
        state: Option<WaitState>,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<WaitpointToken>> {
        let place = place.clone();
        self.readers
            .read(move |db| read::waitpoints(db, &place, state, number(cursor.as_ref()), limit))
            .await
    }

    async fn waitpoint(&self, token: &str) -> Result<Option<StoredWaitpoint>> {
        let token = token.to_owned();
        self.readers
            .read(move |db| read::waitpoint(db, &token))
            .await
    }

    async fn audit(&self, query: AuditQuery) -> Result<Vec<AuditEntry>> {
        self.readers.read(move |db| audit::list(db, &query)).await
    }

    async fn audit_count(&self, query: AuditQuery) -> Result<u64> {
        self.readers.read(move |db| audit::count(db, &query)).await
    }

    async fn audit_from(
        &self,
        tenant: &TenantId,
        from: u64,
        limit: usize,
    ) -> Result<Vec<(u64, String)>> {
        let tenant = tenant.clone();
        self.readers
            .read(move |db| audit::from(db, &tenant, from, limit))
            .await
    }

    async fn audit_end(&self, tenant: &TenantId, to: u64) -> Result<(u64, Hash)> {
        let tenant = tenant.clone();
        self.readers
            .read(move |db| audit::end(db, tenant.as_str(), to))
            .await
    }

    fn sign(&self, head: AuditHead) -> AuditHead {
        audit::sign(self.signer.get(), head)
    }

    async fn record(&self, kind: RecordKind, key: &str) -> Result<Option<RawRecord>> {
        let key = key.to_owned();
        self.readers
            .read(move |db| read::record(db, kind, &key))
            .await
    }

    async fn records(
        &self,
        kind: RecordKind,
        group: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<RawRecord>> {
        let (group, after) = (group.to_owned(), after.map(str::to_owned));
        self.readers
            .read(move |db| read::records(db, kind, &group, after.as_deref(), limit))
            .await
    }

    async fn expired(
        &self,
        kind: RecordKind,
        before: model::Timestamp,
        limit: usize,
    ) -> Result<Vec<RawRecord>> {
        self.readers
            .read(move |db| read::expired(db, kind, before, limit))
            .await
    }

    async fn records_by_side(&self, kind: RecordKind, side: &str) -> Result<Vec<RawRecord>> {
        let side = side.to_owned();
        self.readers
            .read(move |db| read::records_by_side(db, kind, &side))
            .await
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
        if let Some(page) = self.feed.since(position, place, run, limit) {
            return Ok(page);
        }
        if self.feed.position() - position > RESUME {
            return Ok(FeedPage::Reset);
        }
        let (place, run) = (place.clone(), run.cloned());
        self.readers
            .read(move |db| read::feed(db, position, &place, run.as_ref(), limit))
            .await
            .map(FeedPage::Items)
    }
}
