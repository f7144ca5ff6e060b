//! What must hold, whatever happens.

use crate::random::Random;
use engine::replay::Track;
use engine::{Command, Effect, Run, World as Around, check_move, decide, effects, fold};
use model::event::{Handled, TryKey, Wait};
use model::{
    Access, Actor, Effect as StepEffect, Event, EventKind, Move, MoveKind, Role, RunStatus,
    StepPath, StepStatus, Timestamp,
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The run at any event, asked for in any order, is the fold of the events up to it.
fn replays(journal: &[Event]) {
    let mut rng = Random::new(journal.len() as u64);
    let mut track = Track::with_spacing(1 + rng.below(6) as u64, 1 + rng.below(6));
    assert!(journal.iter().all(|event| track.push(event.clone())));
    assert!(!track.push(journal[0].clone()), "an event was taken twice");
    let at = |seq: usize| fold(&journal[..seq]).unwrap().lean();
    let mut carried = at(1);
    for _ in 0..12 {
        let seq = 1 + rng.below(journal.len());
        assert_same(&track.at(seq as u64).unwrap(), &at(seq));
        let next = 1 + rng.below(journal.len());
        assert!(track.carry(&mut carried, next as u64));
        assert_same(&carried, &at(next));
        assert_eq!(effects(&carried).len(), effects(&at(next)).len());
    }
    assert!(track.at(0).is_none() && track.at(journal.len() as u64 + 1).is_none());
}

/// What the journal has shown so far.
#[derive(Default, Clone)]
pub struct Record {
    finished: BTreeSet<TryKey>,
    /// Writing steps begun in this attempt and not known to have ended without an effect.
    begun_writes: BTreeMap<StepPath, Begun>,
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Begun {
    /// Its outcome is known to be "no effect" or it never went out: it may be tried again.
    MayTryAgain,
    WentOut,
}

impl Record {
    pub fn of(journal: &[Event]) -> Self {
        let mut record = Self::default();
        let mut run = Run::fold_first(&journal[0]).unwrap();
        for event in &journal[1..] {
            record.event(&run, event);
            engine::apply(&mut run, event);
        }
        record
    }

    /// `event` on the run as it was before it.
    pub fn event(&mut self, before: &Run, event: &Event) {
        let status = |path: &StepPath| before.steps.get(path).map(|s| s.status);
        match &event.event {
            EventKind::AttemptStarted { reset, .. } => {
                assert!(event.actor.is_some(), "an attempt was started by nobody");
                assert!(
                    !reset.is_empty() || before.steps.values().all(|s| s.status.is_settled()),
                    "an attempt resets nothing"
                );
                for path in before.order.iter().filter(|p| !reset.contains(p)) {
                    assert_eq!(rests_on(before, path, reset), None, "{path} is kept");
                }
                self.begun_writes.clear();
            }
            EventKind::StepStarted {
                key,
                effect,
                recovered,
                ..
            } => {
                assert!(
                    !status(&key.path).is_some_and(StepStatus::is_settled),
                    "{} ran again after it had finished",
                    key.path
                );
                assert!(
                    !before.status.is_terminal(),
                    "{} began after the end",
                    key.path
                );
                assert!(
                    *recovered
                        || matches!(
                            before.status,
                            RunStatus::Starting | RunStatus::Running | RunStatus::Waiting
                        ),
                    "{} began while the run was {}",
                    key.path,
                    before.status
                );
                // Of an agent only a tool call without a result may have written; an answer of a person lets it go on.
                let agent = before
                    .step_def(&key.path)
                    .is_some_and(|s| matches!(s.kind, model::StepKind::AgentCall(_)));
                let step = &before.steps[&key.path];
                let answered = matches!(step.wait, Some(Wait::Chat { .. }));
                if answered || (agent && *recovered && step.open_calls == 0) {
                    self.begun_writes.insert(key.path.clone(), Begun::WentOut);
                } else if *effect == StepEffect::Write {
                    assert!(
                        !recovered,
                        "{} writes and was started again by itself",
                        key.path
                    );
                    let begun = self.begun_writes.insert(key.path.clone(), Begun::WentOut);
                    assert_ne!(
                        begun,
                        Some(Begun::WentOut),
                        "{} writes and was started twice without a person",
                        key.path
                    );
                }
            }
            EventKind::StepRetrying { key, failure, .. } => {
                assert!(
                    !(failure.outcome_unknown
                        && before.steps[&key.path].effect == StepEffect::Write),
                    "{} writes, its outcome is unknown, and it is retried",
                    key.path
                );
                self.begun_writes
                    .insert(key.path.clone(), Begun::MayTryAgain);
            }
            EventKind::RunBlocked {
                step: Some(step), ..
            } => {
                self.begun_writes.insert(step.clone(), Begun::MayTryAgain);
            }
            EventKind::StepCompleted { key, .. } | EventKind::StepFailed { key, .. } => {
                assert!(
                    status(&key.path).is_some_and(StepStatus::is_in_flight),
                    "{} ended and was not in flight",
                    key.path
                );
                assert!(self.finished.insert(key.clone()), "{key:?} finished twice");
            }
            _ => {}
        }
    }
}

/// After every single event.
pub fn after_event(run: &Run) {
    if run.status.is_terminal() {
        for step in run.steps.values() {
            assert!(
                step.status.is_settled(),
                "{} is {} though the run is {}",
                step.path,
                step.status,
                run.status
            );
        }
        assert!(run.ended_at.is_some());
        assert!(run.working_since.is_none());
        assert!(
            effects(run).is_empty(),
            "something is in flight after the end"
        );
    }
    let (done, total) = engine::progress(run);
    assert!(done <= total);
    assert_eq!(run.steps.len(), run.order.len());
    assert_eq!(run.attempts.len(), run.attempt as usize);
    if run.status != RunStatus::Completed {
        let why = engine::why(run, &Around::default(), run.last_event_at);
        let sentence = why.unwrap().sentence(run.last_event_at);
        assert!(sentence.len() > 8, "why says only {sentence:?}");
        assert!(
            !sentence.contains("  ") && !sentence.contains(" ."),
            "{sentence:?}"
        );
    }
}

/// When a command has been executed.
pub fn at_rest(run: &Run) {
    let effects = effects(run);
    let timers = effects.iter().filter(|e| matches!(e, Effect::Timer { .. }));
    assert!(timers.count() <= 1, "more than one timer");
    let calls = |e: &Effect| matches!(e, Effect::Call(_) | Effect::ChildRun { .. });
    let waits = run.steps.values().any(|s| {
        s.status == StepStatus::Waiting
            && matches!(
                s.wait,
                Some(Wait::HumanTask { .. } | Wait::Waitpoint { .. } | Wait::Chat { .. })
            )
    });
    match run.status {
        RunStatus::Queued => assert!(effects.iter().any(|e| matches!(e, Effect::Queue { .. }))),
        RunStatus::Starting => panic!("a run rests in starting"),
        RunStatus::Running | RunStatus::Waiting => {
            if let Some(ready) = run.definition.steps.iter().find(|s| is_ready(run, s)) {
                panic!("{} is ready and has not begun", ready.id);
            }
            let timed = effects.iter().any(|e| matches!(e, Effect::Timer { .. }));
            assert!(
                effects.iter().any(calls) || timed || waits,
                "nothing moves a {} run",
                run.status
            );
        }
        RunStatus::Draining => {
            assert!(effects.iter().any(calls), "nothing moves a draining run");
        }
        RunStatus::Completed => {
            for step in run.steps.values() {
                let fine = step.path.parent().is_some()
                    || match step.status {
                        StepStatus::Completed | StepStatus::Skipped => true,
                        StepStatus::Failed => step.handled.is_some(),
                        _ => false,
                    };
                assert!(fine, "completed with {} {}", step.path, step.status);
                if let Some(Handled::Fallback(by)) = &step.handled {
                    assert!(run.steps[by].status.is_settled());
                }
            }
        }
        RunStatus::Failed => assert!(run.failure.is_some(), "failed for no reason"),
        RunStatus::Paused
        | RunStatus::Blocked
        | RunStatus::Interrupted
        | RunStatus::Cancelled
        | RunStatus::Rejected
        | RunStatus::Expired => {}
    }
    if !run.status.is_terminal() {
        assert!(check_move(run, MoveKind::Cancel).is_ok());
    }
}

/// What runs again and comes before the step or a loop around it.
fn rests_on(run: &Run, path: &StepPath, reset: &[StepPath]) -> Option<StepPath> {
    let mut inner = Some(path.clone());
    while let Some(path) = inner {
        let around = path.parent();
        for dep in &run.step_def(&path)?.depends_on {
            let dep = match &around {
                None => StepPath::from(dep),
                Some((around, index)) => around.child(*index, dep),
            };
            if reset.contains(&dep) {
                return Some(dep);
            }
        }
        inner = around.map(|(around, _)| around);
    }
    None
}

/// Everything a top-level step waits for has settled.
fn is_ready(run: &Run, step: &model::Step) -> bool {
    let settled = |id: &model::StepId| {
        let state = &run.steps[&StepPath::from(id)];
        let by = match &state.handled {
            Some(Handled::Fallback(by)) if *by != StepPath::from(&step.id) => run.steps.get(by),
            _ => None,
        };
        state.status.is_settled() && by.is_none_or(|s| s.status.is_settled())
    };
    let mut primaries = run.definition.steps.iter().filter(
        |s| matches!(&s.on_failure, model::workflow::OnFailure::Fallback(id) if *id == step.id),
    );
    run.steps[&StepPath::from(&step.id)].status == StepStatus::Pending
        && step.depends_on.iter().all(settled)
        && primaries.all(|p| run.steps[&StepPath::from(&p.id)].status.is_settled())
}

/// The journal tells the same as the state, also after it was written and read, and a state that was written and read
/// goes on the same.
pub fn folds(run: &Run, journal: &[Event]) {
    replays(journal);
    assert_same(&fold(journal).unwrap(), run);
    let written: Vec<Event> =
        serde_json::from_str(&serde_json::to_string(journal).unwrap()).unwrap();
    assert_same(&fold(&written).unwrap(), run);
    let state: Run = serde_json::from_value(serde_json::to_value(run).unwrap()).unwrap();
    assert_same(&state, run);
    assert_eq!(effects(&state), effects(run));
    assert_eq!(engine::progress(&state), engine::progress(run));
    let around = Around::default();
    let now = run.last_event_at;
    assert_eq!(
        engine::why(&state, &around, now),
        engine::why(run, &around, now)
    );
    for (i, event) in journal.iter().enumerate() {
        assert_eq!(event.seq, i as u64 + 1);
    }
}

/// The run as a host loads it: folded, or from a snapshot somewhere on the way.
pub fn loaded(journal: &[Event], rng: &mut Random) -> Run {
    let folded = fold(journal).unwrap();
    if rng.percent(50) {
        return folded;
    }
    let (before, after) = journal.split_at(1 + rng.below(journal.len()));
    let document = serde_json::to_vec(&fold(before).unwrap()).unwrap();
    let mut run: Run = serde_json::from_slice(&document).unwrap();
    for event in after {
        engine::apply(&mut run, event);
    }
    assert_same(&run, &folded);
    run
}

fn assert_same(a: &Run, b: &Run) {
    if a != b {
        assert_eq!(a.status, b.status);
        for (path, step) in &a.steps {
            assert_eq!(Some(step), b.steps.get(path));
        }
        assert_eq!(
            serde_json::to_string_pretty(a).unwrap(),
            serde_json::to_string_pretty(b).unwrap()
        );
        panic!("two runs differ");
    }
}

pub fn person() -> Actor {
    Actor {
        kind: model::ActorKind::Person,
        id: "usr_ada".into(),
        name: "Ada Kern".into(),
    }
}

/// A move of this kind, with the first step it can concern.
pub fn a_move(run: &Run, kind: MoveKind, step: Option<&StepPath>) -> Option<Move> {
    let task = || match step
        .and_then(|p| run.steps.get(p))
        .and_then(|s| s.wait.as_ref())
    {
        Some(Wait::HumanTask { task, .. }) => task.clone(),
        _ => "tsk_none".into(),
    };
    let step = || step.cloned().unwrap_or_else(|| "none".into());
    Some(match kind {
        MoveKind::Retry => Move::Retry,
        MoveKind::RetryFromStep => Move::RetryFromStep {
            step: step(),
            input: None,
        },
        MoveKind::Resume => Move::Resume,
        MoveKind::Approve => Move::Approve {
            task: task(),
            comment: Some("fine".into()),
            result: None,
        },
        MoveKind::Reject => Move::Reject {
            task: task(),
            comment: None,
        },
        MoveKind::Skip => Move::Skip {
            task: task(),
            comment: None,
        },
        MoveKind::Complete => Move::Complete {
            step: step(),
            body: json!({"ok": true, "n": 1}),
        },
        MoveKind::ForceTimeout => Move::ForceTimeout { step: step() },
        MoveKind::Pause => Move::Pause,
        MoveKind::StopGracefully => Move::StopGracefully {
            timeout_s: Some(20),
        },
        MoveKind::Cancel => Move::Cancel,
        MoveKind::RunAgain => Move::RunAgain { input: None },
        MoveKind::ContinueInChat => Move::ContinueInChat {
            step: step(),
            message: "Go on.".into(),
        },
        MoveKind::Report => return None,
    })
}

/// What `moves` says is legal, `decide` does, and nothing else; every move has a plan.
pub fn moves_agree(run: &Run, now: Timestamp) {
    let moves = engine::moves(run, &Access::full(Role::ProjectContributor));
    assert_eq!(moves.len(), MoveKind::ALL.len());
    assert_eq!(moves.iter().filter(|m| m.primary).count(), 1);
    for state in &moves {
        assert_eq!(state.legal, state.reason.is_none());
        let Some(what) = a_move(run, state.kind, state.steps.first()) else {
            continue;
        };
        let command = Command::Move {
            actor: person(),
            what: what.clone(),
            reason: None,
        };
        let decided = decide(run, command, now);
        assert_eq!(
            decided.is_ok(),
            state.legal,
            "{} of a {} run: moves and decide differ: {decided:?}",
            state.kind,
            run.status
        );
        if state.legal && state.kind != MoveKind::RunAgain {
            assert!(!decided.unwrap().is_empty(), "{} does nothing", state.kind);
        }
        if state.legal {
            let plan = engine::plan(&run.lean(), &what);
            assert!(!plan.summary.is_empty());
        }
    }
}

pub fn output(n: usize) -> Value {
    json!({ "ok": n.is_multiple_of(2), "n": n })
}
