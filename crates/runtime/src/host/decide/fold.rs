//! A run from the store: folded from its journal, as far as it is wanted.

use crate::host::cells::{Cell, Loaded};
use crate::host::wanted::Changes;
use crate::host::{HostError, Inner};
use crate::store::{EventQuery, StoreError};
use engine::Run;
use model::RunId;
use std::sync::Arc;

/// Events read at once.
const FOLD_AT_ONCE: usize = 10_000;

impl Inner {
    /// The run, folded. A run that was not in memory is compared with what should be in flight for it.
    pub(in crate::host) async fn load(
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
    pub(in crate::host) async fn fold(
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
}
