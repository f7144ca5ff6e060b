//! The audit trail over HTTP, with 1,000,000 entries: `crates/runtime/examples/bench_steps/audit.rs`.

use super::Row;
use crate::paths::Paths;
use crate::problem::Problem;
use crate::process::{cargo, explain, watch};

const BUDGET_MS: f64 = 50.0;

/// Fills a data folder of its own, which takes a few minutes, and asks for pages by every filter.
pub fn measure(paths: &Paths, name: &str) -> Result<Row, Problem> {
    let mut command = cargo(paths);
    command.args([
        "run",
        "--release",
        "-p",
        "runtime",
        "--example",
        "bench_steps",
        "--",
        "audit",
    ]);
    let what = format!("Measuring {name}");
    let ended = watch(paths, &what, "10 minutes", &mut command)?;
    match row(&ended.said) {
        Some(row) if ended.status.success() => Ok(row),
        _ => Err(explain(&what, &ended)),
    }
}

/// The slowest filter with its time.
fn row(said: &str) -> Option<Row> {
    let (filter, ms) = said
        .lines()
        .filter_map(|line| {
            let (name, rest) = line.trim().strip_prefix("audit_")?.split_once("_ms_p99=")?;
            let ms: f64 = rest.split_whitespace().next()?.parse().ok()?;
            Some((name, ms))
        })
        .filter(|(name, _)| *name != "any")
        .max_by(|a, b| a.1.total_cmp(&b.1))?;
    Some(Row {
        measured: format!(
            "{ms:.1} ms, the slowest filter ({})",
            filter.replace('_', " ")
        ),
        within: ms <= BUDGET_MS,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slowest_filter_is_what_counts() {
        let said = "stored_entries=10\naudit_all_ms_p99=3.1 # 100 entries\naudit_text_none_page_1000_ms_p99=51.0 # 0 entries\naudit_any_ms_p99=90.0\n";
        let row = row(said);
        assert!(row.is_some_and(|row| {
            !row.within && row.measured == "51.0 ms, the slowest filter (text none page 1000)"
        }));
    }

    #[test]
    fn nothing_measured_is_none() {
        assert!(row("stored_entries=10\n").is_none());
    }
}
