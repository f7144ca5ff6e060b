//! Which guide helps with a run that stands.

use crate::routes::Guide;
use engine::Run;
use model::RunStatus;

/// The guide for a run that stands without having failed; none where it goes on by itself or has ended.
pub fn guide_of(run: &Run, stalled: bool) -> Option<(Guide, &'static str)> {
    match run.status {
        RunStatus::Blocked => run
            .block
            .as_ref()
            .map(|block| (Guide::of_block(block.by), "How to clear this")),
        RunStatus::Queued if run.dequeued_at.is_none() => {
            Some((Guide::StuckInQueue, "Why runs stay queued"))
        }
        RunStatus::Starting | RunStatus::Running if stalled => {
            Some((Guide::HungStep, "What to do about a step that hangs"))
        }
        RunStatus::Draining => Some((Guide::RunStopped, "When a run does not stop")),
        RunStatus::Queued
        | RunStatus::Starting
        | RunStatus::Running
        | RunStatus::Waiting
        | RunStatus::Paused
        | RunStatus::Interrupted
        | RunStatus::Completed
        | RunStatus::Failed
        | RunStatus::Cancelled
        | RunStatus::Rejected
        | RunStatus::Expired => None,
    }
}
