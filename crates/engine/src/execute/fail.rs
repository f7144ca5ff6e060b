//! A step that failed: once more, without it, with another in its place, or the end.

use super::work::Work;
use crate::graph::beside;
use model::event::Handled;
use model::workflow::{OnFailure, OnItemError};
use model::{
    Effect, EventKind, Failure, FailureClass, FailureCode, RunStatus, SkipReason, Step, StepKind,
    StepPath, StepStatus, Usage,
};

/// The longest pause before another try: an hour.
const MAX_BACKOFF_S: f64 = 3600.0;

impl Work<'_> {
    /// The current try of the step at `path` failed.
    pub fn fail(&mut self, path: &StepPath, failure: Failure, usage: Option<Usage>) {
        self.fail_because_of(path, failure.clone(), usage, path, &failure);
    }

    /// As [`Self::fail`], where the root cause lies deeper.
    fn fail_because_of(
        &mut self,
        path: &StepPath,
        failure: Failure,
        usage: Option<Usage>,
        root: &StepPath,
        root_failure: &Failure,
    ) {
        let definition = self.definition(path);
        let Some(step) = definition.as_ref().and_then(|d| d.get()) else {
            return;
        };
        if let Some(pause_ms) = self.pause_before_retry(path, step, &failure) {
            return self.emit(EventKind::StepRetrying {
                key: self.key(path),
                failure,
                until: self.now.plus_ms(pause_ms),
                usage,
            });
        }
        let own = self.handled_by_itself(path, step);
        let tolerated = self.item_error_policy(path) == Some(OnItemError::Skip);
        let handled = own.clone().or(tolerated.then_some(Handled::Skipped));
        self.emit(EventKind::StepFailed {
            key: self.key(path),
            failure,
            handled,
            usage,
        });
        if !step.body().is_empty() {
            self.clear(Some(path.as_str()), SkipReason::Blocked, Some(root));
        }
        // A run that is stopping takes no further consequences: it ends as cancelled in any case.
        if own.is_none() && self.run.status != RunStatus::Draining {
            self.fail_scope(path, root, root_failure);
        }
    }

    /// What an unhandled failure of `path` does to what is around it. Doing it twice does no harm.
    pub fn fail_scope(&mut self, path: &StepPath, root: &StepPath, failure: &Failure) {
        let Some((around, index)) = path.parent() else {
            return self.fail_run(Some(root), failure.clone());
        };
        match self.item_error_policy(path) {
            Some(OnItemError::Skip | OnItemError::Collect) => {
                self.clear(Some(path.scope()), SkipReason::Blocked, Some(root));
                self.loops.push_back(around);
            }
            Some(OnItemError::Stop) | None => {
                if self.step(&around).map(|s| s.status) != Some(StepStatus::Running) {
                    return;
                }
                let part = match self.item_error_policy(path) {
                    Some(_) => "Item",
                    None => "Iteration",
                };
                let outer = Failure {
                    message: format!(
                        "{part} {} failed at {}: {}",
                        index + 1,
                        self.run.step_name(path),
                        failure.message
                    ),
                    ..failure.clone()
                };
                self.fail_because_of(&around, outer, None, root, failure);
            }
        }
    }

    /// Fail-fast: what is in flight is cancelled, what has not begun is skipped, what has finished stays.
    pub fn fail_run(&mut self, root: Option<&StepPath>, failure: Failure) {
        self.clear(None, SkipReason::Blocked, root);
        self.emit(EventKind::RunFailed {
            step: root.cloned(),
            failure,
        });
    }

    /// Milliseconds until the next try, when there is one.
    fn pause_before_retry(&self, path: &StepPath, step: &Step, failure: &Failure) -> Option<u64> {
        let state = self.step(path)?;
        let is_loop = matches!(step.kind, StepKind::ForEach(_) | StepKind::While(_));
        let may_pass = failure.code.class() == FailureClass::Temporary
            || failure.code == FailureCode::McpToolFailed;
        let unknown = failure.outcome_unknown && state.effect == Effect::Write;
        if is_loop
            || !may_pass
            || unknown
            || state.tries >= state.max_tries
            || self.run.status == RunStatus::Draining
        {
            return None;
        }
        let first = step.retry_backoff_s.unwrap_or(1.0);
        let first = if first.is_finite() {
            first.max(0.0)
        } else {
            1.0
        };
        let doublings = i32::try_from(state.tries.saturating_sub(1)).unwrap_or(i32::MAX);
        let seconds = (first * 2f64.powi(doublings.min(64))).min(MAX_BACKOFF_S);
        Some((seconds * 1000.0) as u64)
    }

    fn handled_by_itself(&self, path: &StepPath, step: &Step) -> Option<Handled> {
        match &step.on_failure {
            OnFailure::Fail => None,
            OnFailure::Skip => Some(Handled::Skipped),
            OnFailure::Fallback(_) => {
                let node = self.graph.node(path)?;
                let fallback = self.graph.nodes[node].fallback?;
                let by = beside(path, &self.graph.nodes[fallback].id);
                match self.step(&by)?.status {
                    StepStatus::Pending
                    | StepStatus::Running
                    | StepStatus::Retrying
                    | StepStatus::Waiting
                    | StepStatus::Completed => Some(Handled::Fallback(by)),
                    StepStatus::Failed | StepStatus::Cancelled | StepStatus::Skipped => None,
                }
            }
        }
    }

    /// What the `for_each` right around the step does with a failing item; `None` outside of one.
    pub fn item_error_policy(&self, path: &StepPath) -> Option<OnItemError> {
        let (around, _) = path.parent()?;
        match &self.definition(&around)?.get()?.kind {
            StepKind::ForEach(each) => Some(each.on_item_error),
            StepKind::McpCall(_)
            | StepKind::LlmCall(_)
            | StepKind::AgentCall(_)
            | StepKind::LuaScript(_)
            | StepKind::HumanTask(_)
            | StepKind::Waitpoint(_)
            | StepKind::Timer(_)
            | StepKind::While(_)
            | StepKind::WorkflowCall(_) => None,
        }
    }
}
