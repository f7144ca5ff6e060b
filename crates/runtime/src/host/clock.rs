//! Waits for what is due and does it.

use super::decide::Act;
use super::timers::{Due, Timers};
use super::{Inner, Meta};
use crate::store::{Change, ChangeSet, Place, RecordKind};
use engine::Command;
use futures_util::FutureExt;
use futures_util::future::{self, Either};
use model::{RunId, Timestamp};
use std::pin::pin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard, PoisonError};

/// The longest sleep: a clock that is set forward is noticed by then.
const LONGEST_MS: u64 = 30_000;
/// How often expired records are removed.
const TIDY_MS: u64 = 3_600_000;

impl Inner {
    fn timers(&self) -> MutexGuard<'_, Timers> {
        self.timers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set_timer(&self, place: &Place, run: &RunId, at: Option<Timestamp>) {
        self.set(Due::Timer(place.clone(), run.clone()), at);
    }

    /// Forgets expired records now and from time to time.
    pub(super) fn set_tidy(&self, at: Timestamp) {
        self.set(Due::Tidy, Some(at));
    }

    pub(super) async fn tidy(&self) {
        let now = self.platform.now();
        let purge = |kind| Change::Purge { kind, before: now };
        let set = ChangeSet::new(purge(RecordKind::Session))
            .and(purge(RecordKind::SignInLink))
            .and(purge(RecordKind::Invitation))
            .and(purge(RecordKind::LastUse))
            .and(purge(RecordKind::OAuthAttempt))
            .and(purge(RecordKind::Idempotency));
        if let Err(error) = self.store.change(set).await {
            tracing::warn!(%error, "expired records could not be removed");
        }
        if let Err(error) = self.trim_audit().await {
            tracing::warn!(%error, "old audit entries could not be removed");
        }
        if let Err(error) = self.forget_jobs(now).await {
            tracing::warn!(%error, "old bulk jobs could not be removed");
        }
        self.set_tidy(now.plus_ms(TIDY_MS));
    }

    /// When a queued run's delay ends.
    pub(super) fn set_delay(&self, place: &Place, run: &RunId, at: Option<Timestamp>) {
        self.set(Due::Queue(place.clone(), run.clone()), at);
    }

    fn set(&self, due: Due, at: Option<Timestamp>) {
        if self.timers().set(due, at) {
            self.woken.notify_one();
        }
    }

    /// Runs until the host is stopped.
    pub(super) async fn clock(self: Arc<Self>) {
        while !self.stopping.load(Ordering::Acquire) {
            let now = self.platform.now();
            for due in self.timers().take(now) {
                self.do_due(due);
            }
            let latest = now.plus_ms(LONGEST_MS);
            let at = self.timers().earliest().map_or(latest, |at| at.min(latest));
            if at <= now {
                continue;
            }
            let woken = pin!(self.woken.notified());
            match future::select(self.platform.sleep_until(at), woken).await {
                Either::Left(_) | Either::Right(_) => {}
            }
        }
    }

    fn do_due(self: &Arc<Self>, due: Due) {
        let inner = Arc::clone(self);
        self.platform.spawn(
            async move {
                match due {
                    Due::Tidy => inner.tidy().await,
                    Due::Timer(place, run) => {
                        inner.deliver(&place, &run, Command::TimerDue).await;
                    }
                    Due::Queue(place, run) => {
                        // Where it does not go at once, it says why.
                        let refreshed = inner
                            .act(place.clone(), run.clone(), Act::Refresh, Meta::default())
                            .await;
                        let key = inner.queues().waits_in(&run);
                        if let (Ok(_), Some(key)) = (refreshed, key) {
                            let reason = inner.queues().reason(&key, false);
                            inner
                                .deliver(&place, &run, Command::Requeue { reason })
                                .await;
                        }
                    }
                }
            }
            .boxed(),
        );
    }
}
