//! Which steps the list shows: all at the top level, those of a loop only while it is open.

use engine::Run;
use model::StepPath;
use std::collections::BTreeSet;

#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub path: StepPath,
    pub name: String,
    /// How many loops the step stands in.
    pub depth: usize,
    pub is_loop: bool,
}

/// The rows in order. A step of a loop shows when every loop around it is open.
pub fn rows(run: &Run, opened: &BTreeSet<StepPath>) -> Vec<Row> {
    run.order
        .iter()
        .filter_map(|path| {
            // Most steps of a large run stand in loops that nobody opened.
            if opened.is_empty() && path.as_str().contains('[') {
                return None;
            }
            let mut depth = 0;
            let mut outer = path.parent();
            while let Some((parent, _)) = outer {
                if !opened.contains(&parent) {
                    return None;
                }
                depth += 1;
                outer = parent.parent();
            }
            let is_loop = run
                .step_def(path)
                .is_some_and(|step| !step.body().is_empty());
            Some(Row {
                path: path.clone(),
                name: run.step_name(path),
                depth,
                is_loop,
            })
        })
        .collect()
}
