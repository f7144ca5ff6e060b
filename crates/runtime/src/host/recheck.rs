//! Runs that something outside holds, looked at again.

use super::{HostError, Inner};
use crate::store::{Place, RunsQuery};
use engine::Command;
use model::api::RunFilter;
use model::{BlockedBy, RunStatus};
use std::sync::Arc;

impl Inner {
    pub(super) async fn recheck(self: &Arc<Self>, place: &Place) -> Result<(), HostError> {
        let blocked = RunsQuery {
            place: place.clone(),
            filter: RunFilter {
                status: vec![RunStatus::Blocked],
                ..RunFilter::default()
            },
            hide_handled_at: None,
            cursor: None,
            limit: usize::MAX,
        };
        for id in self.store.run_ids(blocked).await? {
            let run = self.snapshot(place, &id).await?.run;
            let Some(block) = run
                .block
                .as_ref()
                .filter(|block| block.by == BlockedBy::Environment && !block.cleared)
            else {
                continue;
            };
            let step = block.step.as_ref().and_then(|path| run.step_def(path));
            let missing = match step {
                Some(step) => self.environment.missing(place, step).await?,
                None => None,
            };
            if missing.is_none() {
                drop(run);
                self.deliver(place, &id, Command::Unblock).await;
            }
        }
        Ok(())
    }
}
