//! Measurements in `end2end/bench/`, against the release builds; each prints one line that starts with `measured`.

use std::process::Command;

use serde_json::Value;

use super::Row;
use crate::console;
use crate::paths::Paths;
use crate::problem::Problem;
use crate::process::{explain, watch};
use crate::runtime::{self, Profile};
use crate::tools::chromium;

/// Runs `end2end/bench/{name}.bench.ts`.
pub fn measure(paths: &Paths, name: &str) -> Result<Row, Problem> {
    let browser = chromium::ensure(paths)?;
    chromium::test_packages(paths)?;
    let dist = console::build(paths)?;
    let binary = runtime::build(paths, Profile::Release)?;
    let mut command = Command::new("node");
    command
        .args([
            "node_modules/@playwright/test/cli.js",
            "test",
            "--config",
            "bench.config.ts",
        ])
        // A pattern: one measurement's name may begin with another's.
        .arg(format!("/{name}\\.bench\\.ts$"))
        .current_dir(paths.root.join("end2end"))
        .env("SIGNALBOX_CHROMIUM", browser)
        .env("SIGNALBOX_BIN", binary)
        .env("SIGNALBOX_DIST", dist)
        .env("FORCE_COLOR", "0");
    let what = format!("Measuring {name}");
    let ended = watch(paths, &what, "20 s", &mut command)?;
    match row(&ended.said) {
        Some(row) if ended.status.success() => Ok(row),
        _ => Err(explain(&what, &ended)),
    }
}

fn row(said: &str) -> Option<Row> {
    let line = said
        .lines()
        .find_map(|line| line.trim().strip_prefix("measured "))?;
    let value: Value = serde_json::from_str(line).ok()?;
    Some(Row {
        measured: value["measured"].as_str()?.to_owned(),
        within: value["within"].as_bool()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_measurement_is_read_from_its_line() {
        let said =
            "Running 1 test\nmeasured {\"measured\":\"312 ms\",\"within\":true}\n  1 passed (3s)\n";
        let row = row(said);
        assert!(row.is_some_and(|row| row.within && row.measured == "312 ms"));
    }

    #[test]
    fn a_test_without_a_measurement_is_none() {
        assert!(row("  1 passed (3s)\n").is_none());
    }
}
