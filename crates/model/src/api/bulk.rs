//! The same move on many runs: what it would do, the job that makes it, and what came of each run.

use super::RunFilter;
use crate::actor::Actor;
use crate::id::{AuditId, BulkId, RunId};
use crate::money::Cost;
use crate::moves::MoveKind;
use crate::time::Timestamp;
use crate::words::words;
use serde::{Deserialize, Serialize};

/// The most runs one job takes.
pub const BULK_MOST: usize = 10_000;

/// The moves that can be made on many runs at once: those that need nothing but the run.
pub const BULK_MOVES: [MoveKind; 6] = [
    MoveKind::Retry,
    MoveKind::RunAgain,
    MoveKind::Resume,
    MoveKind::Pause,
    MoveKind::StopGracefully,
    MoveKind::Cancel,
];

/// `POST /v1/bulk/plan`. One of `runs` and `filter`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BulkAsk {
    #[serde(rename = "move")]
    pub kind: MoveKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runs: Option<Vec<RunId>>,
    /// The runs that match now, newest first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<RunFilter>,
}

/// `POST /v1/bulk`. One of `runs` and `filter`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BulkBody {
    #[serde(rename = "move")]
    pub kind: MoveKind,
    /// The frozen set: each at most once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runs: Option<Vec<RunId>>,
    /// Frozen as it matches when the job is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<RunFilter>,
    /// Stands in the audit entry of each run; never empty.
    pub reason: String,
}

/// What a move would do to a frozen set of runs. Groups are in the order of their counts, the largest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct BulkPlan {
    #[serde(rename = "move")]
    pub kind: MoveKind,
    /// "212 of 215 runs can be retried."
    pub summary: String,
    /// The frozen set, in the order in which it is worked off.
    pub runs: Vec<RunId>,
    /// The filter matches more runs than one job takes.
    pub more: bool,
    /// How many can make the move now.
    pub can: u64,
    /// Those that cannot, by the sentence that says why.
    pub cannot: Vec<BulkGroup>,
    /// Runs that will do writing steps again which have run or may have run before.
    pub repeats: u64,
    /// The steps that they repeat, by name.
    pub may_repeat: Vec<BulkGroup>,
    /// Sentences to read before confirming.
    pub warnings: Vec<BulkGroup>,
    /// Runs whose failure is to be fixed first, by its code: ask whether that is done.
    pub fix_first: Vec<BulkGroup>,
    /// From earlier attempts of `costed` runs; `None` when nothing is known of any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Cost>,
    pub costed: u64,
}

/// Runs that have a sentence, a step or a code in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct BulkGroup {
    pub text: String,
    pub count: u64,
    /// Some of them.
    pub runs: Vec<BulkNamed>,
}

/// A run by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct BulkNamed {
    pub run: RunId,
    /// Empty where there is no such run.
    pub title: String,
}

words! {
    /// How a bulk job stands.
    BulkState {
        Running = "running", "Running";
        /// Every run had its turn.
        Completed = "completed", "Completed";
        /// A person stopped it; the rest was left as it was.
        Stopped = "stopped", "Stopped";
    }
}

words! {
    /// What came of one run of a bulk job.
    BulkOutcome {
        /// The move was made.
        Done = "done", "Done";
        /// The run does not allow it; nothing was changed.
        Refused = "refused", "Refused";
        /// Not its turn yet; in a stopped job: left as it was.
        Waiting = "waiting", "Waiting";
    }
}

/// A bulk job: one move on a frozen set of runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct BulkJob {
    pub id: BulkId,
    #[serde(rename = "move")]
    pub kind: MoveKind,
    pub state: BulkState,
    pub reason: String,
    pub created_at: Timestamp,
    pub created_by: Actor,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Who stopped it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped_by: Option<Actor>,
    pub total: u64,
    pub done: u64,
    pub refused: u64,
}

impl BulkJob {
    /// Runs that had their turn.
    pub const fn worked_off(&self) -> u64 {
        self.done + self.refused
    }

    /// Runs that had no turn yet; those left as they were once it is stopped.
    pub const fn waiting(&self) -> u64 {
        self.total.saturating_sub(self.worked_off())
    }

    pub const fn count(&self, outcome: BulkOutcome) -> u64 {
        match outcome {
            BulkOutcome::Done => self.done,
            BulkOutcome::Refused => self.refused,
            BulkOutcome::Waiting => self.waiting(),
        }
    }
}

/// One run of a bulk job; `GET /v1/bulk/{job}/runs`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct BulkRun {
    /// Its place in the set, counted from 1.
    pub n: u64,
    pub run: RunId,
    /// Empty where there is no such run.
    pub title: String,
    pub outcome: BulkOutcome,
    /// Why it was refused, in the words of the single move.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The run that was started, where the move is *Run again*.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_run: Option<RunId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audit: Option<AuditId>,
    /// When it had its turn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
}
