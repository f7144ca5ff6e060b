//! What each stage does.

use std::fs;
use std::process::Command;

use super::counts::{self, Counts};
use super::sizes::Budgets;
use super::{Outcome, page};
use crate::console::Bundle;
use crate::paths::Paths;
use crate::problem::Problem;
use crate::process::{Ended, cargo, explain, watch};
use crate::runtime::{self, Profile};
use crate::tools::{chromium, compiler, rust};
use crate::{console, walls};

pub fn format(paths: &Paths) -> Result<Outcome, Problem> {
    rust::components(paths)?;
    let mut command = cargo(paths);
    // The names of the files say enough: what to do about them is always the same.
    command.args(["fmt", "--all", "--check", "--", "-l", "--color", "never"]);
    let mut outcome = one(paths, "Checking the format", "2 s", &mut command)?;
    if outcome.failed > 0 {
        outcome.said.push("To mend it: cargo fmt --all".to_owned());
    }
    Ok(outcome)
}

pub fn walls(paths: &Paths) -> Result<Outcome, Problem> {
    let mut outcome = Outcome::default();
    for wall in walls::check(paths)? {
        outcome.add(Outcome::check(wall.breaches.is_empty(), || {
            format!("{}:\n  {}", wall.name, wall.breaches.join("\n  "))
        }));
    }
    Ok(outcome)
}

pub fn clippy(paths: &Paths) -> Result<Outcome, Problem> {
    rust::components(paths)?;
    rust::target(paths)?;
    compiler::ensure()?;
    let mut all = cargo(paths);
    all.args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]);
    let mut outcome = one(paths, "Linting", "4 minutes the first time", &mut all)?;
    let mut browser = cargo(paths);
    browser.args([
        "clippy",
        "-p",
        "console",
        "--features",
        "parts",
        "--target",
        rust::WASM,
        "--",
        "-D",
        "warnings",
    ]);
    outcome.add(one(
        paths,
        "Linting the console for the browser",
        "2 minutes the first time",
        &mut browser,
    )?);
    Ok(outcome)
}

/// What must also live in a browser tab: the engine, and the runtime's router, host and memory store.
pub fn wasm(paths: &Paths) -> Result<Outcome, Problem> {
    rust::target(paths)?;
    let mut pure = cargo(paths);
    pure.args([
        "check",
        "-p",
        "model",
        "-p",
        "engine",
        "--target",
        rust::WASM,
    ]);
    let mut outcome = one(
        paths,
        "Compiling model and engine for the browser",
        "30 s the first time",
        &mut pure,
    )?;
    let mut runtime = cargo(paths);
    runtime.args([
        "check",
        "-p",
        "runtime",
        "--no-default-features",
        "--target",
        rust::WASM,
    ]);
    outcome.add(one(
        paths,
        "Compiling the runtime for the browser",
        "1 minute the first time",
        &mut runtime,
    )?);
    Ok(outcome)
}

pub fn unit(paths: &Paths) -> Result<Outcome, Problem> {
    compiler::ensure()?;
    let mut command = cargo(paths);
    // The bundler has no tests of its own: the console it takes apart is tested in a browser.
    command.args(["test", "--workspace", "--exclude=bundle", "--no-fail-fast"]);
    let what = "Testing every crate";
    let ended = watch(paths, what, "5 minutes the first time", &mut command)?;
    let failures = counts::failures_of_cargo(&ended.said);
    let mut outcome = counted(what, &ended, counts::of_cargo(&ended.said));
    if outcome.failed > 0 && !failures.is_empty() {
        let all = format!("All of it: {}", ended.log.display());
        outcome.said = vec![failures, all];
    }
    Ok(outcome)
}

pub fn console(paths: &Paths) -> Result<Outcome, Problem> {
    let dist = console::build(paths)?;
    let bundle = Bundle::of(&dist);
    let mut outcome = Outcome::check(true, String::new);
    outcome.add(Budgets::of(&bundle).outcome());
    let served = fs::read_to_string(&bundle.page).map_err(Problem::file("read", &bundle.page))?;
    let refused = page::refused(&served);
    outcome.add(Outcome::check(refused.is_empty(), || {
        format!(
            "The page holds what its policy refuses: {}.",
            refused.join(", ")
        )
    }));
    Ok(outcome)
}

pub fn end_to_end(paths: &Paths) -> Result<Outcome, Problem> {
    let browser = chromium::ensure(paths)?;
    chromium::test_packages(paths)?;
    let dist = console::build(paths)?;
    let binary = runtime::build(paths, Profile::Debug)?;
    let mut command = Command::new("node");
    command
        .args(["node_modules/@playwright/test/cli.js", "test"])
        .current_dir(paths.root.join("end2end"))
        .env("SIGNALBOX_CHROMIUM", browser)
        .env("SIGNALBOX_BIN", binary)
        .env("SIGNALBOX_DIST", dist)
        .env("FORCE_COLOR", "0");
    let what = "Testing in the browser";
    let ended = watch(paths, what, "3 minutes", &mut command)?;
    Ok(counted(what, &ended, counts::of_playwright(&ended.said)))
}

fn one(paths: &Paths, what: &str, usual: &str, command: &mut Command) -> Result<Outcome, Problem> {
    let ended = watch(paths, what, usual, command)?;
    Ok(Outcome::check(ended.status.success(), || {
        explain(what, &ended).to_string()
    }))
}

/// A program that ended badly without a failed test broke before or between its tests: that counts as one.
fn counted(what: &str, ended: &Ended, counts: Counts) -> Outcome {
    let ok = ended.status.success();
    let failed = if ok {
        counts.failed
    } else {
        counts.failed.max(1)
    };
    Outcome {
        passed: counts.passed,
        failed,
        ignored: counts.ignored,
        said: if ok {
            Vec::new()
        } else {
            vec![explain(what, ended).to_string()]
        },
    }
}
