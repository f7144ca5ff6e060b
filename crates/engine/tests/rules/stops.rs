use crate::bench::{Bench, of, step, with, write};
use engine::Command;
use model::{
    BlockedBy, EventKind, Failure, FailureCode, Move, QueuedReason, RunStatus, StepPath, StopMode,
};
use serde_json::json;

fn parallel() -> [serde_json::Value; 4] {
    [
        step("a", &[]),
        of("ask", "human_task", json!({})),
        step("b", &["a"]),
        step("c", &["ask"]),
    ]
}

fn drain(timeout_s: Option<u64>) -> Move {
    Move::StopGracefully { timeout_s }
}

#[test]
fn cancel_ends_at_once_and_names_the_operator() {
    let mut b = Bench::started(&parallel());
    b.tell(Command::Move {
        actor: crate::bench::ada(),
        what: Move::Cancel,
        reason: Some("wrong record".into()),
    })
    .unwrap();
    assert_eq!(b.status(), RunStatus::Cancelled);
    assert_eq!(
        b.all(),
        "a: cancelled, ask: cancelled, b: skipped (operator), c: skipped (operator)"
    );
    let stop = b.run.stop.as_ref().unwrap();
    assert_eq!(
        (stop.mode, stop.by.as_ref().unwrap().name.as_str()),
        (StopMode::Immediate, "Ada Kern")
    );
    assert_eq!(b.why(), "Cancelled by Ada Kern: wrong record.");
    assert!(b.calls().is_empty());
}

#[test]
fn a_graceful_stop_lets_running_steps_finish() {
    let mut b = Bench::started(&parallel());
    b.does(drain(None)).unwrap();
    assert_eq!(b.status(), RunStatus::Draining);
    assert_eq!(
        b.all(),
        "a: running, ask: cancelled, b: pending, c: pending"
    );
    assert_eq!(b.timer(), Some(b.now.plus_s(300)));
    b.completes("a");
    assert_eq!(b.status(), RunStatus::Cancelled);
    assert_eq!(b.says("b"), "skipped (operator)");
    assert_eq!(b.run.stop.as_ref().unwrap().mode, StopMode::Graceful);
}

#[test]
fn a_graceful_stop_of_a_waiting_run_ends_at_once() {
    let mut b = Bench::started(&[of("ask", "human_task", json!({}))]);
    b.does(drain(None)).unwrap();
    assert_eq!(b.status(), RunStatus::Cancelled);
}

#[test]
fn a_drain_that_takes_too_long_fails() {
    let mut b = Bench::started(&parallel());
    b.does(drain(Some(10))).unwrap();
    b.passes(9_999);
    assert_eq!(b.status(), RunStatus::Draining);
    b.passes(1);
    assert_eq!(b.status(), RunStatus::Failed);
    let failure = b.run.failure.clone().unwrap();
    assert_eq!(failure.code, FailureCode::DrainTimeout);
    assert_eq!(b.run.failed_step, Some("a".into()));
    assert_eq!(b.says("a"), "cancelled");
}

#[test]
fn a_failure_while_draining_still_ends_as_cancelled() {
    let mut b = Bench::started(&[
        with(step("a", &[]), json!({"retry_count": 3})),
        step("b", &["a"]),
    ]);
    b.does(drain(None)).unwrap();
    b.fails("a", FailureCode::UpstreamError);
    assert_eq!(b.status(), RunStatus::Cancelled);
    assert_eq!(b.all(), "a: failed, b: skipped (operator)");
}

#[test]
fn a_drain_can_be_cut_short() {
    let mut b = Bench::started(&parallel());
    b.does(drain(None)).unwrap();
    b.does(Move::Cancel).unwrap();
    assert_eq!(b.status(), RunStatus::Cancelled);
    assert_eq!(b.run.stop.as_ref().unwrap().mode, StopMode::Immediate);
}

