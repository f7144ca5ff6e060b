//! Every change leaves one entry in the audit trail, written with it.

use crate::support::{Server, echo, fails};
use model::{Role, RunStatus};
use runtime::store::AuditQuery;
use serde_json::json;

#[tokio::test]
async fn each_change_is_recorded_once_with_who_and_from_where() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let workflow = admin
        .workflow("Audited", json!([echo("say"), fails("trip")]))
        .await;
    admin
        .try_patch(
            &format!("/v1/workflows/{workflow}"),
            json!({ "draft": { "name": "Audited", "steps": [] } }),
        )
        .await;
    let run = admin.start(&workflow, json!({ "input": {} })).await;
    server.until(&run, RunStatus::Failed).await;
    admin
        .post(&format!("/v1/runs/{run}/retry"), json!({}))
        .await;
    admin
        .post(&format!("/v1/attention/{run}/assign"), json!({}))
        .await;
    admin
        .post("/v1/missions", json!({ "title": "North" }))
        .await;
    admin
        .try_patch("/v1/providers/default", json!({ "mode": "mock" }))
        .await;
    admin.post("/v1/providers/default/check", json!({})).await;
    admin.post("/v1/queues/default/pause", json!({})).await;
    // A refused one leaves nothing.
    admin
        .try_post(&format!("/v1/runs/{run}/pause"), json!({}))
        .await;
    admin.try_post("/v1/missions", json!({ "title": "" })).await;

    let mut entries = server
        .host
        .store()
        .audit(AuditQuery {
            tenant: "local".into(),
            limit: 100,
            ..AuditQuery::default()
        })
        .await
        .unwrap();
    let seqs: Vec<u64> = entries.iter().rev().map(|entry| entry.seq).collect();
    assert_eq!(seqs, (1..=entries.len() as u64).collect::<Vec<_>>());
    // What a check finds is the runtime's own entry.
    entries.retain(|entry| entry.action != "health.change");
    let mut actions: Vec<&str> = entries.iter().map(|entry| entry.action.as_str()).collect();
    actions.reverse();
    assert_eq!(
        actions,
        [
            "installation.create",
            "sign_in_link.create",
            "workflow.create",
            "workflow.publish",
            "workflow.update",
            "run.start",
            "run.retry",
            "attention.assign",
            "mission.create",
            "provider.update",
            "provider.check",
            "queue.pause",
        ]
    );
    let by_people =
        |action: &str| !["installation.create", "sign_in_link.create"].contains(&action);
    for entry in entries.iter().filter(|entry| by_people(&entry.action)) {
        assert_eq!(entry.actor.name, "test", "{}", entry.action);
        assert_eq!(entry.ip.as_deref(), Some("127.0.0.1"), "{}", entry.action);
        assert!(
            entry.request_id.as_ref().unwrap().starts_with("req_"),
            "{}",
            entry.action
        );
        assert!(entry.after.is_some(), "{}", entry.action);
    }
}

#[tokio::test]
async fn the_trail_of_a_run_needs_its_own_scope_and_pages() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let workflow = admin.workflow("Trip", json!([fails("trip")])).await;
    let run = admin.start(&workflow, json!({ "input": {} })).await;
    server.until(&run, RunStatus::Failed).await;
    for _ in 0..3 {
        admin
            .post(&format!("/v1/attention/{run}/assign"), json!({}))
            .await;
    }
    let (mut found, mut cursor) = (0, String::new());
    loop {
        let page = admin
            .get(&format!("/v1/runs/{run}/audit?limit=3{cursor}"))
            .await;
        found += page["items"].as_array().unwrap().len();
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(found, 4);
    let viewer = server.as_role(Role::ProjectViewer).await;
    assert_eq!(
        viewer.try_get(&format!("/v1/runs/{run}/audit")).await.0,
        200
    );
}
