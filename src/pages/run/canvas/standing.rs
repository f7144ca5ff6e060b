//! How a shown step stands: by itself, or counted over the rounds of its loop.

use super::{
    super::steps::words,
    fold::{Shown, starred},
};
use crate::{
    routes::Place,
    state::called::Called,
    ui::{
        fmt,
        graph::{Mark, NodeState},
        status::{Look, Tone},
    },
};
use engine::{Run, StepState};
use model::event::{Handled, Wait};
use model::{StepPath, StepStatus, Timestamp, api::RunRow};
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

fn weight(status: StepStatus) -> usize {
    WEIGHT
        .iter()
        .position(|other| *other == status)
        .unwrap_or(WEIGHT.len())
}

/// Whether a failed step ended the run.
fn is_cause(state: &StepState) -> bool {
    state.status == StepStatus::Failed
        && !matches!(state.handled, Some(Handled::Skipped | Handled::Fallback(_)))
}

/// All steps of a run that a shown one stands for.
fn all<'a>(run: &'a Run, shown: &'a Shown) -> Box<dyn Iterator<Item = &'a StepState> + 'a> {
    if let Some(path) = &shown.path {
        return Box::new(run.step(path).into_iter());
    }
    let outermost = shown.id.split('[').next().unwrap_or_default();
    let begin = format!("{outermost}[");
    let inside = run
        .steps
        .range(StepPath::from(begin.as_str())..)
        .take_while(move |(path, _)| path.as_str().starts_with(&begin));
    Box::new(
        inside
            .filter(|(path, _)| starred(path) == shown.id)
            .map(|(_, state)| &**state),
    )
}

pub fn mark(run: &Run, shown: &Shown) -> Mark {
    let mut status = None;
    let mut failing = false;
    for state in all(run, shown) {
        failing |= is_cause(state);
        if status.is_none_or(|status| weight(state.status) < weight(status)) {
            status = Some(state.status);
        }
    }
    Mark {
        tone: status.map_or(Tone::Idle, |status| Look::from(status).tone),
        failing,
    }
}

/// How a shown step stands; `here` makes the address of the run it started, `called` says how that stands.
pub fn state(run: &Run, shown: &Shown, here: Option<&Place>, called: &Called) -> NodeState {
    let Some(path) = &shown.path else {
        return over_rounds(run, shown);
    };
    let Some(state) = run.steps.get(path) else {
        let look = Look::from(StepStatus::Pending);
        return NodeState::new(look, look.word.to_owned(), false);
    };
    let child = match &state.wait {
        Some(Wait::ChildRun { run }) => Some(run),
        Some(
            Wait::HumanTask { .. }
            | Wait::Waitpoint { .. }
            | Wait::Timer { .. }
            | Wait::Chat { .. },
        )
        | None => None,
    };
    let rounds = shown.open.map(|_| rounds(run, state)).unwrap_or_default();
    let sub = match state.iterations {
        Some(rounds_so_far) if !rounds.is_empty() => {
            let count = rounds_so_far.total.unwrap_or(rounds_so_far.begun);
            format!("of {}", fmt::count(count as u64))
        }
        _ => match child.and_then(|child| called.get(child)) {
            Some(row) => inside(row),
            None => sub(run, state),
        },
    };
    NodeState {
        counts: counted(&rounds),
        open: shown.open,
        link: child.and_then(|child| Some((here?.run(child), "Open the run it started"))),
        ..NodeState::new(Look::from(state.status), sub, is_cause(state))
    }
}

/// "Running · 3 of 5 steps": how the run stands that a step called.
fn inside(row: &RunRow) -> String {
    format!(
        "{} · {} of {} steps",
        row.status.shown(),
        fmt::count(row.steps_done.into()),
        fmt::count(row.steps_total.into())
    )
}

/// "Success · 3.1 s": a node has room for how it stands, not for why: the list and the inspector say that.
fn sub(run: &Run, state: &StepState) -> String {
    let words = words::of_step(run, state, Timestamp::default());
    if state.status != StepStatus::Completed {
        return words.split(" by ").next().unwrap_or_default().to_owned();
    }
    let mut said = words.split(" · ").next().unwrap_or_default().to_owned();
    if let (Some(start), Some(end)) = (state.started_at, state.ended_at) {
        said = format!("{said} · {}", fmt::duration(end.since(start)));
    }
    if state.tries > 1 {
        said = format!(
            "{said} · {}",
            fmt::plural(state.tries.into(), "try", "tries")
        );
    }
    said
}

/// A step of a loop, over all rounds.
fn over_rounds(run: &Run, shown: &Shown) -> NodeState {
    let mut found: Vec<StepStatus> = Vec::new();
    let mut failing = false;
    for state in all(run, shown) {
        failing |= is_cause(state);
        found.push(state.status);
    }
    let first = found.iter().copied().min_by_key(|status| weight(*status));
    let look = Look::from(first.unwrap_or(StepStatus::Pending));
    let sub = if found.is_empty() { "No round yet" } else { "" };
    NodeState {
        counts: counted(&found),
        open: shown.open,
        ..NodeState::new(look, sub.to_owned(), failing)
    }
}

/// How each round of a loop stands, those that have not begun too where their number is known.
fn rounds(run: &Run, state: &StepState) -> Vec<StepStatus> {
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

fn counted(statuses: &[StepStatus]) -> Vec<(Look, usize)> {
    let count = |status| statuses.iter().filter(|own| **own == status).count();
    WEIGHT
        .into_iter()
        .map(|status| (Look::from(status), count(status)))
        .filter(|(_, count)| *count > 0)
        .collect()
}

/// The step to look at when a shown one is chosen: itself; of a loop's steps the one in the round of `beside`, else the one
/// that matters most; and where there is no round yet, the loop.
pub fn looked_at(run: &Run, shown: &Shown, beside: Option<&StepPath>) -> Option<StepPath> {
    let round_of = |path: &StepPath| path.parent();
    let same_round = |state: &&StepState| {
        let round = beside.and_then(round_of);
        round.is_some() && round == round_of(&state.path)
    };
    all(run, shown)
        .find(same_round)
        .or_else(|| all(run, shown).min_by_key(|state| weight(state.status)))
        .map(|state| state.path.clone())
        .or_else(|| {
            let outermost = shown.id.split('[').next().unwrap_or_default();
            Some(StepPath::from(outermost))
        })
}
