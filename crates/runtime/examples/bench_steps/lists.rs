//! Pages of the list of runs among very many.

use crate::kit::{memory, percentile, place};
use futures_util::{StreamExt, stream};
use model::api::{RunFilter, RunRow};
use model::run::{EntityRef, Labels, Trigger};
use model::{
    Actor, ActorKind, Event, EventKind, Failure, FailureCode, MissionId, MoveKind, RunId,
    RunStatus, StepStatus, Timestamp, WorkflowId,
};
use runtime::store::{Append, RunsQuery, SqliteStore, Stage, Store};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// Times each list is asked for.
const TIMES: usize = 20;
const STATUSES: [RunStatus; 5] = [
    RunStatus::Completed,
    RunStatus::Completed,
    RunStatus::Failed,
    RunStatus::Waiting,
    RunStatus::Cancelled,
];

pub async fn measure(data: &Path, runs: usize) {
    let path = data.join("signalbox.db");
    let store = SqliteStore::open(&path).unwrap();
    let began = Instant::now();
    stream::iter(0..runs)
        .for_each_concurrent(512, |n| {
            let append = append(n);
            let store = &store;
            async move {
                store.append(append).await.unwrap();
            }
        })
        .await;
    println!("stored_runs={runs}");
    println!(
        "stored_per_second={:.0}",
        runs as f64 / began.elapsed().as_secs_f64()
    );
    println!("lists_mib={}", memory());
    drop(store);
    // Another one takes the file once the old one's threads are gone.
    let began = Instant::now();
    let store = loop {
        if let Ok(store) = SqliteStore::open(&path) {
            break store;
        }
        tokio::task::yield_now().await;
    };
    println!("open_ms={:.1}", began.elapsed().as_secs_f64() * 1000.0);
    page(&store, RunFilter::default(), None).await;
    println!(
        "first_list_ms={:.1}",
        began.elapsed().as_secs_f64() * 1000.0
    );

    let mut all = Vec::new();
    for (name, filter) in filters() {
        let mut took = Vec::new();
        for _ in 0..TIMES {
            let began = Instant::now();
            page(&store, filter.clone(), None).await;
            took.push(began.elapsed().as_secs_f64() * 1000.0);
        }
        println!("list_{name}_ms_p99={:.1}", percentile(&mut took, 0.99));
        all.extend(took);
    }
    let far = (runs.saturating_sub(50 * 999)).to_string();
    let mut took = Vec::new();
    for _ in 0..TIMES {
        let began = Instant::now();
        page(&store, RunFilter::default(), Some(far.clone())).await;
        took.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    println!("list_page_1000_ms_p99={:.1}", percentile(&mut took, 0.99));
    all.extend(took);
    println!("list_any_ms_p99={:.1}", percentile(&mut all, 0.99));
}

async fn page(store: &SqliteStore, filter: RunFilter, cursor: Option<String>) {
    let query = RunsQuery {
        place: place(),
        filter,
        hide_handled_at: None,
        cursor,
        limit: 50,
    };
    store.runs(query).await.unwrap();
}

fn filters() -> Vec<(&'static str, RunFilter)> {
    let any = RunFilter::default;
    vec![
        ("all", any()),
        (
            "status",
            RunFilter {
                status: vec![RunStatus::Failed],
                ..any()
            },
        ),
        (
            "workflow",
            RunFilter {
                workflow: vec![WorkflowId::new("wf_7")],
                ..any()
            },
        ),
        (
            "queue",
            RunFilter {
                queue: vec!["slow".into()],
                ..any()
            },
        ),
        (
            "trigger",
            RunFilter {
                trigger: vec![Trigger::Webhook],
                ..any()
            },
        ),
        (
            "actor",
            RunFilter {
                actor: vec!["usr_13".into()],
                ..any()
            },
        ),
        (
            "label",
            RunFilter {
                label: vec!["team:t3".into()],
                ..any()
            },
        ),
        (
            "code",
            RunFilter {
                failure_code: vec![FailureCode::LlmRequestFailed],
                ..any()
            },
        ),
        (
            "oldest",
            RunFilter {
                until: Some(Timestamp::from_millis(1_000_010)),
                ..any()
            },
        ),
        (
            "unresolved",
            RunFilter {
                unresolved: true,
                ..any()
            },
        ),
        (
            "mission",
            RunFilter {
                mission: Some(MissionId::new("mis_5")),
                ..any()
            },
        ),
        (
            "text",
            RunFilter {
                q: Some("metro equipment 99999".into()),
                ..any()
            },
        ),
        (
            "text_none",
            RunFilter {
                q: Some("no such words".into()),
                ..any()
            },
        ),
        (
            "id",
            RunFilter {
                q: Some("000ZZZ".into()),
                ..any()
            },
        ),
        (
            "all_at_once",
            RunFilter {
                status: vec![RunStatus::Failed],
                workflow: vec![WorkflowId::new("wf_7")],
                queue: vec!["slow".into()],
                actor: vec!["usr_13".into()],
                label: vec!["team:t3".into()],
                q: Some("metro".into()),
                ..any()
            },
        ),
    ]
}

fn append(n: usize) -> Append {
    let at = Timestamp::from_millis(1_000_000 + n as i64);
    let status = STATUSES[n % STATUSES.len()];
    let run = RunId::new(format!("run_{n:026}"));
    let row = RunRow {
        id: run.clone(),
        title: format!("RFQ {n} · Metro Equipment {n}"),
        about: Some(EntityRef {
            kind: "rfq".into(),
            id: n.to_string(),
            label: Some(format!("Metro Equipment {n}")),
        }),
        workflow_id: WorkflowId::new(format!("wf_{}", n % 40)),
        workflow_name: format!("Draft quote {}", n % 40),
        workflow_version: 1,
        status,
        wait_kind: None,
        why: None,
        failure: (status == RunStatus::Failed).then(|| {
            let code = FailureCode::ALL[n % FailureCode::ALL.len()];
            Failure::new(code, "The provider answered 503 three times.")
        }),
        step: Some("draft".into()),
        step_name: Some("Draft quote".into()),
        steps_done: 3,
        steps_total: 6,
        steps_by_status: BTreeMap::from([
            (StepStatus::Completed, 3),
            (StepStatus::Waiting, 1),
            (StepStatus::Pending, 2),
        ]),
        attempt: 1,
        queue: if n.is_multiple_of(9) {
            "slow"
        } else {
            "default"
        }
        .into(),
        environment: "production".into(),
        trigger: Trigger::ALL[n % Trigger::ALL.len()],
        created_by: Actor {
            kind: ActorKind::Person,
            id: format!("usr_{}", n % 50),
            name: format!("Person {}", n % 50),
        },
        labels: Labels::from([("team".to_owned(), format!("t{}", n % 11))]),
        mission: n
            .is_multiple_of(10)
            .then(|| MissionId::new(format!("mis_{}", n % 100 / 10))),
        parent: None,
        imported: false,
        created_at: at,
        started_at: Some(at),
        ended_at: Some(at),
        updated_at: at,
        cost: None,
        mock: false,
        primary_move: MoveKind::Retry,
        seq: 1,
    };
    Append {
        run,
        place: place(),
        expected_seq: 0,
        events: Arc::new(vec![Event {
            seq: 1,
            at,
            actor: None,
            event: EventKind::RunExpired,
        }]),
        row: Arc::new(row),
        stage: Stage::Ended,
        timer: None,
        not_before: None,
        parent: None,
        waits: Vec::new(),
        artifacts: Vec::new(),
        audit: None,
        changes: Vec::new(),
    }
}
