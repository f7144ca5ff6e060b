//! Hands queued runs to the worker, and lets operators change queues.

use super::decide::Act;
use super::queues::{QueueKey, Queues};
use super::{AuditDraft, HostError, Inner, Meta, QueueAnswer, QueueChange, QueueView};
use crate::store::record::QueuePause;
use crate::store::{AuditEntry, Change, ChangeSet, Place};
use engine::Command;
use futures_util::FutureExt;
use model::{AuditId, RunId};
use serde_json::json;
use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard, PoisonError};

/// The worker in this process, as people read it.
const WORKER: &str = "worker-1";

impl Inner {
    pub(super) fn queues(&self) -> MutexGuard<'_, Queues> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands over every run whose turn it is.
    pub(super) fn dispatch(self: &Arc<Self>) {
        while !self.stopping.load(Ordering::Acquire) {
            let taken = self.queues().take(self.platform.now());
            let Some((place, run)) = taken else {
                return;
            };
            let inner = Arc::clone(self);
            self.platform
                .spawn(async move { inner.dequeue(place, run).await }.boxed());
        }
    }

    async fn dequeue(self: &Arc<Self>, place: Place, run: RunId) {
        let command = Command::Dequeue {
            worker: WORKER.to_owned(),
        };
        self.deliver(&place, &run, command).await;
        // A run that could not be taken gives its place back.
        let still = self.queues().is_reserved(&run);
        if still {
            let refreshed = self
                .act(place, run.clone(), Act::Refresh, Meta::default())
                .await;
            if refreshed.is_err() {
                self.queues().forget(&run);
            }
        }
    }

    pub(super) async fn change_queue(
        self: &Arc<Self>,
        place: &Place,
        name: &str,
        change: QueueChange,
        audit: AuditDraft,
        answer: QueueAnswer,
    ) -> Result<(QueueView, AuditId), HostError> {
        let key = QueueKey {
            place: place.clone(),
            name: name.to_owned(),
        };
        let now = self.platform.now();
        let before = self.queues().record(&key);
        let mut after = before.clone();
        if let Some(limit) = change.limit {
            after.limit = limit;
        }
        match change.paused {
            Some(true) if after.paused.is_none() => {
                after.paused = Some(QueuePause {
                    by: audit.actor.clone(),
                    at: now,
                });
            }
            Some(false) => after.paused = None,
            Some(true) | None => {}
        }
        let entry = AuditEntry {
            before: Some(json!({ "limit": before.limit, "paused": before.paused.is_some() })),
            after: Some(json!({ "limit": after.limit, "paused": after.paused.is_some() })),
            reason: audit.reason,
            request_id: audit.request_id,
            ip: audit.ip,
            ..AuditEntry::new(
                AuditId::new(self.new_id(AuditId::PREFIX)),
                now,
                place.clone(),
                audit.actor,
                audit.action,
                format!("queue/{name}"),
            )
        };
        let id = entry.id.clone();
        let view = QueueView {
            limit: after.limit,
            paused_by: after.paused.as_ref().map(|pause| pause.by.clone()),
            paused_at: after.paused.as_ref().map(|pause| pause.at),
            ..self.queues().view(&key)
        };
        let mut set = ChangeSet::new(Change::put(&after)?).audited(entry);
        set.changes.extend(answer(&view, &id)?);
        self.store.change(set).await?;
        self.queues().set(after);
        self.dispatch();
        self.say_why(&key);
        Ok((view, id))
    }

    /// Runs that stay in a queue say why, one after the other and not in anyone's way.
    fn say_why(self: &Arc<Self>, key: &QueueKey) {
        let inner = Arc::clone(self);
        let key = key.clone();
        self.platform.spawn(
            async move {
                let runs = inner.queues().waiting(&key);
                for run in runs {
                    let reason = inner.queues().reason(&key, false);
                    inner
                        .deliver(&key.place, &run, Command::Requeue { reason })
                        .await;
                }
            }
            .boxed(),
        );
    }
}
