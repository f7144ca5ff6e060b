//! How many tests passed and failed, read from what the test programs print.

/// Passed, failed, ignored.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub passed: u64,
    pub failed: u64,
    pub ignored: u64,
}

/// Cargo prints one result line a test binary: `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
pub fn of_cargo(said: &str) -> Counts {
    let mut counts = Counts::default();
    for line in said
        .lines()
        .filter_map(|line| line.trim().strip_prefix("test result: "))
    {
        let Some((_, numbers)) = line.split_once(". ") else {
            continue;
        };
        for part in numbers.split(';') {
            add(&mut counts, part);
        }
    }
    counts
}

/// What failed and what it said: the section `failures:` of each test binary that has one. Other binaries come after it, so it
/// is seldom at the end.
pub fn failures_of_cargo(said: &str) -> String {
    let sections = said.split("\nfailures:\n").skip(1);
    // The second section of a binary names the same tests again.
    let told = sections.filter(|section| section.trim_start().starts_with("---- "));
    told.map(str::trim).collect::<Vec<_>>().join("\n\n")
}

/// Playwright's list ends with `  2 failed`, `  1 did not run`, `  12 passed (4.5s)`, one a line.
pub fn of_playwright(said: &str) -> Counts {
    let mut counts = Counts::default();
    for line in said.lines() {
        add(&mut counts, line);
    }
    counts
}

/// A line or part that is no count changes nothing.
fn add(counts: &mut Counts, text: &str) {
    let Some((number, rest)) = text.trim().split_once(' ') else {
        return;
    };
    let Ok(number) = number.parse::<u64>() else {
        return;
    };
    let what = rest.split(" (").next().unwrap_or(rest);
    match what {
        "passed" => counts.passed += number,
        "failed" | "did not run" | "interrupted" | "flaky" => counts.failed += number,
        "ignored" | "skipped" => counts.ignored += number,
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_results_are_added_up() {
        let said = "running 3 tests\ntest result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; finished in 0.00s\n\n\
            test result: FAILED. 9 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.20s\n";
        assert_eq!(
            of_cargo(said),
            Counts {
                passed: 12,
                failed: 2,
                ignored: 1
            }
        );
    }

    #[test]
    fn what_failed_is_found_between_what_did_not() {
        let said = "running 2 tests\ntest one ... ok\ntest two ... FAILED\n\nfailures:\n\n---- two stdout ----\nit broke\n\n\nfailures:\n    two\n\n\
            test result: FAILED. 1 passed; 1 failed;\n\n   Doc-tests model\n\nrunning 0 tests\n";
        assert_eq!(failures_of_cargo(said), "---- two stdout ----\nit broke");
        assert_eq!(failures_of_cargo("running 2 tests\ntest one ... ok\n"), "");
    }

    #[test]
    fn playwright_results_are_read() {
        let said = "  ✓  1 [chromium] › tests/boot.spec.ts:3:1 › 2 passed runs (1s)\n  1 failed\n    [chromium] › a\n  1 did not run\n  1 skipped\n  12 passed (4.5s)\n";
        assert_eq!(
            of_playwright(said),
            Counts {
                passed: 12,
                failed: 2,
                ignored: 1
            }
        );
    }

    #[test]
    fn a_program_that_ran_no_test_counts_nothing() {
        assert_eq!(
            of_cargo("error: could not compile `engine`"),
            Counts::default()
        );
        assert_eq!(of_playwright("Error: No tests found"), Counts::default());
    }
}
