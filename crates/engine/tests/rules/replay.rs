use crate::bench::{Bench, of, step, with};
use engine::Command;
use engine::replay::{MomentKind, NothingBlocks, Track};
use model::{BlockedBy, EventKind, FailureCode, Move, RunStatus};
use serde_json::json;

fn track(b: &Bench) -> Track {
    let mut track = Track::default();
    for event in &b.journal {
        assert!(track.push(event.clone()));
    }
    track
}

/// The name of the event that decided how the run stands, and the step it is about.
fn blocking(b: &Bench) -> String {
    let track = track(b);
    let seq = track.blocking().unwrap();
    let event = &track.event(seq).unwrap().event;
    match event.step() {
        Some(step) => format!("{} {step}", event.name()),
        None => event.name().to_owned(),
    }
}

fn kinds(b: &Bench) -> Vec<MomentKind> {
    track(b).moments().iter().map(|m| m.kind).collect()
}

fn retried() -> Bench {
    let retry = json!({"retry_count": 1, "retry_backoff_s": 1});
    Bench::started(&[
        with(step("a", &[]), retry),
        step("b", &["a"]),
        step("c", &["a"]),
    ])
}

#[test]
fn a_failed_run_was_decided_by_the_step_that_failed_first() {
    let mut b = retried();
    b.fails("a", FailureCode::UpstreamError);
    b.passes(1_000);
    b.completes("a");
    b.fails("c", FailureCode::UpstreamError);
    assert_eq!(b.status(), RunStatus::Failed);
    assert_eq!(blocking(&b), "step_failed c");
    assert_eq!(
        kinds(&b),
        [MomentKind::Retry, MomentKind::FirstFailure, MomentKind::End]
    );
}

#[test]
fn each_attempt_has_its_first_failure() {
    let mut b = Bench::started(&[step("a", &[])]);
    b.fails("a", FailureCode::UpstreamError);
    b.does(Move::Retry).unwrap();
    assert_eq!(track(&b).blocking(), Err(NothingBlocks::UnderWay));
    b.dequeue();
    b.fails("a", FailureCode::UpstreamError);
    let failure = [MomentKind::FirstFailure, MomentKind::End];
    assert_eq!(
        kinds(&b),
        [&failure[..], &[MomentKind::Attempt], &failure].concat()
    );
    let track = track(&b);
    let last = track.moments().iter().rev().nth(1).unwrap();
    assert_eq!(track.blocking(), Ok(last.seq));
}

#[test]
fn a_waiting_run_hangs_on_the_step_that_waits_longest() {
    let mut b = Bench::started(&[
        of("first", "human_task", json!({})),
        step("a", &[]),
        of("second", "human_task", json!({"depends_on": ["a"]})),
    ]);
    b.completes("a");
    assert_eq!(b.status(), RunStatus::Waiting);
    assert_eq!(blocking(&b), "step_waiting first");
    b.approves("first");
    assert_eq!(blocking(&b), "step_waiting second");
    assert_eq!(
        kinds(&b),
        [MomentKind::Wait, MomentKind::Wait, MomentKind::Decision]
    );
}

#[test]
fn a_rejection_decided_the_run_it_ended() {
    let mut b = Bench::started(&[of("ask", "human_task", json!({}))]);
    let task = b.task("ask");
    b.does(Move::Reject {
        task,
        comment: None,
    })
    .unwrap();
    assert_eq!(b.status(), RunStatus::Rejected);
    assert_eq!(blocking(&b), "step_decided ask");
}

#[test]
fn what_holds_a_run_now_is_the_last_that_held_it() {
    let mut b = Bench::started(&[step("a", &[])]);
    b.does(Move::Pause).unwrap();
    b.does(Move::Resume).unwrap();
    b.does(Move::Pause).unwrap();
    assert_eq!(blocking(&b), "run_paused");
    assert_eq!(track(&b).blocking(), Ok(b.run.seq));
    b.does(Move::Resume).unwrap();
    assert_eq!(track(&b).blocking(), Err(NothingBlocks::UnderWay));
    b.does(Move::StopGracefully { timeout_s: None }).unwrap();
    assert_eq!(blocking(&b), "run_draining");
    b.completes("a");
    let held: Vec<_> = b.run.holds.iter().map(|hold| hold.status).collect();
    assert_eq!(
        held,
        [RunStatus::Paused, RunStatus::Paused, RunStatus::Draining]
    );
    let seen = [
        MomentKind::Paused,
        MomentKind::Resumed,
        MomentKind::Paused,
        MomentKind::Resumed,
        MomentKind::Draining,
        MomentKind::End,
    ];
    assert_eq!(kinds(&b), seen);
    assert!(b.run.holds.iter().all(|hold| hold.to.is_some()));
}

#[test]
fn nothing_blocked_a_run_that_completed() {
    let mut b = Bench::started(&[step("a", &[])]);
    b.completes("a");
    assert_eq!(track(&b).blocking(), Err(NothingBlocks::Completed));
    assert_eq!(kinds(&b), [MomentKind::End]);
}

#[test]
fn a_cancelled_run_was_decided_by_whoever_stopped_it() {
    let steps = [step("a", &[]), step("b", &["a"])];
    let mut b = Bench::started(&steps);
    b.does(Move::Cancel).unwrap();
    assert_eq!(blocking(&b), "run_cancelled");
    let mut b = Bench::started(&steps);
    b.does(Move::StopGracefully { timeout_s: None }).unwrap();
    b.completes("a");
    assert_eq!(b.status(), RunStatus::Cancelled);
    assert_eq!(blocking(&b), "run_draining");
}

#[test]
fn a_blocked_run_hangs_on_its_block_and_a_budget_is_told_apart() {
    for (by, kind) in [
        (BlockedBy::Credential, MomentKind::Blocked),
        (BlockedBy::Budget, MomentKind::Budget),
    ] {
        let mut b = Bench::started(&[step("a", &[])]);
        b.tell(Command::Block {
            by,
            check: None,
            reason: "It is held".into(),
            clears: "Clear it".into(),
            step: Some("a".into()),
        })
        .unwrap();
        assert_eq!(blocking(&b), "run_blocked a");
        assert_eq!(kinds(&b), [kind]);
    }
}

#[test]
fn interrupted_and_expired_runs_name_the_event_that_ended_them() {
    let mut b = Bench::started(&[crate::bench::write("a", &[])]);
    b.crashes();
    assert_eq!(b.status(), RunStatus::Interrupted);
    assert_eq!(blocking(&b), "run_interrupted a");
    let mut b = Bench::queued(&json!({"name": "W", "ttl_s": 1, "steps": [step("a", &[])]}));
    b.passes(2_000);
    assert_eq!(b.status(), RunStatus::Expired);
    assert_eq!(blocking(&b), "run_expired");
}

#[test]
fn a_journal_is_taken_in_order_and_from_its_beginning() {
    let b = retried();
    let mut track = Track::default();
    assert!(!track.push(b.journal[1].clone()));
    assert!(track.push(b.journal[0].clone()));
    assert!(!track.push(b.journal[2].clone()));
    assert_eq!(track.last(), 1);
    assert!(matches!(
        track.event(1).unwrap().event,
        EventKind::RunCreated(_)
    ));
}
