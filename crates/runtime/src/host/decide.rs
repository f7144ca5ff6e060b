//! One decision: load, ask the engine, write everything that follows from it in one transaction, then put it into effect.

use super::cells::{Cell, Loaded};
use super::meta::{AuditDraft, IdempotencyDraft};
use super::queues::QueueKey;
use super::wanted::Changes;
use super::{HostError, Inner, Meta, Outcome, waits};
use crate::notify::cause::{self, Seen};
use crate::store::record::IdempotencyRecord;
use crate::store::{Append, AuditEntry, Change, EventQuery, Place, Stage, StoreError};
use engine::{Command, Run, World};
use futures_util::FutureExt;
use model::api::RunRow;
use model::event::Parent;
use model::{
    ArtifactId, AuditId, Event, EventKind, NotificationId, RunId, RunStatus, StepPath, Timestamp,
};
use serde_json::{Value, json};
use std::sync::Arc;

/// Events read at once.
const FOLD_AT_ONCE: usize = 10_000;

/// What to do with a run.
pub(super) enum Act {
    Command(Command),
    /// A command with the content of the artifact it names.
    Artifact(Command, ArtifactId, Vec<u8>),
    /// Nothing new: only what should be in flight is brought there.
    Refresh,
}

/// How a run stood before a decision.
#[derive(Clone, Copy)]
pub(super) struct Standing {
    status: RunStatus,
    attempt: u32,
    seq: u64,
}

impl Standing {
    fn of(run: &Run) -> Self {
        Self {
            status: run.status,
            attempt: run.attempt,
            seq: run.seq,
        }
    }

    fn json(self) -> Value {
        json!({ "status": self.status, "attempt": self.attempt, "seq": self.seq })
    }
}

/// A decision that the engine has made and the store has not seen yet.
struct Decision {
    place: Place,
    run: Arc<Run>,
    events: Vec<Event>,
    now: Timestamp,
    before: Option<Standing>,
    artifact: Option<(ArtifactId, Vec<u8>)>,
    parent: Option<Parent>,
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

    /// The run, folded. A run that was not in memory is compared with what should be in flight for it.
    pub(super) async fn load(
        self: &Arc<Self>,
        cell: &mut Cell,
        id: &RunId,
    ) -> Result<(), HostError> {
        if cell.loaded.is_some() {
            return Ok(());
        }
        let Some(stored) = self.store.run(id).await? else {
            return Err(HostError::NotFound);
        };
        let (run, kept) = self.fold(id, None).await?;
        let loaded = Loaded {
            place: stored.place,
            run: Arc::new(run),
        };
        for gone in Changes::of_all(&loaded.run, &cell.wanted).apply(&mut cell.wanted) {
            self.end(&loaded.place, &loaded.run, gone);
        }
        cell.loaded = Some(loaded);
        cell.kept = kept;
        self.keep(cell, true);
        Ok(())
    }

