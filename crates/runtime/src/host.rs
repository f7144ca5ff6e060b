//! Drives runs: loads, decides, appends, and keeps in flight what the engine says should be.

mod calls;
mod cells;
mod children;
mod clock;
mod create;
mod decide;
mod dispatch;
pub mod environment;
pub mod error;
pub(crate) mod ids;
pub mod import;
mod in_flight;
pub mod meta;
#[cfg(feature = "native")]
pub mod native;
mod past;
pub mod platform;
mod queues;
mod recheck;
mod recovery;
mod retention;
mod saying;
mod shutdown;
mod snapshots;
mod timers;
mod waits;
mod wanted;

pub use environment::{Environment, Missing, StoredEnvironment};
pub use error::HostError;
pub use import::{ImportFailure, Importing};
pub use meta::{Also, AnswerBody, AuditDraft, IdempotencyDraft, Meta, Outcome, Snapshot};
#[cfg(feature = "native")]
pub use native::TokioPlatform;
pub use platform::Platform;
pub use saying::Saying;

use crate::notify::Outbox;
use crate::steps::StepRunner;
use crate::store::{Change, Place, Published, Store, StoreError};
use cells::Cells;
use decide::Act;
use engine::{Command, CreateRun, QueueState};
use futures_util::FutureExt;
use ids::Ids;
use in_flight::InFlight;
use model::{Actor, AuditId, RunId, Step, Timestamp, WorkflowId};
use queues::{QueueKey, Queues};
use saying::Sayings;
use serde_json::Value;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use timers::Timers;
use tokio::sync::{Notify, broadcast, oneshot};

/// The queue that is always there.
const DEFAULT_QUEUE: &str = "default";

/// What a host works with.
pub struct HostSetup {
    pub store: Arc<dyn Store>,
    pub platform: Arc<dyn Platform>,
    pub runner: Arc<dyn StepRunner>,
    pub environment: Arc<dyn Environment>,
    pub config: HostConfig,
}

/// How a host is set up.
#[derive(Debug, Clone)]
pub struct HostConfig {
    /// Runs that may work at the same time, over all queues. 0: nobody picks runs up.
    pub workers: u32,
    /// Runs that may work at the same time in a queue nobody has set a limit for.
    pub queue_limit: u32,
}

impl Default for HostConfig {
    fn default() -> Self {
        Self {
            workers: 64,
            queue_limit: 10,
        }
    }
}

/// The one that drives runs. Cheap to clone.
#[derive(Clone)]
pub struct Host {
    inner: Arc<Inner>,
}

struct Inner {
    store: Arc<dyn Store>,
    platform: Arc<dyn Platform>,
    runner: Arc<dyn StepRunner>,
    environment: Arc<dyn Environment>,
    workers: u32,
    ids: Ids,
    cells: Cells,
    queues: Mutex<Queues>,
    timers: Mutex<Timers>,
    /// An earlier timer was set.
    woken: Notify,
    in_flight: Arc<InFlight>,
    /// Old audit entries are removed by one at a time.
    trimming: tokio::sync::Mutex<()>,
    outbox: Outbox,
    sayings: Sayings,
    /// Nothing new is begun.
    stopping: AtomicBool,
    /// Nothing is done any more.
    closed: AtomicBool,
}

/// How a queue stands.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueView {
    pub name: String,
    pub limit: u32,
    /// Runs that work.
    pub in_use: u32,
    /// Runs that wait, delayed ones not counted.
    pub depth: u64,
    pub delayed: u64,
    pub paused_by: Option<Actor>,
    pub paused_at: Option<Timestamp>,
    pub last_dequeue_at: Option<Timestamp>,
}

/// A change of a queue's settings; absent fields stay.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueueChange {
    pub limit: Option<u32>,
    pub paused: Option<bool>,
}

/// Makes a change of how a queue will stand and of the audit entry's id: the answer to keep under an `Idempotency-Key`.
pub type QueueAnswer =
    Box<dyn FnOnce(&QueueView, &AuditId) -> Result<Option<Change>, StoreError> + Send>;

impl Host {
    /// Takes up what an earlier host left behind and begins to drive. Runs that had something in flight are recovered while
    /// the host works already; a command for one of them comes after its recovery.
    pub async fn start(setup: HostSetup) -> Result<Self, StoreError> {
        let outbox = Outbox::open(&setup.store).await?;
        let inner = Arc::new(Inner {
            store: setup.store,
            platform: setup.platform,
            runner: setup.runner,
            environment: setup.environment,
            workers: setup.config.workers,
            ids: Ids::default(),
            cells: Cells::default(),
            queues: Mutex::new(Queues::new(setup.config.workers, setup.config.queue_limit)),
            timers: Mutex::default(),
            woken: Notify::new(),
            in_flight: Arc::default(),
            trimming: tokio::sync::Mutex::default(),
            outbox,
            sayings: Sayings::default(),
            stopping: AtomicBool::new(false),
            closed: AtomicBool::new(false),
        });
        inner.recover().await?;
        inner.platform.spawn(Arc::clone(&inner).clock().boxed());
        inner.dispatch();
        Ok(Self { inner })
    }

    pub fn store(&self) -> &Arc<dyn Store> {
        &self.inner.store
    }

    pub fn now(&self) -> Timestamp {
        self.inner.platform.now()
    }

    pub fn platform(&self) -> &Arc<dyn Platform> {
        &self.inner.platform
    }

    /// What people are to be told of goes through here.
    pub fn outbox(&self) -> &Outbox {
        &self.inner.outbox
    }

