//! Runs of many events are kept as they are folded: a cache, never the truth.

use crate::kit::{Kit, On, call, place, workflow};
use engine::Run;
use model::event::TryKey;
use model::run::{Belongs, Trigger};
use model::{Event, EventKind, Failure, FailureCode, Move, RunId, RunStatus, StepPath};
use runtime::host::{Importing, Meta};
use runtime::store::Stage;
use serde_json::json;
use std::sync::Arc;

/// More events than a snapshot is worth.
const MANY: u64 = 6_000;

/// A journal of two attempts that each say a lot; the first one fails.
fn journal() -> Vec<Event> {
    let definition = Arc::new(workflow(json!([call("say", "echo", &[])])));
    let mut events = vec![EventKind::RunCreated(Box::new(model::event::RunCreated {
        run: RunId::new("run_there"),
        workflow: model::run::WorkflowRef {
            id: "wf_there".into(),
            version: 1,
            name: "Draft quote".into(),
        },
        definition,
        input: json!({}),
        title: "Draft quote".into(),
        about: None,
        queue: "default".into(),
        environment: "production".into(),
        trigger: Trigger::Manual,
        labels: std::collections::BTreeMap::new(),
        belongs: Belongs::default(),
        not_before: None,
        again_of: None,
        parent: None,
        imported: None,
    }))];
    for attempt in 1..=2 {
        let key = || TryKey {
            path: StepPath::from("say"),
            attempt,
            try_no: 1,
        };
        events.push(EventKind::RunDequeued {
            worker: "local".into(),
        });
        events.push(EventKind::StepStarted {
            key: key(),
            input: json!({}),
            effect: model::Effect::Read,
            recovered: false,
            continues: false,
        });
        events.extend((0..MANY).map(|_| EventKind::StepTranscript {
            key: key(),
            entries: vec![model::TranscriptEntry::Log {
                text: "said".into(),
            }],
        }));
        if attempt == 1 {
            let failure = Failure::new(FailureCode::McpToolFailed, "The tool is broken.");
            events.push(EventKind::StepFailed {
                key: key(),
                failure: failure.clone(),
                handled: None,
                usage: None,
            });
            events.push(EventKind::RunFailed {
                step: Some("say".into()),
                failure,
            });
            events.push(EventKind::AttemptStarted {
                attempt: 2,
                from: None,
                reset: vec!["say".into()],
                input: None,
                message: None,
                reason: None,
            });
        } else {
            events.push(EventKind::StepCompleted {
                key: key(),
                output: json!({ "said": 0.1 }),
                usage: None,
            });
            events.push(EventKind::RunCompleted {
                output: json!(null),
            });
        }
    }
    let stamped = (1..).zip(events).map(|(seq, event)| Event {
        seq,
        at: model::Timestamp::from_millis(1_000_000 + seq.cast_signed()),
        actor: None,
        event,
    });
    stamped.collect()
}

async fn push(importing: &mut Importing, events: &[Event]) {
    for event in events {
        importing.push(event.clone(), 100).await.unwrap();
    }
}

async fn imported(kit: &Kit) -> RunId {
    let mut importing = kit.host.import(&place());
    push(&mut importing, &journal()).await;
    let done = importing.finish(Meta::default()).await.unwrap();
    done.row.id.clone()
}

