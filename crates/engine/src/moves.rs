//! The moves of a run for one person, as the header of its page shows them.

use crate::derive::{is_decision, is_signal, primary_move};
use crate::execute::reset::may_start_from;
use crate::legal;
use crate::state::Run;
use model::{Access, MoveKind, MoveState, StepPath};

/// The most steps named for one move.
const MOST_STEPS: usize = 500;

/// Every move, in the order of [`MoveKind::ALL`]: whether it is legal now for someone with `access`, and if not, why. The
/// person's role and scope are named before the run's state. Exactly one is primary.
pub fn moves(run: &Run, access: &Access) -> Vec<MoveState> {
    let primary = primary_move(run);
    let states = MoveKind::ALL.iter().map(|&kind| {
        let denied = access.allow_move(kind).err().map(|d| d.to_string());
        let reason = denied.or_else(|| legal::check(run, kind).err());
        MoveState {
            kind,
            label: label(run, kind).to_owned(),
            legal: reason.is_none(),
            reason,
            primary: kind == primary,
            steps: steps(run, kind),
        }
    });
    states.collect()
}

/// The button's words.
pub(crate) fn label(run: &Run, kind: MoveKind) -> &'static str {
    kind.label(run.status, run.failure.as_ref().map(|failure| failure.code))
}

fn steps(run: &Run, kind: MoveKind) -> Vec<StepPath> {
    match kind {
        MoveKind::Approve | MoveKind::Reject | MoveKind::Skip => {
            let open = run.open_waits(is_decision).map(|s| s.path.clone());
            open.take(MOST_STEPS).collect()
        }
        MoveKind::Complete | MoveKind::ForceTimeout => {
            let open = run.open_waits(is_signal).map(|s| s.path.clone());
            open.take(MOST_STEPS).collect()
        }
        MoveKind::RetryFromStep if legal::check(run, kind).is_ok() => {
            let steps = run.order.iter();
            let chosen = steps.filter(|p| run.step(p).is_some_and(may_start_from));
            chosen.take(MOST_STEPS).cloned().collect()
        }
        MoveKind::ContinueInChat => {
            let open = run.open_chats().map(|s| s.path.clone());
            open.take(MOST_STEPS).collect()
        }
        MoveKind::RetryFromStep
        | MoveKind::Retry
        | MoveKind::Resume
        | MoveKind::Pause
        | MoveKind::StopGracefully
        | MoveKind::Cancel
        | MoveKind::RunAgain
        | MoveKind::Report => Vec::new(),
    }
}
