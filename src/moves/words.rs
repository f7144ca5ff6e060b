//! How moves are shown and named.

use crate::ui::{
    fmt,
    icon::{IconRef, lucide},
};
use model::MoveKind;

pub const fn icon(kind: MoveKind) -> IconRef {
    match kind {
        MoveKind::Retry | MoveKind::RetryFromStep => lucide::LuRotateCcw,
        MoveKind::Resume => lucide::LuPlay,
        MoveKind::Approve => lucide::LuCheck,
        MoveKind::Reject => lucide::LuX,
        MoveKind::Skip => lucide::LuSkipForward,
        MoveKind::Complete => lucide::LuCircleCheckBig,
        MoveKind::ForceTimeout => lucide::LuAlarmClockOff,
        MoveKind::ContinueInChat => lucide::LuMessageSquare,
        MoveKind::Pause => lucide::LuPause,
        MoveKind::StopGracefully => lucide::LuArrowDownToLine,
        MoveKind::Cancel => lucide::LuOctagonX,
        MoveKind::RunAgain => lucide::LuRepeat,
        MoveKind::Report => lucide::LuFlag,
    }
}

/// Ends or refuses something that was going on.
pub const fn is_destructive(kind: MoveKind) -> bool {
    match kind {
        MoveKind::Cancel | MoveKind::Reject | MoveKind::StopGracefully | MoveKind::ForceTimeout => {
            true
        }
        MoveKind::Retry
        | MoveKind::RetryFromStep
        | MoveKind::Resume
        | MoveKind::Approve
        | MoveKind::Skip
        | MoveKind::Complete
        | MoveKind::ContinueInChat
        | MoveKind::Pause
        | MoveKind::RunAgain
        | MoveKind::Report => false,
    }
}

/// A move on so many runs: "Retry 212 runs", "Run 3 runs again".
pub fn on_many(kind: MoveKind, count: u64) -> String {
    let runs = fmt::plural(count, "run", "runs");
    match kind {
        MoveKind::RunAgain => format!("Run {runs} again"),
        MoveKind::StopGracefully => format!("Stop {runs} gracefully"),
        MoveKind::Retry
        | MoveKind::RetryFromStep
        | MoveKind::Resume
        | MoveKind::Approve
        | MoveKind::Reject
        | MoveKind::Skip
        | MoveKind::Complete
        | MoveKind::ForceTimeout
        | MoveKind::ContinueInChat
        | MoveKind::Pause
        | MoveKind::Cancel
        | MoveKind::Report => format!("{} {runs}", kind.shown()),
    }
}

/// What was done, for the message afterwards.
pub const fn done(kind: MoveKind) -> &'static str {
    match kind {
        MoveKind::Retry | MoveKind::RetryFromStep => "Retried",
        MoveKind::Resume => "Resumed",
        MoveKind::Approve => "Approved",
        MoveKind::Reject => "Rejected",
        MoveKind::Skip => "Skipped",
        MoveKind::Complete => "Completed",
        MoveKind::ForceTimeout => "Timed out",
        MoveKind::ContinueInChat => "Sent to the agent",
        MoveKind::Pause => "Paused",
        MoveKind::StopGracefully => "Stopping gracefully",
        MoveKind::Cancel => "Cancelled",
        MoveKind::RunAgain => "Started again",
        MoveKind::Report => "Reported",
    }
}
