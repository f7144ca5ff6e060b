//! Journals from elsewhere: whole or not at all.

use crate::kit::{BOTH, Kit, On, call, place, workflow};
use engine::ImportError;
use model::api::RunFilter;
use model::event::{Parent, TryKey};
use model::run::Belongs;
use model::{Event, EventKind, RunId, RunStatus, StepPath};
use runtime::host::{ImportFailure, Importing, Meta};
use runtime::store::{RunsQuery, Stage};
use serde_json::json;
use std::slice::from_ref;

/// More events than are written at once, twice.
const MANY: u64 = 5_000;

/// The journal of a completed run that said a lot.
async fn long_journal(kit: &Kit) -> (RunId, Vec<Event>) {
    let run = kit
        .start_run(&workflow(json!([call("say", "echo", &[])])))
        .await;
    kit.status(&run, RunStatus::Completed).await;
    let mut journal = kit.journal(&run).await;
    let last = journal.pop().unwrap();
    while (journal.len() as u64) < MANY {
        let mut event = last.clone();
        event.event = EventKind::StepTranscript {
            key: TryKey {
                path: StepPath::from("say"),
                attempt: 1,
                try_no: 1,
            },
            entries: Vec::new(),
        };
        journal.push(event);
    }
    journal.push(last);
    for (event, seq) in journal.iter_mut().zip(1..) {
        event.seq = seq;
    }
    (run, journal)
}

async fn push(importing: &mut Importing, events: &[Event]) {
    for event in events {
        importing.push(event.clone(), 100).await.unwrap();
    }
}

async fn listed(kit: &Kit) -> Vec<RunId> {
    let query = RunsQuery {
        place: place(),
        filter: RunFilter::default(),
        hide_handled_at: None,
        cursor: None,
        limit: 100,
    };
    kit.store.run_ids(query).await.unwrap()
}

fn rows_in(kit: &Kit, table: &str) -> u64 {
    kit.open_beside()
        .query_row(&format!("SELECT count(*) FROM {table}"), [], |row| {
            row.get(0)
        })
        .unwrap()
}

#[tokio::test]
async fn a_journal_appears_with_its_last_event_and_not_before() {
    for on in BOTH {
        let kit = Kit::new(on).await;
        let (own, journal) = long_journal(&kit).await;
        let position = kit.store.position();
        let mut importing = kit.host.import(&place());
        push(&mut importing, &journal[..journal.len() - 1]).await;
        assert_eq!(listed(&kit).await, from_ref(&own));
        assert_eq!(kit.store.position(), position, "nobody was told of a part");
        assert_eq!(kit.store.last_runs(&place()).await.unwrap().len(), 1);
        if on == On::Sqlite {
            let sql = "SELECT id FROM runs WHERE id <> ?1";
            let id: String = kit
                .open_beside()
                .query_row(sql, [own.as_str()], |row| row.get(0))
                .unwrap();
            assert!(kit.store.run(&RunId::new(id)).await.unwrap().is_none());
        }

        push(&mut importing, &journal[journal.len() - 1..]).await;
        let done = importing.finish(Meta::default()).await.unwrap();
        let new = done.row.id.clone();
        assert_eq!(listed(&kit).await, [new.clone(), own]);
        assert!(kit.store.position() > position);
        let kept = kit.journal(&new).await;
        assert_eq!(kept[1..], journal[1..]);
        // On a file the lists are read again at the start.
        let kit = kit.restart(0).await;
        assert_eq!(listed(&kit).await[0], new);
        assert_eq!(
            kit.host.snapshot(&place(), &new).await.unwrap().run.seq,
            MANY + 1
        );
    }
}

#[tokio::test]
async fn what_a_run_belonged_to_elsewhere_stays_there() {
    let kit = Kit::new(On::Memory).await;
    let (own, mut journal) = long_journal(&kit).await;
    let EventKind::RunCreated(created) = &mut journal[0].event else {
        panic!("a journal begins with the run")
    };
    created.again_of = Some(RunId::new("run_before"));
    created.belongs.mission = Some("mis_there".into());
    created.parent = Some(Parent {
        run: RunId::new("run_caller"),
        key: TryKey {
            path: StepPath::from("call"),
            attempt: 1,
            try_no: 1,
        },
    });
    let mut importing = kit.host.import(&place());
    push(&mut importing, &journal).await;
    let done = importing.finish(Meta::default()).await.unwrap();
    let run = kit.host.snapshot(&place(), &done.row.id).await.unwrap().run;
    assert_eq!((&run.parent, &run.again_of), (&None, &None));
    assert_eq!(run.belongs, Belongs::default());
    assert_eq!(run.imported.as_ref().unwrap().run, own);
}

