//! One move on many runs: planned as a whole, made run by run, stopped, taken up again.

use crate::support::{Client, Server, decision, echo, fails};
use model::api::{BulkJob, BulkState};
use model::{Actor, BulkId, MoveKind, RunId, RunStatus};
use reqwest::Method;
use runtime::store::record::{BulkOrigin, BulkRecord, BulkSetRecord};
use runtime::store::{Change, ChangeSet, Place};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A retry of these runs that is in the store, and nobody works it off before the next start.
pub async fn untouched(server: &Server, runs: Vec<RunId>) -> BulkRecord {
    let record = BulkRecord {
        job: BulkJob {
            id: BulkId::new(server.host.new_id(BulkId::PREFIX)),
            kind: MoveKind::Retry,
            state: BulkState::Running,
            reason: "all of them".into(),
            created_at: server.host.now(),
            created_by: Actor::system(),
            ended_at: None,
            stopped_by: None,
            total: runs.len() as u64,
            done: 0,
            refused: 0,
        },
        place: Place::new("local", "main"),
        origin: BulkOrigin::default(),
    };
    let job = record.job.id.clone();
    let set = ChangeSet::new(Change::create(&record).unwrap())
        .and(Change::create(&BulkSetRecord { job, runs }).unwrap());
    server.host.store().change(set).await.unwrap();
    record
}

/// Two failed runs, one that waits, and one that has completed.
struct Mixed {
    server: Server,
    admin: Client,
    failed: Vec<String>,
    waiting: String,
    completed: String,
}

impl Mixed {
    async fn new() -> Self {
        let server = Server::new().await;
        let admin = server.admin().await;
        let trip = admin.workflow("Trip", json!([fails("trip")])).await;
        let ask = admin.workflow("Ask", json!([decision("decide")])).await;
        let run = async |workflow: &str, good: bool, status| {
            let input = json!({ "input": { "good": good } });
            let run = admin.start(workflow, input).await;
            server.until(&run, status).await;
            run
        };
        let failed = vec![
            run(&trip, false, RunStatus::Failed).await,
            run(&trip, false, RunStatus::Failed).await,
        ];
        let waiting = run(&ask, true, RunStatus::Waiting).await;
        let completed = run(&trip, true, RunStatus::Completed).await;
        Self {
            server,
            admin,
            failed,
            waiting,
            completed,
        }
    }

    fn all(&self) -> Vec<&str> {
        let failed = self.failed.iter().map(String::as_str);
        failed
            .chain([self.waiting.as_str(), self.completed.as_str()])
            .collect()
    }
}

/// Makes a job and answers with it once it has ended.
async fn done(client: &Client, body: Value) -> Value {
    let made = client.post("/v1/bulk", body).await;
    ended(client, made["id"].as_str().unwrap()).await
}

async fn ended(client: &Client, job: &str) -> Value {
    let path = format!("/v1/bulk/{job}");
    client
        .once(&path, "bulk", |job| job["state"] != "running")
        .await
}

fn strings<'v>(page: &'v Value, field: &str) -> Vec<&'v str> {
    let items = page["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item[field].as_str().unwrap_or_default())
        .collect()
}

async fn moves_of(client: &Client, run: &str, action: &str) -> usize {
    let trail = client.get(&format!("/v1/runs/{run}/audit")).await;
    strings(&trail, "action")
        .iter()
        .filter(|word| **word == action)
        .count()
}

