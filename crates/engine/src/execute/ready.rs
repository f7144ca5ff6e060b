//! Whether a step may begin, must be skipped, or has to wait for others.

use super::work::Work;
use crate::graph::beside;
use crate::state::StepState;
use model::event::{Decision, Handled};
use model::{SkipReason, StepPath, StepStatus};

enum Ready {
    NotYet,
    Begin,
    Skip(SkipReason, Option<StepPath>),
}

/// What a settled dependency means for those after it.
enum Behind {
    Passed,
    /// Its condition did not hold.
    Condition,
    Skip(SkipReason),
}

impl Work<'_> {
    pub fn consider(&mut self, path: &StepPath) {
        if self.step(path).map(|s| s.status) != Some(StepStatus::Pending) {
            return;
        }
        if let Some((around, index)) = path.parent() {
            let begun = self.step(&around).is_some_and(|s| {
                s.status == StepStatus::Running && s.iterations.is_some_and(|i| index < i.begun)
            });
            if !begun {
                return;
            }
        }
        match self.readiness(path) {
            Ready::NotYet => {}
            Ready::Begin => self.begin(path),
            Ready::Skip(reason, cause) => self.skip_whole(path, reason, cause),
        }
    }

    fn readiness(&mut self, path: &StepPath) -> Ready {
        let graph = std::sync::Arc::clone(&self.graph);
        let Some(node) = graph.node(path) else {
            return Ready::NotYet;
        };
        let deps = &graph.nodes[node].deps;
        let mut settled = self.run.live().settled_deps(path);
        while let Some(&dep) = deps.get(settled) {
            let dep = beside(path, &graph.nodes[dep].id);
            if !self.is_settled_for(&dep, path) {
                break;
            }
            settled += 1;
        }
        self.run.set_settled_deps(path, settled);
        if settled < deps.len() {
            return Ready::NotYet;
        }

        let (mut passed, mut condition) = (deps.is_empty(), None);
        for &dep in deps {
            let dep = beside(path, &graph.nodes[dep].id);
            match self.step(&dep).map_or(Behind::Passed, passed_by) {
                Behind::Passed => passed = true,
                Behind::Condition => condition = Some(dep),
                Behind::Skip(reason) => return Ready::Skip(reason, Some(dep)),
            }
        }
        let primaries = graph.nodes[node].primaries.iter();
        let primaries: Vec<_> = primaries
            .map(|p| beside(path, &graph.nodes[*p].id))
            .collect();
        if !primaries.is_empty() {
            let mut all_settled = true;
            let needed = primaries.iter().filter_map(|p| self.step(p)).any(|p| {
                all_settled &= p.status.is_settled();
                matches!(&p.handled, Some(Handled::Fallback(by)) if by == path)
            });
            if !needed && !all_settled {
                return Ready::NotYet;
            }
            if !needed {
                return Ready::Skip(SkipReason::Condition, primaries.into_iter().next());
            }
        } else if !passed && condition.is_some() {
            return Ready::Skip(SkipReason::Condition, condition);
        }
        let definition = self.definition(path);
        if definition
            .as_ref()
            .and_then(|d| d.get())
            .is_some_and(|s| !s.enabled)
        {
            return Ready::Skip(SkipReason::StepDisabled, None);
        }
        Ready::Begin
    }

    /// Settled, and so is the fallback that stands in for it. The fallback itself does not wait for itself.
    fn is_settled_for(&self, dep: &StepPath, whom: &StepPath) -> bool {
        let mut dep = self.step(dep);
        for _ in 0..self.graph.nodes.len() {
            match dep {
                None => return true,
                Some(step) if !step.status.is_settled() => return false,
                Some(step) => match &step.handled {
                    Some(Handled::Fallback(by)) if by != whom => dep = self.step(by),
                    Some(Handled::Fallback(_) | Handled::Skipped) | None => {
                        // An unhandled failure ends its scope and a cancelled step its run; nothing begins after it.
                        return match step.status {
                            StepStatus::Failed => step.handled.is_some(),
                            StepStatus::Completed | StepStatus::Skipped => true,
                            StepStatus::Cancelled
                            | StepStatus::Pending
                            | StepStatus::Running
                            | StepStatus::Retrying
                            | StepStatus::Waiting => false,
                        };
                    }
                },
            }
        }
        true
    }
}

fn passed_by(step: &StepState) -> Behind {
    match step.status {
        StepStatus::Completed if step.decision == Some(Decision::Rejected) => {
            Behind::Skip(SkipReason::Rejected)
        }
        StepStatus::Skipped => match step.skip_reason {
            Some(SkipReason::Condition | SkipReason::OutOfScope) => Behind::Condition,
            Some(reason @ (SkipReason::Blocked | SkipReason::Rejected)) => Behind::Skip(reason),
            Some(SkipReason::StepDisabled | SkipReason::Operator) | None => Behind::Passed,
        },
        StepStatus::Pending
        | StepStatus::Running
        | StepStatus::Retrying
        | StepStatus::Waiting
        | StepStatus::Completed
        | StepStatus::Failed
        | StepStatus::Cancelled => Behind::Passed,
    }
}
