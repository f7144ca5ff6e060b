//! Ends that a person or a limit asked for.

use super::work::Work;
use model::event::Wait;
use model::{EventKind, Failure, FailureCode, SkipReason, StepPath, StepStatus, StopMode};

/// How long a graceful stop lets steps in flight take when nobody says.
const DRAIN_S: u64 = 300;

impl Work<'_> {
    pub fn cancel(&mut self, reason: Option<String>) {
        self.clear(None, SkipReason::Operator, None);
        self.emit(EventKind::RunCancelled {
            mode: StopMode::Immediate,
            reason,
        });
    }

    pub fn drain(&mut self, timeout_s: Option<u64>, reason: Option<String>) {
        self.emit(EventKind::RunDraining {
            deadline: self.now.plus_s(timeout_s.unwrap_or(DRAIN_S)),
            reason,
        });
        self.cancel_idle();
    }

    /// Steps that only wait are cancelled at once, calls of other runs among them.
    pub fn cancel_idle(&mut self) {
        let live = self.run.live();
        let idle: Vec<_> = live.in_flight.iter().cloned().collect();
        for path in idle {
            let cancels = match self.step(&path).map(|s| s.status) {
                Some(StepStatus::Waiting | StepStatus::Retrying) => true,
                Some(StepStatus::Running) => {
                    let node = self.graph.node(&path);
                    let is_loop = node.is_some_and(|n| self.graph.nodes[n].is_loop);
                    !is_loop && !self.has_runner(&path)
                }
                _ => false,
            };
            if cancels {
                self.emit(EventKind::StepCancelled {
                    path,
                    caused_by_step_id: None,
                });
            }
        }
    }

    /// Nothing runs any more: the graceful stop is done.
    pub fn finish_drain(&mut self) {
        self.cancel_idle();
        let reason = self.run.stop.as_ref().and_then(|s| s.reason.clone());
        self.clear(None, SkipReason::Operator, None);
        self.emit(EventKind::RunCancelled {
            mode: StopMode::Graceful,
            reason,
        });
    }

    /// The graceful stop took too long.
    pub fn drain_timed_out(&mut self) {
        let step = self.first_in_flight();
        let allowed = self
            .run
            .stop
            .as_ref()
            .and_then(|stop| Some(model::why::duration(stop.deadline?.since(stop.at))));
        let failure = Failure::new(
            FailureCode::DrainTimeout,
            match &step {
                Some(path) => format!(
                    "{} did not finish within the {} allowed for the graceful stop.",
                    self.run.step_name(path),
                    allowed.unwrap_or_default()
                ),
                None => "The graceful stop took longer than allowed.".into(),
            },
        );
        self.clear(None, SkipReason::Operator, None);
        self.emit(EventKind::RunFailed { step, failure });
    }

    /// The attempt used up its working time.
    pub fn run_timed_out(&mut self, limit_s: u64) {
        let step = self.first_in_flight();
        let limit = model::why::duration(limit_s.saturating_mul(1000));
        let failure = Failure::new(
            FailureCode::RunStalledOrTimedOut,
            match &step {
                Some(path) => format!(
                    "The run reached its time limit of {limit} while {} was in flight.",
                    self.run.step_name(path)
                ),
                None => format!("The run reached its time limit of {limit}."),
            },
        );
        self.clear(None, SkipReason::Blocked, None);
        self.emit(EventKind::RunFailed { step, failure });
    }

    pub fn expire(&mut self) {
        self.clear(None, SkipReason::OutOfScope, None);
        self.emit(EventKind::RunExpired);
    }

    /// The first step in flight that is no loop, in the order of the document.
    fn first_in_flight(&self) -> Option<StepPath> {
        self.run.first_in_flight().map(|s| s.path.clone())
    }

    /// The wait of a human task or a waitpoint expired, or a step took too long.
    pub fn step_timed_out(&mut self, path: &StepPath) {
        let Some(step) = self.step(path) else { return };
        let name = self.run.step_name(path);
        let waited = step
            .waiting_since
            .map(|t| model::why::duration(self.now.since(t)));
        let waited = waited.unwrap_or_default();
        let failure = match (&step.wait, step.status) {
            (Some(Wait::Waitpoint { .. }), StepStatus::Waiting) => Failure::new(
                FailureCode::WaitpointTimedOut,
                format!("Nobody completed {name} within {waited}."),
            ),
            (Some(Wait::HumanTask { .. }), StepStatus::Waiting) => Failure::new(
                FailureCode::RunStalledOrTimedOut,
                format!("Nobody decided {name} within {waited}."),
            ),
            _ => {
                let started = step.history.last().map(|t| t.started_at);
                let took = started.map(|t| model::why::duration(self.now.since(t)));
                let failure = Failure::new(
                    FailureCode::RunStalledOrTimedOut,
                    format!(
                        "{name} did not finish within its time limit; it took {}.",
                        took.unwrap_or_default()
                    ),
                );
                let lost = self.has_runner(path) && self.may_have_written(path);
                if lost {
                    failure.outcome_unknown()
                } else {
                    failure
                }
            }
        };
        self.fail(path, failure, None);
    }
}
