//! Keeps runs of many events as they are folded, so that one that left the memory is soon there again. The journal is the truth:
//! nothing waits for a snapshot, and nothing is lost with one.

use super::Inner;
use super::cells::Cell;
use engine::Run;
use futures_util::FutureExt;
use std::sync::Arc;

/// Events behind the last snapshot from which on a new one is worth its work: for a run that rests, and so may leave the
/// memory, and for one that works.
pub(super) const AT_REST: u64 = 5_000;
const AT_WORK: u64 = 20_000;

impl Inner {
    /// Keeps the run of `cell` where that is due. Who decides does not wait for it.
    pub(super) fn keep(self: &Arc<Self>, cell: &mut Cell, rests: bool) {
        let Some(run) = cell.loaded.as_ref().map(|loaded| &loaded.run) else {
            return;
        };
        let worth = if rests { AT_REST } else { AT_WORK };
        if run.seq.saturating_sub(cell.kept) < worth {
            return;
        }
        cell.kept = run.seq;
        let (inner, run) = (Arc::clone(self), Arc::clone(run));
        let in_flight = self.in_flight.enter();
        self.platform.spawn(
            async move {
                inner.keep_now(run).await;
                drop(in_flight);
            }
            .boxed(),
        );
    }

    pub(super) async fn keep_now(&self, run: Arc<Run>) {
        let id = run.id.clone();
        if let Err(error) = self.store.keep_snapshot(run).await {
            tracing::warn!(%error, run = %id, "no snapshot could be written; the run is folded from its journal");
        }
    }
}
