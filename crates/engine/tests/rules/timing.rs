use crate::bench::{Bench, at, of, step, with, write};
use engine::is_stalled;
use model::{FailureCode, Move, RunStatus, StepStatus};
use serde_json::json;

#[test]
fn a_step_that_takes_too_long_fails_and_a_writes_outcome_is_unknown() {
    let timeout = json!({"timeout_s": 10, "retry_count": 1, "retry_backoff_s": 0});
    let mut b = Bench::started(&[with(step("a", &[]), timeout.clone())]);
    b.passes(9_999);
    assert_eq!(b.calls(), ["a"]);
    b.passes(1);
    assert_eq!(b.failure("a").code, FailureCode::RunStalledOrTimedOut);
    assert_eq!(b.is("a"), StepStatus::Retrying);
    b.passes(0);
    assert_eq!(
        b.timer(),
        Some(b.now.plus_s(10)),
        "counted from the start of the try"
    );

    let mut b = Bench::started(&[with(write("w", &[]), timeout)]);
    b.passes(10_000);
    assert!(b.failure("w").outcome_unknown);
    assert_eq!(b.status(), RunStatus::Failed);
}

#[test]
fn a_run_has_only_so_much_working_time() {
    let doc = json!({"name": "W", "timeout_s": 100, "steps": [
        step("a", &[]), of("ask", "human_task", json!({"depends_on": ["a"]})), step("b", &["ask"])]});
    let mut b = Bench::started_doc(&doc);
    b.now = b.now.plus_s(60);
    b.completes("a");
    assert_eq!(b.timer(), None, "waiting takes none of it");
    b.passes(3_600_000);
    assert_eq!(b.status(), RunStatus::Waiting);
    b.approves("ask");
    assert_eq!(b.timer(), Some(b.now.plus_s(40)));
    b.passes(40_000);
    assert_eq!(b.status(), RunStatus::Failed);
    assert_eq!(
        b.run.failure.as_ref().unwrap().code,
        FailureCode::RunStalledOrTimedOut
    );
    assert_eq!(b.run.failed_step, Some("b".into()));
    b.does(Move::Retry).unwrap();
    b.dequeue();
    assert_eq!(
        b.timer(),
        Some(b.now.plus_s(100)),
        "each attempt has its own"
    );
}

#[test]
fn a_run_that_never_starts_expires() {
    let doc = json!({"name": "W", "ttl_s": 60, "steps": [step("a", &[])]});
    let mut b = Bench::queued(&doc);
    assert_eq!(b.timer(), Some(at(60_000)));
    b.passes(60_000);
    assert_eq!(b.status(), RunStatus::Expired);
    assert_eq!(b.says("a"), "skipped (out_of_scope)");

    let mut b = Bench::started_doc(&doc);
    b.passes(60_000);
    assert_eq!(b.status(), RunStatus::Running);
}

#[test]
fn one_timer_the_earliest_and_all_that_is_due_at_once() {
    let mut b = Bench::started(&[
        of("t1", "timer", json!({"seconds": 5})),
        of("t2", "timer", json!({"seconds": 3})),
        of("t3", "timer", json!({"seconds": 50})),
    ]);
    assert_eq!(b.timer(), Some(b.now.plus_s(3)));
    b.passes(10_000);
    assert_eq!(b.all(), "t1: completed, t2: completed, t3: waiting");
}

#[test]
fn stalled_is_silence_while_running() {
    let b = Bench::started(&[step("a", &[])]);
    assert!(!is_stalled(&b.run, b.now.plus_s(300)));
    assert!(is_stalled(&b.run, b.now.plus_s(301)));
    let b = Bench::started(&[with(step("a", &[]), json!({"timeout_s": 900}))]);
    assert!(
        !is_stalled(&b.run, b.now.plus_s(899)),
        "the step may take that long"
    );
    let b = Bench::started(&[of("ask", "human_task", json!({}))]);
    assert!(
        !is_stalled(&b.run, b.now.plus_s(1_000_000)),
        "waiting is never stalled"
    );
}

#[test]
fn a_clock_that_runs_backwards_makes_no_journal_that_does() {
    let mut b = Bench::started(&[step("a", &[])]);
    b.now = at(-5_000);
    b.completes("a");
    let times: Vec<_> = b.journal.iter().map(|e| e.at).collect();
    assert!(times.is_sorted());
}
