//! Moves: what an operator can do to a run.

use crate::failure::FailureCode;
use crate::id::{StepPath, TaskId};
use crate::status::RunStatus;
use crate::words::words;
use serde::{Deserialize, Serialize};
use serde_json::Value;

words! {
    /// The name of a move.
    MoveKind {
        Retry = "retry", "Retry";
        RetryFromStep = "retry_from_step", "Retry from step";
        Resume = "resume", "Resume";
        Approve = "approve", "Approve";
        Reject = "reject", "Reject";
        Skip = "skip", "Skip";
        Complete = "complete", "Complete";
        ForceTimeout = "force_timeout", "Force timeout";
        ContinueInChat = "continue_in_chat", "Continue in Chat";
        Pause = "pause", "Pause";
        StopGracefully = "stop_gracefully", "Stop gracefully";
        Cancel = "cancel", "Cancel";
        RunAgain = "run_again", "Run again";
        Report = "report", "Report this Run";
    }
}

impl MoveKind {
    /// A button's words for the move on a run that stands so.
    pub fn label(self, status: RunStatus, failure: Option<FailureCode>) -> &'static str {
        match (self, status, failure) {
            (Self::Cancel, RunStatus::Draining, _) => "Stop now",
            // An agent came to its limit: nothing is broken, a retry gives it as much again.
            (Self::Retry, _, Some(FailureCode::AgentLimitReached)) => "Continue",
            _ => self.shown(),
        }
    }
}

/// A move with what it needs. `step` is the path of the step it concerns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "move", rename_all = "snake_case")]
pub enum Move {
    Retry,
    RetryFromStep {
        step: StepPath,
        /// Replaces the step's resolved input.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        input: Option<Value>,
    },
    Resume,
    Approve {
        task: TaskId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        comment: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        result: Option<Value>,
    },
    Reject {
        task: TaskId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        comment: Option<String>,
    },
    Skip {
        task: TaskId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        comment: Option<String>,
    },
    /// Completes the waitpoint that `step` waits on.
    Complete {
        step: StepPath,
        body: Value,
    },
    ForceTimeout {
        step: StepPath,
    },
    /// Writes to the agent of a step that waits for chat or failed: its next turn.
    ContinueInChat {
        step: StepPath,
        message: String,
    },
    Pause,
    StopGracefully {
        /// How long steps in flight may take; 300 seconds when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        timeout_s: Option<u64>,
    },
    Cancel,
    RunAgain {
        /// Replaces the first run's input.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        input: Option<Value>,
    },
}

impl Move {
    pub const fn kind(&self) -> MoveKind {
        match self {
            Self::Retry => MoveKind::Retry,
            Self::RetryFromStep { .. } => MoveKind::RetryFromStep,
            Self::Resume => MoveKind::Resume,
            Self::Approve { .. } => MoveKind::Approve,
            Self::Reject { .. } => MoveKind::Reject,
            Self::Skip { .. } => MoveKind::Skip,
            Self::Complete { .. } => MoveKind::Complete,
            Self::ForceTimeout { .. } => MoveKind::ForceTimeout,
            Self::ContinueInChat { .. } => MoveKind::ContinueInChat,
            Self::Pause => MoveKind::Pause,
            Self::StopGracefully { .. } => MoveKind::StopGracefully,
            Self::Cancel => MoveKind::Cancel,
            Self::RunAgain { .. } => MoveKind::RunAgain,
        }
    }
}

/// Whether a move is possible now, for this person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct MoveState {
    pub kind: MoveKind,
    /// The button's words: "Retry", "Stop now".
    pub label: String,
    pub legal: bool,
    /// Why not, for a person: the state, the missing role or the missing scope. `None` when legal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The one recommended move in this state.
    #[serde(default)]
    pub primary: bool,
    /// The steps the move can concern: open tasks, open waitpoints, steps to retry from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<StepPath>,
}
