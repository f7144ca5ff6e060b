//! What paths mean in a run: `input`, `steps.<id>.result`, `item`, `index`.

use crate::expr::{Path, Scope, follow};
use crate::state::{Run, StepState};
use model::event::Handled;
use model::{StepId, StepPath, StepStatus};
use serde_json::Value;
use std::borrow::Cow;

/// The values a step sees: those of its own iteration first, then of the loops around it, then of the workflow.
pub(crate) struct StepScope<'r> {
    run: &'r Run,
    /// The loops around the step with the iteration whose steps are seen, innermost first.
    levels: Vec<(StepPath, Option<usize>)>,
    index: Option<usize>,
    /// The innermost `for_each` around the step and its item.
    item: Option<(StepPath, usize)>,
}

impl<'r> StepScope<'r> {
    /// What the workflow's own templates see.
    pub fn top(run: &'r Run) -> Self {
        Self {
            run,
            levels: Vec::new(),
            index: None,
            item: None,
        }
    }

    /// What the step at `path` sees.
    pub fn of(run: &'r Run, path: &StepPath) -> Self {
        let mut scope = Self::top(run);
        let mut inner = path.parent();
        while let Some((around, index)) = inner {
            scope.index.get_or_insert(index);
            if scope.item.is_none() && run.steps.get(&around).is_some_and(|s| s.items.is_some()) {
                scope.item = Some((around.clone(), index));
            }
            inner = around.parent();
            scope.levels.push((around, Some(index)));
        }
        scope
    }

    /// What the condition of the `while` at `path` sees before iteration `next`.
    pub fn before_iteration(run: &'r Run, path: &StepPath, next: usize) -> Self {
        let mut scope = Self::of(run, path);
        scope.index = Some(next);
        scope.levels.insert(0, (path.clone(), next.checked_sub(1)));
        scope
    }

    fn step(&self, id: &str) -> Option<&'r StepState> {
        let id = StepId::new(id);
        let in_loops = self
            .levels
            .iter()
            .filter_map(|(around, index)| self.run.step(&around.child((*index)?, &id)));
        in_loops.chain(self.run.step(&StepPath::from(&id))).next()
    }
}

impl Scope for StepScope<'_> {
    fn get(&self, path: &Path) -> Option<Cow<'_, Value>> {
        match path.root.as_str() {
            "input" => follow(&self.run.input, &path.parts).map(Cow::Borrowed),
            "item" => {
                let (around, index) = self.item.as_ref()?;
                let items = self.run.steps.get(around)?.items.as_ref()?;
                follow(items.get(*index)?, &path.parts).map(Cow::Borrowed)
            }
            "index" if path.parts.is_empty() => self.index.map(|i| Cow::Owned(Value::from(i))),
            "steps" => {
                let (id, rest) = path.parts.split_first()?;
                let (what, rest) = rest.split_first()?;
                let step = self.step(id)?;
                match what.as_str() {
                    "result" => follow(self.run.result_of(&step.path)?, rest).map(Cow::Borrowed),
                    "status" if rest.is_empty() => Some(Cow::Owned(step.status.as_str().into())),
                    "error" => {
                        let failure = step.failure.as_ref()?;
                        match rest {
                            [part] if part == "code" => {
                                Some(Cow::Owned(failure.code.as_str().into()))
                            }
                            [part] if part == "message" => {
                                Some(Cow::Owned(failure.message.as_str().into()))
                            }
                            _ => None,
                        }
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

impl Run {
    /// A step's result: its output, or that of the fallback that stands in for it.
    pub fn result_of(&self, path: &StepPath) -> Option<&Value> {
        let mut step = self.steps.get(path)?;
        // A chain of fallbacks ends; a circle of them must too.
        for _ in 0..self.steps.len() {
            match (&step.status, &step.handled) {
                (StepStatus::Completed, _) => return step.output.as_ref(),
                (StepStatus::Failed, Some(Handled::Fallback(by))) => step = self.steps.get(by)?,
                _ => return None,
            }
        }
        None
    }
}
