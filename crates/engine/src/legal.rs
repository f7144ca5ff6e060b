//! Which move is legal in which state, and why not: one function for the API, which enforces it, and the console, which
//! shows it.

use crate::derive::{is_decision, is_signal};
use crate::execute::reset::may_start_from;
use crate::state::Run;
use model::{MoveKind, RunStatus};

/// Whether a run in this status may make the move, as far as the status alone can say: a list of runs knows no more of them.
pub const fn by_status(status: RunStatus, kind: MoveKind) -> bool {
    match kind {
        MoveKind::Retry => matches!(
            status,
            RunStatus::Failed | RunStatus::Cancelled | RunStatus::Interrupted
        ),
        MoveKind::RetryFromStep => matches!(
            status,
            RunStatus::Failed
                | RunStatus::Cancelled
                | RunStatus::Interrupted
                | RunStatus::Completed
        ),
        MoveKind::Resume => matches!(status, RunStatus::Paused | RunStatus::Blocked),
        MoveKind::Pause => matches!(status, RunStatus::Queued | RunStatus::Running),
        MoveKind::StopGracefully => matches!(
            status,
            RunStatus::Running | RunStatus::Paused | RunStatus::Waiting
        ),
        MoveKind::RunAgain => status.is_terminal(),
        MoveKind::Cancel
        | MoveKind::Approve
        | MoveKind::Reject
        | MoveKind::Skip
        | MoveKind::Complete
        | MoveKind::ForceTimeout => !status.is_terminal(),
        MoveKind::ContinueInChat | MoveKind::Report => true,
    }
}

/// Whether the move is legal now; the error is the sentence a person reads.
pub fn check(run: &Run, kind: MoveKind) -> Result<(), String> {
    let status = run.status;
    let is = status.shown().to_lowercase();
    let may = by_status(status, kind);
    let (legal, reason) = match kind {
        MoveKind::Retry | MoveKind::RetryFromStep | MoveKind::ContinueInChat
            if run.imported.is_some() =>
        {
            (
                false,
                "This run was imported: it can only go on where it was executed.".into(),
            )
        }
        MoveKind::Retry => (
            may,
            format!(
                "Only a failed, cancelled or interrupted run can be retried; this one is {is}."
            ),
        ),
        MoveKind::RetryFromStep if may => (
            run.steps.values().any(|step| may_start_from(step)),
            "No step has run yet, so there is none to start from.".into(),
        ),
        MoveKind::RetryFromStep => (
            false,
            format!(
                "Only a failed, cancelled, interrupted or completed run can be retried from a step; this one is {is}."
            ),
        ),
        MoveKind::Resume => match (&run.block, status) {
            (_, RunStatus::Paused) => (true, String::new()),
            (Some(block), RunStatus::Blocked) => (
                block.cleared,
                format!(
                    "Still blocked: {} {}",
                    sentence(&block.reason),
                    sentence(&block.clears)
                ),
            ),
            _ => (
                false,
                format!(
                    "Only a paused run, or a blocked one whose cause is cleared, can go on; this one is {is}."
                ),
            ),
        },
        MoveKind::Approve | MoveKind::Reject | MoveKind::Skip => (
            run.open_waits(is_decision).next().is_some(),
            "No step of this run waits for a decision.".into(),
        ),
        MoveKind::Complete | MoveKind::ForceTimeout => (
            run.open_waits(is_signal).next().is_some(),
            "No step of this run waits on a waitpoint.".into(),
        ),
        MoveKind::ContinueInChat => (
            run.open_chats().next().is_some(),
            "No agent of this run waits for an answer or has failed.".into(),
        ),
        MoveKind::Pause => (
            may,
            format!("Only a queued or running run can be paused; this one is {is}."),
        ),
        MoveKind::StopGracefully => (
            may,
            format!(
                "Only a running, paused or waiting run can be stopped gracefully; this one is {is}."
            ),
        ),
        MoveKind::Cancel => (may, format!("The run has ended; it is {is}.")),
        MoveKind::RunAgain => (
            may,
            format!("A run can be run again once it has ended; this one is {is}."),
        ),
        MoveKind::Report => (true, String::new()),
    };
    if legal { Ok(()) } else { Err(reason) }
}

/// Text of others as a sentence of its own.
pub(crate) fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() || text.ends_with(['.', '!', '?']) {
        text.to_owned()
    } else {
        format!("{text}.")
    }
}
