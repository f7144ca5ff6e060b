//! How a shown step stands: by itself, or counted over the rounds of its loop.

use super::{
    super::{
        counts::{called_by, counted, is_cause, of_run, rounds, weight},
        folds::starred,
        steps::words,
    },
    fold::Shown,
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
use model::event::Wait;
use model::{StepPath, StepStatus, Timestamp};

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
    let child = state.wait.as_ref().and_then(Wait::child);
    let rounds = shown.open.map(|_| rounds(run, state)).unwrap_or_default();
    let inside = called_by(state, called);
    let sub = match state.iterations {
        Some(rounds_so_far) if !rounds.is_empty() => {
            let count = rounds_so_far.total.unwrap_or(rounds_so_far.begun);
            format!("of {}", fmt::count(count as u64))
        }
        _ => match inside {
            Some(row) => format!("of {}", fmt::count(row.steps_total.into())),
            None => sub(run, state),
        },
    };
    NodeState {
        counts: inside.map_or_else(|| counted(&rounds), of_run),
        open: shown.open,
        link: child.and_then(|child| Some((here?.run(child), "Open the run it started"))),
        ..NodeState::new(Look::from(state.status), sub, is_cause(state))
    }
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
