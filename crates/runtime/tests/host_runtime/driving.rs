//! Runs go from their first step to their end, and moves reach what is in flight.

use crate::kit::{BOTH, Kit, begun_effects, call, person, place, workflow};
use engine::Command;
use model::{Effect, FailureCode, Move, RunId, RunStatus};
use runtime::host::{AuditDraft, HostError, IdempotencyDraft, Meta};
use runtime::store::record::IdempotencyRecord;
use runtime::store::{AuditQuery, Place};
use serde_json::json;
use std::sync::atomic::Ordering;

#[tokio::test]
async fn a_run_does_its_steps_in_order_and_completes() {
    for on in BOTH {
        let kit = Kit::new(on).await;
        let steps = json!([
            call("read", "echo", &[]),
            call("price", "echo", &["read"]),
            call("draft", "echo", &["price"]),
        ]);
        let run = kit.start_run(&workflow(steps)).await;
        let row = kit.status(&run, RunStatus::Completed).await;
        assert_eq!((row.steps_done, row.steps_total), (3, 3));
        let steps: Vec<_> = kit
            .calls_of(&run)
            .into_iter()
            .map(|call| call.step)
            .collect();
        assert_eq!(steps, ["read", "price", "draft"]);
        assert_eq!(
            kit.words(&run).await,
            [
                "run_created",
                "run_queued",
                "run_dequeued",
                "step_started",
                "step_completed",
                "step_started",
                "step_completed",
                "step_started",
                "step_completed",
                "run_completed",
            ]
        );
    }
}

#[tokio::test]
async fn a_cancelled_run_drops_its_call() {
    for on in BOTH {
        let kit = Kit::new(on).await;
        let run = kit
            .start_run(&workflow(json!([call("slow", "gate", &[])])))
            .await;
        kit.at_gate(1).await;
        kit.make(&run, Move::Cancel).await.unwrap();
        kit.at_gate(0).await;
        assert_eq!(kit.script.dropped.load(Ordering::SeqCst), 1);
        assert_eq!(kit.stored(&run).await.row.status, RunStatus::Cancelled);
    }
}

#[tokio::test]
async fn a_retry_runs_the_failed_step_again_and_nothing_else() {
    for on in BOTH {
        let kit = Kit::new(on).await;
        kit.script.failures.store(1, Ordering::SeqCst);
        let steps = json!([call("read", "echo", &[]), call("send", "flaky", &["read"])]);
        let run = kit.start_run(&workflow(steps)).await;
        let row = kit.status(&run, RunStatus::Failed).await;
        assert_eq!(
            row.failure.map(|failure| failure.code),
            Some(FailureCode::McpToolFailed)
        );
        kit.make(&run, Move::Retry).await.unwrap();
        kit.status(&run, RunStatus::Completed).await;
        let calls: Vec<_> = kit
            .calls_of(&run)
            .into_iter()
            .map(|call| (call.step, call.attempt))
            .collect();
        let once = |step: &str, attempt| (step.to_owned(), attempt);
        assert_eq!(calls, [once("read", 1), once("send", 1), once("send", 2)]);
    }
}

#[tokio::test]
async fn a_runner_that_panics_fails_its_step() {
    let kit = Kit::new(crate::kit::On::Memory).await;
    let run = kit
        .start_run(&workflow(json!([call("bad", "panic", &[])])))
        .await;
    let row = kit.status(&run, RunStatus::Failed).await;
    assert_eq!(
        row.failure.map(|failure| failure.code),
        Some(FailureCode::WorkerCrashed)
    );
}

