//! How many steps or rounds stand how.

use crate::{state::called::Called, ui::status::Look};
use engine::{Run, StepState};
use model::StepStatus;
use model::api::RunRow;
use model::event::Handled;
use std::collections::BTreeMap;

/// What matters most first: a node that stands for many takes the first that occurs, and counts are shown in this order.
const WEIGHT: [StepStatus; 8] = [
    StepStatus::Failed,
    StepStatus::Running,
    StepStatus::Retrying,
    StepStatus::Waiting,
    StepStatus::Cancelled,
    StepStatus::Completed,
    StepStatus::Skipped,
    StepStatus::Pending,
];

/// Its place among those: the smaller, the more it matters.
pub fn weight(status: StepStatus) -> usize {
    WEIGHT
        .iter()
        .position(|other| *other == status)
        .unwrap_or(WEIGHT.len())
}

/// Whether a failed step ended the run.
pub fn is_cause(state: &StepState) -> bool {
    state.status == StepStatus::Failed
        && !matches!(state.handled, Some(Handled::Skipped | Handled::Fallback(_)))
}

/// How each round of a loop stands, those that have not begun too where their number is known.
pub fn rounds(run: &Run, state: &StepState) -> Vec<StepStatus> {
    let mut rounds: BTreeMap<usize, Vec<&StepState>> = BTreeMap::new();
    for child in run.children(&state.path) {
        if let Some((_, round)) = child.path.parent() {
            rounds.entry(round).or_default().push(child);
        }
    }
    let mut found: Vec<StepStatus> = rounds.values().map(|steps| round(steps)).collect();
    let total = state.iterations.and_then(|rounds| rounds.total);
    let to_come = total.unwrap_or(0).saturating_sub(found.len());
    found.extend(std::iter::repeat_n(StepStatus::Pending, to_come));
    found
}

fn round(steps: &[&StepState]) -> StepStatus {
    let has = |status| steps.iter().any(|step| step.status == status);
    if steps.iter().any(|step| is_cause(step)) {
        return StepStatus::Failed;
    }
    let under_way = [
        StepStatus::Running,
        StepStatus::Retrying,
        StepStatus::Waiting,
    ];
    if let Some(status) = under_way.into_iter().find(|status| has(*status)) {
        return status;
    }
    let pending = has(StepStatus::Pending);
    if has(StepStatus::Cancelled) {
        StepStatus::Cancelled
    } else if has(StepStatus::Completed) || has(StepStatus::Failed) {
        if pending {
            StepStatus::Running
        } else {
            StepStatus::Completed
        }
    } else if pending {
        StepStatus::Pending
    } else {
        StepStatus::Skipped
    }
}

/// How many of each, what matters most first.
pub fn counted(statuses: &[StepStatus]) -> Vec<(Look, usize)> {
    let count = |status| statuses.iter().filter(|own| **own == status).count();
    WEIGHT
        .into_iter()
        .map(|status| (Look::from(status), count(status)))
        .filter(|(_, count)| *count > 0)
        .collect()
}

/// The run that a step called, where it is known.
pub fn called_by<'a>(state: &StepState, called: &'a Called) -> Option<&'a RunRow> {
    called.get(state.wait.as_ref()?.child()?)
}

/// How many steps of a run stand how, what matters most first.
pub fn of_run(row: &RunRow) -> Vec<(Look, usize)> {
    let counts = WEIGHT.into_iter().filter_map(|status| {
        let count = row.steps_by_status.get(&status)?;
        Some((Look::from(status), *count as usize))
    });
    counts.collect()
}
