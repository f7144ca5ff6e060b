//! Everything that is due at a moment. Early and stale timers find nothing.

use super::work::Work;
use model::event::Wait;
use model::{EventKind, StepPath, StepStatus, Timestamp};
use serde_json::Value;

impl Work<'_> {
    pub fn timer_due(&mut self) {
        if self.run.expiry().is_some_and(|t| t <= self.now) {
            return self.expire();
        }
        if self.run.drain_deadline().is_some_and(|t| t <= self.now) {
            return self.drain_timed_out();
        }
        if let Some(at) = self.run.work_deadline()
            && at <= self.now
        {
            return self.run_timed_out(self.run.definition.timeout_s.unwrap_or_default());
        }
        let live = self.run.live();
        let due: Vec<(Timestamp, StepPath)> = live
            .deadlines
            .iter()
            .take_while(|(at, _)| *at <= self.now)
            .cloned()
            .collect();
        for (at, path) in due {
            // An earlier one may have ended it.
            if self.run.live().deadlines.contains(&(at, path.clone())) {
                self.step_due(&path);
            }
        }
    }

    fn step_due(&mut self, path: &StepPath) {
        let Some(step) = self.step(path) else { return };
        match (step.status, &step.wait) {
            (StepStatus::Retrying, _) => {
                if self.schedules() {
                    self.next_try(path, false);
                }
            }
            (StepStatus::Waiting, Some(Wait::Timer { .. })) => {
                self.emit(EventKind::StepCompleted {
                    key: self.key(path),
                    output: Value::Null,
                    usage: None,
                });
            }
            (StepStatus::Waiting | StepStatus::Running, _) => self.step_timed_out(path),
            (
                StepStatus::Pending
                | StepStatus::Completed
                | StepStatus::Failed
                | StepStatus::Cancelled
                | StepStatus::Skipped,
                _,
            ) => {}
        }
    }

    /// Tries the step again with the same input.
    pub fn next_try(&mut self, path: &StepPath, recovered: bool) {
        let definition = self.definition(path);
        if let Some(step) = definition.as_ref().and_then(|d| d.get()) {
            let input = self.step(path).and_then(|s| s.input.clone());
            self.start_try(path, step, input.unwrap_or_default(), recovered);
            self.open_wait(path);
        }
    }
}