#[tokio::test]
async fn a_plan_counts_what_can_and_says_why_the_rest_cannot() {
    let mixed = Mixed::new().await;
    let admin = &mixed.admin;
    let foreign = mixed.server.foreign().await;
    let workflow = foreign.workflow("Theirs", json!([fails("trip")])).await;
    let theirs = foreign.start(&workflow, json!({ "input": {} })).await;
    mixed.server.until(&theirs, RunStatus::Failed).await;
    let mut runs = mixed.all();
    runs.extend([theirs.as_str(), "run_none", runs[0]]);
    let before = admin.get("/v1/audit/head").await["seq"].clone();
    let plan = admin
        .post("/v1/bulk/plan", json!({ "move": "retry", "runs": runs }))
        .await;
    assert_eq!(plan["summary"], "2 of 6 runs can be retried.");
    assert_eq!((&plan["can"], &plan["more"]), (&json!(2), &json!(false)));
    assert_eq!(plan["runs"], json!(runs[..6]), "each once, in their order");
    let why = |run: &str| {
        let groups = plan["cannot"].as_array().unwrap();
        let named = |group: &&Value| {
            let runs = group["runs"].as_array().unwrap();
            runs.iter().any(|named| named["run"] == run)
        };
        groups.iter().find(named).cloned().unwrap()
    };
    // What is not theirs and what is not there look alike.
    let gone = why("run_none");
    assert_eq!(gone, why(&theirs));
    assert_eq!(
        (&gone["text"], &gone["count"]),
        (&json!("There is no such run in this project."), &json!(2))
    );
    assert_eq!(gone["runs"][0]["title"], "");
    let path = format!("/v1/runs/{}/retry", mixed.waiting);
    let (_, single) = admin.try_post(&path, json!({})).await;
    assert_eq!(why(&mixed.waiting)["text"], single["detail"]);
    // Nothing is kept.
    assert_eq!(admin.get("/v1/audit/head").await["seq"], before);
    assert_eq!(admin.get("/v1/bulk").await["items"], json!([]));
}

