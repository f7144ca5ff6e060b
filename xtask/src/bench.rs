//! `cargo xtask bench`: what is measured, against the budgets. In the order of the table; one file a measurement.

mod audit;
mod browser;
mod second_start;

use std::process::ExitCode;

use crate::paths::Paths;
use crate::problem::Problem;

/// A line of the table.
pub struct Row {
    pub measured: String,
    pub within: bool,
}

/// Takes the measurement of this name now; it may build and start what it needs.
type Measure = fn(&Paths, &str) -> Result<Row, Problem>;

struct Line {
    /// Chooses this line on the command line.
    name: &'static str,
    what: &'static str,
    budget: &'static str,
    /// None: there is nothing to measure yet.
    measure: Option<Measure>,
}

const TABLE: [Line; 15] = [
    Line {
        name: "first-load",
        what: "first load of a run page over the wire, compressed",
        budget: "≤ 350 KB",
        measure: Some(browser::measure),
    },
    Line {
        name: "cold-load",
        what: "cold load until the failing step's error is readable",
        budget: "≤ 400 ms",
        measure: Some(browser::measure),
    },
    Line {
        name: "cold-load-slow",
        what: "the same with 4× CPU throttling and Fast 4G",
        budget: "≤ 2.0 s",
        measure: Some(browser::measure),
    },
    Line {
        name: "graph",
        what: "open a run with 10,000 steps: graph laid out and drawn",
        budget: "≤ 1 s, then frames ≤ 16 ms (p95)",
        measure: Some(browser::measure),
    },
    Line {
        name: "events",
        what: "open a run with 1,000,000 events; jump to any position",
        budget: "first rows ≤ 300 ms, jump ≤ 150 ms, heap ≤ 150 MB",
        measure: Some(browser::measure),
    },
    Line {
        name: "replay",
        what: "replay scrub over 100,000 events",
        budget: "any position ≤ 50 ms",
        measure: Some(browser::measure),
    },
    Line {
        name: "flood",
        what: "1,000 events/s arriving on the open page",
        budget: "no frame over 50 ms, nothing lost",
        measure: Some(browser::measure),
    },
    Line {
        name: "journal-to-screen",
        what: "an event from journal to screen",
        budget: "≤ 150 ms (p99)",
        measure: Some(browser::measure),
    },
    Line {
        name: "list",
        what: "list of runs, 1,000,000 stored, any filter, page 1 and page 1,000",
        budget: "≤ 50 ms in the API (p99)",
        measure: None,
    },
    Line {
        name: "audit",
        what: "audit trail, 1,000,000 entries, any filter, page 1 and page 1,000",
        budget: "≤ 50 ms in the API (p99)",
        measure: Some(audit::measure),
    },
    Line {
        name: "steps",
        what: "durable steps per second on SQLite (2 cores)",
        budget: "≥ 2,000",
        measure: Some(browser::measure),
    },
    Line {
        name: "first-step",
        what: "start of a run to its first step",
        budget: "≤ 20 ms",
        measure: Some(browser::measure),
    },
    Line {
        name: "memory",
        what: "memory of the runtime, idle / 10,000 waiting runs",
        budget: "≤ 50 MB / ≤ 200 MB",
        measure: Some(browser::measure),
    },
    Line {
        name: "second-start",
        what: "second `cargo xtask run` until it prints the sign-in link",
        budget: "≤ 3 s",
        measure: Some(second_start::measure),
    },
    Line {
        name: "restart",
        what: "restart of the runtime until it listens",
        budget: "≤ 3 s",
        measure: Some(browser::measure),
    },
];

pub fn bench(paths: &Paths, chosen: &[String]) -> Result<ExitCode, Problem> {
    if let Some(unknown) = chosen
        .iter()
        .find(|name| TABLE.iter().all(|line| line.name != **name))
    {
        let names: Vec<&str> = TABLE.iter().map(|line| line.name).collect();
        return Err(Problem::Usage(format!(
            "There is no measurement \"{unknown}\". There are: {}.",
            names.join(", ")
        )));
    }
    println!("| what | measured | budget | verdict |\n|---|---|---|---|");
    let mut missed = false;
    for line in &TABLE {
        if !chosen.is_empty() && !chosen.iter().any(|name| name == line.name) {
            continue;
        }
        let (measured, verdict) = match line.measure.map(|measure| measure(paths, line.name)) {
            None => ("not measured yet".to_owned(), "–"),
            Some(Ok(row)) if row.within => (row.measured, "within"),
            Some(Ok(row)) => {
                missed = true;
                (row.measured, "over")
            }
            Some(Err(problem)) => {
                missed = true;
                eprintln!("{}: {problem}", line.name);
                ("could not be measured".to_owned(), "failed")
            }
        };
        println!(
            "| {} | {measured} | {} | {verdict} |",
            line.what, line.budget
        );
    }
    Ok(if missed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}
