//! What should be in flight now.

use crate::effect::{Call, Effect, TimerKind};
use crate::state::{Run, StepState};
use model::event::{TryKey, Wait};
use model::{RunStatus, StepKind, StepPath, StepStatus, Timestamp};

/// Everything that should be in flight, derived from the state alone: the place in the queue, calls, child runs, and at most
/// one timer.
pub fn effects(run: &Run) -> Vec<Effect> {
    let mut effects: Vec<_> = queue_place(run).into_iter().collect();
    let in_flight = run.live().in_flight.iter();
    effects.extend(in_flight.filter_map(|path| effect_of(run, path)));
    effects.extend(next_timer(run));
    effects
}

/// The place in the queue, while the run is queued.
pub fn queue_place(run: &Run) -> Option<Effect> {
    (run.status == RunStatus::Queued).then(|| Effect::Queue {
        queue: run.queue.clone(),
        not_before: run.not_before,
    })
}

/// The call or child run that should be in flight for one step. With the events of a command at hand, a host asks for the
/// steps they name instead of deriving all of them anew.
pub fn effect_of(run: &Run, path: &StepPath) -> Option<Effect> {
    let step = run.steps.get(path)?;
    if !matches!(step.status, StepStatus::Running | StepStatus::Waiting) {
        return None;
    }
    let definition = run.step_def(path)?;
    let key = TryKey {
        path: path.clone(),
        attempt: step.attempt,
        try_no: step.tries,
    };
    let input = || step.input.clone().unwrap_or_default();
    match &definition.kind {
        StepKind::McpCall(_)
        | StepKind::LlmCall(_)
        | StepKind::AgentCall(_)
        | StepKind::LuaScript(_) => (step.status == StepStatus::Running).then(|| {
            Effect::Call(Call {
                key,
                input: input(),
                effect: step.effect,
                continues: step.history.last().is_some_and(|t| t.continues),
                deadline: crate::index::deadline(step, definition.timeout_s),
            })
        }),
        StepKind::WorkflowCall(call) => Some(Effect::ChildRun {
            key,
            workflow: call.workflow.clone(),
            input: input().get("input").cloned().unwrap_or_default(),
            child: step.wait.as_ref().and_then(Wait::child).cloned(),
        }),
        StepKind::HumanTask(_)
        | StepKind::Waitpoint(_)
        | StepKind::Timer(_)
        | StepKind::ForEach(_)
        | StepKind::While(_) => None,
    }
}

/// The earliest moment at which [`crate::Command::TimerDue`] does something.
pub fn next_timer(run: &Run) -> Option<Effect> {
    let backoffs_run = match run.status {
        RunStatus::Starting | RunStatus::Running | RunStatus::Waiting => true,
        RunStatus::Queued
        | RunStatus::Paused
        | RunStatus::Blocked
        | RunStatus::Draining
        | RunStatus::Interrupted
        | RunStatus::Completed
        | RunStatus::Failed
        | RunStatus::Cancelled
        | RunStatus::Rejected
        | RunStatus::Expired => false,
    };
    let mut steps = run.live().deadlines.iter().filter_map(|(at, path)| {
        let step = run.steps.get(path)?;
        let held = step.status == StepStatus::Retrying && !backoffs_run;
        (!held).then(|| (*at, timer_of(step)))
    });
    let run_timer = |at: Option<Timestamp>, kind| at.map(|at| (at, kind));
    let all = [
        steps.next(),
        run_timer(run.expiry(), TimerKind::Expiry),
        run_timer(run.drain_deadline(), TimerKind::DrainTimeout),
        run_timer(run.work_deadline(), TimerKind::RunTimeout),
    ];
    let (at, kind) = all.into_iter().flatten().min_by_key(|(at, _)| *at)?;
    Some(Effect::Timer { at, kind })
}

fn timer_of(step: &StepState) -> TimerKind {
    let path = step.path.clone();
    match (step.status, &step.wait) {
        (StepStatus::Retrying, _) => TimerKind::Backoff(path),
        (StepStatus::Waiting, Some(Wait::Timer { .. })) => TimerKind::Timer(path),
        (StepStatus::Waiting, Some(Wait::HumanTask { .. } | Wait::Waitpoint { .. })) => {
            TimerKind::WaitExpiry(path)
        }
        _ => TimerKind::StepTimeout(path),
    }
}
