//! What the host removes by itself when it is old.

use crate::kit::{BOTH, Kit, person, place};
use model::api::{BulkJob, BulkOutcome, BulkRun, BulkState};
use model::{BulkId, MoveKind, RunId, Timestamp};
use runtime::store::record::{BulkOrigin, BulkRecord, BulkRunRecord, BulkSetRecord};
use runtime::store::{Change, ChangeSet};

const DAY_MS: i64 = 24 * 3600 * 1000;

/// A bulk job of one run that ended then, or never.
async fn job(kit: &Kit, ended_at: Option<Timestamp>) -> BulkId {
    let id = BulkId::new(kit.host.new_id(BulkId::PREFIX));
    let record = BulkRecord {
        job: BulkJob {
            id: id.clone(),
            kind: MoveKind::Retry,
            state: match ended_at {
                Some(_) => BulkState::Completed,
                None => BulkState::Running,
            },
            reason: "all of them".into(),
            created_at: Timestamp::default(),
            created_by: person(),
            ended_at,
            stopped_by: None,
            total: 1,
            done: 1,
            refused: 0,
        },
        place: place(),
        origin: BulkOrigin::default(),
    };
    let set = BulkSetRecord {
        job: id.clone(),
        runs: vec![RunId::new("run_1")],
    };
    let mark = BulkRunRecord {
        job: id.clone(),
        run: BulkRun {
            n: 1,
            run: RunId::new("run_1"),
            title: "Draft quote".into(),
            outcome: BulkOutcome::Done,
            why: None,
            new_run: None,
            audit: None,
            at: None,
        },
    };
    let changes = ChangeSet::new(Change::create(&record).unwrap())
        .and(Change::create(&set).unwrap())
        .and(Change::create(&mark).unwrap());
    kit.store.change(changes).await.unwrap();
    id
}

/// Whether the job, its set and its marks are there.
async fn there(kit: &Kit, id: &BulkId) -> [bool; 3] {
    let key = BulkRecord::key_of(id);
    let job = kit.store.get::<BulkRecord>(&key).await.unwrap();
    let set = kit.store.get::<BulkSetRecord>(id.as_str()).await.unwrap();
    let marks = kit.store.list::<BulkRunRecord>(id.as_str(), None, 10).await;
    [job.is_some(), set.is_some(), !marks.unwrap().is_empty()]
}

#[tokio::test]
async fn a_bulk_job_is_kept_for_90_days_after_its_end() {
    for on in BOTH {
        let kit = Kit::new(on).await;
        kit.platform.advance(200 * DAY_MS);
        let now = kit.host.now();
        let ago = |days: i64| now.minus_ms((days * DAY_MS).unsigned_abs());
        let (old, young) = (
            job(&kit, Some(ago(91))).await,
            job(&kit, Some(ago(89))).await,
        );
        let running = job(&kit, None).await;
        kit.host.tidy().await;
        assert_eq!(there(&kit, &old).await, [false; 3], "{on:?}");
        assert_eq!(there(&kit, &young).await, [true; 3], "{on:?}");
        assert_eq!(there(&kit, &running).await, [true; 3], "{on:?}");
    }
}
