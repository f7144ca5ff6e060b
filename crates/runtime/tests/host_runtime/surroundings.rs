//! What runs need from outside: providers, people, the disk.

use crate::kit::{BOTH, Kit, On, call, person, place, workflow};
use engine::Command;
use model::{BlockedBy, Move, RunStatus};
use runtime::host::{HostError, Meta};
use runtime::store::{StoreError, WaitState};
use serde_json::json;

#[tokio::test]
async fn a_step_whose_provider_is_not_set_up_blocks_its_run_until_it_is() {
    for on in BOTH {
        let kit = Kit::new(on).await;
        let steps = json!([
            call("read", "echo", &[]),
            { "id": "draft", "type": "llm_call", "prompt": "Draft it", "depends_on": ["read"] },
        ]);
        let run = kit.start_run(&workflow(steps)).await;
        kit.status(&run, RunStatus::Blocked).await;
        let folded = kit.host.snapshot(&place(), &run).await.unwrap().run;
        let block = folded.block.as_ref().unwrap();
        assert_eq!((block.by, block.cleared), (BlockedBy::Environment, false));
        assert!(block.reason.contains("“default”"), "{}", block.reason);
        assert_eq!(kit.calls_of(&run).len(), 1, "the step did not begin");
        assert!(matches!(
            kit.make(&run, Move::Resume).await,
            Err(HostError::Refused(_))
        ));

        kit.host.recheck(&place()).await.unwrap();
        assert!(
            kit.make(&run, Move::Resume).await.is_err(),
            "nothing has changed yet"
        );
        kit.set_up_provider("default").await;
        kit.host.recheck(&place()).await.unwrap();
        kit.make(&run, Move::Resume).await.unwrap();
        kit.status(&run, RunStatus::Completed).await;
        let steps: Vec<_> = kit
            .calls_of(&run)
            .into_iter()
            .map(|call| call.step)
            .collect();
        assert_eq!(steps, ["read", "draft"]);
    }
}

#[tokio::test]
async fn a_task_is_listed_until_it_is_decided() {
    for on in BOTH {
        let kit = Kit::new(on).await;
        let steps = json!([{ "id": "ask", "type": "human_task", "name": "Send quote" }]);
        let run = kit.start_run(&workflow(steps)).await;
        kit.status(&run, RunStatus::Waiting).await;
        let page = kit.store.tasks(&place(), None, 10).await.unwrap();
        assert_eq!((page.count, page.items.len()), (1, 1));
        let task = &page.items[0];
        assert_eq!((task.title.as_str(), &task.run), ("Send quote", &run));
        kit.make(
            &run,
            Move::Approve {
                task: task.task.clone(),
                comment: None,
                result: None,
            },
        )
        .await
        .unwrap();
        kit.status(&run, RunStatus::Completed).await;
        assert_eq!(kit.store.tasks(&place(), None, 10).await.unwrap().count, 0);
        let stored = kit.store.task(&task.task).await.unwrap().unwrap();
        assert_eq!(stored.state, WaitState::Completed);
    }
}

#[tokio::test]
async fn a_waitpoint_ends_completed_timed_out_or_cancelled() {
    for on in BOTH {
        let kit = Kit::new(on).await;
        let steps = json!([{ "id": "carrier", "type": "waitpoint", "expires_in_s": 60 }]);
        let definition = workflow(steps);
        let mut runs = Vec::new();
        for _ in 0..3 {
            let run = kit.start_run(&definition).await;
            kit.status(&run, RunStatus::Waiting).await;
            runs.push(run);
        }
        let open = kit
            .store
            .waitpoints(&place(), Some(WaitState::Open), None, 2)
            .await
            .unwrap();
        assert_eq!((open.count, open.items.len()), (3, 2));
        let next = kit
            .store
            .waitpoints(&place(), Some(WaitState::Open), open.next_cursor, 2)
            .await
            .unwrap();
        assert_eq!(next.items.len(), 1);
        assert_eq!(next.next_cursor, None);

        let complete = Move::Complete {
            step: "carrier".into(),
            body: json!({ "ok": true }),
        };
        kit.make(&runs[0], complete).await.unwrap();
        kit.make(&runs[1], Move::Cancel).await.unwrap();
        kit.platform.advance(60_000);
        kit.status(&runs[2], RunStatus::Failed).await;
        let all = kit
            .store
            .waitpoints(&place(), None, None, 10)
            .await
            .unwrap();
        let mut states: Vec<_> = all
            .items
            .iter()
            .map(|token| (token.run.clone(), token.state.clone()))
            .collect();
        states.sort();
        let ends = ["completed", "cancelled", "timed_out"].map(str::to_owned);
        assert_eq!(states, runs.into_iter().zip(ends).collect::<Vec<_>>());
        assert!(all.items.iter().all(|token| token.closed_at.is_some()));
    }
}

