//! What the host has to know of notifications: who asked for what is otherwise silent, and whom to wake.

use crate::store::record::{PreferencesRecord, WatchRecord, WebhookRecord};
use crate::store::{Record, Store, StoreError};
use model::notify::Preferences;
use model::{Channel, NotificationKind, RunId, TenantId};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::Notify;

/// Records read at once.
const PAGE: usize = 1_000;

/// Kept beside the host, so that a decision knows without asking the store whether anyone wants to hear of it.
#[derive(Default)]
pub struct Outbox {
    woken: Notify,
    asked: RwLock<Asked>,
}

#[derive(Default)]
struct Asked {
    /// Who wants to hear of completed runs: keys of preferences and of webhooks, by tenant.
    completed: HashMap<TenantId, HashSet<String>>,
    watched: HashSet<RunId>,
}

impl Outbox {
    /// As the store knows it.
    pub async fn open(store: &Arc<dyn Store>) -> Result<Self, StoreError> {
        let outbox = Self::default();
        for watch in all::<WatchRecord>(store).await? {
            outbox.watch(&watch.run);
        }
        for layer in all::<PreferencesRecord>(store).await? {
            outbox.prefer(&layer);
        }
        for webhook in store
            .by_side::<WebhookRecord>(WebhookRecord::WANTS_COMPLETED)
            .await?
        {
            let webhook = webhook.value;
            outbox.asks(&webhook.place.tenant, webhook.key(), true);
        }
        Ok(outbox)
    }

    /// There is a new cause.
    pub fn wake(&self) {
        self.woken.notify_one();
    }

    pub(super) async fn woken(&self) {
        self.woken.notified().await;
    }

    pub fn is_watched(&self, run: &RunId) -> bool {
        self.read().watched.contains(run)
    }

    pub fn watch(&self, run: &RunId) {
        self.write().watched.insert(run.clone());
    }

    /// Nobody follows the run any more.
    pub fn unwatch(&self, run: &RunId) {
        self.write().watched.remove(run);
    }

    pub fn wants_completed(&self, tenant: &TenantId) -> bool {
        self.read().completed.contains_key(tenant)
    }

    /// Takes note of a layer of preferences.
    pub fn prefer(&self, layer: &PreferencesRecord) {
        let wants = says(&layer.preferences);
        self.asks(&layer.tenant, layer.key(), wants);
    }

    /// Takes note of whether `who` wants to hear of completed runs.
    pub fn asks(&self, tenant: &TenantId, who: String, wants: bool) {
        let mut asked = self.write();
        if wants {
            asked
                .completed
                .entry(tenant.clone())
                .or_default()
                .insert(who);
        } else if let Some(them) = asked.completed.get_mut(tenant) {
            them.remove(&who);
            if them.is_empty() {
                asked.completed.remove(tenant);
            }
        }
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Asked> {
        self.asked.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, Asked> {
        self.asked.write().unwrap_or_else(PoisonError::into_inner)
    }
}

fn says(preferences: &Preferences) -> bool {
    Channel::ALL
        .iter()
        .any(|channel| preferences.says(NotificationKind::Completed, *channel) == Some(true))
}

/// Every record of a kind that is listed as a whole.
pub async fn all<T: Record>(store: &Arc<dyn Store>) -> Result<Vec<T>, StoreError> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = store.list::<T>("", after.as_deref(), PAGE).await?;
        let whole = page.len() < PAGE;
        found.extend(page.into_iter().map(|stored| stored.value));
        after = found.last().map(Record::key);
        if whole {
            return Ok(found);
        }
    }
}
