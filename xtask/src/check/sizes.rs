//! What the console may weigh over the wire.

use std::path::PathBuf;

use super::Outcome;
use crate::compress::wire_size;
use crate::console::Bundle;

const KIB: u64 = 1024;

/// One part of the console against its budget, in bytes as brotli sends them.
pub struct Size {
    pub what: &'static str,
    pub bytes: u64,
    /// What it should weigh; said where it is missed.
    pub budget: u64,
    /// What it may weigh today: a part over its budget may shrink but not grow. Lower it with each step towards the
    /// budget, down to the budget itself. It stands 2 KiB above what the part weighs, for what the optimiser inlines changes
    /// by as much with a line that has nothing to do with it.
    pub ceiling: u64,
}

pub struct Budgets(pub Vec<Size>);

impl Budgets {
    pub fn of(bundle: &Bundle) -> Self {
        let sum = |files: &[PathBuf]| files.iter().map(|file| wire_size(file)).sum();
        Self(vec![
            Size {
                what: "wasm of a run's page",
                bytes: sum(&bundle.wasm_of_a_run),
                budget: 250 * KIB,
                ceiling: 830 * KIB,
            },
            Size {
                what: "with its canvas, timeline and Replay",
                bytes: sum(&bundle.wasm_with_picture),
                budget: 250 * KIB,
                ceiling: 1005 * KIB,
            },
            Size {
                what: "wasm in all parts",
                bytes: sum(&bundle.wasm),
                budget: 1000 * KIB,
                ceiling: 1813 * KIB,
            },
            Size {
                what: "CSS",
                bytes: sum(&bundle.styles),
                budget: 25 * KIB,
                ceiling: 25 * KIB,
            },
            Size {
                what: "JS glue",
                bytes: sum(&bundle.glue),
                budget: 10 * KIB,
                ceiling: 12_000,
            },
        ])
    }

    pub fn outcome(&self) -> Outcome {
        let mut outcome = Outcome::default();
        for size in &self.0 {
            // A part that is missing altogether is not a small one.
            let fits = size.bytes > 0 && size.bytes <= size.ceiling;
            outcome.passed += u64::from(fits);
            outcome.failed += u64::from(!fits);
            let verdict = if size.bytes == 0 {
                ": missing".to_owned()
            } else if !fits {
                format!(": over what it may weigh today, {} KiB", size.ceiling / KIB)
            } else if size.bytes > size.budget {
                ": over its budget, as known".to_owned()
            } else {
                String::new()
            };
            outcome.said.push(format!(
                "{}: {} of {} KiB (brotli){verdict}",
                size.what,
                kib(size.bytes),
                size.budget / KIB,
            ));
        }
        outcome
    }
}

pub fn kib(bytes: u64) -> String {
    format!("{:.1}", bytes as f64 / KIB as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(bytes: u64) -> u64 {
        let size = Size {
            what: "wasm",
            bytes,
            budget: 100 * KIB,
            ceiling: 250 * KIB,
        };
        Budgets(vec![size]).outcome().failed
    }

    #[test]
    fn a_part_over_its_ceiling_or_missing_fails() {
        assert_eq!(failed(250 * KIB), 0);
        assert_eq!(failed(250 * KIB + 1), 1);
        assert_eq!(failed(0), 1);
    }
}
