//! What a move will do, shown before it is confirmed and stored with the audit entry.

use crate::id::StepPath;
use crate::money::Cost;
use crate::moves::MoveKind;
use crate::workflow::Effect;
use serde::{Deserialize, Serialize};

/// One step in a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PlannedStep {
    pub path: StepPath,
    pub name: String,
    /// The step's type: `mcp_call`, `llm_call`, …
    pub kind: String,
    pub effect: Effect,
    /// Why it stands in this list, where that needs words: "its call went out, the answer was lost".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What a move will do. Lists are in execution order; long ones are cut at 500 with the full count beside them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Plan {
    pub kind: MoveKind,
    /// One sentence: "Attempt 3 starts at Draft quote and keeps 2 finished steps."
    pub summary: String,
    /// Steps that will run, as far as known now (conditions may still skip some).
    pub runs: Vec<PlannedStep>,
    pub runs_count: usize,
    /// Finished steps whose output is kept.
    pub reused: Vec<PlannedStep>,
    pub reused_count: usize,
    /// Steps in flight that will be cancelled.
    pub cancels: Vec<PlannedStep>,
    /// Writing steps that have run or may have run before and will run again.
    pub may_repeat: Vec<PlannedStep>,
    /// From earlier attempts of this run; `None` when none has run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Cost>,
    /// Working time from earlier attempts, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_ms: Option<u64>,
    /// Sentences to read before confirming: the same step failed twice with the same code, and the like.
    pub warnings: Vec<String>,
    /// The failure's class is *fix first*: ask whether the cause is fixed.
    pub ask_fixed: bool,
    /// The move is destructive: a reason is asked for.
    pub ask_reason: bool,
}
