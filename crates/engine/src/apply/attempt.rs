//! What a new attempt resets and what it keeps.

use crate::state::{AttemptState, Iterations, Run, StepState};
use model::event::Wait;
use model::{Event, EventKind, QueuedReason, RunStatus, StepPath, StepStatus};
use std::collections::BTreeSet;
use std::sync::Arc;

impl Run {
    /// Another event changes nothing.
    pub(super) fn start_attempt(&mut self, event: &Event) {
        let EventKind::AttemptStarted {
            attempt,
            from,
            reset,
            input,
            message,
            reason,
        } = &event.event
        else {
            return;
        };
        let (attempt, from) = (*attempt, from.as_ref());
        self.attempt = attempt;
        self.attempts.push(AttemptState {
            from: from.cloned(),
            reason: reason.clone(),
            ..AttemptState::new(attempt, event.seq, event.at, event.actor.clone())
        });
        self.worker = None;
        self.queued_reason = Some(QueuedReason::Capacity);
        self.worked_ms = 0;
        self.working_since = None;
        self.ended_at = None;
        self.failure = None;
        self.failed_step = None;
        self.output = None;
        self.stop = None;
        self.block = None;
        self.set_status(RunStatus::Queued, event.at);

        let graph = Arc::clone(self.graph());
        let definition = Arc::clone(&self.definition);
        let reset: BTreeSet<&StepPath> = reset.iter().collect();
        for path in &reset {
            let kept = self.kept_iterations(path, &reset);
            let Some(step) = self.steps.get_mut(*path).map(Arc::make_mut) else {
                continue;
            };
            let retry_count = graph
                .node(path)
                .and_then(|n| graph.step(&definition, n))
                .map_or(0, |s| s.retry_count);
            step.reset(attempt, retry_count);
            if kept == 0 {
                step.items = None;
                step.iterations = None;
            } else if let Some(known) = step.iterations {
                step.iterations = Some(Iterations {
                    begun: known.begun.min(kept),
                    ..known
                });
            }
            if let Some(message) = message.as_ref().filter(|m| m.step == **path) {
                step.message = Some(message.clone());
            }
            if from == Some(*path) {
                step.input_override.clone_from(input);
                if input.is_some() {
                    step.wait = None;
                }
            }
        }
        for (path, step) in &mut self.steps {
            let kept = step.status == StepStatus::Completed || step.handled.is_some();
            if kept && !step.reused && !reset.contains(path) {
                Arc::make_mut(step).reused = true;
            }
        }
        self.forget_live();
    }

    /// How many iterations of a loop stay begun: up to the last one of which a step is kept.
    fn kept_iterations(&self, path: &StepPath, reset: &BTreeSet<&StepPath>) -> usize {
        let children = self.descendants(path);
        children
            .filter(|(child, _)| !reset.contains(child))
            .filter_map(|(child, _)| iteration_in(child, path))
            .max()
            .map_or(0, |last| last + 1)
    }

    /// Every step inside a loop, at any depth.
    pub(crate) fn descendants(
        &self,
        path: &StepPath,
    ) -> impl Iterator<Item = (&StepPath, &StepState)> {
        let (from, to) = (format!("{path}["), format!("{path}\\"));
        let inside = self.steps.range(StepPath::new(from)..StepPath::new(to));
        inside.map(|(path, step)| (path, step.as_ref()))
    }
}

/// The iteration of the loop `of` that `path` stands in, at any depth.
pub(crate) fn iteration_in(path: &StepPath, of: &StepPath) -> Option<usize> {
    let rest = path.scope().strip_prefix(of.as_str())?.strip_prefix('[')?;
    rest.split_once(']')?.0.parse().ok()
}

impl StepState {
    /// Back to pending. What happened before stays in the history; the child run of an unfinished call is gone on with.
    fn reset(&mut self, attempt: u32, retry_count: u32) {
        let child_goes_on = self.status != StepStatus::Completed
            && matches!(self.wait, Some(Wait::ChildRun { .. }));
        if !child_goes_on {
            self.wait = None;
        }
        self.last_input = match self.status {
            StepStatus::Completed => None,
            StepStatus::Pending
            | StepStatus::Running
            | StepStatus::Retrying
            | StepStatus::Waiting
            | StepStatus::Failed
            | StepStatus::Cancelled
            | StepStatus::Skipped => self.input.take().or(self.last_input.take()),
        };
        self.status = StepStatus::Pending;
        self.attempt = attempt;
        self.tries = 0;
        self.max_tries = retry_count.saturating_add(1);
        self.started_at = None;
        self.ended_at = None;
        self.retry_at = None;
        self.waiting_since = None;
        self.decision = None;
        self.decided_by = None;
        self.comment = None;
        self.skip_reason = None;
        self.caused_by = None;
        self.failure = None;
        self.handled = None;
        self.reused = false;
        self.usage = None;
        self.output = None;
        self.input = None;
        self.message = None;
        self.open_calls = 0;
    }
}
