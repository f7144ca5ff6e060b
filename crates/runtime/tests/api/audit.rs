//! The audit trail: found, followed, exported, checked.

use crate::support::{Client, Server, decision, raw};
use model::audit::{Chain, Flaw, Report, Start, check};
use model::{AuditEntry, AuditHead, Role, RunStatus, Scope};
use reqwest::Method;
use runtime::serve::keyring::is_signed;
use runtime::store::Place;
use serde_json::{Value, json};

fn checked(text: &str, key: Option<&str>) -> Result<Report, Flaw> {
    check(text, key, &|message, signed| {
        Some(is_signed(message, signed))
    })
}

async fn missions(admin: &Client, count: usize) {
    for at in 0..count {
        admin
            .post("/v1/missions", json!({ "title": format!("North {at}") }))
            .await;
    }
}

async fn download(client: &Client, path: &str) -> String {
    let (status, headers, text) = raw(client.request(Method::GET, path)).await;
    assert_eq!(status, 200, "{text}");
    let disposition = headers["content-disposition"].to_str().unwrap();
    assert!(disposition.starts_with("attachment; filename=\"audit-local."));
    text
}

#[tokio::test]
async fn the_trail_is_found_by_who_what_when_and_words() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let workflow = admin.workflow("Trail", json!([decision("decide")])).await;
    let run = admin.start(&workflow, json!({ "input": {} })).await;
    server.until(&run, RunStatus::Waiting).await;
    admin
        .post(
            &format!("/v1/runs/{run}/cancel"),
            json!({ "reason": "The wrong customer" }),
        )
        .await;
    let actions = async |query: &str| -> Vec<String> {
        let page = admin.get(&format!("/v1/audit?{query}")).await;
        assert_eq!(page["count"], page["items"].as_array().unwrap().len());
        let items = page["items"].as_array().unwrap();
        items
            .iter()
            .map(|entry| entry["action"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(actions("q=wrong").await, ["run.cancel"]);
    assert_eq!(
        actions(&format!("run={run}")).await,
        ["run.cancel", "run.start"]
    );
    assert_eq!(actions("action=workflow.publish").await.len(), 1);
    assert_eq!(
        actions(&format!("object={workflow}")).await,
        ["workflow.publish", "workflow.create"]
    );
    assert_eq!(
        actions("actor=system").await,
        ["sign_in_link.create", "installation.create"]
    );
    assert!(actions("ai=true").await.is_empty());
    assert!(actions("until=2020-01-01T00:00:00Z").await.is_empty());
    assert_eq!(actions("since=2020-01-01T00:00:00Z").await.len(), 6);

    let cancel = &admin.get("/v1/audit?action=run.cancel").await["items"][0];
    assert_eq!(cancel["actor"]["name"], "test");
    assert!(cancel["plan"]["summary"].is_string());
    assert_eq!(cancel["before"]["status"], "waiting");
    assert_eq!(cancel["after"]["status"], "cancelled");
    for wrong in [
        "actro=x",
        "since=yesterday",
        "ai=maybe",
        "cursor=x",
        "limit=0",
    ] {
        let (status, problem) = admin.try_get(&format!("/v1/audit?{wrong}")).await;
        assert_eq!((status, &problem["code"]), (400, &json!("invalid_query")));
    }
}

#[tokio::test]
async fn what_the_api_lists_follows_from_one_another_up_to_the_signed_head() {
    let server = Server::new().await;
    let admin = server.admin().await;
    missions(&admin, 7).await;
    let head: AuditHead = serde_json::from_value(admin.get("/v1/audit/head").await).unwrap();
    assert!(is_signed(&head.message(), head.signed.as_ref().unwrap()));
    let (mut entries, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = admin.get(&format!("/v1/audit?limit=3{cursor}")).await;
        let items: Vec<AuditEntry> = serde_json::from_value(page["items"].clone()).unwrap();
        entries.extend(items);
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let mut chain = Chain::default();
    for entry in entries.iter().rev() {
        chain.add(entry).unwrap();
    }
    assert_eq!((chain.first(), chain.count()), (Some(1), 9));
    chain.ends_at(&head).unwrap();

    // The same key signs after a restart.
    let server = server.restart().await;
    let admin = server.admin().await;
    let again: AuditHead = serde_json::from_value(admin.get("/v1/audit/head").await).unwrap();
    assert_eq!(again.signed.unwrap().key, head.signed.unwrap().key);
}

#[tokio::test]
async fn an_export_proves_itself_in_both_forms() {
    let server = Server::new().await;
    let admin = server.admin().await;
    missions(&admin, 3).await;
    admin
        .post("/v1/missions", json!({ "title": "=1+1,\n\"quoted\"" }))
        .await;
    let head: AuditHead = serde_json::from_value(admin.get("/v1/audit/head").await).unwrap();
    let key = head.signed.unwrap().key;

    let ndjson = download(&admin, "/v1/audit/export").await;
    let report = checked(&ndjson, Some(&key)).unwrap();
    // The export is itself the last entry.
    assert_eq!((report.first, report.last, report.count), (1, 7, 7));
    assert_eq!(report.start, Start::Beginning);
    let csv = download(&admin, "/v1/audit/export?format=csv").await;
    assert_eq!(checked(&csv, Some(&key)).unwrap().last, 8);
    let last = csv.lines().rev().nth(1).unwrap();
    assert!(last.contains("audit.export"), "{last}");

    let tampered = ndjson.replacen("North 1", "North 9", 1);
    assert_eq!(checked(&tampered, None), Err(Flaw::Changed { seq: 4 }));
    let missing: Vec<&str> = ndjson
        .lines()
        .filter(|line| !line.contains("North 1"))
        .collect();
    assert_eq!(
        checked(&missing.join("\n"), None),
        Err(Flaw::Missing { from: 4, to: 4 })
    );
    let forged = ndjson.replacen(&format!("\"{key}\""), &format!("\"{}\"", "0".repeat(64)), 1);
    assert_eq!(checked(&forged, None), Err(Flaw::Signature { seq: 7 }));

    let part = download(&admin, "/v1/audit/export?from=3&to=5").await;
    let report = checked(&part, Some(&key)).unwrap();
    assert_eq!((report.first, report.last), (3, 5));
    assert_eq!(report.start, Start::Anchor);
    for wrong in ["from=5&to=3", "from=1000", "format=pdf", "since=x"] {
        let (status, _) = admin.try_get(&format!("/v1/audit/export?{wrong}")).await;
        assert_eq!(status, 400, "{wrong}");
    }
}

#[tokio::test]
async fn a_large_trail_is_exported_whole() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let entry = |at: usize| {
        let id = model::AuditId::new(format!("aud_{at}"));
        let place = Place::new("local", "main");
        let actor = model::Actor::system();
        AuditEntry::new(id, server.host.now(), place, actor, "run.retry", "run_1")
    };
    for at in 0..1_201 {
        let set = runtime::store::ChangeSet::default().audited(entry(at));
        server.host.store().change(set).await.unwrap();
    }
    let text = download(&admin, "/v1/audit/export").await;
    assert_eq!(checked(&text, None).unwrap().count, 1_204);
    let page = admin.get("/v1/audit").await;
    assert_eq!(
        (&page["count"], &page["count_is_exact"]),
        (&json!(1000), &json!(false))
    );
    // Every hundredth head is signed and kept.
    let heads = server
        .host
        .store()
        .list::<AuditHead>("local", None, 100)
        .await
        .unwrap();
    let seqs: Vec<u64> = heads.iter().map(|head| head.value.seq).collect();
    assert_eq!(seqs, (1..=12).map(|at| at * 100).collect::<Vec<u64>>());
    for head in heads {
        let head = head.value;
        assert!(is_signed(&head.message(), head.signed.as_ref().unwrap()));
        let end = server
            .host
            .store()
            .audit_end(&"local".into(), head.seq)
            .await;
        assert_eq!(end.unwrap(), (head.seq, head.hash));
    }
}

#[tokio::test]
async fn only_a_tenants_admin_sees_beyond_the_project_and_exports() {
    let server = Server::new().await;
    let admin = server.admin().await;
    missions(&admin, 1).await;
    let other = Place::new("local", "second");
    let change = runtime::auth::people::project(&other, "Second", server.host.now()).unwrap();
    server
        .host
        .store()
        .change(runtime::store::ChangeSet::new(change))
        .await
        .unwrap();
    let all: std::collections::BTreeSet<Scope> = Scope::ALL.iter().copied().collect();
    let token = server.token_with(&other, Role::ProjectAdmin, all).await;
    let second = Client {
        place: other,
        ..server.client(token)
    };
    second
        .post("/v1/missions", json!({ "title": "South" }))
        .await;
    let seen = second.get("/v1/audit").await;
    assert_eq!(seen["items"].as_array().unwrap().len(), 1);
    assert_eq!(seen["items"][0]["after"]["title"], "South");
    assert_eq!(admin.get("/v1/audit").await["count"], 4);
    let (status, problem) = second.try_get("/v1/audit/export").await;
    assert_eq!((status, &problem["missing"]), (403, &json!("tenant_admin")));
}

#[tokio::test]
async fn refused_attempts_are_entries_and_a_flood_of_them_is_not() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let viewer = server.as_role(Role::ProjectViewer).await;
    for _ in 0..20 {
        let (status, _) = viewer
            .try_post("/v1/missions", json!({ "title": "North" }))
            .await;
        assert_eq!(status, 403);
    }
    let refused = |page: &Value| page["items"].as_array().unwrap().len();
    let page = admin.get("/v1/audit?action=request.refused").await;
    assert_eq!(refused(&page), 1, "{page}");
    let entry = &page["items"][0];
    assert_eq!(entry["object"], "POST /v1/missions");
    assert_eq!(entry["after"]["code"], "missing_role");
    assert_eq!(entry["after"]["missing"], "project_contributor");
    assert_eq!(entry["ip"], "127.0.0.1");
    assert!(entry["request_id"].is_string());

    // An expired token names its tenant; one that nobody knows names none.
    let place = Place::new("local", "main");
    let all = Scope::ALL.iter().copied().collect();
    let past = server.host.now().minus_ms(1_000);
    let (id, expired) = server
        .token_until(&place, Role::TenantAdmin, all, Some(past))
        .await;
    assert_eq!(server.client(expired).try_get("/v1/runs").await.0, 401);
    let nobody = server.client(format!("pat_{}", "a".repeat(32)));
    assert_eq!(nobody.try_get("/v1/runs").await.0, 401);
    let page = admin
        .get(&format!("/v1/audit?action=request.refused&actor={id}"))
        .await;
    assert_eq!(page["items"][0]["after"]["code"], "token_expired");
    assert_eq!(
        refused(&admin.get("/v1/audit?action=request.refused").await),
        2
    );

    // Who knocks at a foreign door leaves the trace at home, where the other tenant never sees it and is not named by it.
    let foreign = server.foreign().await;
    let intruder = Client {
        place: Place::new("local", "main"),
        ..foreign.clone()
    };
    assert_eq!(intruder.try_get("/v1/runs").await.0, 403);
    assert_eq!(
        refused(&admin.get("/v1/audit?action=request.refused").await),
        2
    );
    let page = foreign.get("/v1/audit?action=request.refused").await;
    assert_eq!(page["items"][0]["after"]["code"], "no_role_in_project");
}

#[tokio::test]
async fn retention_is_a_setting_that_is_itself_recorded() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let path = "/v1/audit/retention";
    assert_eq!(admin.get(path).await, json!({ "keep_days": null }));
    let put = async |days: Value| {
        let request = admin.request(Method::PUT, path);
        crate::support::answer(request.json(&json!({ "keep_days": days }))).await
    };
    let (status, kept) = put(json!(365)).await;
    assert_eq!((status, &kept["keep_days"]), (200, &json!(365)));
    assert_eq!(admin.get(path).await["keep_days"], 365);
    let entry = &admin.get("/v1/audit?action=audit.keep").await["items"][0];
    assert_eq!(entry["id"], kept["audit"]);
    assert_eq!(entry["before"], json!({ "keep_days": null }));
    assert_eq!(entry["after"], json!({ "keep_days": 365 }));
    for wrong in [json!(29), json!(0), json!(40_000)] {
        assert_eq!(put(wrong).await.1["errors"][0]["pointer"], "/keep_days");
    }
}

