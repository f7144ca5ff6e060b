use crate::bench::{Bench, of, step, with, write};
use model::{EventKind, FailureCode, Move, RunStatus, StepStatus};
use serde_json::json;

fn from(step: &str) -> Move {
    Move::RetryFromStep {
        step: step.into(),
        input: None,
    }
}

#[test]
fn a_retry_goes_on_at_the_first_step_that_did_not_finish() {
    let mut b = Bench::started(&[step("a", &[]), step("b", &["a"]), step("c", &["b"])]);
    b.completes_with("a", json!(1));
    b.fails("b", FailureCode::LuaScriptFailed);
    b.does(Move::Retry).unwrap();
    assert_eq!((b.status(), b.run.attempt), (RunStatus::Queued, 2));
    assert_eq!(b.all(), "a: completed, b: pending, c: pending");
    b.dequeue();
    assert_eq!(b.calls(), ["b"]);
    assert_eq!(b.key("b").attempt, 2);
    b.completes("b");
    b.completes("c");
    assert_eq!(b.status(), RunStatus::Completed);
    let a = &b.run.steps[&"a".into()];
    assert!(a.reused && a.history.len() == 1);
    // The record of the first attempt is as it was.
    let first = &b.run.attempts[0];
    assert_eq!(first.status, RunStatus::Failed);
    assert_eq!(first.failed_step, Some("b".into()));
    assert_eq!(
        first.failure.as_ref().unwrap().code,
        FailureCode::LuaScriptFailed
    );
    assert_eq!(b.run.attempts[1].status, RunStatus::Completed);
    let key = |attempt| model::event::TryKey {
        path: "b".into(),
        attempt,
        try_no: 1,
    };
    let tries = b.journal.iter().filter_map(|e| match &e.event {
        EventKind::StepStarted { key, .. } if key.path.as_str() == "b" => Some(key.clone()),
        _ => None,
    });
    assert_eq!(tries.collect::<Vec<_>>(), [key(1), key(2)]);
}

#[test]
fn a_retry_keeps_what_was_handled_decided_or_not_wanted() {
    let mut b = Bench::started(&[
        with(step("skips", &[]), json!({"on_failure": "skip"})),
        with(step("not", &[]), json!({"condition": "false"})),
        with(step("off", &[]), json!({"enabled": false})),
        of("ask", "human_task", json!({})),
        step("bad", &["ask"]),
        step("side", &["ask"]),
        step("after", &["bad"]),
    ]);
    b.fails("skips", FailureCode::LuaScriptFailed);
    let task = b.task("ask");
    b.does(Move::Skip {
        task,
        comment: None,
    })
    .unwrap();
    b.fails("bad", FailureCode::LuaScriptFailed);
    b.does(Move::Retry).unwrap();
    assert_eq!(
        b.all(),
        "skips: failed (handled), not: skipped (condition), off: skipped (step_disabled), ask: skipped (operator), bad: pending, side: pending, after: pending"
    );
}

#[test]
fn a_retry_from_a_step_repeats_all_that_comes_after_it() {
    let mut b = Bench::started(&[
        step("a", &[]),
        step("b", &["a"]),
        step("c", &["b"]),
        step("side", &[]),
    ]);
    for path in ["a", "b", "c", "side"] {
        b.completes(path);
    }
    assert_eq!(b.status(), RunStatus::Completed);
    let input = Some(json!({"input": "corrected"}));
    b.does(Move::RetryFromStep {
        step: "b".into(),
        input,
    })
    .unwrap();
    assert_eq!(
        b.all(),
        "a: completed, b: pending, c: pending, side: completed"
    );
    assert_eq!(b.run.attempts[1].from, Some("b".into()));
    b.dequeue();
    assert_eq!(
        b.run.steps[&"b".into()].input,
        Some(json!({"input": "corrected"}))
    );
    let refused = b.does(from("a")).unwrap_err().to_string();
    assert!(refused.contains("this one is running"), "{refused}");
}

#[test]
fn a_retry_starts_only_from_a_step_that_ran() {
    let mut b = Bench::started(&[step("a", &[]), step("b", &["a"])]);
    b.fails("a", FailureCode::LuaScriptFailed);
    assert!(
        b.does(from("b"))
            .unwrap_err()
            .to_string()
            .contains("b is skipped")
    );
    assert!(
        b.does(from("z"))
            .unwrap_err()
            .to_string()
            .contains("no step z")
    );
    assert!(b.does(from("a")).is_ok());
}

#[test]
fn a_retry_of_a_fallback_asks_only_the_fallback_again() {
    let mut b = Bench::started(&[
        with(step("a", &[]), json!({"on_failure": {"fallback": "f"}})),
        step("f", &[]),
        step("c", &["a"]),
    ]);
    b.fails("a", FailureCode::LuaScriptFailed);
    b.fails("f", FailureCode::LuaScriptFailed);
    b.does(Move::Retry).unwrap();
    b.dequeue();
    assert_eq!(b.all(), "a: failed (handled), f: running, c: pending");
    b.completes("f");
    assert_eq!(b.calls(), ["c"]);
}

#[test]
fn a_run_cancelled_in_its_queue_can_be_retried() {
    let mut b = Bench::queued(&json!({"name": "W", "steps": [write("w", &[])]}));
    b.does(Move::Cancel).unwrap();
    assert!(b.does(from("w")).is_err(), "no step has run");
    b.does(Move::Retry).unwrap();
    b.dequeue();
    assert_eq!(b.is("w"), StepStatus::Running);
}

#[test]
fn an_answer_to_an_earlier_attempt_is_stale() {
    let mut b = Bench::started(&[step("a", &[]), step("b", &[])]);
    let key = b.key("b");
    b.fails("a", FailureCode::LuaScriptFailed);
    b.does(Move::Retry).unwrap();
    b.dequeue();
    assert_eq!(
        b.key("b").try_no,
        key.try_no,
        "the same try of another attempt"
    );
    let late = engine::Command::Completed {
        key,
        output: json!("late"),
        usage: None,
    };
    assert!(b.tell(late).unwrap().is_empty());
    assert_eq!(b.calls(), ["a", "b"]);
}
