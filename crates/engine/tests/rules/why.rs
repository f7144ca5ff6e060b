use crate::bench::{Bench, at, of, step, with};
use engine::{QueueState, World, why};
use model::{FailureCode, Move};
use serde_json::json;

fn world(change: impl FnOnce(&mut QueueState)) -> World {
    let mut queue = QueueState {
        name: "default".into(),
        ahead: 0,
        limit: 4,
        in_use: 1,
        workers: 2,
        paused_by: None,
        paused_at: None,
        last_dequeue_at: None,
    };
    change(&mut queue);
    World { queue: Some(queue) }
}

#[test]
fn a_queued_run_says_what_it_waits_for() {
    let b = Bench::queued(&json!({"name": "W", "steps": [step("a", &[])]}));
    let now = at(61_000);
    let says = |world: &World| why(&b.run, world, now).unwrap().sentence(now);
    assert_eq!(
        says(&World::default()),
        "Queued for 1 m 1 s in default: waiting for a free slot."
    );
    assert_eq!(says(&world(|_| {})), "Queued: next in the queue default.");
    assert_eq!(
        says(&world(|q| (q.ahead, q.in_use) = (12, 4))),
        "Queued: 12 runs ahead, the queue default is at its limit of 4."
    );
    assert_eq!(
        says(&world(|q| q.workers = 0)),
        "Queued for 1 m 1 s and not picked up: no worker is pulling from the queue default."
    );
    assert_eq!(
        says(&world(|q| {
            q.paused_at = Some(at(0));
            q.paused_by = Some("Ada Kern".into());
        })),
        "Queued: the queue default was paused by Ada Kern."
    );
}

#[test]
fn every_stop_has_its_sentence() {
    let ask = json!({"name": "Send quote", "assignee": "anyone in Sales"});
    let mut b = Bench::started(&[of("ask", "human_task", ask), step("b", &["ask"])]);
    b.now = b.now.plus_s(840);
    assert_eq!(
        b.why(),
        "Waiting 14 m for approval of Send quote by anyone in Sales."
    );
    let task = b.task("ask");
    b.does(Move::Reject {
        task,
        comment: Some("too dear".into()),
    })
    .unwrap();
    assert_eq!(b.why(), "Send quote was rejected by Ada Kern: too dear.");

    let more = json!({"name": "Draft quote", "retry_count": 1});
    let mut b = Bench::started(&[with(step("a", &[]), more), step("b", &[])]);
    b.now = b.now.plus_s(3);
    assert_eq!(b.why(), "Running Draft quote and 1 more step for 3.0 s.");
    b.completes("b");
    b.fails("a", FailureCode::LlmRequestFailed);
    assert_eq!(
        b.why(),
        "Draft quote tries again (2 of 2) after an error: It did not work."
    );
    b.does(Move::Pause).unwrap();
    b.now = b.now.plus_s(60);
    assert_eq!(b.why(), "Paused for 1 m by Ada Kern. Resume goes on.");
    b.does(Move::Resume).unwrap();
    b.passes(0);
    let stalled = why(&b.run, &World::default(), b.now.plus_s(400)).unwrap();
    assert!(stalled.stalled);
    assert_eq!(
        stalled.sentence(b.now.plus_s(400)),
        "No sign of life for 6 m 40 s from Draft quote."
    );
    b.fails("a", FailureCode::LlmRequestFailed);
    assert_eq!(b.why(), "Failed at Draft quote: It did not work.");

    let mut b = Bench::started(&[step("a", &[])]);
    b.does(Move::StopGracefully { timeout_s: None }).unwrap();
    assert_eq!(
        b.why(),
        "Stopping gracefully for 0 ms by Ada Kern until a finishes."
    );
    b.completes("a");
    assert_eq!(b.why(), "Stopped gracefully by Ada Kern.");

    let mut b = Bench::started(&[step("a", &[])]);
    b.completes("a");
    assert!(why(&b.run, &World::default(), b.now).is_none());
}
