//! What a move will do. The move is rehearsed on a copy of the run, so that the plan and the move cannot disagree.

mod summary;

use crate::command::Command;
use crate::execute::rehearse;
use crate::state::{Run, StepState};
use model::{
    Actor, Cost, Effect, EventKind, FailureClass, Move, MoveKind, Plan, PlannedStep, RunStatus,
    StepPath, StepStatus,
};

/// The most steps a list of a plan names.
const MOST: usize = 500;

/// What `mv` will do to `run`. Of a move that is not legal, the summary says why and the lists are empty.
pub fn plan(run: &Run, mv: &Move) -> Plan {
    let command = Command::Move {
        actor: Actor::system(),
        what: mv.clone(),
        reason: None,
    };
    let kind = mv.kind();
    match rehearse(run, command, run.last_event_at) {
        Err(refusal) => empty(kind, refusal.to_string()),
        Ok((after, events)) => {
            let cancels: Vec<&StepPath> = events
                .iter()
                .filter_map(|e| match &e.event {
                    EventKind::StepCancelled { path, .. } => Some(path),
                    _ => None,
                })
                .collect();
            Rehearsed {
                run,
                after: &after,
                kind,
            }
            .plan(mv, &cancels)
        }
    }
}

fn empty(kind: MoveKind, summary: String) -> Plan {
    Plan {
        kind,
        summary,
        runs: Vec::new(),
        runs_count: 0,
        reused: Vec::new(),
        reused_count: 0,
        cancels: Vec::new(),
        may_repeat: Vec::new(),
        cost: None,
        time_ms: None,
        warnings: Vec::new(),
        ask_fixed: false,
        ask_reason: false,
    }
}

struct Rehearsed<'r> {
    run: &'r Run,
    after: &'r Run,
    kind: MoveKind,
}

impl Rehearsed<'_> {
    fn plan(&self, mv: &Move, cancels: &[&StepPath]) -> Plan {
        let run = self.run;
        let retries = matches!(self.kind, MoveKind::Retry | MoveKind::RetryFromStep)
            || (self.kind == MoveKind::ContinueInChat && self.run.status != RunStatus::Waiting);
        let runs: Vec<&StepState> = self.will_run();
        let reused: Vec<&StepPath> = if retries {
            self.paths(|_, after| after.status == StepStatus::Completed && after.reused)
        } else {
            Vec::new()
        };
        let repeats = runs.iter().filter(|s| s.effect == Effect::Write);
        let repeats: Vec<_> = repeats
            .filter_map(|s| run.steps.get(&s.path))
            .filter(|s| !s.history.is_empty())
            .filter(|s| !self.goes_on(s) || s.open_calls > 0)
            .collect();
        let (cost, time_ms) = estimate(run, &runs);
        let starts = matches!(
            self.kind,
            MoveKind::Retry
                | MoveKind::RetryFromStep
                | MoveKind::RunAgain
                | MoveKind::Resume
                | MoveKind::Approve
                | MoveKind::Complete
        );
        Plan {
            summary: self.summary(
                mv,
                runs.first().map(|s| &s.path),
                runs.len(),
                reused.len(),
                cancels.len(),
            ),
            runs_count: runs.len(),
            reused_count: reused.len(),
            runs: runs
                .iter()
                .take(MOST)
                .filter_map(|s| planned(run, &s.path, self.note(&s.path)))
                .collect(),
            reused: reused
                .into_iter()
                .take(MOST)
                .filter_map(|p| planned(run, p, None))
                .collect(),
            cancels: cancels
                .iter()
                .take(MOST)
                .filter_map(|p| planned(run, p, None))
                .collect(),
            may_repeat: repeats
                .iter()
                .take(MOST)
                .filter_map(|s| planned(run, &s.path, Some(repeat_note(s))))
                .collect(),
            cost: cost.filter(|_| starts),
            time_ms: time_ms.filter(|_| starts),
            warnings: self.warnings(!repeats.is_empty()),
            ask_fixed: retries
                && run
                    .failure
                    .as_ref()
                    .is_some_and(|f| f.code.class() == FailureClass::FixFirst),
            ask_reason: match self.kind {
                MoveKind::Cancel
                | MoveKind::StopGracefully
                | MoveKind::Reject
                | MoveKind::ForceTimeout => true,
                MoveKind::Retry
                | MoveKind::RetryFromStep
                | MoveKind::Resume
                | MoveKind::Approve
                | MoveKind::Skip
                | MoveKind::Complete
                | MoveKind::ContinueInChat
                | MoveKind::Pause
                | MoveKind::RunAgain
                | MoveKind::Report => false,
            },
            kind: self.kind,
        }
    }

    fn paths(&self, keep: impl Fn(Option<&StepState>, &StepState) -> bool) -> Vec<&StepPath> {
        let order = self.after.order.iter();
        order
            .filter(|p| {
                let after = self.after.step(p);
                after.is_some_and(|after| keep(self.run.step(p), after))
            })
            .collect()
    }

    /// Steps that will run, those the move starts at once included.
    fn will_run(&self) -> Vec<&StepState> {
        if self.kind == MoveKind::RunAgain {
            let top = self.run.definition.steps.iter();
            return top
                .filter(|s| s.enabled)
                .filter_map(|s| self.run.step(&StepPath::from(&s.id)))
                .collect();
        }
        if self.after.status.is_terminal() || self.kind == MoveKind::StopGracefully {
            return Vec::new();
        }
        let waits_for_primary = |p: &StepPath| {
            let graph = self.after.graph();
            graph.node(p).is_some_and(|n| {
                let primaries = &graph.nodes[n].primaries;
                !primaries.is_empty()
                    && primaries.iter().all(|primary| {
                        let path = crate::graph::beside(p, &graph.nodes[*primary].id);
                        self.after
                            .steps
                            .get(&path)
                            .is_none_or(|s| s.handled.is_none())
                    })
            })
        };
        let new = |before: Option<&StepState>, after: &StepState| {
            let begun_now =
                after.status.is_in_flight() && before.is_none_or(|b| !b.status.is_in_flight());
            let enabled = self.after.step_def(&after.path).is_some_and(|s| s.enabled);
            enabled
                && (begun_now || after.status == StepStatus::Pending)
                && !waits_for_primary(&after.path)
        };
        let paths = self.paths(new);
        paths
            .into_iter()
            .filter_map(|p| self.after.step(p))
            .collect()
    }

    fn note(&self, path: &StepPath) -> Option<String> {
        let step = self.run.steps.get(path)?;
        if step.failure.as_ref().is_some_and(|f| f.outcome_unknown) {
            return Some("its call went out, the answer was lost".into());
        }
        if self.goes_on(step) {
            return Some("goes on with its conversation".into());
        }
        let definition = self.run.step_def(path)?;
        let skips =
            definition.condition.is_some() && !matches!(definition.kind, model::StepKind::While(_));
        skips.then(|| "only if its condition holds".into())
    }

    /// An agent whose conversation goes on: what it did is not done again.
    fn goes_on(&self, step: &StepState) -> bool {
        let last = step.history.last();
        matches!(self.kind, MoveKind::Retry | MoveKind::ContinueInChat)
            && last.is_some_and(|t| t.status != StepStatus::Completed)
            && self.run.is_agent(&step.path)
    }

    fn warnings(&self, repeats: bool) -> Vec<String> {
        let mut warnings = Vec::new();
        let retries = matches!(self.kind, MoveKind::Retry | MoveKind::RetryFromStep);
        if retries && let Some(text) = same_failure_twice(self.run) {
            warnings.push(text);
        }
        if repeats && self.kind == MoveKind::RunAgain {
            warnings.push(
                "Writing steps of this run have run before; a new run does them again.".into(),
            );
        } else if repeats {
            warnings.push(
                "Writing steps will run again: check whether their earlier effect took place."
                    .into(),
            );
        }
        if self.after.status == RunStatus::Failed && !self.run.status.is_terminal() {
            warnings.push("This ends the run as failed.".into());
        }
        warnings
    }
}

