//! The start of the runtime: everything that was left goes on.

use super::children::called_by;
use super::decide::Act;
use super::{Inner, Meta};
use crate::store::record::QueueRecord;
use crate::store::{Place, Record, Stage, StoreError, Unfinished};
use futures_util::{FutureExt, StreamExt, stream};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Runs that are brought back at the same time.
const AT_ONCE: usize = 64;
/// Records read at once.
const PAGE: usize = 1_000;

impl Inner {
    /// Reads what was left. Runs that only wait are not loaded: their timers and places are enough.
    pub(super) async fn recover(self: &Arc<Self>) -> Result<(), StoreError> {
        self.read_queues().await?;
        let now = self.platform.now();
        let mut back = Vec::new();
        let mut called = Vec::new();
        for left in self.store.unfinished().await? {
            self.set_timer(&left.place, &left.run, left.timer);
            let delay = self.queues().update(
                &left.place,
                &left.queue,
                &left.run,
                left.status,
                left.not_before,
                now,
            );
            self.set_delay(&left.place, &left.run, delay);
            if left.stage == Stage::Working {
                self.cells.mark_lost(left.run.clone());
            }
            match left.stage {
                Stage::Working | Stage::Held | Stage::Child => {
                    back.push((left.place.clone(), left.run.clone()));
                }
                Stage::Ended | Stage::Idle | Stage::Queued | Stage::Arriving => {}
            }
            if left.parent.is_some() {
                called.push(left);
            }
        }
        self.set_tidy(now);
        let inner = Arc::clone(self);
        self.platform.spawn(
            async move {
                stream::iter(back)
                    .for_each_concurrent(AT_ONCE, |(place, run)| {
                        let inner = Arc::clone(&inner);
                        async move { inner.bring_back(place, run).await }
                    })
                    .await;
                inner.end_orphans(called).await;
            }
            .boxed(),
        );
        Ok(())
    }

    async fn bring_back(self: &Arc<Self>, place: Place, run: model::RunId) {
        let mut pause_ms = 100;
        loop {
            let done = self
                .act(place.clone(), run.clone(), Act::Refresh, Meta::default())
                .await;
            match done {
                Err(super::HostError::Store(error)) if error.is_temporary() => {
                    tracing::warn!(%run, %error, "a run waits for the store to be recovered");
                }
                Err(error) => {
                    tracing::error!(%run, %error, "a run could not be recovered");
                    return;
                }
                Ok(_) => return,
            }
            self.platform
                .sleep_until(self.platform.now().plus_ms(pause_ms))
                .await;
            pause_ms = (pause_ms * 2).min(5_000);
        }
    }

    /// Stops called runs that nobody waits for: their parent went on and the runtime ended before it could say so.
    async fn end_orphans(self: &Arc<Self>, called: Vec<Unfinished>) {
        let mut by_parent: BTreeMap<_, Vec<Unfinished>> = BTreeMap::new();
        for child in called {
            if let Some(parent) = child.parent.clone() {
                by_parent.entry(parent).or_default().push(child);
            }
        }
        for (parent, children) in by_parent {
            for child in children {
                let Ok(stands) = self.snapshot(&child.place, &parent).await else {
                    continue;
                };
                // A parent that has not heard of its child yet will look for it by the call.
                let waits = called_by(&stands.run, &child.run).is_some()
                    || engine::effects(&stands.run).iter().any(|effect| {
                        matches!(effect, engine::Effect::ChildRun { child: None, .. })
                    });
                if !waits {
                    self.stop_child(&child.place, &stands.run, &child.run).await;
                }
            }
        }
    }

    async fn read_queues(&self) -> Result<(), StoreError> {
        let mut after = None;
        loop {
            let page = self
                .store
                .list::<QueueRecord>("", after.as_deref(), PAGE)
                .await?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            after = Some(last.value.key());
            for queue in page {
                self.queues().set(queue.value);
            }
        }
    }
}
