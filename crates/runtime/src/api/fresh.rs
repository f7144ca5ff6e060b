//! Sentences that grow old: a row's why was written when its run last changed, but a queued run's depends on the runs around
//! it, and a running one may have stalled since.

use super::Api;
use super::context::Ctx;
use super::problem::Result;
use crate::host::HostError;
use engine::{STALL_MS, World};
use model::api::RunRow;
use model::{RunStatus, Timestamp};

/// Says anew why the runs of these rows stand, where that may have changed without them.
pub async fn freshen(api: &Api, ctx: &Ctx, rows: &mut [RunRow]) -> Result<()> {
    let now = api.now();
    for row in rows.iter_mut().filter(|row| may_be_old(row, now)) {
        let run = match api.host().snapshot(&ctx.place, &row.id).await {
            Ok(snapshot) => snapshot.run,
            // It was listed a moment ago; whatever became of it, the row says how it stood.
            Err(HostError::NotFound) => continue,
            Err(error) => return Err(error.into()),
        };
        let world = World {
            queue: api.host().queue_state(&row.id),
        };
        *row = engine::row(&run, &world, now);
    }
    Ok(())
}

fn may_be_old(row: &RunRow, now: Timestamp) -> bool {
    match row.status {
        RunStatus::Queued => true,
        RunStatus::Starting | RunStatus::Running => now.since(row.updated_at) > STALL_MS,
        RunStatus::Waiting
        | RunStatus::Paused
        | RunStatus::Blocked
        | RunStatus::Draining
        | RunStatus::Interrupted
        | RunStatus::Completed
        | RunStatus::Failed
        | RunStatus::Cancelled
        | RunStatus::Rejected
        | RunStatus::Expired => false,
    }
}