/// The sequences of the snapshots there are.
fn snapshots(kit: &Kit) -> Vec<u64> {
    let db = kit.open_beside();
    let mut found = db
        .prepare("SELECT seq FROM snapshots ORDER BY seq")
        .unwrap();
    let rows = found.query_map([], |row| row.get(0)).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

/// The newest snapshot as it is stored.
fn newest(kit: &Kit) -> (u64, u32, Vec<u8>) {
    let sql = "SELECT seq, form, doc FROM snapshots ORDER BY seq DESC LIMIT 1";
    let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    kit.open_beside().query_row(sql, [], read).unwrap()
}

fn change(kit: &Kit, sql: &str) {
    assert!(kit.open_beside().execute(sql, []).unwrap() > 0, "{sql}");
}

async fn folded(kit: &Kit, run: &RunId) -> Run {
    engine::fold(&kit.journal(run).await).unwrap()
}

async fn opened(kit: &Kit, run: &RunId) -> Arc<Run> {
    kit.host.snapshot(&place(), run).await.unwrap().run
}

async fn at_end_of(kit: &Kit, run: &RunId, attempt: u32) -> Arc<Run> {
    let found = kit.host.at_end_of(&place(), run, attempt).await.unwrap();
    found.unwrap()
}

#[tokio::test]
async fn an_imported_run_is_kept_at_the_end_of_each_attempt() {
    let kit = Kit::new(On::Sqlite).await;
    let run = imported(&kit).await;
    let journal = kit.journal(&run).await;
    let first = journal
        .iter()
        .position(|event| matches!(event.event, EventKind::AttemptStarted { .. }))
        .unwrap();
    let last = journal.len();
    assert_eq!(snapshots(&kit), [first as u64, last as u64]);

    // Without most of its events the run can only come from its snapshots.
    let kit = kit.restart(0).await;
    change(&kit, "DELETE FROM events WHERE seq > 1");
    assert_eq!(*opened(&kit, &run).await, engine::fold(&journal).unwrap());
    assert_eq!(
        *at_end_of(&kit, &run, 1).await,
        engine::fold(&journal[..first]).unwrap()
    );
}

#[tokio::test]
async fn the_end_of_an_attempt_is_the_same_with_and_without_snapshots() {
    let kit = Kit::new(On::Sqlite).await;
    let run = imported(&kit).await;
    let with = at_end_of(&kit, &run, 1).await;
    assert_eq!(with.status, RunStatus::Failed);
    change(&kit, "DELETE FROM snapshots");
    assert_eq!(at_end_of(&kit, &run, 1).await, with);
    for no in [0, 3] {
        let found = kit.host.at_end_of(&place(), &run, no).await.unwrap();
        assert!(found.is_none());
    }
}

#[tokio::test]
async fn a_snapshot_that_cannot_be_read_is_made_anew_from_the_journal() {
    let spoils = [
        "doc = substr(doc, 1, length(doc) / 2)",
        "doc = x'00'",
        "form = form - 1",
        // A document of another event than it says.
        "seq = seq - 1",
    ];
    let mut kit = Kit::new(On::Sqlite).await;
    let run = imported(&kit).await;
    let wanted = folded(&kit, &run).await;
    let good = newest(&kit);
    for spoil in spoils {
        kit = kit.restart(0).await;
        change(
            &kit,
            &format!("UPDATE snapshots SET {spoil} WHERE attempt = 2"),
        );
        assert_ne!(newest(&kit), good);
        assert_eq!(*opened(&kit, &run).await, wanted, "{spoil}");
        while newest(&kit) != good {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn what_is_forgotten_takes_its_snapshots_along() {
    let kit = Kit::new(On::Sqlite).await;
    let mut importing = kit.host.import(&place());
    let journal = journal();
    push(&mut importing, &journal[..journal.len() - 1]).await;
    assert_eq!(snapshots(&kit).len(), 1, "of the first attempt");
    drop(importing);
    while !snapshots(&kit).is_empty() {
        tokio::task::yield_now().await;
    }

    imported(&kit).await;
    assert_eq!(snapshots(&kit).len(), 2);
    // As it stood before its last part was written.
    change(
        &kit,
        &format!("UPDATE runs SET stage = {}", Stage::Arriving.code()),
    );
    let kit = kit.restart(0).await;
    assert!(snapshots(&kit).is_empty());
}

#[tokio::test]
async fn a_run_that_comes_to_rest_is_kept_and_goes_on_from_there() {
    let kit = Kit::new(On::Sqlite).await;
    let items: Vec<u64> = (0..2_000).collect();
    let run = kit
        .start_run(&workflow(json!([
            { "id": "each", "type": "for_each", "items": items, "concurrency": 100, "steps": [call("one", "echo", &[])] },
            { "id": "ask", "type": "human_task", "depends_on": ["each"] },
            call("end", "echo", &["ask"]),
        ])))
        .await;
    kit.status(&run, RunStatus::Waiting).await;
    while snapshots(&kit).is_empty() {
        tokio::task::yield_now().await;
    }
    let stands = folded(&kit, &run).await;
    let kit = kit.restart(0).await;
    let kept = snapshots(&kit);
    assert!(kept[0] > 5_000 && kept[0] <= stands.seq, "{kept:?}");
    assert_eq!(*opened(&kit, &run).await, stands);

    let Some(model::event::Wait::HumanTask { task, .. }) = stands.steps[&"ask".into()].wait.clone()
    else {
        panic!("the run waits for nobody")
    };
    let approve = Move::Approve {
        task,
        comment: None,
        result: None,
    };
    kit.make(&run, approve).await.unwrap();
    kit.status(&run, RunStatus::Completed).await;
    assert_eq!(*opened(&kit, &run).await, folded(&kit, &run).await);
}