#[tokio::test]
async fn a_full_disk_is_an_error_in_words_and_work_goes_on_when_there_is_room() {
    let kit = Kit::new(On::Sqlite).await;
    let sqlite = kit.sqlite.clone().unwrap();
    let steps = json!([call("slow", "gate", &[]), call("after", "echo", &["slow"])]);
    let run = kit.start_run(&workflow(steps)).await;
    kit.at_gate(1).await;
    sqlite.limit_bytes(4096).await.unwrap();

    // Small changes may still fit into the pages there are; a large one does not.
    let mut large = kit.create_run(&workflow(json!([call("read", "echo", &[])])));
    large.input = json!({ "text": "x".repeat(1_000_000) });
    let refused = kit
        .host
        .create(&place(), large.clone(), Meta::default())
        .await;
    let Err(HostError::Store(StoreError::Unavailable { reason })) = refused else {
        panic!("a full disk was not noticed: {refused:?}");
    };
    assert!(reason.contains("disk is full"), "{reason}");
    assert!(
        kit.store.run(&large.run).await.unwrap().is_none(),
        "it left no trace"
    );
    assert_eq!(
        kit.stored(&run).await.row.status,
        RunStatus::Running,
        "reading still works"
    );

    // A result that comes meanwhile waits; the clock of its next try is moved by hand.
    kit.script.gate.open(1);
    kit.at_gate(0).await;
    sqlite.limit_bytes(1 << 40).await.unwrap();
    kit.host
        .create(&place(), large, Meta::default())
        .await
        .unwrap();
    let platform = std::sync::Arc::clone(&kit.platform);
    let ticks = async move {
        loop {
            platform.advance(100);
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        row = kit.status(&run, RunStatus::Completed) => assert_eq!(row.status, RunStatus::Completed),
        () = ticks => {}
    }
}

#[tokio::test]
async fn a_second_runtime_on_the_same_data_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("signalbox.db");
    let _first = runtime::store::SqliteStore::open(&path).unwrap();
    let Err(StoreError::Unavailable { reason }) = runtime::store::SqliteStore::open(&path) else {
        panic!("two runtimes share one file");
    };
    assert!(reason.contains("Another Signalbox"), "{reason}");
}

#[tokio::test]
async fn a_locked_database_is_an_error_in_words_until_it_is_free() {
    let kit = Kit::new(On::Sqlite).await;
    let run = kit
        .start_run(&workflow(json!([call("slow", "gate", &[])])))
        .await;
    kit.at_gate(1).await;
    let other = kit.open_beside();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let cancel = || Command::Move {
        actor: person(),
        what: Move::Cancel,
        reason: None,
    };
    let refused = kit
        .host
        .command(&place(), &run, cancel(), Meta::default())
        .await;
    let Err(HostError::Store(StoreError::Unavailable { reason })) = refused else {
        panic!("a locked database was not noticed: {refused:?}");
    };
    assert!(reason.contains("locked"), "{reason}");
    other.execute_batch("ROLLBACK").unwrap();
    kit.host
        .command(&place(), &run, cancel(), Meta::default())
        .await
        .unwrap();
}
