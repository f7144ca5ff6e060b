//! A row in words.

use super::bars::{BarKind, Row};
use crate::ui::{fmt, status::Look};
use engine::Run;
use model::Timestamp;

/// Queue time shorter than this is not worth a word, in milliseconds.
const NOTICEABLE: u64 = 100;

/// "worked 2.1 s, waited 4 s, try 2 of 3, failed": the row at `now` for those who hear it. `counts` are of what is folded
/// into it: "took 4 s, 1 failed, 3 success, running".
pub fn words(run: &Run, row: &Row, counts: &[(Look, usize)], now: Timestamp) -> String {
    let spent = |kind: BarKind| -> u64 {
        let bars = row.bars.iter().filter(|bar| bar.kind == kind);
        bars.map(|bar| bar.until(now))
            .map(|bar| bar.to.since(bar.from))
            .sum()
    };
    let mut parts = Vec::new();
    for (kind, word, least) in [
        (BarKind::Queued, "queued", NOTICEABLE),
        (BarKind::Work, "worked", 0),
        (BarKind::Around, "took", 0),
        (BarKind::Waiting, "waited", 0),
        (BarKind::Backoff, "between tries", 0),
    ] {
        let ms = spent(kind);
        if ms >= least && row.bars.iter().any(|bar| bar.kind == kind) {
            parts.push(format!("{word} {}", fmt::duration(ms)));
        }
    }
    for (look, count) in counts {
        let count = fmt::count(*count as u64);
        parts.push(format!("{count} {}", look.word.to_lowercase()));
    }
    if let Some(step) = run.steps.get(&row.path) {
        if step.max_tries > 1 && step.tries > 0 {
            parts.push(format!("try {} of {}", step.tries, step.max_tries));
        }
        if step.reused {
            parts.push(format!("reused from attempt {}", step.attempt));
        }
    }
    parts.push(row.status.shown().to_lowercase());
    parts.join(", ")
}
