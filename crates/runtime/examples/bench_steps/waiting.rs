//! Runs that wait for a person cost little, also at a start.

use crate::kit::{Bench, memory, reach, workflow};
use futures_util::{StreamExt, stream};
use model::RunStatus;
use serde_json::json;
use std::path::Path;
use std::time::Instant;

pub async fn measure(data: &Path, runs: usize) {
    let bench = Bench::start(data).await;
    let asks = workflow(json!([
        { "id": "read", "type": "lua_script", "script": "return input", "input": { "text": "x".repeat(1000) } },
        { "id": "ask", "type": "human_task", "name": "Send quote", "depends_on": ["read"] },
        { "id": "send", "type": "lua_script", "script": "return input", "depends_on": ["ask"] },
    ]));
    let mut feed = bench.host.subscribe();
    let waiting = tokio::spawn(async move { reach(&mut feed, RunStatus::Waiting, runs).await });
    stream::iter(0..runs)
        .for_each_concurrent(64, |_| async {
            bench.create(&asks).await;
        })
        .await;
    waiting.await.unwrap();
    println!("waiting_runs={runs}");
    println!("waiting_mib={}", memory());
    bench.host.shutdown(1_000).await.unwrap();
    let Bench {
        host,
        store,
        runner: _,
    } = bench;
    drop(host);
    let weak = std::sync::Arc::downgrade(&store);
    drop(store);
    while weak.strong_count() > 0 {
        tokio::task::yield_now().await;
    }
    let began = Instant::now();
    let _again = Bench::start(data).await;
    println!("restart_ms={:.1}", began.elapsed().as_secs_f64() * 1000.0);
}