#[tokio::test]
async fn each_run_is_moved_as_if_alone_and_its_entry_names_the_job() {
    let mixed = Mixed::new().await;
    let admin = &mixed.admin;
    let body = json!({ "move": "retry", "runs": mixed.all(), "reason": " the provider is back " });
    let made = admin.post("/v1/bulk", body).await;
    let id = made["id"].as_str().unwrap();
    assert_eq!(
        (&made["state"], &made["total"], &made["reason"]),
        (&json!("running"), &json!(4), &json!("the provider is back"))
    );
    let job = ended(admin, id).await;
    assert_eq!(
        (&job["state"], &job["done"], &job["refused"]),
        (&json!("completed"), &json!(2), &json!(2))
    );
    assert!(job["ended_at"].is_string());
    let made_by = &job["created_by"];

    for run in &mixed.failed {
        let trail = admin.get(&format!("/v1/runs/{run}/audit")).await;
        let entry = trail["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|entry| entry["action"] == "run.retry")
            .unwrap();
        assert_eq!(entry["after"]["detail"]["bulk"], json!(id));
        assert_eq!(entry["reason"], "the provider is back");
        assert_eq!(&entry["actor"], made_by);
        assert_eq!(entry["ip"], "127.0.0.1");
        assert!(entry["plan"]["summary"].is_string());
        assert_eq!(moves_of(admin, run, "run.retry").await, 1);
    }
    for run in [&mixed.waiting, &mixed.completed] {
        assert_eq!(moves_of(admin, run, "run.retry").await, 0);
    }
    // The trail knows the job by its own entry and finds all that belongs to it.
    let own = admin.get(&format!("/v1/audit?object={id}")).await;
    assert_eq!(strings(&own, "action"), ["bulk.start"]);
    assert_eq!(own["items"][0]["id"], made["audit"]);
    assert_eq!(own["items"][0]["after"]["runs"], 4);
    let all = admin.get(&format!("/v1/audit?q={id}")).await;
    assert_eq!(all["count"], 3);

    let path = format!("/v1/bulk/{id}/runs");
    let refused = admin.get(&format!("{path}?outcome=refused")).await;
    assert_eq!(
        strings(&refused, "run"),
        [mixed.waiting.as_str(), mixed.completed.as_str()]
    );
    let why = refused["items"][0]["why"].as_str().unwrap();
    assert!(why.ends_with("this one is waiting."), "{why}");
    assert_eq!(refused["items"][0]["title"], "Ask");
    let moved = admin.get(&format!("{path}?outcome=done")).await;
    assert_eq!(strings(&moved, "run"), mixed.failed);
    assert!(moved["items"][0]["audit"].is_string());
    // Page by page it is the same list.
    let mut paged = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = admin.get(&format!("{path}?limit=1{cursor}")).await;
        paged.extend(strings(&page, "run").into_iter().map(str::to_owned));
        assert_eq!(page["count"], 4);
        let Some(next) = page["next_cursor"].as_str() else {
            break;
        };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(paged, mixed.all());
}

#[tokio::test]
async fn the_set_is_frozen_and_a_run_that_moved_on_decides_by_itself() {
    let mixed = Mixed::new().await;
    let admin = &mixed.admin;
    let ask = json!({ "move": "retry", "filter": { "status": ["failed"] } });
    let plan = admin.post("/v1/bulk/plan", ask).await;
    assert_eq!(plan["runs"], json!([mixed.failed[1], mixed.failed[0]]));
    assert_eq!(plan["can"], 2);
    // Somebody deals with one of them, and another run comes to match.
    let retry = json!({ "step": "trip", "input": { "input": { "good": true } } });
    let path = format!("/v1/runs/{}/retry", mixed.failed[0]);
    admin.post(&path, retry).await;
    mixed
        .server
        .until(&mixed.failed[0], RunStatus::Completed)
        .await;
    let late = admin.workflow("Late", json!([fails("trip")])).await;
    let late = admin.start(&late, json!({ "input": {} })).await;
    mixed.server.until(&late, RunStatus::Failed).await;

    let body = json!({ "move": "retry", "runs": plan["runs"], "reason": "again" });
    let job = done(admin, body).await;
    assert_eq!((&job["done"], &job["refused"]), (&json!(1), &json!(1)));
    let path = format!("/v1/bulk/{}/runs", job["id"].as_str().unwrap());
    let refused = admin.get(&format!("{path}?outcome=refused")).await;
    assert_eq!(strings(&refused, "run"), [mixed.failed[0].as_str()]);
    assert_eq!(moves_of(admin, &late, "run.retry").await, 0);
}

#[tokio::test]
async fn a_filter_is_frozen_when_the_job_is_made_and_new_runs_are_named() {
    let mixed = Mixed::new().await;
    let admin = &mixed.admin;
    let body =
        json!({ "move": "run_again", "filter": { "status": ["completed"] }, "reason": "again" });
    let job = done(admin, body).await;
    assert_eq!((&job["total"], &job["done"]), (&json!(1), &json!(1)));
    let path = format!("/v1/bulk/{}/runs", job["id"].as_str().unwrap());
    let runs = admin.get(&path).await;
    assert_eq!(runs["items"][0]["run"], json!(mixed.completed));
    let new = runs["items"][0]["new_run"].as_str().unwrap();
    mixed.server.until(new, RunStatus::Completed).await;
    let view = admin.get(&format!("/v1/runs/{new}")).await;
    assert_eq!(view["run"]["again_of"], json!(mixed.completed));
    let trail = admin.get(&format!("/v1/runs/{new}/audit")).await;
    assert_eq!(trail["items"][0]["action"], "run.run_again");
    assert_eq!(trail["items"][0]["after"]["detail"]["bulk"], job["id"]);
}

#[tokio::test]
async fn the_other_moves_too() {
    let mixed = Mixed::new().await;
    let admin = &mixed.admin;
    admin.post("/v1/queues/default/pause", json!({})).await;
    let workflow = admin.workflow("Queued", json!([echo("say")])).await;
    let run = admin.start(&workflow, json!({ "input": {} })).await;
    mixed.server.until(&run, RunStatus::Queued).await;
    let ways = [
        (&run, "pause", RunStatus::Paused),
        (&run, "resume", RunStatus::Queued),
        (&run, "cancel", RunStatus::Cancelled),
        (&mixed.waiting, "stop_gracefully", RunStatus::Cancelled),
    ];
    for (run, what, status) in ways {
        let body = json!({ "move": what, "runs": [run], "reason": "because" });
        let job = done(admin, body).await;
        assert_eq!(job["done"], 1, "{what}");
        mixed.server.until(run, status).await;
    }
}

/// Runs that wait in a paused queue.
async fn queued(server: &Server, admin: &Client, count: usize) -> Vec<String> {
    admin.post("/v1/queues/default/pause", json!({})).await;
    let workflow = admin.workflow("Queued", json!([echo("say")])).await;
    let mut runs = Vec::new();
    for _ in 0..count {
        runs.push(admin.start(&workflow, json!({ "input": {} })).await);
    }
    server.until(&runs[count - 1], RunStatus::Queued).await;
    runs
}

#[tokio::test]
async fn a_stop_leaves_the_rest_as_it_is() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let runs = queued(&server, &admin, 200).await;
    let body = json!({ "move": "cancel", "runs": runs, "reason": "not needed" });
    let made = admin.post("/v1/bulk", body).await;
    let id = made["id"].as_str().unwrap();
    let path = format!("/v1/bulk/{id}");
    let stopped = admin.post(&format!("{path}/abort"), json!({})).await;
    assert_eq!(stopped["state"], "stopped");
    assert_eq!(stopped["stopped_by"], made["created_by"]);
    let done = usize::try_from(stopped["done"].as_u64().unwrap()).unwrap();
    assert!(done < runs.len(), "the stop came too late to tell anything");
    let (status, problem) = admin.try_post(&format!("{path}/abort"), json!({})).await;
    assert_eq!((status, &problem["code"]), (409, &json!("bulk_ended")));
    assert_eq!(problem["current"]["state"], "stopped");
    // Another job has its turns meanwhile, and this one none.
    let body = json!({ "move": "pause", "runs": [runs[199]], "reason": "wait" });
    self::done(&admin, body).await;
    assert_eq!(admin.get(&path).await["done"], json!(done));
    let rows = admin.get("/v1/runs?status=cancelled&limit=200").await;
    assert_eq!(rows["count"], json!(done));
    let waiting = admin
        .get(&format!("{path}/runs?outcome=waiting&limit=200"))
        .await;
    assert_eq!(strings(&waiting, "run"), runs[done..]);
    assert_eq!(waiting["items"][0]["title"], "Queued");
    let own = admin.get(&format!("/v1/audit?object={id}")).await;
    assert_eq!(strings(&own, "action"), ["bulk.stop", "bulk.start"]);
    assert_eq!(own["items"][0]["after"]["done"], json!(done));
}