#[test]
fn a_paused_run_begins_nothing_until_it_goes_on() {
    let mut b = Bench::started(&parallel());
    b.does(Move::Pause).unwrap();
    b.completes("a");
    b.approves("ask");
    assert_eq!(b.status(), RunStatus::Paused);
    assert!(b.calls().is_empty());
    b.does(Move::Resume).unwrap();
    assert_eq!(b.status(), RunStatus::Running);
    assert_eq!(b.calls(), ["b", "c"]);

    let mut b = Bench::started(&[step("a", &[]), step("b", &["a"]), step("side", &[])]);
    b.does(Move::Pause).unwrap();
    b.completes("a");
    b.does(Move::Resume).unwrap();
    assert_eq!(
        b.calls(),
        ["b", "side"],
        "what was held goes on beside what runs"
    );

    let mut b = Bench::queued(&json!({"name": "W", "steps": parallel()}));
    b.does(Move::Pause).unwrap();
    assert!(engine::effects(&b.run).is_empty());
    b.does(Move::Resume).unwrap();
    assert_eq!(
        (b.status(), b.run.queued_reason),
        (RunStatus::Queued, Some(QueuedReason::Capacity))
    );
}

#[test]
fn a_backoff_waits_while_paused() {
    let mut b = Bench::started(&[with(step("a", &[]), json!({"retry_count": 1}))]);
    b.fails("a", FailureCode::UpstreamError);
    b.does(Move::Pause).unwrap();
    assert_eq!(b.timer(), None);
    b.passes(10_000);
    assert!(b.calls().is_empty());
    b.does(Move::Resume).unwrap();
    b.passes(0);
    assert_eq!(b.calls(), ["a"]);
}

fn block(step: Option<&str>) -> Command {
    Command::Block {
        by: BlockedBy::Credential,
        check: None,
        reason: "GitHub connection needs re-authorization".into(),
        clears: "Reconnect GitHub on Health".into(),
        step: step.map(StepPath::from),
    }
}

#[test]
fn a_block_takes_the_step_back_until_the_cause_is_gone() {
    let mut b = Bench::started(&[write("w", &[]), step("a", &[])]);
    b.tell(block(Some("w"))).unwrap();
    assert_eq!(b.status(), RunStatus::Blocked);
    assert_eq!(b.all(), "w: pending, a: running");
    assert_eq!(
        b.why(),
        "Blocked before w: GitHub connection needs re-authorization. Reconnect GitHub on Health."
    );
    b.completes("a");
    let refused = b.does(Move::Resume).unwrap_err().to_string();
    assert!(
        refused.starts_with("Still blocked: GitHub connection"),
        "{refused}"
    );
    b.tell(Command::Unblock).unwrap();
    assert!(b.tell(Command::Unblock).unwrap().is_empty());
    b.does(Move::Resume).unwrap();
    assert_eq!(b.calls(), ["w"]);
    assert_eq!(
        b.run.steps[&"w".into()].history.len(),
        1,
        "it had not begun before"
    );
    b.completes("w");
    assert_eq!(b.status(), RunStatus::Completed);
}

#[test]
fn a_block_before_the_start_holds_the_queued_run() {
    let mut b = Bench::queued(&json!({"name": "W", "steps": parallel()}));
    b.tell(block(None)).unwrap();
    assert!(b.tell(block(None)).unwrap().is_empty(), "said twice");
    assert!(engine::effects(&b.run).is_empty());
    b.tell(Command::Unblock).unwrap();
    b.does(Move::Resume).unwrap();
    assert_eq!(b.status(), RunStatus::Queued);
}

#[test]
fn a_block_while_draining_is_one_step_less_to_wait_for() {
    let mut b = Bench::started(&[step("a", &[])]);
    b.does(drain(None)).unwrap();
    b.tell(block(Some("a"))).unwrap();
    assert_eq!(b.status(), RunStatus::Cancelled);
}

#[test]
fn a_block_of_a_step_that_has_ended_is_stale() {
    let mut b = Bench::started(&[step("a", &[]), step("b", &[])]);
    b.completes("a");
    assert!(b.tell(block(Some("a"))).unwrap().is_empty());
    b.fails_with("b", Failure::new(FailureCode::LuaScriptFailed, "x"));
    assert!(b.tell(block(None)).unwrap().is_empty());
    assert!(matches!(b.last(), EventKind::RunFailed { .. }));
}
