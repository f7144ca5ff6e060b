//! The set of runs a bulk job is about: frozen once, planned as a whole.

use super::refusal;
use crate::host::{Host, HostError};
use crate::store::{Place, RunsQuery, StoreError};
use engine::bulk::BulkTally;
use futures_util::stream::{self, StreamExt};
use model::api::{BULK_MOST, BulkPlan, RunFilter};
use model::{Move, RunId};
use std::collections::HashSet;

/// Runs read at the same time.
const AT_ONCE: usize = 4;

/// Runs that do not change any more, whatever comes to match the filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frozen {
    pub runs: Vec<RunId>,
    /// More match than one job takes.
    pub more: bool,
}

impl Frozen {
    /// These runs, each once, in this order.
    pub fn of(mut runs: Vec<RunId>) -> Self {
        let mut seen = HashSet::new();
        runs.retain(|run| seen.insert(run.clone()));
        let more = runs.len() > BULK_MOST;
        runs.truncate(BULK_MOST);
        Self { runs, more }
    }

    /// What matches now, newest first.
    pub async fn matching(
        host: &Host,
        place: &Place,
        filter: RunFilter,
    ) -> Result<Self, StoreError> {
        let query = RunsQuery {
            place: place.clone(),
            filter,
            hide_handled_at: None,
            cursor: None,
            limit: BULK_MOST + 1,
        };
        Ok(Self::of(host.store().run_ids(query).await?))
    }

    /// What the move would do to them now. A run of another place counts as one that is not there.
    pub async fn plan(self, host: &Host, place: &Place, what: Move) -> Result<BulkPlan, HostError> {
        let mut tally = BulkTally::new(what);
        let mut read = stream::iter(self.runs)
            .map(|run| async move {
                let folded = host.snapshot(place, &run).await;
                (run, folded)
            })
            .buffered(AT_ONCE);
        while let Some((id, folded)) = read.next().await {
            match folded {
                Ok(snapshot) => tally.add(&snapshot.run),
                Err(error) => tally.refuse(&id, &refusal(error)?),
            }
        }
        Ok(tally.plan(self.more))
    }
}