    /// Folds the journal as it is read, so that a long one never lies in memory as a whole; up to the event in front of
    /// `before`, where there is one. Goes on from a snapshot, whose last event is answered; 0 when there is none.
    pub(super) async fn fold(
        &self,
        id: &RunId,
        before: Option<u64>,
    ) -> Result<(Run, u64), HostError> {
        let mut folded = self.store.snapshot(id, before).await?;
        let kept = folded.as_ref().map_or(0, |run| run.seq);
        loop {
            let events = self
                .store
                .events(EventQuery {
                    after: folded.as_ref().map_or(0, |run| run.seq),
                    before,
                    limit: FOLD_AT_ONCE,
                    ..EventQuery::all(id.clone())
                })
                .await?;
            let whole = events.len() < FOLD_AT_ONCE;
            match &mut folded {
                Some(run) => events.iter().for_each(|event| engine::apply(run, event)),
                None => folded = engine::fold(&events),
            }
            match folded {
                Some(run) if whole => return Ok((run, kept)),
                Some(_) => {}
                None => return Err(StoreError::Unreadable(format!("the journal of {id}")).into()),
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

    async fn write(
        self: &Arc<Self>,
        cell: &mut Cell,
        decision: Decision,
        meta: Meta,
    ) -> Result<Outcome, HostError> {
        let Decision {
            place,
            run,
            events,
            now,
            before,
            artifact,
            parent,
        } = decision;
        let changes = Changes::of(&run, &events);
        let row = Arc::new(engine::row(&run, &self.world(&place, &run), now));
        let waits = waits::changes(&run, &events);
        let mut closed = waits::closed_tasks(&run, &waits);
        closed.extend(waits::closed_questions(&run, &events));
        let causes = cause::causes(
            &Seen {
                place: &place,
                run: &run,
                row: &row,
                events: &events,
                before: before.map(|before| before.status),
                by: meta.audit.as_ref().map(|draft| &draft.actor),
                closed: &closed,
            },
            &self.outbox,
            || NotificationId::new(self.new_id(NotificationId::PREFIX)),
        );
        let audit = meta
            .audit
            .map(|draft| self.audit_entry(draft, &place, before, &run, now));
        let audit_id = audit.as_ref().map(|entry| entry.id.clone());
        let answer = meta
            .idempotency
            .map(|draft| answer(draft, &place, &row, audit_id.as_ref()))
            .transpose()?;
        let also = meta
            .also
            .map_or(Ok(Vec::new()), |also| also(&row, audit_id.as_ref()))?;
        let events = Arc::new(events);
        let stage = changes.stage(&run, &cell.wanted);
        let append = Append {
            run: run.id.clone(),
            place: place.clone(),
            expected_seq: before.map_or(0, |before| before.seq),
            events: Arc::clone(&events),
            row: Arc::clone(&row),
            stage,
            timer: timer_of(&run),
            not_before: run.not_before.filter(|_| run.status == RunStatus::Queued),
            parent,
            waits,
            artifacts: artifact.into_iter().collect(),
            audit,
            changes: answer
                .into_iter()
                .chain(also)
                .map(Ok)
                // Whatever is there already: telling people must not keep a decision from being written.
                .chain(causes.iter().map(Change::put))
                .collect::<Result<_, StoreError>>()?,
        };
        let position = match self.store.append(append).await {
            Ok(position) => position,
            Err(StoreError::Stale { current, .. }) => return Err(HostError::Stale { current }),
            Err(error) => return Err(error.into()),
        };
        if !causes.is_empty() {
            self.outbox.wake();
        }
        for gone in changes.apply(&mut cell.wanted) {
            self.end(&place, &run, gone);
        }
        self.let_go(&run, before.map(|before| before.status));
        self.follow(&place, &run, before.map(|before| before.status));
        cell.loaded = Some(Loaded { place, run });
        self.keep(cell, stage != Stage::Working);
        Ok(Outcome {
            row,
            events,
            audit: audit_id,
            position,
        })
    }

    /// A run that no longer needs its sandbox gives it up.
    fn let_go(self: &Arc<Self>, run: &Run, before: Option<RunStatus>) {
        let kept = before.is_some_and(RunStatus::keeps_sandbox);
        let Some(sandbox) = run
            .sandbox
            .as_ref()
            .filter(|_| kept && !run.status.keeps_sandbox())
        else {
            return;
        };
        let (inner, run, sandbox) = (Arc::clone(self), run.id.clone(), sandbox.id.clone());
        let in_flight = self.in_flight.enter();
        self.platform.spawn(
            async move {
                inner.runner.release(&run, &sandbox).await;
                drop(in_flight);
            }
            .boxed(),
        );
    }

    /// Queue, timer and parent follow how a run stands. `before` is how it stood; absent when that is not known.
    fn follow(self: &Arc<Self>, place: &Place, run: &Arc<Run>, before: Option<RunStatus>) {
        let now = self.platform.now();
        let delay =
            self.queues()
                .update(place, &run.queue, &run.id, run.status, run.not_before, now);
        self.set_delay(place, &run.id, delay);
        self.set_timer(place, &run.id, timer_of(run));
        let ended = run.status.is_terminal() && !before.is_some_and(RunStatus::is_terminal);
        if ended && run.parent.is_some() {
            self.tell_parent(place.clone(), Arc::clone(run));
        }
    }

    /// A timer that found nothing to do is not set to the past again.
    fn rearm(&self, place: &Place, run: &Run, now: Timestamp) {
        let at = timer_of(run).map(|at| at.max(now.plus_s(1)));
        self.set_timer(place, &run.id, at);
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

    pub(super) fn audit_entry(
        &self,
        draft: AuditDraft,
        place: &Place,
        before: Option<Standing>,
        run: &Run,
        now: Timestamp,
    ) -> AuditEntry {
        draft.entry(
            AuditId::new(self.new_id(AuditId::PREFIX)),
            now,
            place,
            &run.id,
            before.map(Standing::json),
            Standing::of(run).json(),
        )
    }
}

pub(super) fn queue_of(place: &Place, run: &Run) -> QueueKey {
    QueueKey {
        place: place.clone(),
        name: run.queue.clone(),
    }
}

fn timer_of(run: &Run) -> Option<Timestamp> {
    match engine::next_timer(run) {
        Some(engine::Effect::Timer { at, .. }) => Some(at),
        Some(
            engine::Effect::Queue { .. }
            | engine::Effect::Call(_)
            | engine::Effect::ChildRun { .. },
        )
        | None => None,
    }
}

pub(super) fn answer(
    draft: IdempotencyDraft,
    place: &Place,
    row: &RunRow,
    audit: Option<&AuditId>,
) -> Result<Change, StoreError> {
    Change::create(&IdempotencyRecord {
        place: place.clone(),
        actor: draft.actor,
        idempotency_key: draft.idempotency_key,
        fingerprint: draft.fingerprint,
        status: draft.status,
        body: (draft.body)(row, audit),
        expires_at: draft.expires_at,
    })
}