#[tokio::test]
async fn a_job_goes_on_after_a_restart_and_no_run_is_moved_twice() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let runs = queued(&server, &admin, 120).await;
    let body = json!({ "move": "cancel", "runs": runs, "reason": "not needed" });
    let made = admin.post("/v1/bulk", body).await;
    let server = server.restart().await;
    let admin = Client {
        base: server.base.clone(),
        ..admin
    };
    let job = ended(&admin, made["id"].as_str().unwrap()).await;
    assert_eq!((&job["done"], &job["refused"]), (&json!(120), &json!(0)));
    let mut cancelled: BTreeMap<String, usize> = BTreeMap::new();
    let trail = admin.get("/v1/audit?action=run.cancel&limit=500").await;
    for run in strings(&trail, "run") {
        *cancelled.entry(run.to_owned()).or_default() += 1;
    }
    assert_eq!(cancelled.len(), 120);
    assert!(cancelled.values().all(|times| *times == 1));
}

#[tokio::test]
async fn a_job_that_had_not_begun_is_begun_at_the_next_start() {
    let mixed = Mixed::new().await;
    let runs = mixed.all().into_iter().map(RunId::from).collect();
    let record = untouched(&mixed.server, runs).await;
    let server = mixed.server.restart().await;
    let admin = Client {
        base: server.base.clone(),
        ..mixed.admin
    };
    let job = ended(&admin, record.job.id.as_str()).await;
    assert_eq!((&job["done"], &job["refused"]), (&json!(2), &json!(2)));
}

