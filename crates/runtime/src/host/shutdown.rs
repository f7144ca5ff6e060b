//! A stop that was asked for.

use super::Inner;
use super::cells::Used;
use super::wanted::Kind;
use crate::store::{Change, ChangeSet, StoreError};
use futures_util::future::{self, Either};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;

impl Inner {
    pub(super) async fn shutdown(self: &Arc<Self>, grace_ms: u64) -> Result<(), StoreError> {
        self.stopping.store(true, Ordering::Release);
        self.woken.notify_one();
        let late = self
            .platform
            .sleep_until(self.platform.now().plus_ms(grace_ms));
        match future::select(pin!(self.in_flight.none()), late).await {
            Either::Left(_) | Either::Right(_) => {}
        }
        self.closed.store(true, Ordering::Release);
        let mut held = Vec::new();
        for (run, slot) in self.cells.all() {
            let mut cell = slot.lock().await;
            let mut lost = false;
            for wanted in cell.wanted.values_mut() {
                if let Kind::Calling(abort) = &wanted.kind {
                    abort.abort();
                    lost = true;
                }
            }
            if !lost && matches!(cell.used(), Used::Busy) {
                held.push(run);
            }
        }
        if !held.is_empty() {
            self.store
                .change(ChangeSet::new(Change::Held(held)))
                .await?;
        }
        Ok(())
    }
}
