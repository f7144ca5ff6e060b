//! What tells two runs apart: the steps of both in one order, and the first at which they part.

mod words;

use super::of::Noun;
use engine::{Run, StepState};
use model::api::Outputs;
use model::event::Decision;
use model::{FailureCode, SkipReason, StepPath, StepStatus};
use std::collections::HashMap;
pub use words::{apart, badge, details, facts, row, same_path, sentence};

/// A length counts as another one from this difference on, in milliseconds: the same work never takes the same time twice.
const NOTABLE_MS: u64 = 1_000;

/// A fact of both runs, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    pub name: &'static str,
    pub this: String,
    pub other: String,
    /// How this run's differs, where that is more than both values say: "4.2 s longer here".
    pub more: Option<String>,
}

impl Fact {
    pub fn is_same(&self) -> bool {
        self.this == self.other
    }
}

/// How a step stands or ended in one of the runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    pub status: StepStatus,
    pub tries: u32,
    /// From its first start to its end, in milliseconds; absent until it has ended, and where it never ran.
    pub took_ms: Option<u64>,
    /// In millionths of a dollar.
    pub cost: i64,
    pub code: Option<FailureCode>,
    pub skipped: Option<SkipReason>,
    pub decision: Option<Decision>,
}

impl Side {
    fn of(step: &StepState) -> Self {
        let ended = step.ended_at.filter(|_| step.status.is_settled());
        Self {
            status: step.status,
            tries: step.tries,
            took_ms: step
                .started_at
                .zip(ended)
                .map(|(start, end)| end.since(start)),
            cost: step
                .usage
                .as_ref()
                .and_then(|usage| usage.cost)
                .map_or(0, |cost| cost.amount.0),
            code: step.failure.as_ref().map(|failure| failure.code),
            skipped: step.skip_reason,
            decision: step.decision,
        }
    }

    /// What decides the path a run takes from here. A failure that a later try made good is no outcome.
    fn outcome(
        &self,
    ) -> (
        StepStatus,
        Option<FailureCode>,
        Option<SkipReason>,
        Option<Decision>,
    ) {
        let code = self.code.filter(|_| self.status == StepStatus::Failed);
        (self.status, code, self.skipped, self.decision)
    }
}

/// What is known of the outputs of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// Nothing, or one of the runs has none.
    Unknown,
    Same,
    Differs,
}

/// A step of either run. One of the sides is there at least.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    pub path: StepPath,
    pub name: String,
    /// How many loops the step stands in.
    pub depth: usize,
    pub this: Option<Side>,
    pub other: Option<Side>,
    pub output: Output,
}

impl Pair {
    /// Whether the step led the two runs different ways.
    pub fn diverges(&self) -> bool {
        match (&self.this, &self.other) {
            (Some(this), Some(other)) => this.outcome() != other.outcome(),
            _ => true,
        }
    }

    pub fn output_differs(&self) -> bool {
        self.output == Output::Differs
    }

    /// Whether anything worth a look differs.
    pub fn differs(&self) -> bool {
        apart(self, Noun::RUN).is_some()
    }
}

/// The steps of both runs in the order of their documents. A step both have stands once; where the documents order them
/// differently, this run's order holds.
pub fn pairs(this: &Run, other: &Run) -> Vec<Pair> {
    let places: HashMap<&StepPath, usize> = other
        .order
        .iter()
        .enumerate()
        .map(|(at, path)| (path, at))
        .collect();
    let only_there = |from: usize, to: usize| {
        let between = other.order[from..to].iter();
        between.filter(|path| !this.steps.contains_key(*path))
    };
    let mut out = Vec::with_capacity(this.order.len().max(other.order.len()));
    let mut next = 0;
    for path in &this.order {
        // What only the other run has stands where its own document has it.
        if let Some(at) = places.get(path).copied().filter(|at| *at >= next) {
            out.extend(only_there(next, at).map(|path| pair(this, other, path)));
            next = at + 1;
        }
        out.push(pair(this, other, path));
    }
    let rest = only_there(next, other.order.len());
    out.extend(rest.map(|path| pair(this, other, path)));
    out
}

fn pair(this: &Run, other: &Run, path: &StepPath) -> Pair {
    let here = this.step(path);
    let named = if here.is_some() { this } else { other };
    Pair {
        path: path.clone(),
        name: named.step_name(path),
        depth: around(path).count(),
        this: here.map(Side::of),
        other: other.step(path).map(Side::of),
        output: Output::Unknown,
    }
}

/// Notes which outputs differ, as the digests of both runs tell.
pub fn note_outputs(pairs: &mut [Pair], this: &Outputs, other: &Outputs) {
    for pair in pairs {
        // The digests may be newer than the runs beside them: then a step that is on its way has one already.
        let completed = [&pair.this, &pair.other]
            .into_iter()
            .all(|side| matches!(side, Some(side) if side.status == StepStatus::Completed));
        let digests = this.0.get(&pair.path).zip(other.0.get(&pair.path));
        pair.output = match digests.filter(|_| completed) {
            Some((this, other)) if this == other => Output::Same,
            Some(_) => Output::Differs,
            None => Output::Unknown,
        };
    }
}

/// The loops a step stands in, the innermost first.
fn around(path: &StepPath) -> impl Iterator<Item = StepPath> {
    std::iter::successors(path.parent(), |(outer, _)| outer.parent()).map(|(outer, _)| outer)
}

/// The first step that is such a one ([`Pair::diverges`], [`Pair::output_differs`]): an index into `pairs`. One that is so
/// because one before it is, or because one inside it is, is not the first.
pub fn first(this: &Run, other: &Run, pairs: &[Pair], is: fn(&Pair) -> bool) -> Option<usize> {
    let such: HashMap<&StepPath, usize> = pairs
        .iter()
        .enumerate()
        .filter(|(_, pair)| is(pair))
        .map(|(at, pair)| (&pair.path, at))
        .collect();
    let mut found = such.values().copied().min()?;
    loop {
        let path = &pairs[found].path;
        let before = this.upstream(path).into_iter().chain(other.upstream(path));
        let before = before.filter_map(|path| such.get(&path).copied()).min();
        let inside = || {
            let inside = pairs.iter().enumerate().skip(found + 1);
            inside
                .take_while(|(_, pair)| around(&pair.path).any(|outer| outer == *path))
                .find(|(_, pair)| is(pair))
                .map(|(at, _)| at)
        };
        match before.or_else(inside) {
            Some(at) => found = at,
            None => return Some(found),
        }
    }
}

#[cfg(test)]
mod tests;
