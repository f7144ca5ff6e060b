//! Measures the host on an `SQLite` file and prints `key=value` lines.
//!
//! `bench_steps [--data DIR] steps`: durable steps a second, from a run's start to its first step.
//! `bench_steps [--data DIR] waiting [RUNS]`: memory with waiting runs, and the restart with them.
//! `bench_steps [--data DIR] lists [RUNS]`: pages of the list of runs by every filter.
//! `bench_steps [--data DIR] audit [ENTRIES]`: pages of the audit trail by every filter, over HTTP.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

#[path = "bench_steps/audit.rs"]
mod audit;
#[path = "bench_steps/kit.rs"]
mod kit;
#[path = "bench_steps/lists.rs"]
mod lists;
#[path = "bench_steps/steps.rs"]
mod steps;
#[path = "bench_steps/waiting.rs"]
mod waiting;

use std::path::PathBuf;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    let mut temporary = None;
    let data: PathBuf = if words.first().is_some_and(|word| word == "--data") {
        words.remove(0);
        words.remove(0).into()
    } else {
        temporary.insert(tempfile::tempdir().unwrap()).path().into()
    };
    let number = |usual| words.get(1).map_or(usual, |word| word.parse().unwrap());
    match words.first().map_or("steps", String::as_str) {
        "steps" => steps::measure(&data).await,
        "waiting" => waiting::measure(&data, number(10_000)).await,
        "lists" => lists::measure(&data, number(1_000_000)).await,
        "audit" => audit::measure(&data, number(1_000_000)).await,
        other => panic!("{other:?} is not steps, waiting, lists or audit"),
    }
}
