//! A new attempt: which steps go back to pending.

use super::work::Work;
use crate::command::Refusal;
use crate::graph::{Graph, beside};
use crate::state::{Run, StepState};
use model::event::{Decision, Handled, StepMessage};
use model::workflow::{OnFailure, OnItemError};
use model::{EventKind, QueuedReason, SkipReason, StepKind, StepPath, StepStatus};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

impl Work<'_> {
    pub fn retry(
        &mut self,
        from: Option<StepPath>,
        input: Option<Value>,
        message: Option<StepMessage>,
        reason: Option<String>,
    ) -> Result<(), Refusal> {
        if let Some(path) = &from {
            let refuse = |message: String| {
                Err(Refusal::Invalid {
                    pointer: "/step".into(),
                    message,
                })
            };
            match self.step(path) {
                None => return refuse(format!("This run has no step {path}.")),
                Some(step) if !may_start_from(step) => {
                    return refuse(format!(
                        "A retry can start from a step that has run; {} is {}.",
                        self.run.step_name(path),
                        step.status.shown().to_lowercase()
                    ));
                }
                Some(_) => {}
            }
        }
        let reset = reset_by(self.run, from.as_ref());
        self.emit(EventKind::AttemptStarted {
            attempt: self.run.attempt + 1,
            from,
            reset,
            input: input.filter(|i| !i.is_null()),
            message,
            reason,
        });
        self.actor = None;
        self.emit(EventKind::RunQueued {
            reason: QueuedReason::Capacity,
        });
        Ok(())
    }
}

/// Steps that have run can be chosen in "Retry from step".
pub(crate) fn may_start_from(step: &StepState) -> bool {
    match step.status {
        StepStatus::Completed | StepStatus::Failed | StepStatus::Cancelled => true,
        StepStatus::Pending
        | StepStatus::Running
        | StepStatus::Retrying
        | StepStatus::Waiting
        | StepStatus::Skipped => false,
    }
}

/// The steps a retry puts back to pending, in the order of the document: what did not finish, with `from` also that step,
/// and everything after any of them.
pub(crate) fn reset_by(run: &Run, from: Option<&StepPath>) -> Vec<StepPath> {
    let graph = Arc::clone(run.graph());
    let mut reset = Reset {
        run,
        graph: &graph,
        set: BTreeSet::new(),
    };
    for &node in &graph.roots.order {
        reset.unfinished(&StepPath::from(&graph.nodes[node].id));
    }
    if let Some(path) = from {
        reset.chosen(path);
    }
    reset.downstream();
    let set = reset.set;
    run.order
        .iter()
        .filter(|path| set.contains(*path))
        .cloned()
        .collect()
}

struct Reset<'r> {
    run: &'r Run,
    graph: &'r Graph,
    set: BTreeSet<StepPath>,
}

impl Reset<'_> {
    /// The step when it did not finish; of a loop, only the iterations that did not.
    fn unfinished(&mut self, path: &StepPath) {
        let Some(step) = self.run.steps.get(path) else {
            return;
        };
        if !is_unfinished(step) {
            return;
        }
        self.set.insert(path.clone());
        let Some(node) = self.graph.node(path) else {
            return;
        };
        let body = &self.graph.nodes[node].body.order;
        if body.is_empty() {
            return;
        }
        for index in self.iterations(path) {
            let children = body
                .iter()
                .map(|c| path.child(index, &self.graph.nodes[*c].id));
            let children: Vec<_> = children.collect();
            if !children.iter().any(|c| self.ended_item(path, c)) {
                for child in &children {
                    self.unfinished(child);
                }
            }
        }
    }

    /// Every iteration of which steps exist.
    fn iterations(&self, path: &StepPath) -> BTreeSet<usize> {
        let inside = self.run.descendants(path);
        inside
            .filter_map(|(p, _)| crate::apply::iteration_in(p, path))
            .collect()
    }

    /// The step's failure ended its item and the loop went on without it: the item stays as it is.
    fn ended_item(&self, around: &StepPath, path: &StepPath) -> bool {
        let definition = |path: &StepPath| {
            let node = self.graph.node(path)?;
            self.graph.step(&self.run.definition, node)
        };
        let tolerates = definition(around).is_some_and(|s| match &s.kind {
            StepKind::ForEach(each) => each.on_item_error == OnItemError::Skip,
            _ => false,
        });
        let tolerated =
            self.run.steps.get(path).is_some_and(|s| {
                s.status == StepStatus::Failed && s.handled == Some(Handled::Skipped)
            });
        let own = definition(path).is_some_and(|s| s.on_failure == OnFailure::Skip);
        tolerates && tolerated && !own
    }

    /// The step a person chose, with what is inside it, and the loops around it so that they go on.
    fn chosen(&mut self, path: &StepPath) {
        self.whole(path);
        let mut inner = path.clone();
        while let Some((around, index)) = inner.parent() {
            self.set.insert(around.clone());
            for child in self.body_paths(&around, index) {
                let ended = self.ended_item(&around, &child);
                if ended || self.run.step(&child).is_some_and(is_unfinished) {
                    self.whole(&child);
                }
            }
            let is_while = self
                .run
                .step_def(&around)
                .is_some_and(|s| matches!(s.kind, StepKind::While(_)));
            if is_while {
                // Each iteration builds on the one before.
                for later in self.iterations(&around).range(index + 1..) {
                    for child in self.body_paths(&around, *later) {
                        self.whole(&child);
                    }
                }
            }
            inner = around;
        }
    }

    fn body_paths(&self, around: &StepPath, index: usize) -> Vec<StepPath> {
        let node = self.graph.node(around);
        let body = node.map_or(&[][..], |n| &self.graph.nodes[n].body.order);
        body.iter()
            .map(|c| around.child(index, &self.graph.nodes[*c].id))
            .collect()
    }

    fn whole(&mut self, path: &StepPath) {
        if self.run.steps.contains_key(path) {
            self.set.insert(path.clone());
            let inside = self.run.descendants(path).map(|(p, _)| p.clone());
            self.set.extend(inside);
        }
    }

    /// What comes after a step that runs again runs again too, and of a loop all of it: its items may be others now.
    fn downstream(&mut self) {
        let mut after = BTreeSet::new();
        let mut queue: Vec<StepPath> = self.set.iter().cloned().collect();
        while let Some(path) = queue.pop() {
            let Some(node) = self.graph.node(&path) else {
                continue;
            };
            for &next in &self.graph.nodes[node].wakes {
                let next = beside(&path, &self.graph.nodes[next].id);
                if self.run.steps.contains_key(&next) && after.insert(next.clone()) {
                    self.whole(&next);
                    queue.push(next);
                }
            }
        }
    }
}

/// Did not come to the end it should have.
fn is_unfinished(step: &StepState) -> bool {
    match step.status {
        StepStatus::Completed => false,
        StepStatus::Failed => step.handled.is_none(),
        StepStatus::Skipped => match step.skip_reason {
            Some(SkipReason::Condition | SkipReason::StepDisabled) => false,
            Some(SkipReason::Operator) => step.decision != Some(Decision::Skipped),
            Some(SkipReason::Blocked | SkipReason::Rejected | SkipReason::OutOfScope) | None => {
                true
            }
        },
        StepStatus::Pending
        | StepStatus::Running
        | StepStatus::Retrying
        | StepStatus::Waiting
        | StepStatus::Cancelled => true,
    }
}
