//! Brings in a run that was executed elsewhere: its journal only, nothing of it is ever carried on.

use super::snapshots::AT_REST;
use super::{Host, HostError, Inner, Meta, Outcome, decide};
use crate::store::{Append, Change, ChangeSet, Place, Stage, StoreError};
use engine::{Import, ImportError, Run};
use futures_util::FutureExt;
use model::{Event, EventKind, RunId};
use std::sync::Arc;

/// Events written in one transaction, and the bytes of JSON from which on it is written earlier: others write meanwhile.
const AT_ONCE: usize = 2_000;
const AT_ONCE_BYTES: usize = 2 * 1024 * 1024;

/// A journal on its way in. Nobody sees the run before [`Importing::finish`]; dropped before that, it leaves nothing.
pub struct Importing {
    inner: Arc<Inner>,
    place: Place,
    run: RunId,
    import: Option<Import>,
    /// Read and not yet written; never empty once the first event was read.
    events: Vec<Event>,
    bytes: usize,
    written: u64,
    /// The last event of the newest snapshot.
    kept: u64,
}

/// Why an import ended.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ImportFailure {
    #[error(transparent)]
    Journal(#[from] ImportError),
    #[error(transparent)]
    Host(#[from] HostError),
}

impl From<StoreError> for ImportFailure {
    fn from(error: StoreError) -> Self {
        Self::Host(error.into())
    }
}

impl Host {
    /// Begins to bring a journal into `place`, as a new run.
    pub fn import(&self, place: &Place) -> Importing {
        Importing {
            run: RunId::new(self.new_id(RunId::PREFIX)),
            inner: Arc::clone(&self.inner),
            place: place.clone(),
            import: None,
            events: Vec::new(),
            bytes: 0,
            written: 0,
            kept: 0,
        }
    }
}

impl Importing {
    /// The next event of the journal; `bytes` is its size as JSON.
    pub async fn push(&mut self, event: Event, bytes: usize) -> Result<(), ImportFailure> {
        if matches!(event.event, EventKind::AttemptStarted { .. }) {
            self.keep_attempt().await?;
        }
        let event = if let Some(import) = &mut self.import {
            import.next(&event)?;
            event
        } else {
            let now = self.inner.platform.now();
            let (import, first) = Import::begin(event, self.run.clone(), now)?;
            self.import = Some(import);
            first
        };
        // The last event stays behind for the decision that shows the run.
        if self.events.len() >= AT_ONCE || self.bytes >= AT_ONCE_BYTES {
            self.write().await?;
        }
        self.events.push(event);
        self.bytes += bytes;
        Ok(())
    }

    /// Keeps the run as it stands at the end of an attempt, where that is worth it.
    async fn keep_attempt(&mut self) -> Result<(), ImportFailure> {
        let run = self.import.as_ref().map(Import::run);
        let Some(run) = run.filter(|run| run.seq - self.kept >= AT_REST) else {
            return Ok(());
        };
        let run = Arc::new(run.clone());
        self.write().await?;
        self.kept = run.seq;
        self.inner.keep_now(run).await;
        Ok(())
    }

    async fn write(&mut self) -> Result<(), ImportFailure> {
        let Some(import) = &self.import else {
            return Ok(());
        };
        let events = std::mem::take(&mut self.events);
        self.bytes = 0;
        let append = self.append(import.run(), events, Stage::Arriving);
        let count = append.events.len() as u64;
        self.inner.store.append(append).await?;
        self.written += count;
        Ok(())
    }

    fn append(&self, run: &Run, events: Vec<Event>, stage: Stage) -> Append {
        let world = self.inner.world(&self.place, run);
        Append {
            run: self.run.clone(),
            place: self.place.clone(),
            expected_seq: self.written,
            events: Arc::new(events),
            row: Arc::new(engine::row(run, &world, self.inner.platform.now())),
            stage,
            timer: None,
            not_before: None,
            parent: None,
            waits: Vec::new(),
            artifacts: Vec::new(),
            audit: None,
            changes: Vec::new(),
        }
    }

    /// The journal is whole: the run is there, with the audit entry of `meta`.
    pub async fn finish(mut self, meta: Meta) -> Result<Outcome, ImportFailure> {
        let run = self.import.take().ok_or(ImportError::Empty)?.finish()?;
        let events = std::mem::take(&mut self.events);
        let mut append = self.append(&run, events, Stage::Ended);
        append.audit = meta.audit.map(|draft| {
            self.inner
                .audit_entry(draft, &self.place, None, &run, self.inner.platform.now())
        });
        let audit = append.audit.as_ref().map(|entry| entry.id.clone());
        let kept = meta
            .idempotency
            .map(|draft| decide::answer(draft, &self.place, &append.row, audit.as_ref()))
            .transpose()?;
        append.changes.extend(kept);
        let (row, events) = (Arc::clone(&append.row), Arc::clone(&append.events));
        let position = self.inner.store.append(append).await?;
        self.written = 0;
        if run.seq - self.kept >= AT_REST {
            self.inner.keep_now(Arc::new(run)).await;
        }
        Ok(Outcome {
            row,
            events,
            audit,
            position,
        })
    }
}

impl Drop for Importing {
    /// Takes back what was written.
    fn drop(&mut self) {
        if self.written == 0 {
            return;
        }
        let (inner, run, written) = (Arc::clone(&self.inner), self.run.clone(), self.written);
        let in_flight = self.inner.in_flight.enter();
        self.inner.platform.spawn(
            async move {
                for _ in 0..written.div_ceil(AT_ONCE as u64) {
                    let change = Change::Discard {
                        run: run.clone(),
                        events: AT_ONCE as u64,
                    };
                    if let Err(error) = inner.store.change(ChangeSet::new(change)).await {
                        tracing::warn!(%error, %run, "what was imported in part is forgotten at the next start");
                        break;
                    }
                }
                drop(in_flight);
            }
            .boxed(),
        );
    }
}
