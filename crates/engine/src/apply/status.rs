//! Where a run stands, and what follows from it.

use crate::state::{HOLDS, Hold, Run};
use model::{Cost, RunStatus, Timestamp, Usage};

impl Run {
    /// The status and what follows from it: how long it holds, the working time, the attempt's record.
    pub(super) fn set_status(&mut self, status: RunStatus, at: Timestamp) {
        let works = matches!(
            status,
            RunStatus::Starting | RunStatus::Running | RunStatus::Draining
        );
        match (self.working_since, works) {
            (Some(since), false) => {
                self.worked_ms += at.since(since);
                self.working_since = None;
            }
            (None, true) => self.working_since = Some(at),
            (Some(_), true) | (None, false) => {}
        }
        if self.status != status {
            self.hold(status, at);
            self.status = status;
            self.status_since = at;
        }
        if status != RunStatus::Waiting {
            self.wait_kind = None;
        }
        let worked_ms = self.worked_ms;
        if let Some(attempt) = self.attempts.last_mut().filter(|a| a.ended_at.is_none()) {
            attempt.status = status;
            attempt.worked_ms = worked_ms;
        }
    }

    /// Ends the time in which the run was held, and begins one, as the next status says.
    fn hold(&mut self, next: RunStatus, at: Timestamp) {
        if let Some(hold) = self.holds.last_mut().filter(|hold| hold.to.is_none()) {
            hold.to = Some(at);
        }
        match next {
            RunStatus::Paused | RunStatus::Blocked | RunStatus::Draining => {
                if self.holds.len() == HOLDS {
                    self.holds.remove(0);
                }
                self.holds.push(Hold {
                    status: next,
                    from: at,
                    to: None,
                });
            }
            RunStatus::Queued
            | RunStatus::Starting
            | RunStatus::Running
            | RunStatus::Waiting
            | RunStatus::Interrupted
            | RunStatus::Completed
            | RunStatus::Failed
            | RunStatus::Cancelled
            | RunStatus::Rejected
            | RunStatus::Expired => {}
        }
    }

    /// Running or waiting follows from the steps.
    pub(super) fn derive_status(&mut self, at: Timestamp) {
        match self.status {
            RunStatus::Starting | RunStatus::Running | RunStatus::Waiting => {}
            RunStatus::Queued
            | RunStatus::Paused
            | RunStatus::Blocked
            | RunStatus::Draining
            | RunStatus::Interrupted
            | RunStatus::Completed
            | RunStatus::Failed
            | RunStatus::Cancelled
            | RunStatus::Rejected
            | RunStatus::Expired => return,
        }
        let live = self.live();
        let first_wait = if live.busy.is_empty() {
            let first = live.waiting.first().and_then(|(_, p)| self.steps.get(p));
            first
                .and_then(|s| s.wait.as_ref())
                .map(model::event::Wait::kind)
        } else {
            None
        };
        if let Some(kind) = first_wait {
            self.set_status(RunStatus::Waiting, at);
            self.wait_kind = Some(kind);
        } else if !live.busy.is_empty() || self.status == RunStatus::Waiting {
            self.set_status(RunStatus::Running, at);
        }
    }

    pub(super) fn end_attempt(&mut self, status: RunStatus, at: Timestamp) {
        self.set_status(status, at);
        self.block = None;
        self.queued_reason = None;
        let (failure, failed_step) = (self.failure.clone(), self.failed_step.clone());
        if let Some(attempt) = self.attempts.last_mut().filter(|a| a.ended_at.is_none()) {
            attempt.ended_at = Some(at);
            attempt.failure = failure;
            attempt.failed_step = failed_step;
        }
    }

    pub(super) fn end(&mut self, status: RunStatus, at: Timestamp) {
        self.end_attempt(status, at);
        self.ended_at = Some(at);
    }

    pub(super) fn spend(&mut self, usage: Option<&Usage>) {
        self.mock |= usage.is_some_and(|u| u.mock);
        let Some(cost) = usage.and_then(|u| u.cost) else {
            return;
        };
        let sum = |known: Option<Cost>| Some(known.map_or(cost, |k| k.plus(cost)));
        self.cost = sum(self.cost);
        if let Some(attempt) = self.attempts.last_mut() {
            attempt.cost = sum(attempt.cost);
        }
    }
}
