//! Loops: the next iteration, or the end.

use super::work::Work;
use crate::expr::kind;
use crate::scope::StepScope;
use crate::template;
use model::event::Handled;
use model::workflow::{ForEach, OnFailure, OnItemError, While};
use model::{EventKind, Failure, FailureCode, SkipReason, StepKind, StepPath, StepStatus};
use serde_json::{Value, json};

/// The most items of a `for_each` and iterations of a `while`.
pub(crate) const MAX_ITERATIONS: usize = 10_000;
/// The most steps a run may have with all its iterations.
const MAX_STEPS: usize = 250_000;

struct ItemError {
    index: usize,
    path: StepPath,
    failure: Failure,
}

impl Work<'_> {
    /// Begins what may begin of a running loop; ends it when nothing is left.
    pub fn advance_loop(&mut self, path: &StepPath) {
        if !self.schedules() || self.step(path).map(|s| s.status) != Some(StepStatus::Running) {
            return;
        }
        let definition = self.definition(path);
        let Some(step) = definition.as_ref().and_then(|d| d.get()) else {
            return;
        };
        match &step.kind {
            StepKind::ForEach(each) => self.advance_for_each(path, each),
            StepKind::While(looped) => {
                let condition = step.condition.as_deref().unwrap_or_default();
                self.advance_while(path, condition, looped);
            }
            StepKind::McpCall(_)
            | StepKind::LlmCall(_)
            | StepKind::AgentCall(_)
            | StepKind::LuaScript(_)
            | StepKind::HumanTask(_)
            | StepKind::Waitpoint(_)
            | StepKind::Timer(_)
            | StepKind::WorkflowCall(_) => {}
        }
    }

    fn advance_for_each(&mut self, path: &StepPath, each: &ForEach) {
        if self.step(path).is_some_and(|s| s.items.is_none()) {
            match self.list_items(path, each) {
                Ok(items) => self.emit(EventKind::ItemsListed {
                    path: path.clone(),
                    items,
                }),
                // How many there will be is not known before.
                Err(_) if self.rehearsal => return,
                Err(message) => return self.fail_loop(path, message),
            }
        }
        let total = self
            .step(path)
            .and_then(|s| s.items.as_ref())
            .map_or(0, Vec::len);
        let at_once = each.concurrency.map_or(1, |n| n.max(1) as usize);
        while self.begun(path) < total && self.run.live().active_in(path) < at_once {
            if !self.begin_iteration(path) {
                return;
            }
        }
        if self.begun(path) >= total && self.run.live().active_in(path) == 0 {
            self.end_for_each(path, each, total);
        }
    }

    fn list_items(&self, path: &StepPath, each: &ForEach) -> Result<Vec<Value>, String> {
        let given = self.step(path).and_then(|s| s.input_override.clone());
        let value = match given {
            Some(Value::Object(mut object)) => object.remove("items").unwrap_or_default(),
            Some(other) => other,
            None => {
                let scope = StepScope::of(self.run, path);
                template::resolve(&each.items, &scope)
                    .map_err(|e| format!("The items have no value: {e}"))?
            }
        };
        match value {
            Value::Array(items) if items.len() <= MAX_ITERATIONS => Ok(items),
            Value::Array(items) => Err(format!(
                "The list has {} items; a loop takes at most 10,000.",
                items.len()
            )),
            other @ (Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Object(_)) => Err(format!(
                "The items must be a list and are {}.",
                kind(&other)
            )),
        }
    }

    fn begun(&self, path: &StepPath) -> usize {
        self.step(path)
            .and_then(|s| s.iterations)
            .map_or(0, |i| i.begun)
    }

    fn begin_iteration(&mut self, path: &StepPath) -> bool {
        let index = self.begun(path);
        let node = self.graph.node(path);
        let body = node.map_or(0, |n| self.graph.nodes[n].body.order.len());
        if self.run.steps.len() + body > MAX_STEPS {
            self.fail_loop(path, "The run has more than 250,000 steps.".into());
            return false;
        }
        self.emit(EventKind::IterationStarted {
            path: path.clone(),
            index,
        });
        if let Some(node) = node {
            for &child in &self.graph.nodes[node].body.order {
                self.ready
                    .push_back(path.child(index, &self.graph.nodes[child].id));
            }
        }
        true
    }

    fn end_for_each(&mut self, path: &StepPath, each: &ForEach, total: usize) {
        self.skip_leftovers(path);
        let mut items = Vec::with_capacity(total);
        let mut errors = Vec::new();
        for index in 0..total {
            let error = self.item_error(path, index);
            items.push(match &error {
                None => self.last_result(path, index),
                Some(_) => Value::Null,
            });
            errors.extend(error);
        }
        if each.on_item_error == OnItemError::Collect
            && let Some(first) = errors.first()
        {
            let failure = Failure {
                message: format!(
                    "{} of {total} items failed; the first, item {}, at {}: {}",
                    errors.len(),
                    first.index + 1,
                    self.run.step_name(&first.path),
                    first.failure.message
                ),
                ..first.failure.clone()
            };
            return self.fail(path, failure, None);
        }
        let errors: Vec<_> = errors
            .iter()
            .map(
                |e| json!({"index": e.index, "code": e.failure.code, "message": e.failure.message}),
            )
            .collect();
        self.emit(EventKind::StepCompleted {
            key: self.key(path),
            output: json!({ "items": items, "errors": errors }),
            usage: None,
        });
    }

    /// The failure that ended an item, tolerated or collected by the loop.
    fn item_error(&self, path: &StepPath, index: usize) -> Option<ItemError> {
        let node = self.graph.node(path)?;
        let body = &self.graph.nodes[node].body.order;
        body.iter().find_map(|&child| {
            let child_path = path.child(index, &self.graph.nodes[child].id);
            let state = self.step(&child_path)?;
            let skips = self.definition(&child_path)?.get()?.on_failure == OnFailure::Skip;
            let handled_by_itself = match &state.handled {
                Some(Handled::Fallback(_)) => true,
                Some(Handled::Skipped) => skips,
                None => false,
            };
            let ends_item = state.status == StepStatus::Failed && !handled_by_itself;
            Some(ItemError {
                index,
                failure: state.failure.clone().filter(|_| ends_item)?,
                path: child_path,
            })
        })
    }

    /// The result of the body's last step.
    fn last_result(&self, path: &StepPath, index: usize) -> Value {
        let last = self.graph.node(path).and_then(|node| {
            let child = *self.graph.nodes[node].body.order.last()?;
            let path = path.child(index, &self.graph.nodes[child].id);
            self.run.result_of(&path).cloned()
        });
        last.unwrap_or_default()
    }

    fn advance_while(&mut self, path: &StepPath, condition: &str, looped: &While) {
        if self.run.live().active_in(path) > 0 {
            return;
        }
        let next = self.begun(path);
        let scope = StepScope::before_iteration(self.run, path, next);
        let goes_on = match template::condition(condition, &scope) {
            Ok(goes_on) => goes_on,
            Err(_) if self.rehearsal => return,
            Err(e) => return self.fail_loop(path, format!("The condition has no value: {e}")),
        };
        let most = looped.max_iterations.unwrap_or(100) as usize;
        if goes_on && next >= most.min(MAX_ITERATIONS) {
            self.fail_loop(
                path,
                format!("The condition still holds after {next} iterations, the most allowed."),
            );
        } else if goes_on {
            self.begin_iteration(path);
        } else {
            self.skip_leftovers(path);
            let last = next
                .checked_sub(1)
                .map_or(Value::Null, |last| self.last_result(path, last));
            self.emit(EventKind::StepCompleted {
                key: self.key(path),
                output: json!({ "iterations": next, "last": last }),
                usage: None,
            });
        }
    }

    /// A step is skipped before it began, and with a loop what an earlier attempt left in it.
    pub fn skip_whole(&mut self, path: &StepPath, reason: SkipReason, cause: Option<StepPath>) {
        self.skip_leftovers(path);
        self.skip(vec![path.clone()], reason, cause);
    }

    /// Steps of iterations that an earlier attempt began and this one did not.
    fn skip_leftovers(&mut self, path: &StepPath) {
        let inside = self.paths(Some(path.as_str()), |s| s.status == StepStatus::Pending);
        self.skip(inside, SkipReason::OutOfScope, None);
    }

    fn fail_loop(&mut self, path: &StepPath, message: String) {
        self.fail(path, Failure::new(FailureCode::InvalidInput, message), None);
    }
}
