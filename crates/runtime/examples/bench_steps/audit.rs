//! Pages of the audit trail among very many entries, over HTTP.

use crate::kit::{percentile, place};
use futures_util::{StreamExt, stream};
use model::{
    Actor, ActorKind, AuditEntry, AuditId, Role, RunId, Scope, Timestamp, TokenId, UserId,
};
use reqwest::Client;
use runtime::auth::people;
use runtime::host::HostConfig;
use runtime::serve::running::{DATABASE, Running, Setup};
use runtime::serve::services::random;
use runtime::steps::net::{self, Reach};
use runtime::store::{ChangeSet, SqliteStore, Store};
use serde_json::json;
use std::num::NonZeroU32;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

/// Times each page is asked for.
const TIMES: usize = 20;
/// Entries of a page.
const PAGE: usize = 100;
const FIRST_MS: i64 = 1_790_000_000_000;
const ACTIONS: [&str; 8] = [
    "run.start",
    "run.start",
    "run.retry",
    "run.cancel",
    "task.complete",
    "workflow.publish",
    "connection.update",
    "queue.pause",
];

pub async fn measure(data: &Path, entries: usize) {
    let path = data.join(DATABASE);
    if !path.is_file() {
        fill(&path, entries).await;
    }
    let running = loop {
        // Another one takes the file once the old one's threads are gone.
        match Running::start(setup(data)).await {
            Ok(running) => break running,
            Err(_) => tokio::task::yield_now().await,
        }
    };
    let token = token(&running).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(running.serve(listener, std::future::pending()));
    let http = net::client(Reach::Anywhere, None).unwrap();
    let ask = Ask { http, base, token };

    let far = entries.saturating_sub(PAGE * 999);
    let mut all = Vec::new();
    for (name, query) in queries() {
        for (page, cursor) in [("", None), ("_page_1000", Some(far))] {
            let mut took = Vec::new();
            let mut found = 0;
            for _ in 0..TIMES {
                let began = Instant::now();
                found = ask.page(query, cursor).await;
                took.push(began.elapsed().as_secs_f64() * 1000.0);
            }
            let p99 = percentile(&mut took, 0.99);
            println!("audit_{name}{page}_ms_p99={p99:.1} # {found} entries");
            all.extend(took);
        }
    }
    println!("audit_any_ms_p99={:.1}", percentile(&mut all, 0.99));
}

/// What is asked for, by every filter.
fn queries() -> Vec<(&'static str, &'static str)> {
    vec![
        ("all", ""),
        ("who", "actor=usr_13"),
        ("who_never", "actor=usr_none"),
        ("action", "action=run.cancel"),
        ("who_action", "actor=usr_13&action=run.cancel"),
        ("object", "object=wf_5"),
        ("run", "run=run_1003"),
        ("ai", "ai=true"),
        ("ai_who", "ai=true&actor=usr_13"),
        ("not_ai", "ai=false"),
        ("since", "since=2026-09-22T00:00:00Z"),
        ("until", "until=2026-09-21T15:00:00Z"),
        ("text_in_all", "q=main"),
        ("text_common", "q=cancel"),
        ("text_common_beginning", "q=cance"),
        ("text_letter", "q=c"),
        ("text_two", "q=wrong+customer"),
        ("text_apart", "q=publish+cancelled"),
        ("text_rare", "q=marker"),
        ("text_rare_beginning", "q=marke"),
        ("text_common_rare", "q=main+marker"),
        ("text_none", "q=nowhere"),
        ("text_name", "q=person+13"),
        ("text_who", "q=wrong&actor=usr_13"),
        ("text_action", "q=wrong&action=run.cancel"),
        ("text_other_action", "q=wrong&action=queue.pause"),
        ("text_run", "q=wrong&run=run_1003"),
        ("text_ai", "q=wrong&ai=true"),
        ("text_until", "q=wrong&until=2026-09-21T15:00:00Z"),
        ("text_id", "q=01k9x000400007"),
        ("text_id_beginning", "q=01k9x"),
        (
            "all_at_once",
            "q=wrong&action=run.cancel&actor=usr_13&ai=false&since=2026-09-22T00:00:00Z",
        ),
    ]
}

