//! After a crash or an update of the runtime: what was in flight with a runner is lost.

use super::work::Work;
use model::event::Decision;
use model::{
    EventKind, Failure, FailureCode, RunStatus, SkipReason, StepPath, StepStatus, StopMode,
};

impl Work<'_> {
    /// Starts again what is safe. A writing step's outcome is not known: the run is interrupted and a person decides.
    pub fn recover(&mut self) {
        match self.run.status {
            RunStatus::Completed
            | RunStatus::Failed
            | RunStatus::Cancelled
            | RunStatus::Rejected
            | RunStatus::Expired => return,
            RunStatus::Queued
            | RunStatus::Starting
            | RunStatus::Running
            | RunStatus::Waiting
            | RunStatus::Paused
            | RunStatus::Blocked
            | RunStatus::Draining
            | RunStatus::Interrupted => {}
        }
        if self.finish_what_was_cut() || self.run.status == RunStatus::Interrupted {
            return;
        }
        let lost: Vec<StepPath> = self
            .paths(None, |s| s.status == StepStatus::Running)
            .into_iter()
            .filter(|path| self.has_runner(path))
            .collect();
        let is_unsafe = |path: &&StepPath| self.may_have_written(path);
        let (writes, safe): (Vec<_>, Vec<_>) = lost.iter().partition(is_unsafe);
        if let Some(first) = writes.first() {
            for path in &writes {
                let failure = Failure::new(
                    FailureCode::PlatformInterrupted,
                    format!(
                        "Signalbox stopped while {} was in flight; whether its effect took place is not known.",
                        self.run.step_name(path)
                    ),
                )
                .outcome_unknown();
                self.emit(EventKind::StepFailed {
                    key: self.key(path),
                    failure,
                    handled: None,
                    usage: None,
                });
            }
            self.interrupt(first);
        } else if self.run.status == RunStatus::Draining {
            for path in safe {
                self.emit(EventKind::StepCancelled {
                    path: path.clone(),
                    caused_by_step_id: None,
                });
            }
            self.cancel_idle();
        } else {
            for path in safe {
                self.next_try(path, true);
            }
        }
        if self.schedules() {
            self.look_at_all();
        }
    }

    fn interrupt(&mut self, step: &StepPath) {
        for path in self.paths(None, |s| s.status.is_in_flight()) {
            self.emit(EventKind::StepCancelled {
                path,
                caused_by_step_id: Some(step.clone()),
            });
        }
        let failure = self.step(step).and_then(|s| s.failure.clone());
        self.emit(EventKind::RunInterrupted {
            step: step.clone(),
            failure: failure.unwrap_or_else(|| {
                Failure::new(
                    FailureCode::PlatformInterrupted,
                    "Signalbox stopped while the run was in flight.",
                )
            }),
        });
    }

    /// A journal that ends in the middle of what one command did is finished as that command would have; true when the
    /// run ended by it.
    fn finish_what_was_cut(&mut self) -> bool {
        for path in self.paths(None, |s| s.status == StepStatus::Waiting) {
            self.finish_decision(&path);
        }
        for path in self.paths(None, |s| {
            s.status == StepStatus::Failed && s.iterations.is_some()
        }) {
            self.clear(Some(path.as_str()), SkipReason::Blocked, Some(&path));
        }
        let attempt = self.run.attempt;
        let steps = self.run.order.iter().filter_map(|p| self.run.steps.get(p));
        let (mut rejected, mut failed, mut stopped) = (None, Vec::new(), false);
        for step in steps.filter(|s| s.attempt == attempt) {
            match step.status {
                StepStatus::Completed if step.decision == Some(Decision::Rejected) => {
                    if rejected.is_none() && self.rejection_ends_run(&step.path) {
                        rejected = Some(step.path.clone());
                    }
                }
                StepStatus::Failed if step.handled.is_none() || self.is_tolerated(&step.path) => {
                    if let Some(failure) = &step.failure {
                        failed.push((step.path.clone(), failure.clone()));
                    }
                }
                StepStatus::Cancelled => stopped |= step.caused_by.is_none(),
                StepStatus::Skipped => {
                    stopped |=
                        step.skip_reason == Some(SkipReason::Operator) && step.decision.is_none();
                }
                StepStatus::Completed
                | StepStatus::Failed
                | StepStatus::Pending
                | StepStatus::Running
                | StepStatus::Retrying
                | StepStatus::Waiting => {}
            }
        }
        if self.run.status == RunStatus::Interrupted {
            // The attempt has ended as it should; only a cancellation of it can have been cut.
            if stopped {
                self.finish_cancel();
            }
            return true;
        }
        if let Some(path) = rejected {
            self.reject_run(&path);
            return true;
        }
        if self.run.status == RunStatus::Draining {
            let unknown = failed
                .into_iter()
                .find(|(_, f)| f.outcome_unknown && f.code == FailureCode::PlatformInterrupted);
            if let Some((path, _)) = unknown {
                self.interrupt(&path);
                return true;
            }
            return false;
        }
        // The innermost first: what it does to its loop comes before what the loop does.
        failed.sort_by_key(|(path, _)| std::cmp::Reverse(path.scope().matches('[').count()));
        for (path, failure) in failed {
            if self.run.status.is_terminal() {
                break;
            }
            if failure.code == FailureCode::PlatformInterrupted && failure.outcome_unknown {
                self.interrupt(&path);
                return true;
            }
            self.fail_scope(&path, &path, &failure);
        }
        if stopped && !self.run.status.is_terminal() {
            match self.run.work_deadline() {
                Some(at) if at <= self.now => {
                    self.run_timed_out(self.run.definition.timeout_s.unwrap_or_default());
                }
                Some(_) | None => self.finish_cancel(),
            }
        }
        self.run.status.is_terminal()
    }

    fn finish_cancel(&mut self) {
        self.clear(None, SkipReason::Operator, None);
        self.emit(EventKind::RunCancelled {
            mode: StopMode::Immediate,
            reason: None,
        });
    }

    /// Failed for good, but the `for_each` around it goes on.
    fn is_tolerated(&self, path: &StepPath) -> bool {
        self.item_error_policy(path) == Some(model::workflow::OnItemError::Skip)
            && self
                .definition(path)
                .as_ref()
                .and_then(|d| d.get())
                .is_some_and(|s| s.on_failure == model::workflow::OnFailure::Fail)
    }
}
