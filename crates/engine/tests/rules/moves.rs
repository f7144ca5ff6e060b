//! Every move in every status.

use crate::bench::{Bench, ada, of, step, write};
use engine::{Command, decide, moves, primary_move};
use model::event::Wait;
use model::{
    Access, BlockedBy, FailureCode, Move, MoveKind as M, Role, RunStatus as S, Scope, StepPath,
};
use serde_json::json;

fn bench(status: S) -> Bench {
    let steps = [step("a", &[]), step("b", &["a"])];
    let doc = json!({"name": "W", "ttl_s": 10, "steps": steps});
    let started = || Bench::started(&steps);
    let block = || Command::Block {
        by: BlockedBy::Budget,
        check: None,
        reason: "r".into(),
        clears: "c".into(),
        step: None,
    };
    let mut b = match status {
        S::Queued => Bench::queued(&doc),
        S::Starting => {
            let mut b = Bench::queued(&doc);
            b.dequeue();
            b.journal.pop();
            b.run = engine::fold(&b.journal).unwrap();
            b
        }
        S::Running => started(),
        S::Waiting => Bench::started(&[of("ask", "human_task", json!({}))]),
        S::Paused => {
            let mut b = started();
            b.does(Move::Pause).unwrap();
            b
        }
        S::Blocked => {
            let mut b = started();
            b.tell(block()).unwrap();
            b
        }
        S::Draining => {
            let mut b = started();
            b.does(Move::StopGracefully { timeout_s: None }).unwrap();
            b
        }
        S::Interrupted => {
            let mut b = Bench::started(&[write("a", &[])]);
            b.crashes();
            b
        }
        S::Completed => {
            let mut b = started();
            b.completes("a");
            b.completes("b");
            b
        }
        S::Failed => {
            let mut b = started();
            b.fails("a", FailureCode::LuaScriptFailed);
            b
        }
        S::Cancelled => {
            let mut b = started();
            b.does(Move::Cancel).unwrap();
            b
        }
        S::Rejected => {
            let mut b = Bench::started(&[of("ask", "human_task", json!({}))]);
            let task = b.task("ask");
            b.does(Move::Reject {
                task,
                comment: None,
            })
            .unwrap();
            b
        }
        S::Expired => {
            let mut b = Bench::queued(&doc);
            b.passes(10_000);
            b
        }
    };
    assert_eq!(b.status(), status);
    b.now = b.now.plus_s(1);
    b
}

/// The table of the vocabulary: what is legal, and the primary one.
fn table(status: S) -> (&'static [M], M) {
    match status {
        S::Queued => (&[M::Pause, M::Cancel], M::Cancel),
        S::Running => (&[M::Pause, M::StopGracefully, M::Cancel], M::Cancel),
        S::Waiting => (
            &[M::Approve, M::Reject, M::Skip, M::StopGracefully, M::Cancel],
            M::Approve,
        ),
        S::Paused => (&[M::Resume, M::StopGracefully, M::Cancel], M::Resume),
        S::Blocked => (&[M::Cancel], M::Resume),
        S::Starting | S::Draining => (&[M::Cancel], M::Cancel),
        S::Interrupted => (&[M::Retry, M::RetryFromStep, M::Cancel], M::Retry),
        S::Completed => (&[M::RetryFromStep, M::RunAgain], M::RunAgain),
        S::Failed | S::Cancelled => (&[M::Retry, M::RetryFromStep, M::RunAgain], M::Retry),
        S::Rejected | S::Expired => (&[M::RunAgain], M::RunAgain),
    }
}

fn a_move(b: &Bench, kind: M) -> Option<Move> {
    let waiting = b.run.steps.values().find_map(|s| match &s.wait {
        Some(Wait::HumanTask { task, .. }) => Some(task.clone()),
        _ => None,
    });
    let task = || waiting.clone().unwrap_or_else(|| "tsk_none".into());
    let step = || StepPath::from("a");
    Some(match kind {
        M::Retry => Move::Retry,
        M::RetryFromStep => Move::RetryFromStep {
            step: step(),
            input: None,
        },
        M::Resume => Move::Resume,
        M::Approve => Move::Approve {
            task: task(),
            comment: None,
            result: None,
        },
        M::Reject => Move::Reject {
            task: task(),
            comment: None,
        },
        M::Skip => Move::Skip {
            task: task(),
            comment: None,
        },
        M::Complete => Move::Complete {
            step: step(),
            body: json!(1),
        },
        M::ForceTimeout => Move::ForceTimeout { step: step() },
        M::Pause => Move::Pause,
        M::StopGracefully => Move::StopGracefully { timeout_s: None },
        M::Cancel => Move::Cancel,
        M::RunAgain => Move::RunAgain { input: None },
        M::ContinueInChat => Move::ContinueInChat {
            step: step(),
            message: "Go on.".into(),
        },
        M::Report => return None,
    })
}