struct Ask {
    http: Client,
    base: String,
    token: String,
}

impl Ask {
    async fn page(&self, query: &str, cursor: Option<usize>) -> usize {
        let cursor = cursor.map_or_else(String::new, |cursor| format!("&cursor={cursor}"));
        let url = format!("{}/v1/audit?limit={PAGE}&{query}{cursor}", self.base);
        let answer = self
            .http
            .get(url)
            .bearer_auth(&self.token)
            .header("X-Tenant-Id", "local")
            .header("X-Project-Id", "main")
            .send()
            .await
            .unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{query}: {text}");
        let page: serde_json::Value = serde_json::from_str(&text).unwrap();
        page["items"].as_array().unwrap().len()
    }
}

fn setup(data: &Path) -> Setup {
    Setup {
        data: data.to_owned(),
        console: None,
        examples: None,
        host: HostConfig::default(),
        rate: NonZeroU32::MAX,
        allow_private_urls: false,
        allow_mcp_programs: false,
        check_every: Duration::from_hours(1),
        sandbox: runtime::mcp_files::Quota::default(),
        secret_key: None,
        build: "bench".into(),
        program: None,
    }
}

async fn token(running: &Running) -> String {
    let (host, place) = (running.host(), place());
    let now = host.now();
    let id = TokenId::new(host.new_id(TokenId::PREFIX));
    let user = UserId::new(host.new_id(UserId::PREFIX));
    let new = people::NewToken {
        id: id.clone(),
        user: user.clone(),
        tenant: place.tenant.clone(),
        project: None,
        name: "bench".into(),
        scopes: Scope::ALL.iter().copied().collect(),
        role: None,
        ai: false,
        expires_at: None,
    };
    let (secret, token) = people::token(&random, new, now).unwrap();
    let changes = vec![
        people::bearer(user.clone(), "Bench", &id, now).unwrap(),
        people::membership(user, place.tenant, Some(place.project), Role::TenantAdmin).unwrap(),
        token,
    ];
    let audit = None;
    host.store()
        .change(ChangeSet { changes, audit })
        .await
        .unwrap();
    secret.reveal().to_owned()
}

async fn fill(path: &Path, entries: usize) {
    let store = SqliteStore::open(path).unwrap();
    let began = Instant::now();
    stream::iter(0..entries)
        .for_each_concurrent(512, |n| {
            let set = ChangeSet::default().audited(entry(n));
            let store = &store;
            async move {
                store.change(set).await.unwrap();
            }
        })
        .await;
    println!("stored_entries={entries}");
    println!(
        "stored_per_second={:.0}",
        entries as f64 / began.elapsed().as_secs_f64()
    );
}

fn entry(n: usize) -> AuditEntry {
    let at = Timestamp::from_millis(FIRST_MS + n as i64 * 100);
    let is_ai = n.is_multiple_of(97);
    let actor = Actor {
        kind: if is_ai {
            ActorKind::Ai
        } else {
            ActorKind::Person
        },
        id: format!("usr_{}", n % 50),
        name: format!("Person {}", n % 50),
    };
    let action = ACTIONS[n % ACTIONS.len()];
    let run = action
        .starts_with("run.")
        .then(|| format!("run_{}", n % 10_000));
    let object = match (&run, action) {
        (Some(run), _) => run.clone(),
        (None, "workflow.publish") => format!("wf_{}", n % 40),
        (None, _) => format!("thing_{}", n % 1_000),
    };
    let id = AuditId::new(format!("aud_01K9X{n:021}"));
    let entry = AuditEntry::new(id, at, place(), actor, action, object);
    let marker = if n.is_multiple_of(99_991) {
        "marker"
    } else {
        "plain"
    };
    AuditEntry {
        run: run.map(RunId::new),
        reason: (action == "run.cancel").then(|| format!("The wrong customer, number {n}")),
        before: Some(json!({ "status": "running", "version": n % 7 })),
        after: Some(json!({
            "status": if action == "run.cancel" { "cancelled" } else { "running" },
            "attempt": format!("att_01K9X{n:09}"), "note": marker,
            "labels": { "team": format!("t{}", n % 11), "customer": format!("Metro Equipment {}", n % 3_000) },
        })),
        ..entry
    }
}
