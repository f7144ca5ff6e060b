//! `cargo xtask test`: every check and every test, one after the other; a failing one hides none of the later ones.

mod counts;
mod page;
mod sizes;
mod stages;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::paths::Paths;
use crate::problem::Problem;
use crate::progress::words;

/// How a stage went. A check without tests of its own, such as the format, counts as one.
#[derive(Default)]
pub struct Outcome {
    pub passed: u64,
    pub failed: u64,
    pub ignored: u64,
    /// What a person should read: measurements, and everything about a failure.
    pub said: Vec<String>,
}

impl Outcome {
    fn check(ok: bool, said: impl FnOnce() -> String) -> Self {
        Self {
            passed: u64::from(ok),
            failed: u64::from(!ok),
            ignored: 0,
            said: if ok { Vec::new() } else { vec![said()] },
        }
    }

    fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.ignored += other.ignored;
        self.said.extend(other.said);
    }
}

type Stage = fn(&Paths) -> Result<Outcome, Problem>;

/// The cheap ones first: who broke a rule should not wait for a build.
const STAGES: [(&str, Stage); 7] = [
    ("fmt", stages::format),
    ("walls", stages::walls),
    ("clippy", stages::clippy),
    ("wasm", stages::wasm),
    ("unit", stages::unit),
    ("console", stages::console),
    ("e2e", stages::end_to_end),
];

struct Row {
    name: &'static str,
    outcome: Outcome,
    took: Duration,
}

pub fn test(paths: &Paths, chosen: &[String]) -> Result<ExitCode, Problem> {
    let known = |name: &String| STAGES.iter().any(|(stage, _)| stage == name);
    if let Some(unknown) = chosen.iter().find(|name| !known(name)) {
        let names: Vec<&str> = STAGES.iter().map(|(name, _)| *name).collect();
        return Err(Problem::Usage(format!(
            "There is no stage \"{unknown}\". There are: {}.",
            names.join(", ")
        )));
    }
    let mut rows = Vec::new();
    for (name, stage) in STAGES {
        if !chosen.is_empty() && !chosen.iter().any(|wanted| wanted == name) {
            continue;
        }
        println!("{name}");
        let began = Instant::now();
        let outcome =
            stage(paths).unwrap_or_else(|problem| Outcome::check(false, || problem.to_string()));
        for said in &outcome.said {
            println!("{}", indent(said));
        }
        rows.push(Row {
            name,
            outcome,
            took: began.elapsed(),
        });
    }
    print_table(&rows);
    let passed: u64 = rows.iter().map(|row| row.outcome.passed).sum();
    let failed: u64 = rows.iter().map(|row| row.outcome.failed).sum();
    println!("signalbox: {passed} passed, {failed} failed");
    Ok(if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn print_table(rows: &[Row]) {
    println!(
        "\n{:<9}{:>8}{:>8}{:>9}   took",
        "stage", "passed", "failed", "ignored"
    );
    for row in rows {
        let Outcome {
            passed,
            failed,
            ignored,
            ..
        } = &row.outcome;
        println!(
            "{:<9}{passed:>8}{failed:>8}{ignored:>9}   {}",
            row.name,
            words(row.took)
        );
    }
    println!();
}

fn indent(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| format!("  {line}")).collect();
    lines.join("\n")
}
