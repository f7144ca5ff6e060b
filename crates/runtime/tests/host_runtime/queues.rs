//! Queues: limits, order, pauses, delays, nobody there.

use crate::kit::{BOTH, Kit, On, call, person, place, workflow};
use model::{Move, QueuedReason, RunId, RunStatus};
use runtime::host::{AuditDraft, HostConfig, QueueChange};
use serde_json::json;
use std::sync::atomic::Ordering;

fn gated() -> model::Workflow {
    workflow(json!([call("slow", "gate", &[])]))
}

fn limited(queue_limit: u32) -> HostConfig {
    HostConfig {
        queue_limit,
        ..HostConfig::default()
    }
}

async fn reason(kit: &Kit, run: &RunId) -> Option<QueuedReason> {
    let snapshot = kit.host.snapshot(&place(), run).await.unwrap();
    snapshot.run.queued_reason
}

async fn change(kit: &Kit, change: QueueChange) {
    let audit = AuditDraft::new(person(), "queue.change");
    kit.host
        .change_queue(
            &place(),
            "default",
            change,
            audit,
            Box::new(|_, _| Ok(None)),
        )
        .await
        .unwrap();
}

#[tokio::test]
async fn a_queue_lets_as_many_runs_work_as_its_limit_says_oldest_first() {
    for on in BOTH {
        let kit = Kit::with(on, limited(2)).await;
        let mut runs = Vec::new();
        for _ in 0..6 {
            runs.push(kit.start_run(&gated()).await);
        }
        kit.at_gate(2).await;
        assert_eq!(reason(&kit, &runs[5]).await, Some(QueuedReason::Capacity));
        let state = kit.host.queue_state(&runs[5]).unwrap();
        assert_eq!(
            (state.ahead, state.limit, state.in_use, state.workers),
            (3, 2, 2, 1)
        );
        // One place becomes free before the others: the third run begins alone.
        kit.script.gate.open(1);
        kit.begun(3).await;
        kit.script.gate.open(5);
        for run in &runs {
            kit.status(run, RunStatus::Completed).await;
        }
        assert_eq!(kit.script.most_at_gate.load(Ordering::SeqCst), 2);
        let mut begun: Vec<RunId> = Vec::new();
        for call in kit.script.calls.lock().unwrap().iter() {
            begun.push(call.run.clone());
        }
        // The first two may begin in either order.
        begun[..2].sort();
        assert_eq!(begun[..3], runs[..3]);
    }
}

#[tokio::test]
async fn a_run_that_waits_for_a_person_gives_its_place_away() {
    let kit = Kit::with(On::Memory, limited(1)).await;
    let asks = workflow(json!([{ "id": "ask", "type": "human_task" }]));
    let first = kit.start_run(&asks).await;
    kit.status(&first, RunStatus::Waiting).await;
    let second = kit
        .start_run(&workflow(json!([call("read", "echo", &[])])))
        .await;
    kit.status(&second, RunStatus::Completed).await;
}

#[tokio::test]
async fn runs_in_a_paused_queue_say_so_and_go_on_after() {
    for on in BOTH {
        let kit = Kit::new(on).await;
        let pause = |paused| QueueChange {
            paused: Some(paused),
            limit: None,
        };
        change(&kit, pause(true)).await;
        let run = kit
            .start_run(&workflow(json!([call("read", "echo", &[])])))
            .await;
        assert_eq!(reason(&kit, &run).await, Some(QueuedReason::QueuePaused));
        let state = kit.host.queue_state(&run).unwrap();
        assert_eq!(state.paused_by.as_deref(), Some("Jo"));
        // The pause is kept.
        let kit = kit.restart(0).await;
        assert_eq!(kit.stored(&run).await.row.status, RunStatus::Queued);
        assert_eq!(kit.host.queues(&place())[0].depth, 1);
        change(&kit, pause(false)).await;
        kit.status(&run, RunStatus::Completed).await;
    }
}

#[tokio::test]
async fn pausing_a_queue_tells_the_runs_that_wait_in_it() {
    let kit = Kit::with(On::Memory, limited(1)).await;
    let first = kit.start_run(&gated()).await;
    kit.at_gate(1).await;
    let second = kit.start_run(&gated()).await;
    let seq = kit.stored(&second).await.row.seq;
    let pause = QueueChange {
        paused: Some(true),
        limit: None,
    };
    change(&kit, pause).await;
    kit.until(&second, |row| row.seq > seq).await;
    assert_eq!(reason(&kit, &second).await, Some(QueuedReason::QueuePaused));
    kit.script.gate.open(1);
    kit.status(&first, RunStatus::Completed).await;
    assert_eq!(kit.stored(&second).await.row.status, RunStatus::Queued);
}

#[tokio::test]
async fn a_higher_limit_takes_effect_at_once() {
    let kit = Kit::with(On::Memory, limited(1)).await;
    for _ in 0..3 {
        kit.start_run(&gated()).await;
    }
    kit.at_gate(1).await;
    let wider = QueueChange {
        paused: None,
        limit: Some(3),
    };
    change(&kit, wider).await;
    kit.at_gate(3).await;
}

#[tokio::test]
async fn without_workers_a_run_says_that_nobody_picks_it_up() {
    for on in BOTH {
        let none = HostConfig {
            workers: 0,
            ..HostConfig::default()
        };
        let kit = Kit::with(on, none).await;
        let run = kit.start_run(&gated()).await;
        assert_eq!(reason(&kit, &run).await, Some(QueuedReason::NoWorkers));
        assert_eq!(kit.host.queue_state(&run).unwrap().workers, 0);
        assert_eq!(kit.stored(&run).await.row.status, RunStatus::Queued);
    }
}

#[tokio::test]
async fn a_delayed_run_starts_at_its_time() {
    for on in BOTH {
        let kit = Kit::new(on).await;
        let mut create = kit.create_run(&workflow(json!([call("read", "echo", &[])])));
        create.not_before = Some(kit.host.now().plus_s(60));
        let run = kit.start_run_with(create).await;
        assert_eq!(reason(&kit, &run).await, Some(QueuedReason::Delayed));
        assert_eq!(kit.host.queues(&place())[0].delayed, 1);
        // The delay is kept.
        let kit = kit.restart(0).await;
        assert_eq!(kit.host.queues(&place())[0].delayed, 1);
        kit.platform.advance(59_000);
        assert_eq!(kit.stored(&run).await.row.status, RunStatus::Queued);
        kit.platform.advance(1_000);
        kit.status(&run, RunStatus::Completed).await;
    }
}

#[tokio::test]
async fn a_run_cancelled_in_the_queue_is_never_taken() {
    let kit = Kit::with(On::Memory, limited(1)).await;
    let first = kit.start_run(&gated()).await;
    kit.at_gate(1).await;
    let second = kit.start_run(&gated()).await;
    let third = kit.start_run(&gated()).await;
    kit.make(&second, Move::Cancel).await.unwrap();
    kit.script.gate.open(3);
    kit.status(&first, RunStatus::Completed).await;
    kit.status(&third, RunStatus::Completed).await;
    assert!(kit.calls_of(&second).is_empty());
}
