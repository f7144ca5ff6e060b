//! The one that turns causes into messages, from the start of the runtime to its end.

use super::courier::Courier;
use super::{credentials, deliver, fan_out};
use crate::host::Host;
use crate::store::record::{
    CauseRecord, CredentialMark, DeliveryRecord, DueRecord, GatherRecord, NotificationRecord,
};
use crate::store::{Change, ChangeSet, Place, Record, RecordKind, StoreError};
use futures_util::FutureExt;
use futures_util::StreamExt;
use futures_util::future::{self, BoxFuture, Either};
use futures_util::stream::FuturesUnordered;
use model::notify::Notification;
use model::{DeliveryId, Timestamp, UserId};
use std::collections::HashSet;
use std::sync::Arc;
use tokio::sync::{broadcast, watch};

/// Causes worked off in one transaction.
const BATCH: usize = 256;
/// How long to wait for a store that cannot be reached.
const STORE_WAIT_S: u64 = 5;
/// How often credentials are looked at and what has expired is forgotten.
const ROUND_S: u64 = 3600;
/// Streams that are slower than this ask the store again.
const TOLD: usize = 256;

/// Deliveries tried at the same time.
const UNDER_WAY: usize = 16;

/// What is being delivered, by the keys of what was due.
#[derive(Default)]
struct UnderWay {
    keys: HashSet<String>,
    sends: FuturesUnordered<BoxFuture<'static, String>>,
}

impl UnderWay {
    /// Ends when one delivery has; never while none is under way.
    async fn arrived(&mut self) {
        match self.sends.next().await {
            Some(key) => {
                self.keys.remove(&key);
            }
            None => future::pending().await,
        }
    }
}

/// Somebody's inbox changed.
#[derive(Debug, Clone)]
pub struct Told {
    pub user: UserId,
    pub place: Place,
    /// The message that changed, where one did.
    pub newest: Option<Arc<Notification>>,
}

/// Tells people, as long as it runs. Cheap to clone.
#[derive(Clone)]
pub struct Notifier {
    host: Host,
    courier: Arc<dyn Courier>,
    told: broadcast::Sender<Told>,
    stop: Arc<watch::Sender<bool>>,
    done: watch::Receiver<bool>,
}

impl Notifier {
    /// Begins with what an earlier one left behind.
    pub fn start(host: Host, courier: Arc<dyn Courier>) -> Self {
        let (done, stopped) = watch::channel(false);
        let notifier = Self {
            host: host.clone(),
            courier,
            told: broadcast::Sender::new(TOLD),
            stop: Arc::new(watch::Sender::new(false)),
            done: stopped,
        };
        let own = notifier.clone();
        host.platform().spawn(
            async move {
                own.run().await;
                // Nobody waiting is fine.
                let _ = done.send(true);
            }
            .boxed(),
        );
        notifier
    }

    /// Whose inbox changes, from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Told> {
        self.told.subscribe()
    }

    /// An inbox was changed by its owner.
    pub fn tell(&self, told: Told) {
        // Nobody listening is fine.
        let _ = self.told.send(told);
    }

    /// Ends after what is being written; what is left is taken up at the next start.
    pub async fn shutdown(&self) {
        let _ = self.stop.send(true);
        let mut done = self.done.clone();
        // It also counts as done when it is gone.
        let _ = done.wait_for(|done| *done).await;
    }

    async fn run(&self) {
        let mut stop = self.stop.subscribe();
        let mut round = self.host.now();
        let mut under_way = UnderWay::default();
        loop {
            let next = match self.work(&mut round, &mut under_way).await {
                Ok(next) => next,
                Err(error) => {
                    tracing::warn!(%error, "notifications wait for the store");
                    self.host.now().plus_s(STORE_WAIT_S)
                }
            };
            let woken = std::pin::pin!(self.host.outbox().woken());
            let slept = self.host.platform().sleep_until(next);
            let arrived = std::pin::pin!(under_way.arrived());
            let stopped = std::pin::pin!(stop.wait_for(|stop| *stop));
            let something = future::select(arrived, future::select(woken, slept));
            // What is under way when it stops is still due at the next start.
            match future::select(stopped, something).await {
                Either::Left(_) => return,
                Either::Right(_) => {}
            }
        }
    }

    /// Does everything there is to do; answers with when to look again.
    async fn work(
        &self,
        round: &mut Timestamp,
        under_way: &mut UnderWay,
    ) -> Result<Timestamp, StoreError> {
        if *round <= self.host.now() {
            credentials::look(&self.host).await?;
            self.forget().await?;
            *round = self.host.now().plus_s(ROUND_S);
        }
        while self.causes().await? {}
        let next = self.send(under_way).await?;
        Ok(next.map_or(*round, |next| next.min(*round)))
    }

    /// Begins what is due; answers with when the next one is.
    async fn send(&self, under_way: &mut UnderWay) -> Result<Option<Timestamp>, StoreError> {
        let now = self.host.now();
        let due = self
            .host
            .store()
            .list::<DueRecord>("", None, UNDER_WAY * 4)
            .await?;
        for due in due.into_iter().map(|stored| stored.value) {
            if due.at > now {
                return Ok(Some(due.at));
            }
            // Something that arrives makes room.
            if under_way.keys.len() >= UNDER_WAY {
                break;
            }
            if under_way.keys.insert(due.key()) {
                let (host, courier) = (self.host.clone(), Arc::clone(&self.courier));
                under_way
                    .sends
                    .push(deliver::deliver(host, courier, due).boxed());
            }
        }
        Ok(None)
    }

    /// Works off one batch; whether there may be more.
    async fn causes(&self) -> Result<bool, StoreError> {
        let store = self.host.store();
        let found: Vec<CauseRecord> = store
            .list::<CauseRecord>("", None, BATCH)
            .await?
            .into_iter()
            .map(|stored| stored.value)
            .collect();
        if found.is_empty() {
            return Ok(false);
        }
        let new_id = || DeliveryId::new(self.host.new_id(DeliveryId::PREFIX));
        let outcome = fan_out::fan_out(store, &found, self.host.now(), &new_id).await?;
        match store.change(outcome.set).await {
            Ok(_) => {}
            // A delivery went out while it was counted in.
            Err(StoreError::Stale { .. }) => return Ok(true),
            Err(error) => return Err(error),
        }
        for run in &outcome.ended {
            self.host.outbox().unwatch(run);
        }
        for told in outcome.told {
            self.tell(told);
        }
        Ok(found.len() == BATCH)
    }

    async fn forget(&self) -> Result<(), StoreError> {
        let before = self.host.now();
        let kinds: [RecordKind; 4] = [
            NotificationRecord::KIND,
            CredentialMark::KIND,
            DeliveryRecord::KIND,
            GatherRecord::KIND,
        ];
        let changes = kinds.map(|kind| Change::Purge { kind, before });
        let set = ChangeSet {
            changes: changes.into(),
            audit: None,
        };
        self.host.store().change(set).await.map(|_| ())
    }
}
