//! A decision is written: its events and everything that follows from them, in one transaction.

use super::after::timer_of;
use crate::host::cells::{Cell, Loaded};
use crate::host::meta::{AuditDraft, IdempotencyDraft};
use crate::host::wanted::Changes;
use crate::host::{HostError, Inner, Meta, Outcome, waits};
use crate::notify::cause::{self, Seen};
use crate::store::record::IdempotencyRecord;
use crate::store::{Append, AuditEntry, Change, Place, Stage, StoreError};
use engine::Run;
use model::api::RunRow;
use model::event::Parent;
use model::{ArtifactId, AuditId, Event, NotificationId, RunStatus, Timestamp};
use serde_json::{Value, json};
use std::sync::Arc;

/// How a run stood before a decision.
#[derive(Clone, Copy)]
pub(in crate::host) struct Standing {
    status: RunStatus,
    attempt: u32,
    pub(super) seq: u64,
}

impl Standing {
    pub(super) fn of(run: &Run) -> Self {
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
pub(super) struct Decision {
    pub place: Place,
    pub run: Arc<Run>,
    pub events: Vec<Event>,
    pub now: Timestamp,
    pub before: Option<Standing>,
    pub artifact: Option<(ArtifactId, Vec<u8>)>,
    pub parent: Option<Parent>,
}

impl Inner {
    pub(super) async fn write(
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

    pub(in crate::host) fn audit_entry(
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

pub(in crate::host) fn answer(
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
