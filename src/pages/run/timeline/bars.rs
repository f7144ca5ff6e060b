//! A run as rows of bars: one row a step, one bar a try, and what lay between the tries.

use super::{
    folded::{folded, grain},
    marks::{Mark, marks},
    reader::{Reader, attempts_begin},
    scale::{Scale, merged},
};
use crate::{
    pages::run::folds::{Folds, starred},
    ui::status::Tone,
};
use engine::{Run, StepState};
use model::{StepPath, StepStatus, Timestamp};
use std::{collections::BTreeMap, ops::Deref, sync::Arc};

/// While something goes on, the line ends later than the present moment: by a part of it that is at most two of so many.
const AHEAD: u64 = 32;

/// What went on in a stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BarKind {
    /// Ready, and not begun.
    Queued,
    Work,
    /// For a person, a timer, another run or something outside.
    Waiting,
    /// Between two tries.
    Backoff,
    /// Holds what stands in other rows: a loop, an attempt.
    Around,
}

/// A stretch of time in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bar {
    pub kind: BarKind,
    pub tone: Tone,
    pub from: Timestamp,
    pub to: Timestamp,
    /// It still goes on.
    pub open: bool,
}

impl Bar {
    /// As it is at a moment: what still goes on has come so far.
    pub fn until(self, now: Timestamp) -> Self {
        let to = if self.open { self.to.max(now) } else { self.to };
        Self { to, ..self }
    }
}

/// The bars of a step.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub path: StepPath,
    /// How many loops the step stands in.
    pub depth: usize,
    pub is_loop: bool,
    pub status: StepStatus,
    pub bars: Vec<Bar>,
}

/// A row that shows.
#[derive(Debug, Clone)]
pub struct Line {
    row: Arc<Row>,
    /// Whether a loop's steps have rows; `None` for a step that is no loop.
    pub open: Option<bool>,
    /// What went on inside a folded loop; what matters most lies on top.
    pub inner: Vec<Bar>,
}

impl Deref for Line {
    type Target = Row;

    fn deref(&self) -> &Row {
        &self.row
    }
}

impl Line {
    /// Whether some of it moves with the clock.
    pub fn moves(&self) -> bool {
        self.bars.iter().chain(&self.inner).any(|bar| bar.open)
    }
}

/// A run on a line of time.
#[derive(Debug, Clone, Default)]
pub struct Lines {
    /// All steps but those of folded loops.
    pub rows: Vec<Line>,
    /// The run's own bars: in the queue, an attempt, and what holds it at the moment.
    pub run: Vec<Bar>,
    /// In order.
    pub marks: Vec<Mark>,
    pub from: Timestamp,
    pub to: Timestamp,
    pub scale: Scale,
    /// The moment that is looked at, when it is not the present one.
    pub moment: Option<Timestamp>,
    /// Something goes on.
    pub open: bool,
    /// When steps worked, all of it, in order; what still goes on begins at `working`.
    work: Vec<(Timestamp, Timestamp)>,
    working: Option<Timestamp>,
    /// What was read, of every step in the run's order: most of it is as before when something has changed.
    read: Vec<(Arc<StepState>, Arc<Row>)>,
    began: BTreeMap<u32, Timestamp>,
}

impl Lines {
    /// The run as it stands at `now`, which counts only while something goes on. Steps that are as they were in `before` are
    /// not read again.
    pub fn of(run: &Run, folds: &Folds, now: Timestamp, before: Option<&Self>) -> Self {
        let began = attempts_begin(run);
        let reader = Reader::new(run, &began, now);
        let before = before.filter(|before| before.began == began);
        let read = read(run, &reader, before.map_or(&[], |before| &before.read));
        let own = reader.run_bars();
        let marks = marks(run, &began);
        let bars = || read.iter().flat_map(|(_, row)| &row.bars).chain(&own);
        let now = now.max(run.last_event_at);
        let last = bars().map(|bar| bar.until(now).to).max();
        let to = last.max(run.ended_at).unwrap_or(run.created_at);
        let works = || bars().filter(|bar| bar.kind == BarKind::Work);
        let working = works().filter(|bar| bar.open).map(|bar| bar.from).min();
        let ended = works().filter(|bar| !bar.open);
        let mut lines = Self {
            from: run.created_at,
            to,
            open: bars().any(|bar| bar.open),
            work: merged(ended.map(|bar| (bar.from, bar.to)).collect()),
            working,
            marks,
            run: own,
            ..Self::default()
        };
        lines.scale = lines.scale_to(to);
        lines.rows = rows(&read, folds, now, grain(lines.scale.unfolded_ms()));
        lines.read = read;
        lines.began = began;
        lines
    }

    /// The run as it was at a moment, drawn where it stands in the `whole` of it: what moves is what happened, not the line.
    pub fn within(self, whole: &Self, moment: Timestamp) -> Self {
        Self {
            marks: whole.marks.clone(),
            scale: whole.scale.clone(),
            from: whole.from,
            to: whole.to,
            moment: Some(moment),
            ..self
        }
    }

    /// Whether some of it moves with the clock.
    pub fn moves(&self) -> bool {
        self.open && self.moment.is_none()
    }

    /// The line at `now`. While something goes on it ends a little later, and stays as it is for a while: only what goes on
    /// moves.
    pub fn scale_at(&self, now: Timestamp) -> Scale {
        if !self.moves() {
            return self.scale.clone();
        }
        let to = self.to.max(now);
        let step = (self.scale_to(to).unfolded_ms() / AHEAD).next_power_of_two();
        let steps = to.since(self.from).div_ceil(step.max(1));
        self.scale_to(self.from.plus_ms(steps * step.max(1)))
    }

    fn scale_to(&self, to: Timestamp) -> Scale {
        let goes_on = self.working.map(|from| (from, to));
        let work: Vec<_> = self.work.iter().copied().chain(goes_on).collect();
        Scale::new(self.from, to, &work)
    }
}

fn read(
    run: &Run,
    reader: &Reader,
    before: &[(Arc<StepState>, Arc<Row>)],
) -> Vec<(Arc<StepState>, Arc<Row>)> {
    let mut before = before.iter().peekable();
    let steps = run.order.iter().filter_map(|path| run.steps.get(path));
    steps
        .map(|step| {
            // Steps come between others, as rounds begin.
            let known = before.next_if(|(known, _)| known.path == step.path);
            let stands = |row: &Row| row.bars.iter().all(|bar| !bar.open);
            let known = known.filter(|(known, row)| Arc::ptr_eq(known, step) && stands(row));
            let row = known.map_or_else(|| Arc::new(reader.row(step)), |(_, row)| Arc::clone(row));
            (Arc::clone(step), row)
        })
        .collect()
}

/// The rows that show: a folded loop stands for those inside it.
fn rows(
    read: &[(Arc<StepState>, Arc<Row>)],
    folds: &Folds,
    now: Timestamp,
    grain: u64,
) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut left = read.iter().map(|(_, row)| row).peekable();
    while let Some(row) = left.next() {
        let open = row.is_loop.then(|| folds.is_open(&starred(&row.path)));
        let mut inner = Vec::new();
        if open == Some(false) {
            let within = format!("{}[", row.path);
            let mut hidden: Vec<&Row> = Vec::new();
            while let Some(row) = left.next_if(|row| row.path.as_str().starts_with(&within)) {
                hidden.push(row);
            }
            inner = folded(&hidden, now, grain);
        }
        lines.push(Line {
            row: Arc::clone(row),
            open,
            inner,
        });
    }
    lines
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
