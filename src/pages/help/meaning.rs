//! One sentence for each status and reason.

use model::{BlockedBy, QueuedReason, RunStatus, SkipReason, StepStatus, WaitKind};

pub const fn of_run(status: RunStatus) -> &'static str {
    match status {
        RunStatus::Queued => "Accepted and not picked up yet. Its reason says what it waits for.",
        RunStatus::Starting => "Taken from its queue; no step has begun.",
        RunStatus::Running => "Steps are executing.",
        RunStatus::Waiting => {
            "Needs a decision, data or time. This is healthy: a waiting run is never stalled."
        }
        RunStatus::Paused => {
            "An operator paused it. Steps in flight may finish; none begins until it is resumed."
        }
        RunStatus::Blocked => {
            "Something outside the run must be resolved first. It goes on when the cause is cleared."
        }
        RunStatus::Draining => {
            "Stopping gracefully: steps in flight finish, the others never begin."
        }
        RunStatus::Interrupted => {
            "Signalbox or a worker stopped in the middle. A person checks what happened outside, then retries or cancels."
        }
        RunStatus::Completed => "Every step that should run has finished.",
        RunStatus::Failed => {
            "The attempt failed. It names the step and a failure code; retry opens a new attempt."
        }
        RunStatus::Cancelled => "A person stopped it.",
        RunStatus::Rejected => "A person refused it at a decision.",
        RunStatus::Expired => "It was not started before its time to live ran out.",
    }
}

pub const fn of_step(status: StepStatus) -> &'static str {
    match status {
        StepStatus::Pending => "The steps it depends on have not finished.",
        StepStatus::Running => "In flight.",
        StepStatus::Retrying => "A temporary error; it tries again after a pause.",
        StepStatus::Waiting => "Waits for a person, an outside signal, a timer or another run.",
        StepStatus::Completed => {
            "Finished. Its output can be read, also when the run failed later."
        }
        StepStatus::Failed => "The root cause of the failure.",
        StepStatus::Cancelled => {
            "Was in flight when the run failed or was stopped. Nothing to fix here."
        }
        StepStatus::Skipped => "Never ran. Its reason stands beside it.",
    }
}

pub const fn of_queue(reason: QueuedReason) -> &'static str {
    match reason {
        QueuedReason::Capacity => {
            "Its queue runs as many as its limit allows. It starts when one of them ends."
        }
        QueuedReason::Delayed => "It was asked to start later.",
        QueuedReason::QueuePaused => {
            "Somebody paused the queue. It starts after the queue is resumed."
        }
        QueuedReason::PendingVersion => "The workflow version it names cannot be loaded yet.",
        QueuedReason::NoWorkers => {
            "Nobody takes runs from its queue. Check that the runtime's workers are up."
        }
    }
}

pub const fn of_wait(kind: WaitKind) -> &'static str {
    match kind {
        WaitKind::HumanTask => "A person has to approve, reject or skip.",
        WaitKind::Checkpoint => "A person has to approve before it goes on.",
        WaitKind::Waitpoint => "Another program completes its token, or a person does so by hand.",
        WaitKind::Chat => "The agent needs a message from a person.",
        WaitKind::Timer => "It goes on by itself when the time is over.",
        WaitKind::ChildRun => "It goes on when the run it started has ended.",
    }
}

pub const fn of_block(by: BlockedBy) -> &'static str {
    match by {
        BlockedBy::Credential => "A credential is missing, expired or refused.",
        BlockedBy::Environment => "A check of the environment fails.",
        BlockedBy::Host => "The host it needs is disconnected.",
        BlockedBy::Entity => "The backend behind a tool is offline.",
        BlockedBy::Policy => "A policy does not allow the next step.",
        BlockedBy::Budget => "Its budget is used up.",
        BlockedBy::Quota => "A quota of the tenant or project is used up.",
        BlockedBy::Credits => "The tenant is out of credits.",
    }
}

pub const fn of_skip(reason: SkipReason) -> &'static str {
    match reason {
        SkipReason::Blocked => {
            "A step it depends on failed. It runs on a retry that gets past that step."
        }
        SkipReason::Condition => {
            "Its condition was false, or every step before it was skipped by one."
        }
        SkipReason::StepDisabled => "It is switched off in the workflow.",
        SkipReason::OutOfScope => "The attempt did not cover it.",
        SkipReason::Operator => "A person skipped it.",
        SkipReason::Rejected => "A person rejected the branch it stands in.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_word_has_a_sentence_of_its_own() {
        let all: Vec<&str> = RunStatus::ALL
            .iter()
            .map(|s| of_run(*s))
            .chain(StepStatus::ALL.iter().map(|s| of_step(*s)))
            .chain(QueuedReason::ALL.iter().map(|r| of_queue(*r)))
            .chain(WaitKind::ALL.iter().map(|k| of_wait(*k)))
            .chain(BlockedBy::ALL.iter().map(|b| of_block(*b)))
            .chain(SkipReason::ALL.iter().map(|s| of_skip(*s)))
            .collect();
        assert!(all.iter().all(|sentence| sentence.ends_with('.')));
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), all.len());
    }
}