#[tokio::test]
async fn what_is_left_of_an_old_trail_is_exported_behind_its_anchor() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let old = server.host.now().minus_ms(400 * 24 * 3_600_000);
    for at in 0..4 {
        let entry = AuditEntry::new(
            model::AuditId::new(format!("aud_{at}")),
            old,
            Place::new("acme", "main"),
            model::Actor::system(),
            "run.retry",
            "run_1",
        );
        let set = runtime::store::ChangeSet::default().audited(entry);
        server.host.store().change(set).await.unwrap();
    }
    let foreign = server.foreign().await;
    let put = foreign.request(Method::PUT, "/v1/audit/retention");
    let (status, _) = crate::support::answer(put.json(&json!({ "keep_days": 30 }))).await;
    assert_eq!(status, 200);
    server.host.tidy().await;
    let removed = &foreign.get("/v1/audit/retention").await["removed"];
    assert_eq!(removed["seq"], 4);
    let (_, _, text) = raw(foreign.request(Method::GET, "/v1/audit/export?from=1")).await;
    let report = checked(&text, None).unwrap();
    assert_eq!((report.first, report.start), (5, Start::Anchor));
    assert!(report.signatures_checked);
    assert!(
        admin.get("/v1/audit").await["items"]
            .as_array()
            .unwrap()
            .len()
            == 2
    );
}
