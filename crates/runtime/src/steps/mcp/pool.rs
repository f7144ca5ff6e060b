//! The open connections.

use super::config::Target;
use super::connection::Connection;
use model::{Failure, ProjectId, TenantId};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

type Key = (TenantId, ProjectId, String, String);

/// A place for one server's connection. Its lock is held while connecting, so that a server is started once.
#[derive(Default)]
struct Slot(tokio::sync::Mutex<Option<Arc<Connection>>>);

#[derive(Default)]
pub(super) struct Pool {
    slots: Mutex<HashMap<Key, Arc<Slot>>>,
    swept: AtomicBool,
}

impl Pool {
    fn slot(&self, target: &Target) -> Arc<Slot> {
        let key = (
            target.tenant.clone(),
            target.project.clone(),
            target.name.clone(),
            target.setup.variant.clone(),
        );
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(slots.entry(key).or_default())
    }

    fn all(&self) -> Vec<Arc<Slot>> {
        let slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.values().cloned().collect()
    }

    /// The server's connection, and whether it was open before. A dead one, or one of an older set-up, is replaced.
    pub async fn get(
        self: &Arc<Self>,
        target: &Target,
        idle: Duration,
    ) -> Result<(Arc<Connection>, bool), Failure> {
        self.sweep_every(idle);
        let slot = self.slot(target);
        let mut held = slot.0.lock().await;
        if let Some(open) = held.as_ref()
            && open.is_usable(&target.setup)
        {
            open.touch();
            return Ok((Arc::clone(open), true));
        }
        // The old one goes first: two processes must not work in the same folder.
        *held = None;
        let connection = Arc::new(Connection::open(target).await?);
        *held = Some(Arc::clone(&connection));
        Ok((connection, false))
    }

    /// Forgets a connection that has failed, so that the next call opens a new one.
    pub async fn forget(&self, target: &Target, failed: &Arc<Connection>) {
        let slot = self.slot(target);
        let mut held = slot.0.lock().await;
        if held.as_ref().is_some_and(|open| Arc::ptr_eq(open, failed)) {
            *held = None;
        }
    }

    pub async fn close_idle(&self, idle: Duration) {
        for slot in self.all() {
            // A slot that is locked is in use.
            let Ok(mut held) = slot.0.try_lock() else {
                continue;
            };
            let unused =
                |open: &Arc<Connection>| Arc::strong_count(open) == 1 && open.unused_for() >= idle;
            let closing = held.take_if(|open| unused(open));
            drop(held);
            if let Some(connection) = closing.and_then(Arc::into_inner) {
                connection.close().await;
            }
        }
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.retain(|_, slot| {
            Arc::strong_count(slot) > 1 || slot.0.try_lock().is_ok_and(|held| held.is_some())
        });
    }

    pub async fn shutdown(&self) {
        for slot in self.all() {
            let taken = slot.0.lock().await.take();
            if let Some(connection) = taken.and_then(Arc::into_inner) {
                connection.close().await;
            }
        }
    }

    /// Starts the sweeper with the first connection; it ends with the pool.
    fn sweep_every(self: &Arc<Self>, idle: Duration) {
        if self.swept.swap(true, Ordering::Relaxed) {
            return;
        }
        let pool = Arc::downgrade(self);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep((idle / 4).max(Duration::from_secs(1))).await;
                let Some(pool) = pool.upgrade() else {
                    return;
                };
                pool.close_idle(idle).await;
            }
        });
    }
}
