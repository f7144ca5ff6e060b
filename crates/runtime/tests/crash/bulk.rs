//! `kill -9` again and again while a bulk job works: every run of it is moved once.

use crate::process::{Client, Process, token};
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;

const RUNS: usize = 300;
const KILLS: u64 = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bulk_job_goes_on_where_it_was_and_moves_no_run_twice() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let mut process = Process::start(data);
    let client = Client::new(token(data));
    client
        .post(&process.base, "/v1/queues/default/pause", json!({}))
        .await;
    let draft = json!({ "name": "Queued", "steps": [{ "id": "a", "type": "lua_script", "script": "return 1" }] });
    let made = client
        .post(&process.base, "/v1/workflows", json!({ "draft": draft }))
        .await;
    let workflow = made["id"].as_str().unwrap();
    let versions = format!("/v1/workflows/{workflow}/versions");
    client.post(&process.base, &versions, json!({})).await;
    let mut runs = Vec::new();
    for n in 0..RUNS {
        runs.push(client.start(&process.base, workflow, n).await.unwrap());
    }
    let body = json!({ "move": "cancel", "runs": runs, "reason": "not needed" });
    let job = client.post(&process.base, "/v1/bulk", body).await;
    let path = format!("/v1/bulk/{}", job["id"].as_str().unwrap());
    let mut stood = 0;
    for kill in 1..=KILLS {
        // Some way into it each time.
        stood = reached(&client, &process.base, &path, stood + RUNS as u64 / 10).await;
        process.kill();
        process = Process::start(data);
        let now = client.get(&process.base, &path).await["done"].clone();
        assert!(
            now.as_u64().unwrap() >= stood,
            "{kill}: {now} after {stood}"
        );
    }
    assert_eq!(
        reached(&client, &process.base, &path, RUNS as u64).await,
        RUNS as u64
    );
    let job = client.get(&process.base, &path).await;
    assert_eq!(
        (&job["state"], &job["refused"]),
        (&json!("completed"), &json!(0))
    );
    let mut entries: BTreeMap<String, usize> = BTreeMap::new();
    let trail = client
        .get(&process.base, "/v1/audit?action=run.cancel&limit=500")
        .await;
    for entry in trail["items"].as_array().unwrap() {
        let run = entry["run"].as_str().unwrap().to_owned();
        *entries.entry(run).or_default() += 1;
    }
    assert_eq!(entries.len(), RUNS);
    assert!(entries.values().all(|times| *times == 1));
}

/// Waits until the job has done so many; answers with how many it has.
async fn reached(client: &Client, base: &str, path: &str, wanted: u64) -> u64 {
    let come = async {
        loop {
            let done = client.get(base, path).await["done"].as_u64().unwrap();
            if done >= wanted {
                return done;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(2), come)
        .await
        .unwrap_or_else(|_| panic!("the job does not come to {wanted}"))
}
