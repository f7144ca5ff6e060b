#![allow(clippy::unwrap_used)]

use crate::store::sqlite::SqliteStore;
use crate::store::{AuditQuery, Store};
use model::audit::Chain;
use rusqlite::{Connection, params};
use serde_json::json;

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