#[tokio::test]
async fn an_import_that_breaks_off_leaves_nothing() {
    for on in BOTH {
        let kit = Kit::new(on).await;
        let (own, journal) = long_journal(&kit).await;
        let mut importing = kit.host.import(&place());
        push(&mut importing, &journal[..4_500]).await;
        let gap = importing.push(journal[4_600].clone(), 100).await;
        assert_eq!(
            gap,
            Err(ImportFailure::Journal(ImportError::Gap {
                expected: 4_501,
                found: 4_601
            }))
        );
        drop(importing);
        // A run of the same place gets a number of its own.
        let next = kit
            .start_run(&workflow(json!([call("say", "echo", &[])])))
            .await;
        kit.status(&next, RunStatus::Completed).await;
        assert_eq!(listed(&kit).await, [next.clone(), own.clone()]);
        if on == On::Sqlite {
            let left = kit.journal(&own).await.len() + kit.journal(&next).await.len();
            while rows_in(&kit, "events") != left as u64 {
                tokio::task::yield_now().await;
            }
        }
        let kit = kit.restart(0).await;
        assert_eq!(listed(&kit).await, [next, own]);
    }
}

#[tokio::test]
async fn what_was_arriving_when_the_runtime_was_killed_is_forgotten() {
    let kit = Kit::new(On::Sqlite).await;
    let (own, journal) = long_journal(&kit).await;
    let mut importing = kit.host.import(&place());
    push(&mut importing, &journal).await;
    importing.finish(Meta::default()).await.unwrap();
    // As it stood before its last part was written.
    kit.open_beside()
        .execute(
            "UPDATE runs SET stage = ?1 WHERE id <> ?2",
            (Stage::Arriving.code(), own.as_str()),
        )
        .unwrap();
    let kit = kit.restart(0).await;
    assert_eq!(listed(&kit).await, from_ref(&own));
    assert_eq!(rows_in(&kit, "runs"), 1);
    let left = kit.journal(&own).await.len() as u64;
    assert_eq!(rows_in(&kit, "events"), left);
}

#[tokio::test]
async fn a_journal_that_cannot_be_is_refused() {
    let kit = Kit::new(On::Memory).await;
    let (_, journal) = long_journal(&kit).await;
    let refused = async |events: &[Event]| {
        let mut importing = kit.host.import(&place());
        for event in events {
            if let Err(failure) = importing.push(event.clone(), 100).await {
                return failure;
            }
        }
        importing.finish(Meta::default()).await.unwrap_err()
    };
    let says = |failure: ImportFailure, error: ImportError| {
        assert_eq!(failure, ImportFailure::Journal(error));
    };
    says(refused(&[]).await, ImportError::Empty);
    let mut second = journal[1].clone();
    second.seq = 1;
    says(
        refused(&[second]).await,
        ImportError::Beginning("run_queued"),
    );
    says(
        refused(&journal[..journal.len() - 1]).await,
        ImportError::NotEnded(RunStatus::Running),
    );
    let mut first = journal[0].clone();
    if let EventKind::RunCreated(created) = &mut first.event {
        created.definition = workflow(json!([call("say", "echo", &["say"])])).into();
    }
    assert!(matches!(
        refused(&[first]).await,
        ImportFailure::Journal(ImportError::Definition(_))
    ));
    // The step's result is left out: the run ends while its step runs.
    let mut open: Vec<Event> = journal
        .iter()
        .filter(|event| !matches!(event.event, EventKind::StepCompleted { .. }))
        .cloned()
        .collect();
    for (event, seq) in open.iter_mut().zip(1..) {
        event.seq = seq;
    }
    says(refused(&open).await, ImportError::StepOpen("say".into()));
}