#[tokio::test]
async fn jobs_belong_to_their_project() {
    let mixed = Mixed::new().await;
    let foreign = mixed.server.foreign().await;
    let body = json!({ "move": "cancel", "runs": [mixed.waiting], "reason": "mine" });
    let job = done(&foreign, body).await;
    assert_eq!((&job["done"], &job["refused"]), (&json!(0), &json!(1)));
    let path = format!("/v1/bulk/{}/runs", job["id"].as_str().unwrap());
    let runs = foreign.get(&path).await;
    assert_eq!(
        runs["items"][0]["why"],
        "There is no such run in this project."
    );
    assert_eq!(runs["items"][0]["title"], "");
    let view = mixed
        .admin
        .get(&format!("/v1/runs/{}", mixed.waiting))
        .await;
    assert_eq!(view["run"]["status"], "waiting");
    assert_eq!(mixed.admin.get("/v1/bulk").await["items"], json!([]));
    assert_eq!(mixed.admin.try_get(&path).await.0, 404);
    assert_eq!(foreign.get("/v1/bulk").await["items"][0]["id"], job["id"]);
}

#[tokio::test]
async fn the_same_key_makes_one_job() {
    let mixed = Mixed::new().await;
    let body = json!({ "move": "retry", "runs": mixed.failed, "reason": "again" });
    let send = || {
        let request = mixed.admin.request(Method::POST, "/v1/bulk");
        crate::support::answer(request.header("Idempotency-Key", "k1").json(&body))
    };
    let (first, second) = (send().await, send().await);
    assert_eq!((first.0, second.0), (201, 201));
    assert_eq!(first.1["id"], second.1["id"]);
    ended(&mixed.admin, first.1["id"].as_str().unwrap()).await;
    for run in &mixed.failed {
        assert_eq!(moves_of(&mixed.admin, run, "run.retry").await, 1);
    }
}

#[tokio::test]
async fn what_cannot_be_a_job_says_why() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let many: Vec<String> = (0..10_001).map(|n| format!("run_01J{n:023}")).collect();
    let run = ["run_1"];
    let wrong = [
        (json!({ "move": "retry", "reason": "a" }), "/runs"),
        (
            json!({ "move": "retry", "runs": [], "reason": "a" }),
            "/runs",
        ),
        (
            json!({ "move": "retry", "runs": run, "filter": {}, "reason": "a" }),
            "/filter",
        ),
        (
            json!({ "move": "retry", "filter": { "status": ["failed"] }, "reason": "a" }),
            "/filter",
        ),
        (
            json!({ "move": "retry", "filter": { "statos": ["failed"] }, "reason": "a" }),
            "/filter/statos",
        ),
        (
            json!({ "move": "approve", "runs": run, "reason": "a" }),
            "/move",
        ),
        (
            json!({ "move": "retry", "runs": run, "reason": "  " }),
            "/reason",
        ),
        (
            json!({ "move": "retry", "runs": many, "reason": "a" }),
            "/runs",
        ),
    ];
    for (body, pointer) in wrong {
        let (status, problem) = admin.try_post("/v1/bulk", body).await;
        assert_eq!(status, 422, "{problem}");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    }
    // The most that a job takes fits into one request.
    let body = json!({ "move": "retry", "runs": many[..10_000] });
    let plan = admin.post("/v1/bulk/plan", body).await;
    assert_eq!(plan["cannot"][0]["count"], 10_000);
}
