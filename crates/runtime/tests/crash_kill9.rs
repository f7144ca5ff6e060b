//! `kill -9` in a loop while 200 runs work: nothing acknowledged is lost, no finished step runs again, no side effect is
//! repeated without a person, and in the end every run has ended or says what it waits for.
#![allow(clippy::unwrap_used)]
#![cfg(unix)]

#[path = "crash/bulk.rs"]
mod bulk;
#[path = "crash/process.rs"]
mod process;
#[path = "crash/witness.rs"]
mod witness;

use process::{Client, Process, token};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;
use witness::Journal;

const RUNS: usize = 200;
const KILLS: usize = 12;
/// Steps that call the tool, with what they give it as a path.
const TOOL_STEPS: [(&str, &str); 3] = [("write", "a"), ("append", "b"), ("last", "c")];

fn workflow() -> Value {
    json!({
        "name": "Crash",
        "queue": "crash",
        "steps": [
            { "id": "write", "type": "mcp_call", "server": "files", "tool_name": "write_file",
              "arguments": { "path": "{{input.n}}/a", "content": "a" } },
            { "id": "count", "type": "lua_script", "script": "return tonumber(input) + 1", "input": "{{input.n}}",
              "depends_on": ["write"] },
            { "id": "append", "type": "mcp_call", "server": "files", "tool_name": "append_file", "depends_on": ["count"],
              "arguments": { "path": "{{input.n}}/b", "content": "line {{steps.count.result}}" } },
            { "id": "pause", "type": "timer", "seconds": 0.2, "depends_on": ["append"] },
            { "id": "last", "type": "mcp_call", "server": "files", "tool_name": "write_file", "depends_on": ["pause"],
              "arguments": { "path": "{{input.n}}/c", "content": "c" } },
        ],
    })
}

/// What was acknowledged: runs by the number they were started with, and those that were cancelled.
#[derive(Default)]
struct Acknowledged {
    runs: BTreeMap<usize, String>,
    cancelled: Vec<String>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_and_nothing_is_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let first = Process::start(data);
    let client = Client::new(token(data));
    let made = client
        .post(&first.base, "/v1/workflows", json!({ "draft": workflow() }))
        .await;
    let workflow = made["id"].as_str().unwrap().to_owned();
    client
        .post(
            &first.base,
            &format!("/v1/workflows/{workflow}/versions"),
            json!({}),
        )
        .await;
    first.kill();

    let mut acknowledged = Acknowledged::default();
    for kill in 1..=KILLS {
        let process = Process::start(data);
        let until = RUNS * kill / KILLS;
        for n in acknowledged.runs.len()..until {
            let run = client.start(&process.base, &workflow, n).await.unwrap();
            acknowledged.runs.insert(n, run);
        }
        let some: Vec<String> = acknowledged
            .runs
            .values()
            .skip(kill)
            .step_by(40)
            .cloned()
            .collect();
        for run in some {
            cancel(&client, &process.base, run, &mut acknowledged).await;
        }
        // In the middle of whatever happens now: answers come and go, and one of them is the last.
        for _ in 0..kill % 5 {
            client.get(&process.base, "/v1/runs?limit=100").await;
        }
        let (in_flight, at) = (client.clone(), process.base.clone());
        let asked = tokio::spawn(async move { in_flight.try_get(&at, "/v1/runs?limit=100").await });
        process.kill();
        asked.await.unwrap();
    }

    let process = Process::start(data);
    settle(&client, &process.base).await;
    check(&client, &process.base, data, &acknowledged, false).await;

    // A person decides about what was cut off in the middle of a write; then everything comes to its end.
    let interrupted = client
        .get(&process.base, "/v1/runs?status=interrupted&limit=200")
        .await;
    for row in interrupted["items"].as_array().unwrap() {
        let path = format!("/v1/runs/{}/retry", row["id"].as_str().unwrap());
        client
            .post(&process.base, &path, json!({ "reason": "looked at it" }))
            .await;
    }
    settle(&client, &process.base).await;
    check(&client, &process.base, data, &acknowledged, true).await;
}

async fn cancel(client: &Client, base: &str, run: String, acknowledged: &mut Acknowledged) {
    let body = json!({ "reason": "not needed" });
    let (status, answer) = client
        .try_post(base, &format!("/v1/runs/{run}/cancel"), body)
        .await
        .unwrap();
    match status {
        200 if !acknowledged.cancelled.contains(&run) => acknowledged.cancelled.push(run),
        // It had ended, or moved on in this very moment.
        200 | 409 | 422 => {}
        _ => panic!("{status} {answer}"),
    }
}

/// Waits until no run works any more.
async fn settle(client: &Client, base: &str) {
    let moving = "/v1/runs?status=queued,starting,running,waiting,draining&limit=200";
    let settled = async {
        loop {
            let page = client.get(base, moving).await;
            if page["count"] == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    if tokio::time::timeout(Duration::from_mins(2), settled)
        .await
        .is_err()
    {
        panic!("runs still move: {}", client.get(base, moving).await);
    }
}

async fn check(
    client: &Client,
    base: &str,
    data: &Path,
    acknowledged: &Acknowledged,
    finally: bool,
) {
    let calls = witness::calls(&data.join("files/local/main.calls.ndjson"));
    let mut statuses: BTreeMap<String, usize> = BTreeMap::new();
    for (n, run) in &acknowledged.runs {
        let view = client.get(base, &format!("/v1/runs/{run}")).await;
        let status = view["run"]["status"].as_str().unwrap().to_owned();
        let page = client
            .get(base, &format!("/v1/runs/{run}/events?limit=1000"))
            .await;
        let journal = Journal(page["items"].as_array().unwrap().clone());
        assert_eq!(journal.0.len() as u64, view["run"]["seq"].as_u64().unwrap());
        journal.check(run);
        for (step, file) in TOOL_STEPS {
            let called = calls.get(&format!("{n}/{file}")).copied().unwrap_or(0);
            assert!(
                called <= journal.begun(step),
                "{step} of {run} was called {called} times, more often than its journal says"
            );
        }
        let appended = calls.get(&format!("{n}/b")).copied().unwrap_or(0);
        assert!(
            appended <= journal.attempts("append"),
            "the append of {run} was repeated without a person"
        );
        if acknowledged.cancelled.contains(run) {
            assert_eq!(
                status, "cancelled",
                "an acknowledged cancellation of {run} was lost"
            );
        } else if finally {
            assert_eq!(status, "completed", "{run}: {view}");
        } else {
            assert!(
                status == "completed" || status == "interrupted",
                "{run} is {status}: {}",
                view["run"]["failure"]
            );
        }
        *statuses.entry(status).or_default() += 1;
    }
    let all = client.get(base, "/v1/runs?limit=1").await;
    assert_eq!(all["count"], RUNS, "{statuses:?}");
}
