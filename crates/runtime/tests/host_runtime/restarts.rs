//! What a stop leaves behind goes on at the next start.

use crate::kit::{BOTH, Kit, call, place, workflow};
use model::{EventKind, Move, RunStatus};
use runtime::store::record::SignInLink;
use runtime::store::{Change, ChangeSet};
use serde_json::json;

#[tokio::test]
async fn a_timer_that_was_set_before_a_restart_is_due_after_it() {
    for on in BOTH {
        let kit = Kit::new(on).await;
        let steps = json!([
            { "id": "pause", "type": "timer", "seconds": 3600 },
            call("after", "echo", &["pause"]),
        ]);
        let run = kit.start_run(&workflow(steps)).await;
        kit.status(&run, RunStatus::Waiting).await;
        let kit = kit.restart(0).await;
        kit.platform.advance(3_599_000);
        assert_eq!(kit.stored(&run).await.row.status, RunStatus::Waiting);
        kit.platform.advance(1_000);
        kit.status(&run, RunStatus::Completed).await;
    }
}

#[tokio::test]
async fn a_timer_that_was_due_during_a_stop_is_due_at_the_start() {
    for on in BOTH {
        let kit = Kit::new(on).await;
        let steps = json!([{ "id": "pause", "type": "timer", "seconds": 60 }]);
        let run = kit.start_run(&workflow(steps)).await;
        kit.status(&run, RunStatus::Waiting).await;
        let platform = std::sync::Arc::clone(&kit.platform);
        let stopped = kit.host.shutdown(0).await;
        stopped.unwrap();
        platform.advance(120_000);
        let kit = kit.restart(0).await;
        kit.status(&run, RunStatus::Completed).await;
    }
}

#[tokio::test]
async fn a_reading_step_that_was_cut_off_runs_again_by_itself() {
    for on in BOTH {
        let kit = Kit::new(on).await;
        let steps = json!([call("first", "echo", &[]), call("slow", "gate", &["first"])]);
        let run = kit.start_run(&workflow(steps)).await;
        kit.at_gate(1).await;
        let kit = kit.restart(0).await;
        kit.script.gate.open(1);
        kit.status(&run, RunStatus::Completed).await;
        let steps: Vec<_> = kit
            .calls_of(&run)
            .into_iter()
            .map(|call| call.step)
            .collect();
        assert_eq!(steps, ["slow"], "the finished step did not run again");
        let again = kit.journal(&run).await.into_iter().any(|event| {
            matches!(
                event.event,
                EventKind::StepStarted {
                    recovered: true,
                    ..
                }
            )
        });
        assert!(again, "the journal says that it was begun again");
    }
}

#[tokio::test]
async fn a_writing_step_that_was_cut_off_waits_for_a_person() {
    for on in BOTH {
        let kit = Kit::new(on).await;
        let mut send = call("send", "gate", &[]);
        send["effect"] = json!("write");
        let run = kit.start_run(&workflow(json!([send]))).await;
        kit.at_gate(1).await;
        let kit = kit.restart(0).await;
        kit.status(&run, RunStatus::Interrupted).await;
        assert!(kit.calls_of(&run).is_empty(), "nothing was repeated");
        kit.script.gate.open(1);
        kit.make(&run, Move::Retry).await.unwrap();
        kit.status(&run, RunStatus::Completed).await;
    }
}

#[tokio::test]
async fn a_stop_lets_calls_finish_and_begins_no_new_ones() {
    for on in BOTH {
        let kit = Kit::new(on).await;
        let mut send = call("send", "echo", &["slow"]);
        send["effect"] = json!("write");
        let run = kit
            .start_run(&workflow(json!([call("slow", "gate", &[]), send])))
            .await;
        kit.at_gate(1).await;
        let script = std::sync::Arc::clone(&kit.script);
        let host = kit.host.clone();
        let stop = tokio::spawn(async move { host.shutdown(60_000).await });
        script.gate.open(1);
        stop.await.unwrap().unwrap();
        assert_eq!(kit.calls_of(&run).len(), 1, "the next step was not begun");
        drop(script);
        let kit = kit.restart(0).await;
        kit.status(&run, RunStatus::Completed).await;
        let steps: Vec<_> = kit
            .calls_of(&run)
            .into_iter()
            .map(|call| call.step)
            .collect();
        assert_eq!(
            steps,
            ["send"],
            "it was begun after the start, without asking anyone"
        );
    }
}

#[tokio::test]
async fn what_has_expired_is_forgotten_and_the_rest_is_kept() {
    for on in BOTH {
        let kit = Kit::new(on).await;
        let link = |hash: &str, expires_at| SignInLink {
            hash: hash.into(),
            user: "usr_jo".into(),
            created_at: kit.host.now(),
            expires_at,
            used_at: None,
        };
        let now = kit.host.now();
        let set = ChangeSet::new(Change::create(&link("old", now.minus_ms(1))).unwrap())
            .and(Change::create(&link("new", now.plus_s(7200))).unwrap());
        kit.store.change(set).await.unwrap();
        kit.platform.advance(3_600_000);
        let gone = async {
            while kit.store.get::<SignInLink>("old").await.unwrap().is_some() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_mins(1), gone)
            .await
            .unwrap();
        assert!(kit.store.get::<SignInLink>("new").await.unwrap().is_some());
    }
}

#[tokio::test]
async fn a_queued_run_is_taken_after_a_restart() {
    for on in BOTH {
        let config = runtime::host::HostConfig {
            queue_limit: 1,
            ..runtime::host::HostConfig::default()
        };
        let kit = Kit::with(on, config).await;
        let slow = workflow(json!([call("slow", "gate", &[])]));
        let first = kit.start_run(&slow).await;
        kit.at_gate(1).await;
        let second = kit.start_run(&slow).await;
        let kit = kit.restart(0).await;
        kit.at_gate(1).await;
        assert_eq!(kit.calls_of(&first).len(), 1);
        assert_eq!(kit.host.queues(&place())[0].depth, 1);
        kit.script.gate.open(2);
        kit.status(&first, RunStatus::Completed).await;
        kit.status(&second, RunStatus::Completed).await;
    }
}
