//! One decision: load, ask the engine, write everything that follows from it in one transaction, then put it into effect.

mod after;
mod fold;
mod write;

use super::cells::{Cell, Loaded};
use super::queues::QueueKey;
use super::{HostError, Inner, Meta, Outcome};
use crate::store::Place;
use engine::{Command, Run, World};
use model::{ArtifactId, Event, EventKind, RunId, RunStatus, StepPath, Timestamp};
use std::sync::Arc;
pub(super) use write::answer;
use write::{Decision, Standing};

/// What to do with a run.
pub(super) enum Act {
    Command(Command),
    /// A command with the content of the artifact it names.
    Artifact(Command, ArtifactId, Vec<u8>),
    /// Nothing new: only what should be in flight is brought there.
    Refresh,
}

impl Inner {
    /// Does something with a run. Whoever asks may go away meanwhile: the decision is carried out all the same.
    pub(super) async fn act(
        self: &Arc<Self>,
        place: Place,
        run: RunId,
        act: Act,
        meta: Meta,
    ) -> Result<Outcome, HostError> {
        let inner = Arc::clone(self);
        self.detached(async move {
            let slot = inner.cells.get(&run);
            let mut cell = slot.lock().await;
            let result = inner.act_in(&mut cell, &place, &run, act, meta).await;
            inner.begin_planned(&mut cell);
            let used = cell.used();
            drop(cell);
            drop(slot);
            inner.cells.put_back(&run, used);
            inner.dispatch();
            result
        })
        .await
    }

    async fn act_in(
        self: &Arc<Self>,
        cell: &mut Cell,
        place: &Place,
        run: &RunId,
        act: Act,
        meta: Meta,
    ) -> Result<Outcome, HostError> {
        self.load(cell, run).await?;
        if cell.loaded.as_ref().is_none_or(|own| own.place != *place) {
            return Err(HostError::NotFound);
        }
        if self.cells.is_lost(run) {
            self.execute(cell, Command::Recover, None, Meta::default())
                .await?;
            self.cells.recovered(run);
        }
        match act {
            Act::Refresh => {
                let loaded = cell.loaded.as_ref().ok_or(HostError::NotFound)?;
                self.follow(&loaded.place, &loaded.run, None);
                Ok(self.unchanged(loaded))
            }
            Act::Command(command) => self.execute(cell, command, None, meta).await,
            Act::Artifact(command, id, content) => {
                self.execute(cell, command, Some((id, content)), meta).await
            }
        }
    }

    async fn execute(
        self: &Arc<Self>,
        cell: &mut Cell,
        command: Command,
        artifact: Option<(ArtifactId, Vec<u8>)>,
        meta: Meta,
    ) -> Result<Outcome, HostError> {
        // Taken out, so that nobody else holds the run and it changes in place; when it cannot be written it is loaded anew.
        let Some(Loaded { place, mut run }) = cell.loaded.take() else {
            return Err(HostError::NotFound);
        };
        let before = Standing::of(&run);
        if let Some(expected) = meta.expected_seq
            && expected != before.seq
        {
            cell.loaded = Some(Loaded { place, run });
            return Err(HostError::Stale {
                current: before.seq,
            });
        }
        let due = matches!(command, Command::TimerDue);
        let now = self.platform.now();
        let mut events = match engine::execute(Arc::make_mut(&mut run), command, now) {
            Ok(events) => events,
            Err(refusal) => {
                cell.loaded = Some(Loaded { place, run });
                return Err(refusal.into());
            }
        };
        self.hold_back(&place, &mut run, &mut events, now).await?;
        if events.is_empty() {
            if due {
                self.rearm(&place, &run, now);
            }
            let loaded = cell.loaded.insert(Loaded { place, run });
            return Ok(self.unchanged(loaded));
        }
        let decision = Decision {
            place,
            run,
            events,
            now,
            before: Some(before),
            artifact,
            parent: None,
        };
        self.write(cell, decision, meta).await
    }

    /// The first decision of a run.
    pub(super) async fn begin(
        self: &Arc<Self>,
        cell: &mut Cell,
        place: Place,
        run: Run,
        mut events: Vec<Event>,
        meta: Meta,
    ) -> Result<Outcome, HostError> {
        let now = self.platform.now();
        let parent = run.parent.clone();
        let mut run = Arc::new(run);
        self.hold_back(&place, &mut run, &mut events, now).await?;
        let decision = Decision {
            place,
            run,
            events,
            now,
            before: None,
            artifact: None,
            parent,
        };
        self.write(cell, decision, meta).await
    }

    /// Adds what only the host knows: a step whose surroundings are missing does not begin, and a run in a queue says why.
    async fn hold_back(
        &self,
        place: &Place,
        run: &mut Arc<Run>,
        events: &mut Vec<Event>,
        now: Timestamp,
    ) -> Result<(), HostError> {
        let started: Vec<StepPath> = events
            .iter()
            .filter_map(|event| match &event.event {
                EventKind::StepStarted { key, .. } => Some(key.path.clone()),
                _ => None,
            })
            .collect();
        for path in started {
            let missing = match run.step_def(&path) {
                Some(step) => {
                    self.environment
                        .missing(place, Some(&run.workflow.id), step)
                        .await?
                }
                None => None,
            };
            if let Some(missing) = missing {
                let block = Command::Block {
                    by: missing.by,
                    check: missing.check,
                    reason: missing.reason,
                    clears: missing.clears,
                    step: Some(path),
                };
                events.extend(engine::execute(Arc::make_mut(run), block, now)?);
            }
        }
        if run.status == RunStatus::Queued {
            let delayed = run.not_before.is_some_and(|at| at > now);
            let reason = self.queues().reason(&queue_of(place, run), delayed);
            if run.queued_reason != Some(reason) {
                let requeue = Command::Requeue { reason };
                events.extend(engine::execute(Arc::make_mut(run), requeue, now)?);
            }
        }
        Ok(())
    }

    fn unchanged(&self, loaded: &Loaded) -> Outcome {
        let now = self.platform.now();
        let world = self.world(&loaded.place, &loaded.run);
        Outcome {
            row: Arc::new(engine::row(&loaded.run, &world, now)),
            events: Arc::default(),
            audit: None,
            position: self.store.position(),
        }
    }

    pub(super) fn world(&self, place: &Place, run: &Run) -> World {
        World {
            queue: (run.status == RunStatus::Queued)
                .then(|| self.queues().state(&queue_of(place, run), &run.id)),
        }
    }
}

pub(super) fn queue_of(place: &Place, run: &Run) -> QueueKey {
    QueueKey {
        place: place.clone(),
        name: run.queue.clone(),
    }
}