    /// Runs that may work at the same time, over all queues; 0 when nobody picks runs up.
    pub fn workers(&self) -> u32 {
        self.inner.workers
    }

    /// A new sortable id: `prefix` and a ULID, greater than every one before.
    pub fn new_id(&self, prefix: &str) -> String {
        self.inner.new_id(prefix)
    }

    /// Creates a run and puts it into its queue. `create.run` and `create.definition` are the caller's; effects that steps do not
    /// declare are asked from their tools.
    pub async fn create(
        &self,
        place: &Place,
        create: CreateRun,
        meta: Meta,
    ) -> Result<Outcome, HostError> {
        self.inner.create(place.clone(), create, meta).await
    }

    /// "Run again": a new run of the latest published version, with the old one's input unless another is given.
    pub async fn run_again(
        &self,
        place: &Place,
        run: &RunId,
        input: Option<Value>,
        actor: Actor,
        meta: Meta,
    ) -> Result<Outcome, HostError> {
        self.inner
            .run_again(place.clone(), run, input, actor, meta)
            .await
    }

    /// Does one command on a run of `place`.
    pub async fn command(
        &self,
        place: &Place,
        run: &RunId,
        command: Command,
        meta: Meta,
    ) -> Result<Outcome, HostError> {
        self.inner
            .act(place.clone(), run.clone(), Act::Command(command), meta)
            .await
    }

    /// The folded run.
    pub async fn snapshot(&self, place: &Place, run: &RunId) -> Result<Snapshot, HostError> {
        self.inner.snapshot(place, run).await
    }

    /// The run's queue as the run sees it; `None` while it is not queued.
    pub fn queue_state(&self, run: &RunId) -> Option<QueueState> {
        let mut queues = self.inner.queues();
        let key = queues.waits_in(run)?;
        Some(queues.state(&key, run))
    }

    /// The queues of a project: those that have settings, have had runs, or are named `default`.
    pub fn queues(&self, place: &Place) -> Vec<QueueView> {
        let mut queues = self.inner.queues();
        let default = QueueKey {
            place: place.clone(),
            name: DEFAULT_QUEUE.to_owned(),
        };
        let mut keys = queues.of(place);
        if !keys.contains(&default) {
            keys.insert(0, default);
        }
        keys.iter().map(|key| queues.view(key)).collect()
    }

    /// Changes a queue's settings. `answer` makes what is written in the same transaction of how the queue then stands.
    pub async fn change_queue(
        &self,
        place: &Place,
        queue: &str,
        change: QueueChange,
        audit: AuditDraft,
        answer: QueueAnswer,
    ) -> Result<(QueueView, AuditId), HostError> {
        self.inner
            .change_queue(place, queue, change, audit, answer)
            .await
    }

    /// Looks again at the runs of `place` that the environment blocks: call it after a provider or an MCP server has changed.
    pub async fn recheck(&self, place: &Place) -> Result<(), HostError> {
        self.inner.recheck(place).await
    }

    /// Removes what has expired, and what tenants no longer keep of their audit trails. The host does so every hour by itself.
    pub async fn tidy(&self) {
        self.inner.tidy().await;
    }

    /// What a step of `workflow` would not find now; `None` when it could begin.
    pub async fn missing(
        &self,
        place: &Place,
        workflow: Option<&WorkflowId>,
        step: &Step,
    ) -> Result<Option<Missing>, StoreError> {
        self.inner.environment.missing(place, workflow, step).await
    }

    /// What models are saying, as it comes.
    pub fn subscribe_saying(&self) -> broadcast::Receiver<Arc<Saying>> {
        self.inner.sayings.subscribe()
    }

    /// What models are saying in a run right now.
    pub fn saying_in(&self, run: &RunId) -> Vec<Arc<Saying>> {
        self.inner.sayings.of(run)
    }

    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Published>> {
        self.inner.store.subscribe()
    }

    /// Takes no more runs from queues and begins no more calls; gives those in flight `grace_ms` to finish. What does not
    /// finish is recovered at the next start.
    pub async fn shutdown(&self, grace_ms: u64) -> Result<(), StoreError> {
        self.inner.shutdown(grace_ms).await
    }
}

impl Inner {
    fn new_id(&self, prefix: &str) -> String {
        self.ids.next(prefix, &*self.platform)
    }

    /// Runs `work` to its end, also when whoever waits for it goes away.
    async fn detached<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, HostError>> + Send + 'static,
    ) -> Result<T, HostError> {
        if self.closed.load(Ordering::Acquire) {
            return Err(HostError::Stopping);
        }
        let (reply, answer) = oneshot::channel();
        self.platform.spawn(
            async move {
                // Whoever asked may have gone.
                let _ = reply.send(work.await);
            }
            .boxed(),
        );
        answer.await.map_err(|_| HostError::Stopping)?
    }

    async fn snapshot(self: &Arc<Self>, place: &Place, run: &RunId) -> Result<Snapshot, HostError> {
        let slot = self.cells.get(run);
        let mut cell = slot.lock().await;
        let loaded = match self.load(&mut cell, run).await {
            Ok(()) => cell.loaded.clone(),
            Err(error) => {
                let used = cell.used();
                drop(cell);
                drop(slot);
                self.cells.put_back(run, used);
                return Err(error);
            }
        };
        // Under the run's lock: every event folded was published before.
        let position = self.store.position();
        let used = cell.used();
        drop(cell);
        drop(slot);
        self.cells.put_back(run, used);
        loaded
            .filter(|loaded| loaded.place == *place)
            .map(|loaded| Snapshot {
                place: loaded.place,
                run: loaded.run,
                position,
            })
            .ok_or(HostError::NotFound)
    }
}
