//! Failure codes: one table for the code, the API, the console and the guides.

use crate::moves::MoveKind;
use crate::words::{on_the_wire, words};
use serde::{Deserialize, Serialize};

words! {
    /// What a person does about a failure.
    FailureClass {
        /// Retry; it may pass by itself.
        Temporary = "temporary", "Temporary";
        /// Fix the cause, then retry.
        FixFirst = "fix_first", "Fix first";
        /// Somebody meant it; nothing to fix.
        Expected = "expected", "Expected";
    }
}

/// The screen that owns a problem: where its cause is explained and resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Screen {
    Run,
    Workflow,
    Health,
    Queues,
    Waitpoints,
    Policies,
    Budgets,
    Usage,
}

impl Screen {
    pub const fn shown(self) -> &'static str {
        match self {
            Self::Run => "the run",
            Self::Workflow => "the workflow",
            Self::Health => "Health",
            Self::Queues => "Queues",
            Self::Waitpoints => "Waitpoints",
            Self::Policies => "Policies",
            Self::Budgets => "Budgets",
            Self::Usage => "Usage",
        }
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $wire:literal, $class:ident, $screen:ident, [$($mv:ident),*], $meaning:literal, $remedy:literal;)*) => {
        /// Why a step or a run failed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FailureCode { $($(#[$doc])* $variant,)* }

        on_the_wire!(FailureCode, $($variant = $wire),*);

        impl FailureCode {
            pub const fn class(self) -> FailureClass {
                match self { $(Self::$variant => FailureClass::$class),* }
            }
            /// What it means, one plain sentence.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning),* }
            }
            /// What to do, one or two plain sentences.
            pub const fn remedy(self) -> &'static str {
                match self { $(Self::$variant => $remedy),* }
            }
            /// Where the cause is resolved.
            pub const fn screen(self) -> Screen {
                match self { $(Self::$variant => Screen::$screen),* }
            }
            /// The moves that usually fix it, best first.
            pub const fn usual_moves(self) -> &'static [MoveKind] {
                match self { $(Self::$variant => &[$(MoveKind::$mv),*]),* }
            }
        }
    };
}

