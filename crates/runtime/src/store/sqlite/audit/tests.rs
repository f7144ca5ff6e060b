#![allow(clippy::unwrap_used)]

use crate::store::sqlite::SqliteStore;
use crate::store::{AuditQuery, Change, ChangeSet, Place, Store};
use model::audit::Chain;
use model::{Actor, AuditEntry, AuditId, Timestamp};
use rusqlite::{Connection, params};
use serde_json::json;
use std::time::{Duration, Instant};

/// A data folder as the first schema left it, with a trail that nothing links.
fn old(path: &std::path::Path) {
    let db = Connection::open(path).unwrap();
    db.execute_batch(&super::super::schema::first()).unwrap();
    db.pragma_update(None, "user_version", 1).unwrap();
    for (tenant, seq) in [("acme", 1), ("local", 1), ("acme", 2), ("local", 2)] {
        let entry = json!({
            "id": format!("aud_{tenant}{seq}"),
            "seq": seq,
            "at": "2026-11-20T22:11:40.125Z",
            "place": { "tenant": tenant, "project": "main" },
            "actor": { "kind": "person", "id": "usr_1", "name": "Jo" },
            "action": "run.retry",
            "object": "run_1",
            "run": "run_1",
            "after": { "cost": 0.1, "api_key": "sk-1" },
        });
        db.execute(
            "INSERT INTO audit (tenant, seq, run, entry) VALUES (?1, ?2, 'run_1', ?3)",
            params![tenant, seq, entry.to_string()],
        )
        .unwrap();
    }
}

#[tokio::test]
async fn a_trail_from_before_is_linked_when_its_folder_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.db");
    old(&path);
    for _ in 0..2 {
        let store = SqliteStore::open(&path).unwrap();
        for tenant in ["acme", "local"] {
            let mut chain = Chain::default();
            for (_, text) in store.audit_from(&tenant.into(), 1, 10).await.unwrap() {
                assert!(!text.contains("sk-1"));
                let entry = serde_json::from_str(&text).unwrap();
                chain.add_value(&entry).unwrap().unwrap();
            }
            assert_eq!((chain.first(), chain.count()), (Some(1), 2));
        }
        let found = store
            .audit(AuditQuery {
                tenant: "local".into(),
                text: Some("retry jo".into()),
                limit: 10,
                ..AuditQuery::default()
            })
            .await
            .unwrap();
        assert_eq!(found.len(), 2);
    }
}

async fn write(store: &SqliteStore, tenant: &str, action: &str, object: &str) {
    let entry = AuditEntry::new(
        AuditId::new(format!("aud_{object}")),
        Timestamp::from_millis(1_000),
        Place::new(tenant, "main"),
        Actor::system(),
        action,
        object,
    );
    let set = ChangeSet::default().audited(entry);
    store.change(set).await.unwrap();
}

async fn found(store: &SqliteStore, tenant: &str, text: &str) -> Vec<u64> {
    let query = AuditQuery {
        tenant: tenant.into(),
        text: Some(text.into()),
        limit: 10,
        ..AuditQuery::default()
    };
    let found = store.audit(query).await.unwrap();
    found.iter().map(|entry| entry.seq).collect()
}

fn words(path: &std::path::Path, tenant: &str) -> Vec<String> {
    let db = Connection::open(path).unwrap();
    let mut all = db
        .prepare("SELECT word FROM audit_words WHERE tenant = ?1 ORDER BY word")
        .unwrap();
    let rows = all.query_map([tenant], |row| row.get(0)).unwrap();
    rows.collect::<rusqlite::Result<_>>().unwrap()
}

#[tokio::test]
async fn the_beginning_of_a_word_finds_what_its_tenant_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trail.db");
    let store = SqliteStore::open(&path).unwrap();
    write(&store, "local", "queue.paused", "north").await;
    write(&store, "local", "queue.pausing", "northern").await;
    write(&store, "acme", "queue.pauses", "south").await;
    assert_eq!(found(&store, "local", "paus").await, [2, 1]);
    assert_eq!(found(&store, "acme", "paus").await, [1]);
    // A word that is there is not taken for the beginning of another.
    assert_eq!(found(&store, "local", "north").await, [1]);
    assert_eq!(found(&store, "local", "queue nort").await, [2, 1]);
    assert_eq!(found(&store, "local", "sout").await, [0; 0]);
}

#[tokio::test]
async fn more_words_than_are_completed_give_those_of_the_newest_ids() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("trail.db")).unwrap();
    for at in 0..130 {
        write(&store, "local", "run.retry", &format!("run_01k{at:04}")).await;
    }
    assert_eq!(
        found(&store, "local", "01k").await,
        (121..=130).rev().collect::<Vec<u64>>()
    );
}

#[tokio::test]
async fn words_go_with_the_last_entry_that_said_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trail.db");
    let store = SqliteStore::open(&path).unwrap();
    write(&store, "local", "member.remove", "ann").await;
    write(&store, "acme", "member.remove", "ann").await;
    write(&store, "local", "member.remove", "bob").await;
    let trim = Change::TrimAudit {
        tenant: "local".into(),
        to: 1,
    };
    store.change(ChangeSet::new(trim)).await.unwrap();
    assert_eq!(
        words(&path, "local"),
        ["bob", "main", "member", "remove", "signalbox"]
    );
    assert!(words(&path, "acme").contains(&"ann".to_owned()));
    assert_eq!(found(&store, "local", "rem").await, [2]);
}

/// What `take` gives once the store before has let go of its folder: its threads end by themselves.
async fn once_free<T, E: std::fmt::Display>(
    failed: &str,
    mut take: impl FnMut() -> Result<T, E>,
) -> T {
    let patience = Instant::now() + Duration::from_secs(20);
    loop {
        match take() {
            Ok(taken) => return taken,
            Err(why) => assert!(Instant::now() < patience, "{failed}: {why}"),
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_folder_without_the_words_gets_them_when_it_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trail.db");
    {
        let store = SqliteStore::open(&path).unwrap();
        write(&store, "local", "queue.paused", "north").await;
    }
    let later = "BEGIN; DROP TABLE audit_words; DROP TABLE snapshots; COMMIT";
    let db = once_free("the tables that came later stay", || {
        let db = Connection::open(&path)?;
        db.execute_batch(later)?;
        Ok::<_, rusqlite::Error>(db)
    })
    .await;
    db.pragma_update(None, "user_version", 2).unwrap();
    drop(db);
    let store = once_free("the folder does not open", || SqliteStore::open(&path)).await;
    assert_eq!(found(&store, "local", "pau").await, [1]);
}
