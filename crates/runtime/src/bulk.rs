//! Makes one move on many runs, one after the other, each in a transaction of its own with what came of it.

pub mod set;
mod turn;

use crate::host::{Host, HostError};
use crate::store::record::{BulkRecord, BulkSetRecord};
use crate::store::{Store, StoreError};
use engine::Refusal;
use futures_util::FutureExt;
use futures_util::future;
use model::BulkId;
use model::api::BulkState;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{OwnedMutexGuard, watch};

const NO_SUCH_RUN: &str = "There is no such run in this project.";
const UNREADABLE: &str = "Signalbox cannot read this run: its journal is damaged.";
/// How long to wait for a store that cannot be reached.
const STORE_WAIT_S: u64 = 5;

/// Works off bulk jobs. Cheap to clone.
#[derive(Clone)]
pub struct Bulk {
    inner: Arc<Inner>,
}

struct Inner {
    host: Host,
    /// The jobs under way. Each is locked while a run has its turn.
    jobs: Mutex<HashMap<BulkId, Turn>>,
    stop: watch::Sender<bool>,
    /// How many jobs are under way.
    busy: watch::Sender<usize>,
}

/// Held while one run of the job has its turn, so that a stop comes between two of them.
type Turn = Arc<tokio::sync::Mutex<()>>;

/// What a turn left to do.
enum Next {
    /// The run after it.
    Run,
    /// Nothing: the job has ended.
    End,
}

impl Bulk {
    /// Goes on with the jobs that an earlier runtime left behind.
    pub async fn start(host: Host) -> Result<Self, StoreError> {
        let left = host.store().by_side::<BulkRecord>(BulkRecord::RUNNING);
        let left = left.await?;
        let bulk = Self {
            inner: Arc::new(Inner {
                host,
                jobs: Mutex::default(),
                stop: watch::Sender::new(false),
                busy: watch::Sender::new(0),
            }),
        };
        for record in left {
            bulk.work_off(record.value.job.id);
        }
        Ok(bulk)
    }

    /// Begins with a job that is in the store.
    pub fn work_off(&self, job: BulkId) {
        let turn = Turn::default();
        self.inner.jobs().insert(job.clone(), Arc::clone(&turn));
        self.inner.busy.send_modify(|busy| *busy += 1);
        let inner = Arc::clone(&self.inner);
        self.inner.host.platform().spawn(
            async move {
                inner.turns(&job, &turn).await;
                inner.jobs().remove(&job);
                let busy = inner.busy.clone();
                // Whoever waits for the end may let go of everything else then.
                drop(inner);
                busy.send_modify(|busy| *busy -= 1);
            }
            .boxed(),
        );
    }

    /// No run of the job gets its turn until the guard is dropped; `None` for a job that is not under way.
    pub async fn hold(&self, job: &BulkId) -> Option<OwnedMutexGuard<()>> {
        let turn = self.inner.jobs().get(job).map(Arc::clone)?;
        Some(turn.lock_owned().await)
    }

    /// Ends after the turns that are being taken; what is left is taken up at the next start.
    pub async fn shutdown(&self) {
        let _ = self.inner.stop.send_replace(true);
        let mut busy = self.inner.busy.subscribe();
        // It also counts as ended when it is gone.
        let _ = busy.wait_for(|busy| *busy == 0).await;
    }
}

impl Inner {
    fn jobs(&self) -> MutexGuard<'_, HashMap<BulkId, Turn>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn store(&self) -> &Arc<dyn Store> {
        self.host.store()
    }

    async fn turns(&self, job: &BulkId, turn: &Turn) {
        let mut set = None;
        while !*self.stop.borrow() {
            let held = turn.lock().await;
            let next = self.next(job, &mut set).await;
            drop(held);
            match next {
                Ok(Next::Run) => {}
                Ok(Next::End) | Err(HostError::Stopping) => return,
                Err(error) => {
                    tracing::warn!(%job, %error, "a bulk job waits for the store");
                    self.pause().await;
                }
            }
        }
    }

    /// Gives the next run its turn. What is not the run's own refusal is an error: then nothing was written.
    async fn next(&self, job: &BulkId, set: &mut Option<BulkSetRecord>) -> Result<Next, HostError> {
        let key = BulkRecord::key_of(job);
        let record = match self.store().get::<BulkRecord>(&key).await? {
            Some(record) if record.value.job.state == BulkState::Running => record,
            Some(_) | None => return Ok(Next::End),
        };
        let runs = match set {
            Some(set) => &set.runs,
            None => match self.store().get::<BulkSetRecord>(job.as_str()).await? {
                Some(stored) => &set.insert(stored.value).runs,
                None => return Err(StoreError::Missing(job.to_string()).into()),
            },
        };
        turn::take(&self.host, record, runs).await
    }

    /// Waits a while, or for the end.
    async fn pause(&self) {
        let platform = self.host.platform();
        let later = platform.sleep_until(self.host.now().plus_s(STORE_WAIT_S));
        let mut stop = self.stop.subscribe();
        let stopped = std::pin::pin!(stop.wait_for(|stop| *stop));
        future::select(later, stopped).await;
    }
}

/// What is said of a run that does not allow a move; an error is not the run's own.
fn refusal(error: HostError) -> Result<String, HostError> {
    match error {
        HostError::Refused(Refusal::NotLegal(why) | Refusal::Invalid { message: why, .. })
        | HostError::NoWorkflow(why) => Ok(why),
        HostError::NotFound => Ok(NO_SUCH_RUN.to_owned()),
        HostError::Store(StoreError::Unreadable(what)) => {
            tracing::error!(%what, "a run cannot be read");
            Ok(UNREADABLE.to_owned())
        }
        HostError::Stale { .. } | HostError::Store(_) | HostError::Stopping => Err(error),
    }
}
