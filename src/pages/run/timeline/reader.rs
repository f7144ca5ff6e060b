//! Reads the bars of a step, and of the run itself.

use super::bars::{Bar, BarKind, Row};
use crate::ui::status::{Look, Tone};
use engine::{Run, StepState, state::TryState};
use model::workflow::{OnFailure, StepKind};
use model::{RunStatus, StepPath, StepStatus, Timestamp};
use std::collections::BTreeMap;

/// When each attempt was taken from the queue: it is kept for the last one only, the others began with their first try.
pub fn attempts_begin(run: &Run) -> BTreeMap<u32, Timestamp> {
    let mut began = BTreeMap::new();
    for tried in run.steps.values().flat_map(|step| &step.history) {
        let first = began.entry(tried.attempt).or_insert(tried.started_at);
        *first = tried.started_at.min(*first);
    }
    let since = run.attempts.last().map(|last| last.started_at);
    if let Some(at) = run
        .dequeued_at
        .filter(|at| since.is_none_or(|since| *at >= since))
    {
        began.insert(run.attempt, at);
    }
    began
}

/// The steps that are the fallback of others, with those.
fn stand_ins(run: &Run) -> BTreeMap<&str, Vec<&str>> {
    let mut all: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut left: Vec<&model::Step> = run.definition.steps.iter().collect();
    while let Some(step) = left.pop() {
        left.extend(step.body());
        if let OnFailure::Fallback(other) = &step.on_failure {
            all.entry(other.as_str())
                .or_default()
                .push(step.id.as_str());
        }
    }
    all
}

/// Reads bars from a run as it stands at `now`.
pub struct Reader<'a> {
    run: &'a Run,
    now: Timestamp,
    began: &'a BTreeMap<u32, Timestamp>,
    stands_in: BTreeMap<&'a str, Vec<&'a str>>,
}

impl<'a> Reader<'a> {
    pub fn new(run: &'a Run, began: &'a BTreeMap<u32, Timestamp>, now: Timestamp) -> Self {
        Self {
            run,
            now: now.max(run.last_event_at),
            began,
            stands_in: stand_ins(run),
        }
    }

    pub fn row(&self, step: &StepState) -> Row {
        let definition = self.run.step_def(&step.path);
        let mut bars = Vec::new();
        let mut before: Option<&TryState> = None;
        for tried in &step.history {
            let same = before.filter(|before| before.attempt == tried.attempt);
            let free = match same {
                Some(same) => same.ended_at,
                None => self.ready(step, definition, tried),
            };
            let kind = if same.is_some_and(|same| same.status == StepStatus::Failed) {
                BarKind::Backoff
            } else {
                BarKind::Queued
            };
            if let Some(from) = free.filter(|free| *free < tried.started_at) {
                bars.push(bar(kind, Tone::Idle, from, tried.started_at));
            }
            self.tried(definition.map(|step| &step.kind), tried, &mut bars);
            before = Some(tried);
        }
        if step.status == StepStatus::Retrying
            && let Some(from) = before.and_then(|before| before.ended_at)
        {
            bars.push(self.open_bar(BarKind::Backoff, Tone::Idle, from));
        }
        Row {
            path: step.path.clone(),
            depth: step.path.as_str().matches("].").count(),
            is_loop: definition.is_some_and(|step| !step.body().is_empty()),
            status: step.status,
            bars,
        }
    }

