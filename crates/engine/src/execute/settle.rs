//! Starts what is ready and ends what is over, until nothing moves by itself.

use super::work::Work;
use crate::scope::StepScope;
use crate::template;
use model::event::Decision;
use model::{EventKind, Failure, FailureCode, RunStatus, StepKind, StepPath, StepStatus};
use serde_json::{Map, Value};

impl Work<'_> {
    /// Every command ends here.
    pub fn settle(&mut self) {
        self.actor = None;
        self.go_on();
        let live = self.run.live();
        let nothing_moves = live.busy.is_empty() && live.waiting.is_empty();
        if self.run.status == RunStatus::Draining && live.busy.is_empty() {
            self.finish_drain();
        } else if self.schedules() && live.open_in("") == 0 {
            self.complete_run();
        } else if self.schedules() && nothing_moves && !self.rehearsal {
            self.look_at_all();
            self.go_on();
            let live = self.run.live();
            if self.schedules() && live.open_in("") == 0 {
                self.complete_run();
            } else if self.schedules() && live.busy.is_empty() && live.waiting.is_empty() {
                self.fail_stuck();
            }
        }
    }

    fn go_on(&mut self) {
        while self.schedules() {
            if let Some(path) = self.ready.pop_front() {
                self.consider(&path);
            } else if let Some(path) = self.loops.pop_front() {
                self.advance_loop(&path);
            } else {
                break;
            }
        }
    }

    /// Looks at every step: after a pause, a crash or a new attempt.
    pub fn look_at_all(&mut self) {
        let paths = self.run.order.clone();
        for path in paths {
            let Some(step) = self.step(&path) else {
                continue;
            };
            let is_loop = self
                .graph
                .node(&path)
                .is_some_and(|n| self.graph.nodes[n].is_loop);
            match step.status {
                StepStatus::Pending => self.ready.push_back(path),
                StepStatus::Running if is_loop => self.loops.push_back(path),
                StepStatus::Running => self.open_wait(&path),
                StepStatus::Waiting
                | StepStatus::Retrying
                | StepStatus::Completed
                | StepStatus::Failed
                | StepStatus::Cancelled
                | StepStatus::Skipped => {}
            }
        }
    }

    /// A decision whose consequence is missing.
    pub fn finish_decision(&mut self, path: &StepPath) {
        match self.step(path).and_then(|s| s.decision) {
            Some(Decision::Skipped) => {
                self.skip(vec![path.clone()], model::SkipReason::Operator, None);
            }
            Some(decision @ (Decision::Approved | Decision::Rejected)) => {
                self.complete_task(path, decision == Decision::Approved, None);
            }
            None => {}
        }
    }

    fn complete_run(&mut self) {
        match self.run_output() {
            Ok(output) => self.emit(EventKind::RunCompleted { output }),
            Err(message) => self.emit(EventKind::RunFailed {
                step: None,
                failure: Failure::new(
                    FailureCode::InvalidInput,
                    format!("The workflow's output has no value: {message}"),
                ),
            }),
        }
    }

    /// The output template, or the results of the steps nothing depends on, by id.
    fn run_output(&self) -> Result<Value, String> {
        let scope = StepScope::top(self.run);
        if let Some(output) = &self.run.definition.output {
            return match template::resolve(output, &scope) {
                Ok(value) => Ok(value),
                Err(_) if self.rehearsal => Ok(Value::Null),
                Err(e) => Err(e.to_string()),
            };
        }
        let mut outputs = Map::new();
        for &node in &self.graph.roots.order {
            let node = &self.graph.nodes[node];
            if node.wakes.is_empty() && node.primaries.is_empty() {
                let path = StepPath::from(&node.id);
                if let Some(result) = self.run.result_of(&path) {
                    outputs.insert(node.id.as_str().to_owned(), result.clone());
                }
            }
        }
        Ok(Value::Object(outputs))
    }

    /// Nothing is in flight and nothing can begin: the document was never valid.
    fn fail_stuck(&mut self) {
        let open = self.paths(None, |s| s.status == StepStatus::Pending);
        let names: Vec<_> = open.iter().take(5).map(StepPath::as_str).collect();
        let failure = Failure::new(
            FailureCode::InvalidInput,
            format!(
                "No step can begin: {} wait for each other. Fix depends_on in the workflow and run again.",
                names.join(", ")
            ),
        );
        self.fail_run(None, failure);
    }

    /// Whether something of the step may have gone out whose effect is not known: a writing call in flight. Of an agent only
    /// while one of its tool calls has no result.
    pub fn may_have_written(&self, path: &StepPath) -> bool {
        let agent = self.run.is_agent(path);
        self.step(path)
            .is_some_and(|step| !step.effect.is_safe_to_repeat() && (!agent || step.open_calls > 0))
    }

    /// Whether the step is executed by a runner rather than by the engine.
    pub fn has_runner(&self, path: &StepPath) -> bool {
        let definition = self.definition(path);
        definition
            .as_ref()
            .and_then(|d| d.get())
            .is_some_and(|step| match step.kind {
                StepKind::McpCall(_)
                | StepKind::LlmCall(_)
                | StepKind::AgentCall(_)
                | StepKind::LuaScript(_) => true,
                StepKind::HumanTask(_)
                | StepKind::Waitpoint(_)
                | StepKind::Timer(_)
                | StepKind::ForEach(_)
                | StepKind::While(_)
                | StepKind::WorkflowCall(_) => false,
            })
    }
}