#[tokio::test]
async fn a_command_on_a_run_that_has_moved_on_is_stale() {
    for on in BOTH {
        let kit = Kit::new(on).await;
        let run = kit
            .start_run(&workflow(json!([call("slow", "gate", &[])])))
            .await;
        kit.at_gate(1).await;
        let seq = kit.stored(&run).await.row.seq;
        let cancel = || Command::Move {
            actor: person(),
            what: Move::Cancel,
            reason: None,
        };
        let meta = |expected_seq| Meta {
            expected_seq: Some(expected_seq),
            ..Meta::default()
        };
        let late = kit
            .host
            .command(&place(), &run, cancel(), meta(seq - 1))
            .await;
        assert_eq!(late.unwrap_err(), HostError::Stale { current: seq });
        assert_eq!(kit.stored(&run).await.row.seq, seq);
        kit.host
            .command(&place(), &run, cancel(), meta(seq))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_run_of_another_project_is_not_found() {
    let kit = Kit::new(crate::kit::On::Memory).await;
    let run = kit
        .start_run(&workflow(json!([call("read", "echo", &[])])))
        .await;
    let other = Place::new("acme", "other");
    assert_eq!(
        kit.host.snapshot(&other, &run).await.unwrap_err(),
        HostError::NotFound
    );
    let cancel = Command::Move {
        actor: person(),
        what: Move::Cancel,
        reason: None,
    };
    let refused = kit
        .host
        .command(&other, &run, cancel, Meta::default())
        .await;
    assert_eq!(refused.unwrap_err(), HostError::NotFound);
    assert!(matches!(
        kit.host.snapshot(&place(), &RunId::new("run_none")).await,
        Err(HostError::NotFound)
    ));
}

#[tokio::test]
async fn a_move_writes_its_audit_entry_and_its_answer_with_it() {
    for on in BOTH {
        let kit = Kit::new(on).await;
        let run = kit
            .start_run(&workflow(json!([call("slow", "gate", &[])])))
            .await;
        kit.at_gate(1).await;
        let meta = || Meta {
            expected_seq: None,
            audit: Some(AuditDraft::new(person(), "run.cancel")),
            idempotency: Some(IdempotencyDraft {
                actor: person().id,
                idempotency_key: "k1".into(),
                fingerprint: "f".into(),
                status: 200,
                expires_at: kit.host.now().plus_s(60),
                body: Box::new(|row, audit| json!({ "status": row.status, "audit": audit })),
            }),
            also: None,
        };
        let cancel = || Command::Move {
            actor: person(),
            what: Move::Cancel,
            reason: None,
        };
        let outcome = kit
            .host
            .command(&place(), &run, cancel(), meta())
            .await
            .unwrap();
        let query = AuditQuery {
            tenant: "acme".into(),
            run: Some(run.clone()),
            limit: 10,
            ..AuditQuery::default()
        };
        let trail = kit.store.audit(query.clone()).await.unwrap();
        assert_eq!(trail.len(), 1);
        assert_eq!(Some(&trail[0].id), outcome.audit.as_ref());
        assert_eq!((trail[0].seq, trail[0].action.as_str()), (1, "run.cancel"));
        assert_eq!(trail[0].before.as_ref().unwrap()["status"], "running");
        assert_eq!(trail[0].after.as_ref().unwrap()["status"], "cancelled");

        let key = IdempotencyRecord::key_of(&place(), &person().id, "k1");
        let stored = kit
            .store
            .get::<IdempotencyRecord>(&key)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(stored.value.body["status"], "cancelled");

        let again = kit.host.command(&place(), &run, cancel(), meta()).await;
        assert!(matches!(again, Err(HostError::Refused(_))), "{again:?}");
        assert_eq!(kit.store.audit(query).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn what_a_tool_says_about_its_effect_stands_in_the_journal() {
    let kit = Kit::new(crate::kit::On::Memory).await;
    let mut annotated = call("annotated", "echo", &[]);
    annotated["effect"] = json!(null);
    annotated["arguments"] = json!({ "annotated": true });
    let mut unknown = call("unknown", "echo", &[]);
    unknown["effect"] = json!(null);
    let run = kit
        .start_run(&workflow(json!([
            annotated,
            unknown,
            call("declared", "echo", &[])
        ])))
        .await;
    kit.status(&run, RunStatus::Completed).await;
    let effects = begun_effects(&kit.journal(&run).await);
    assert_eq!(effects["annotated"], Effect::Idempotent);
    assert_eq!(effects["unknown"], Effect::Write);
    assert_eq!(effects["declared"], Effect::Read);
}

#[tokio::test]
async fn an_artifact_is_kept_with_the_run_that_wrote_it() {
    for on in BOTH {
        let kit = Kit::new(on).await;
        let mut write = call("write", "write", &[]);
        write["arguments"] = json!({ "text": "# Quote", "times": 1 });
        let run = kit.start_run(&workflow(json!([write]))).await;
        kit.status(&run, RunStatus::Completed).await;
        let folded = kit.host.snapshot(&place(), &run).await.unwrap().run;
        let artifact = &folded.artifacts[0];
        assert_eq!((artifact.name.as_str(), artifact.bytes), ("quote.md", 7));
        let content = kit.store.artifact(&run, &artifact.id).await.unwrap();
        assert_eq!(content.as_deref(), Some(b"# Quote".as_slice()));
        let other = kit
            .start_run(&workflow(json!([call("read", "echo", &[])])))
            .await;
        assert_eq!(
            kit.store.artifact(&other, &artifact.id).await.unwrap(),
            None
        );
    }
}

#[tokio::test]
async fn an_artifact_that_is_too_large_is_not_kept_and_the_transcript_says_so() {
    let kit = Kit::new(crate::kit::On::Memory).await;
    let mut write = call("write", "write", &[]);
    write["arguments"] = json!({ "text": "0123456789", "times": 1_048_577 });
    let run = kit.start_run(&workflow(json!([write]))).await;
    kit.status(&run, RunStatus::Completed).await;
    let folded = kit.host.snapshot(&place(), &run).await.unwrap().run;
    assert!(folded.artifacts.is_empty());
    assert!(kit.words(&run).await.contains(&"step_transcript"));
}
