//! Which steps the list shows: all at the top level, those of a loop only while it is open.

use crate::pages::run::folds::{Folds, outer};
use engine::Run;
use model::StepPath;

#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub path: StepPath,
    pub name: String,
    /// How many loops the step stands in.
    pub depth: usize,
    pub is_loop: bool,
}

/// The rows in order. A step of a loop shows when every loop around it is open.
pub fn rows(run: &Run, folds: &Folds) -> Vec<Row> {
    let shown = run.order.iter().filter(|path| folds.show(path));
    shown
        .map(|path| Row {
            path: path.clone(),
            name: run.step_name(path),
            depth: outer(path).count(),
            is_loop: run
                .step_def(path)
                .is_some_and(|step| !step.body().is_empty()),
        })
        .collect()
}