fn planned(run: &Run, path: &StepPath, note: Option<String>) -> Option<PlannedStep> {
    let definition = run.step_def(path)?;
    let effect = run.steps.get(path).map(|s| s.effect);
    Some(PlannedStep {
        path: path.clone(),
        name: run.step_name(path),
        kind: definition.kind.as_str().to_owned(),
        effect: effect.unwrap_or_else(|| definition.effect_or_default()),
        note,
    })
}

fn repeat_note(step: &StepState) -> String {
    let last = step.history.last();
    let attempt = last.map_or(step.attempt, |t| t.attempt);
    let unknown = step.history.iter().rev().find_map(|t| t.failure.as_ref());
    if unknown.is_some_and(|f| f.outcome_unknown) {
        return "its call went out, the answer was lost".into();
    }
    match last.map(|t| t.status) {
        Some(StepStatus::Completed) => format!("finished in attempt {attempt}"),
        Some(StepStatus::Cancelled) => {
            format!("was cut off in attempt {attempt}; its effect may have taken place")
        }
        Some(
            StepStatus::Failed
            | StepStatus::Pending
            | StepStatus::Running
            | StepStatus::Retrying
            | StepStatus::Waiting
            | StepStatus::Skipped,
        )
        | None => format!("was tried in attempt {attempt}"),
    }
}

/// From the last finished try of each step; `None` when none of them has run.
fn estimate(run: &Run, steps: &[&StepState]) -> (Option<Cost>, Option<u64>) {
    let (mut cost, mut time) = (None::<Cost>, None::<u64>);
    for step in steps {
        let known = run.steps.get(&step.path);
        let last = known.and_then(|s| {
            let mut ended = s.history.iter().rev().filter(|t| t.ended_at.is_some());
            let best = s
                .history
                .iter()
                .rev()
                .find(|t| t.status == StepStatus::Completed);
            best.or_else(|| ended.next())
        });
        let Some(last) = last else { continue };
        if let Some(ended) = last.ended_at {
            time = Some(time.unwrap_or(0) + ended.since(last.started_at));
        }
        if let Some(spent) = last.usage.as_ref().and_then(|u| u.cost) {
            cost = Some(cost.map_or(spent, |c| c.plus(spent)));
        }
    }
    (cost, time)
}

/// A sentence when the last two attempts failed at the same step with the same code: then reporting the run is better
/// than retrying it again.
pub fn same_failure_twice(run: &Run) -> Option<String> {
    let [.., before, last] = &run.attempts[..] else {
        return None;
    };
    let (a, b) = (before.failure.as_ref()?, last.failure.as_ref()?);
    let step = last.failed_step.as_ref()?;
    (a.code == b.code && before.failed_step.as_ref() == Some(step)).then(|| {
        format!(
            "The last two attempts failed at {} with {}. Use Report this Run instead of retrying again, unless the cause is gone.",
            run.step_name(step),
            b.code
        )
    })
}
