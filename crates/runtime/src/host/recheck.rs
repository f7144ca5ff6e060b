//! Runs that something outside holds, looked at again.

use super::decide::Act;
use super::{AuditDraft, HostError, Inner, Meta};
use crate::store::{Place, RunsQuery};
use engine::Command;
use model::api::RunFilter;
use model::workflow::ResumeMode;
use model::{Actor, BlockedBy, Move, RunId, RunStatus};
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
                .filter(|block| is_outside(block.by) && !block.cleared)
            else {
                continue;
            };
            let step = block.step.as_ref().and_then(|path| run.step_def(path));
            let missing = match step {
                Some(step) => {
                    self.environment
                        .missing(place, Some(&run.workflow.id), step)
                        .await?
                }
                None => None,
            };
            if missing.is_none() {
                let resume = run.definition.resume;
                drop(run);
                self.deliver(place, &id, Command::Unblock).await;
                match resume {
                    ResumeMode::Auto => self.resume(place, &id).await,
                    ResumeMode::Manual => {}
                }
            }
        }
        Ok(())
    }

    /// Goes on with a run whose workflow says that nobody needs to be asked.
    async fn resume(self: &Arc<Self>, place: &Place, run: &RunId) {
        let reason = Some("What held the run is resolved.".to_owned());
        let command = Command::Move {
            actor: Actor::system(),
            what: Move::Resume,
            reason: reason.clone(),
        };
        let audit = AuditDraft {
            reason,
            ..AuditDraft::new(Actor::system(), "run.resume")
        };
        let act = Act::Command(command);
        let done = self
            .act(place.clone(), run.clone(), act, Meta::audited(audit))
            .await;
        if let Err(error) = done {
            tracing::warn!(%run, %error, "a run could not go on by itself");
        }
    }
}

/// Held by what checks look at.
const fn is_outside(by: BlockedBy) -> bool {
    match by {
        BlockedBy::Environment | BlockedBy::Credential | BlockedBy::Entity | BlockedBy::Host => {
            true
        }
        BlockedBy::Policy | BlockedBy::Budget | BlockedBy::Quota | BlockedBy::Credits => false,
    }
}
