//! The engine in a world that goes wrong: seeded, in virtual time, with random workflows, results that are lost, late or
//! delivered twice, moves of operators at any moment, and crashes between any two events. What must hold, holds after
//! every event of every seed.
//!
//! A failing seed prints the command that replays it. `SIM_SEEDS` sets how many are tried, `SIM_SEED` tries one and prints
//! its journal.

#![allow(clippy::unwrap_used)]

mod check;
mod random;
mod workflow;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use world::World;

const SEEDS: u64 = 5_000;

#[test]
fn whatever_goes_wrong_the_rules_hold() {
    let read = |name| std::env::var(name).ok().and_then(|v| v.parse().ok());
    if let Some(seed) = read("SIM_SEED") {
        let mut world = World::new(seed);
        world.prints = true;
        world.run();
        return;
    }
    let seeds = read("SIM_SEEDS").unwrap_or(SEEDS);
    let next = AtomicU64::new(0);
    let failures = std::thread::scope(|scope| {
        let threads = std::thread::available_parallelism().map_or(2, usize::from);
        let workers: Vec<_> = (0..threads)
            .map(|_| scope.spawn(|| try_seeds(&next, seeds)))
            .collect();
        let failures = workers.into_iter().flat_map(|w| w.join().unwrap());
        failures.collect::<Vec<_>>()
    });
    if let Some((seed, message)) = failures.iter().min() {
        panic!(
            "{} of {seeds} seeds failed; the first, seed {seed}: {message}\n\
             Replay it: SIM_SEED={seed} cargo test -p engine --test simulator -- --nocapture",
            failures.len()
        );
    }
}

/// Folding is total: events in an order that no run could have made change something or nothing, and break nothing.
#[test]
fn journals_that_cannot_be_fold_all_the_same() {
    for seed in 0..300 {
        World::new(seed).shuffled();
    }
}

fn try_seeds(next: &AtomicU64, seeds: u64) -> Vec<(u64, String)> {
    let mut failures = Vec::new();
    loop {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if seed >= seeds || failures.len() >= 20 {
            return failures;
        }
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| World::new(seed).run())) {
            let text = panic
                .downcast_ref::<String>()
                .cloned()
                .or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned()));
            failures.push((seed, text.unwrap_or_default()));
        }
    }
}