    /// A try: work, then what it waited for.
    fn tried(&self, kind: Option<&StepKind>, tried: &TryState, bars: &mut Vec<Bar>) {
        let tone = Look::from(tried.status).tone;
        let (end, open) = match tried.ended_at {
            Some(end) => (end, false),
            None => (self.now.max(tried.started_at), true),
        };
        let waits = |from| Bar {
            kind: BarKind::Waiting,
            tone: Tone::Wait,
            from,
            to: end,
            open,
        };
        let work = Bar {
            kind: BarKind::Work,
            tone,
            from: tried.started_at,
            to: end,
            open,
        };
        match kind {
            Some(StepKind::ForEach(_) | StepKind::While(_)) => bars.push(Bar {
                kind: BarKind::Around,
                ..work
            }),
            Some(StepKind::HumanTask(_) | StepKind::Waitpoint(_) | StepKind::Timer(_)) => {
                bars.push(waits(tried.started_at));
            }
            Some(
                StepKind::McpCall(_)
                | StepKind::LlmCall(_)
                | StepKind::AgentCall(_)
                | StepKind::LuaScript(_)
                | StepKind::WorkflowCall(_),
            )
            | None => match tried.waiting_since {
                Some(since) => {
                    bars.push(Bar {
                        to: since,
                        open: false,
                        ..work
                    });
                    bars.push(waits(since));
                }
                None => bars.push(work),
            },
        }
    }

    /// When the step could have begun: the attempt had begun and everything before it had ended. Not known for the first
    /// steps of an iteration.
    fn ready(
        &self,
        step: &StepState,
        definition: Option<&model::Step>,
        tried: &TryState,
    ) -> Option<Timestamp> {
        let own = step.path.step();
        let before = definition.into_iter().flat_map(|step| &step.depends_on);
        let before = before.map(model::StepId::as_str);
        let primaries = self.stands_in.get(own.as_str()).into_iter().flatten();
        let scope = step.path.as_str().len() - own.as_str().len();
        let scope = &step.path.as_str()[..scope];
        let ends = before.chain(primaries.copied()).filter_map(|id| {
            let other = self.run.steps.get(&StepPath::new(format!("{scope}{id}")))?;
            let tries = other.history.iter().filter_map(|tried| tried.ended_at);
            let ends = tries.chain(other.ended_at);
            ends.filter(|end| *end <= tried.started_at).max()
        });
        let attempt = self.began.get(&tried.attempt).copied();
        match ends.max() {
            Some(end) => Some(attempt.map_or(end, |attempt| attempt.max(end))),
            None if scope.is_empty() => attempt,
            None => None,
        }
    }

    pub fn run_bars(&self) -> Vec<Bar> {
        let run = self.run;
        let mut bars = Vec::new();
        for attempt in &run.attempts {
            let since = if attempt.attempt <= 1 {
                run.created_at
            } else {
                attempt.started_at
            };
            let Some(began) = self.began.get(&attempt.attempt).copied() else {
                bars.push(match attempt.ended_at {
                    Some(end) => bar(BarKind::Queued, Tone::Idle, since, end),
                    None => self.open_bar(BarKind::Queued, Tone::Idle, since),
                });
                continue;
            };
            bars.push(bar(BarKind::Queued, Tone::Idle, since, began));
            let tone = Look::from(attempt.status).tone;
            bars.push(match attempt.ended_at {
                Some(end) => bar(BarKind::Around, tone, began, end),
                None => self.open_bar(BarKind::Around, tone, began),
            });
        }
        for hold in &run.holds {
            let tone = Look::from(hold.status).tone;
            bars.push(match hold.to {
                Some(end) => bar(BarKind::Waiting, tone, hold.from, end),
                None => self.open_bar(BarKind::Waiting, tone, hold.from),
            });
        }
        if run.status == RunStatus::Waiting {
            let tone = Look::from(run.status).tone;
            bars.push(self.open_bar(BarKind::Waiting, tone, run.status_since));
        }
        bars.retain(|bar| bar.from < bar.to || bar.open);
        bars
    }

    fn open_bar(&self, kind: BarKind, tone: Tone, from: Timestamp) -> Bar {
        Bar {
            open: true,
            ..bar(kind, tone, from, self.now.max(from))
        }
    }
}

const fn bar(kind: BarKind, tone: Tone, from: Timestamp, to: Timestamp) -> Bar {
    Bar {
        kind,
        tone,
        from,
        to,
        open: false,
    }
}
