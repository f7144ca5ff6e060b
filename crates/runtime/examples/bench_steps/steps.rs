//! Throughput and the way to the first step.

use crate::kit::{Bench, memory, percentile, reach, workflow};
use futures_util::{StreamExt, stream};
use model::RunStatus;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Instant;

const RUNS: usize = 1_000;
const STEPS: usize = 20;
const STARTS: usize = 200;

fn chain(steps: usize) -> Value {
    let step = |n: usize| {
        let after: Vec<String> = (n > 0).then(|| format!("s{}", n - 1)).into_iter().collect();
        json!({ "id": format!("s{n}"), "type": "lua_script", "script": "return input", "input": { "n": n }, "depends_on": after })
    };
    (0..steps).map(step).collect()
}

pub async fn measure(data: &Path) {
    let bench = Bench::start(data).await;
    println!("idle_mib={}", memory());

    let one = workflow(chain(1));
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        *bench.runner.first.lock().unwrap() = None;
        let mut feed = bench.host.subscribe();
        let began = Instant::now();
        bench.create(&one).await;
        reach(&mut feed, RunStatus::Completed, 1).await;
        let first = bench.runner.first.lock().unwrap().unwrap();
        starts.push(first.duration_since(began).as_secs_f64() * 1000.0);
    }
    println!(
        "start_to_first_step_ms_p50={:.2}",
        percentile(&mut starts, 0.5)
    );
    println!(
        "start_to_first_step_ms_p99={:.2}",
        percentile(&mut starts, 0.99)
    );

    let many = workflow(chain(STEPS));
    let mut feed = bench.host.subscribe();
    let ended = tokio::spawn(async move { reach(&mut feed, RunStatus::Completed, RUNS).await });
    let began = Instant::now();
    stream::iter(0..RUNS)
        .for_each_concurrent(64, |_| async {
            bench.create(&many).await;
        })
        .await;
    ended.await.unwrap();
    let seconds = began.elapsed().as_secs_f64();
    println!("steps={}", RUNS * STEPS);
    println!("seconds={seconds:.2}");
    println!("steps_per_second={:.0}", (RUNS * STEPS) as f64 / seconds);
    println!("after_mib={}", memory());
}