#[test]
fn the_table_of_moves_and_statuses() {
    for &status in S::ALL {
        let b = bench(status);
        let (legal, primary) = table(status);
        let states = moves(&b.run, &Access::full(Role::ProjectContributor));
        assert!(states.iter().map(|s| s.kind).eq(M::ALL.iter().copied()));
        for state in &states {
            let kind = state.kind;
            let expected = kind == M::Report || legal.contains(&kind);
            assert_eq!(state.legal, expected, "{kind} while {status}: {state:?}");
            assert_eq!(state.reason.is_some(), !expected);
            assert_eq!(state.primary, kind == primary, "{kind} while {status}");
            if let Some(what) = a_move(&b, kind) {
                let actor = ada();
                let command = Command::Move {
                    actor,
                    what,
                    reason: None,
                };
                let decided = decide(&b.run, command, b.now);
                assert_eq!(
                    decided.is_ok(),
                    expected,
                    "{kind} while {status}: {decided:?}"
                );
            }
        }
        assert_eq!(primary_move(&b.run), primary);
    }
}

#[test]
fn a_waitpoint_is_completed_or_timed_out() {
    let b = Bench::started(&[of("a", "waitpoint", json!({}))]);
    assert_eq!(primary_move(&b.run), M::Complete);
    for state in moves(&b.run, &Access::full(Role::TenantAdmin)) {
        if matches!(state.kind, M::Complete | M::ForceTimeout) {
            assert!(state.legal);
            assert_eq!(state.steps, ["a".into()]);
        }
    }
    let b = Bench::started(&[of("t", "timer", json!({"seconds": 9}))]);
    assert_eq!(primary_move(&b.run), M::Cancel);
}

#[test]
fn the_missing_role_or_scope_is_named_before_the_state() {
    let b = bench(S::Failed);
    let reason = |access: &Access, kind| {
        let states = moves(&b.run, access);
        states.into_iter().find(|s| s.kind == kind).unwrap().reason
    };
    let viewer = Access::full(Role::ProjectViewer);
    for kind in [M::Retry, M::Pause] {
        assert!(
            reason(&viewer, kind)
                .unwrap()
                .contains("project_contributor")
        );
    }
    assert_eq!(reason(&viewer, M::Report), None);
    let mut token = Access::full(Role::ProjectAdmin);
    token.scopes.remove(&Scope::WorkflowRun);
    assert!(reason(&token, M::Retry).unwrap().contains("workflow:run"));
}

#[test]
fn labels_say_what_the_button_does() {
    let label = |status, kind| {
        let states = moves(&bench(status).run, &Access::full(Role::TenantAdmin));
        states.into_iter().find(|s| s.kind == kind).unwrap().label
    };
    assert_eq!(label(S::Draining, M::Cancel), "Stop now");
    assert_eq!(label(S::Running, M::Cancel), "Cancel");
    assert_eq!(label(S::Failed, M::RetryFromStep), "Retry from step");
    assert_eq!(label(S::Completed, M::RetryFromStep), "Retry from step");
}

#[test]
fn a_refusal_names_the_state_and_what_is_possible() {
    let refused = |status, what: Move| bench(status).does(what).unwrap_err().to_string();
    assert_eq!(
        refused(S::Running, Move::Retry),
        "Only a failed, cancelled or interrupted run can be retried; this one is running."
    );
    assert_eq!(
        refused(S::Completed, Move::Cancel),
        "The run has ended; it is completed."
    );
    let retried = bench(S::Failed).does(Move::Retry).unwrap();
    assert!(retried[0].actor.is_some());
}