codes! {
    McpToolFailed = "MCP_TOOL_FAILED", FixFirst, Health, [Retry, RetryFromStep],
        "An MCP tool returned an error.",
        "Check the tool's arguments, the connection it uses and the status of the service behind it, then retry.";
    LlmRequestFailed = "LLM_REQUEST_FAILED", Temporary, Health, [Retry],
        "The model provider did not answer the request.",
        "Check the provider's address, key and model on Health. If the provider was only unavailable, retry when it is back.";
    InsufficientCredits = "INSUFFICIENT_CREDITS", FixFirst, Usage, [Retry],
        "The tenant is out of credits.",
        "Add credits or raise the plan under Usage, then retry.";
    RunStalledOrTimedOut = "RUN_STALLED_OR_TIMED_OUT", Temporary, Run, [Retry, RetryFromStep],
        "There was no progress within the time allowed.",
        "Look for a hung call in the transcript. Raise timeout_s if the work needs longer, then retry.";
    DrainTimeout = "DRAIN_TIMEOUT", Expected, Run, [Retry, RunAgain],
        "The graceful stop took longer than allowed, so the steps in flight were cancelled.",
        "Look at the step that did not finish in time. Use Cancel when a run must stop at once.";
    RunStopped = "RUN_STOPPED", Expected, Run, [Retry, RunAgain],
        "An operator stopped the run.",
        "Nothing to fix. Retry to go on from the first unfinished step, or run again from the beginning.";
    HumanTaskFailed = "HUMAN_TASK_FAILED", FixFirst, Workflow, [Retry, RunAgain],
        "A person's task could not be set up or its result did not fit.",
        "Check the task's fields and its result schema in the workflow, then run again on the corrected version.";
    UpstreamError = "UPSTREAM_ERROR", Temporary, Health, [Retry],
        "A service that Signalbox relies on answered with an error.",
        "Retry later. Report the run if it keeps failing.";
    DependencyUnavailable = "DEPENDENCY_UNAVAILABLE", Temporary, Health, [Retry],
        "A service the step needs could not be reached.",
        "Check on Health whether the service is up and its address is right, then retry.";
    PolicyBlocked = "POLICY_BLOCKED", FixFirst, Policies, [Retry],
        "A policy does not allow the action.",
        "Read the policy's reason. Change the policy only if the action is safe for this agent and record, then retry.";
    BudgetExceeded = "BUDGET_EXCEEDED", FixFirst, Budgets, [Retry],
        "The budget for this work is used up.",
        "Decide whether the result is worth more spend. Raise the budget, then retry.";
    QuotaExceeded = "QUOTA_EXCEEDED", FixFirst, Budgets, [Retry],
        "A quota for this tenant or project is used up.",
        "Wait until the quota renews or raise it, then retry.";
    CredentialRequired = "CREDENTIAL_REQUIRED", FixFirst, Health, [Retry],
        "A credential is missing, expired or refused.",
        "Reconnect or replace the credential on Health, then retry. Replacing it does not change this attempt's record.";
    EnvironmentBlocked = "ENVIRONMENT_BLOCKED", FixFirst, Health, [Retry],
        "The environment is not fit to run this step.",
        "Open Health, resolve the blocker it names, then retry.";
    SandboxFailed = "SANDBOX_FAILED", Temporary, Health, [Retry],
        "The sandbox could not be created or was lost.",
        "Retry: a fresh sandbox is made when the old one cannot be used.";
    HostDisconnected = "HOST_DISCONNECTED", Temporary, Health, [Retry],
        "The host that ran the step is disconnected.",
        "Reconnect the host, check it on Health, then retry.";
    EntityOffline = "ENTITY_OFFLINE", Temporary, Health, [Retry],
        "The backend behind the tool is offline.",
        "Bring the backend back, check it on Health, then retry.";
    WaitpointTimedOut = "WAITPOINT_TIMED_OUT", FixFirst, Waitpoints, [Retry, RetryFromStep],
        "Nobody completed the waitpoint before it expired.",
        "Make sure that something completes the waitpoint, or lengthen its expiry, then retry to open it again.";
    InvalidInput = "INVALID_INPUT", FixFirst, Workflow, [RetryFromStep, RunAgain],
        "A value the step needs is missing or has the wrong shape.",
        "Retry from the step with a corrected input, or fix the template and run again on the new version.";
    LuaScriptFailed = "LUA_SCRIPT_FAILED", FixFirst, Workflow, [RunAgain, RetryFromStep],
        "The Lua script stopped with an error or reached its limits.",
        "Read the error's line, fix the script, publish, and run again.";
    ArtifactMissing = "ARTIFACT_MISSING", FixFirst, Run, [RetryFromStep, RunAgain],
        "A file that the step needs does not exist.",
        "Check the path and the step that should have written it, then retry from that step.";
    WorkerCrashed = "WORKER_CRASHED", Temporary, Run, [Retry],
        "The worker that ran the step broke down.",
        "Retry. Report the run if it happens again at the same step.";
    PlatformInterrupted = "PLATFORM_INTERRUPTED", Temporary, Run, [Retry],
        "Signalbox stopped while the step was in flight; whether its effect took place is not known.",
        "Check whether the effect took place, read the plan, then retry or cancel.";
    DispatchFailed = "DISPATCH_FAILED", Temporary, Queues, [Retry],
        "The run could not be handed to a worker.",
        "Check the queue and its workers, then retry.";
    AgentLimitReached = "AGENT_LIMIT_REACHED", Expected, Run, [Retry, ContinueInChat],
        "The agent used up its turns, tokens, dollars or time.",
        "Read how far it came. Continue gives it as much again and keeps its conversation; Continue in Chat also tells it what to do.";
}

/// One failure: the code, a sentence for a person, and details for whoever digs deeper.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Failure {
    pub code: FailureCode,
    /// What happened, in one plain sentence: "The provider answered 503 three times."
    pub message: String,
    /// What the other side said, verbatim and cut to 16 KiB; untrusted text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// A writing call went out and its answer was lost: the effect may or may not have taken place, so nothing repeats it
    /// without a person.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub outcome_unknown: bool,
}

impl Failure {
    pub fn new(code: FailureCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            detail: None,
            outcome_unknown: false,
        }
    }
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        let mut detail = detail.into();
        if detail.len() > 16 * 1024 {
            let end = (0..=16 * 1024)
                .rev()
                .find(|i| detail.is_char_boundary(*i))
                .unwrap_or(0);
            detail.truncate(end);
        }
        self.detail = Some(detail);
        self
    }
    pub fn outcome_unknown(mut self) -> Self {
        self.outcome_unknown = true;
        self
    }
}
