//! Run and step statuses with the words people read.

use crate::words::words;

words! {
    /// Where a run stands. Stalled, retried and "needs attention" are derived, never stored.
    RunStatus {
        /// Accepted, not picked up; see [`QueuedReason`].
        Queued = "queued", "Queued";
        /// Taken from the queue, nothing executed yet.
        Starting = "starting", "Starting";
        Running = "running", "Running";
        /// Needs a decision or data; healthy, never "stuck".
        Waiting = "waiting", "Waiting";
        /// An operator stopped scheduling; steps in flight may finish.
        Paused = "paused", "Paused";
        /// Something outside the run must be resolved; the run waits.
        Blocked = "blocked", "Blocked";
        /// Graceful stop: running steps finish, pending ones never start.
        Draining = "draining", "Draining";
        /// A platform update or a lost worker stopped it; retryable.
        Interrupted = "interrupted", "Interrupted";
        Completed = "completed", "Completed";
        Failed = "failed", "Failed";
        /// A person stopped it.
        Cancelled = "cancelled", "Cancelled";
        /// A checkpoint was refused.
        Rejected = "rejected", "Rejected";
        /// Never started before its time to live ran out.
        Expired = "expired", "Expired";
    }
}

impl RunStatus {
    /// Whether a run in this status keeps its agents' files: it goes on, or a retry may need them.
    pub const fn keeps_sandbox(self) -> bool {
        match self {
            Self::Cancelled | Self::Completed | Self::Rejected | Self::Expired => false,
            Self::Queued
            | Self::Starting
            | Self::Running
            | Self::Waiting
            | Self::Paused
            | Self::Blocked
            | Self::Draining
            | Self::Interrupted
            | Self::Failed => true,
        }
    }

    /// The attempt is over; only a new attempt or a new run goes on from here. `interrupted` is not terminal for the run:
    /// it waits for a person to retry or cancel it.
    pub const fn is_terminal(self) -> bool {
        match self {
            Self::Completed | Self::Failed | Self::Cancelled | Self::Rejected | Self::Expired => {
                true
            }
            Self::Queued
            | Self::Starting
            | Self::Running
            | Self::Waiting
            | Self::Paused
            | Self::Blocked
            | Self::Draining
            | Self::Interrupted => false,
        }
    }
}

words! {
    /// Why a run is still queued.
    QueuedReason {
        Capacity = "capacity", "waiting for a free slot";
        Delayed = "delayed", "delayed until its start time";
        QueuePaused = "queue_paused", "the queue is paused";
        PendingVersion = "pending_version", "its workflow version is not ready";
        NoWorkers = "no_workers", "no worker is pulling";
    }
}

words! {
    /// What a waiting run or step waits for.
    WaitKind {
        HumanTask = "human_task", "a decision";
        Checkpoint = "checkpoint", "approval at a checkpoint";
        Waitpoint = "waitpoint", "an outside signal";
        Chat = "chat", "a message in chat";
        Timer = "timer", "a timer";
        /// A child run started by a `workflow_call`.
        ChildRun = "child_run", "another run";
    }
}

words! {
    /// What holds a blocked run.
    BlockedBy {
        Credential = "credential", "a credential";
        Environment = "environment", "the environment";
        Host = "host", "a host";
        Entity = "entity", "a backend";
        Policy = "policy", "a policy";
        Budget = "budget", "a budget";
        Quota = "quota", "a quota";
        Credits = "credits", "credits";
    }
}

words! {
    /// Where a step stands.
    StepStatus {
        Pending = "pending", "Pending";
        Running = "running", "Running";
        /// A transient error; waits for its backoff.
        Retrying = "retrying", "Retrying";
        Waiting = "waiting", "Waiting";
        Completed = "completed", "Success";
        /// The root cause.
        Failed = "failed", "Failed";
        /// Was in flight when the run failed or was stopped.
        Cancelled = "cancelled", "Cancelled";
        /// Never ran; see [`SkipReason`].
        Skipped = "skipped", "Skipped";
    }
}

impl StepStatus {
    /// Nothing more happens to the step in this attempt.
    pub const fn is_settled(self) -> bool {
        match self {
            Self::Completed | Self::Failed | Self::Cancelled | Self::Skipped => true,
            Self::Pending | Self::Running | Self::Retrying | Self::Waiting => false,
        }
    }
    /// Something is under way: a call, a backoff or a wait.
    pub const fn is_in_flight(self) -> bool {
        match self {
            Self::Running | Self::Retrying | Self::Waiting => true,
            Self::Pending | Self::Completed | Self::Failed | Self::Cancelled | Self::Skipped => {
                false
            }
        }
    }
}

words! {
    /// Why a step never ran. Shown as "Skipped (Blocked)".
    SkipReason {
        Blocked = "blocked", "Blocked";
        Condition = "condition", "Condition";
        StepDisabled = "step_disabled", "Step disabled";
        OutOfScope = "out_of_scope", "Out of scope";
        Operator = "operator", "Operator";
        Rejected = "rejected", "Rejected";
    }
}

words! {
    /// How a person stopped a run.
    StopMode {
        Immediate = "immediate", "at once";
        Graceful = "graceful", "gracefully";
    }
}
