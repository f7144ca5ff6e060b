//! What should be in flight now, derived from the state alone. The host compares it with what *is* in flight, starts what
//! is missing and drops what is no longer there: cancelling a step is nothing but its effect going away.

use model::event::TryKey;
use model::{RunId, StepPath, Timestamp};
use serde_json::Value;

/// One thing that should be in flight.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// The run waits in `queue` for a worker (not before `not_before`).
    Queue {
        queue: String,
        not_before: Option<Timestamp>,
    },
    /// Execute one try of a step with a runner.
    Call(Call),
    /// Start (or, with `child`, go on with) the run of a `workflow_call` and report its end under `key`.
    ChildRun {
        key: TryKey,
        workflow: String,
        input: Value,
        child: Option<RunId>,
    },
    /// Send [`crate::Command::TimerDue`] at `at`. A run has at most one timer: the earliest.
    Timer { at: Timestamp, kind: TimerKind },
}

/// What a runner needs to execute one try. The step itself stands in the run's definition.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    pub key: TryKey,
    /// The step's template-bearing fields, resolved: `{arguments}`, `{system, prompt}` or `{input}` by its type.
    pub input: Value,
    pub effect: model::Effect,
    /// An agent goes on with its conversation.
    pub continues: bool,
    /// When the try times out.
    pub deadline: Option<Timestamp>,
}

/// What a timer is for; names the reason in logs and tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimerKind {
    Backoff(StepPath),
    StepTimeout(StepPath),
    WaitExpiry(StepPath),
    Timer(StepPath),
    RunTimeout,
    DrainTimeout,
    Expiry,
}
