//! What went on inside a folded loop, in one row.

use super::bars::{Bar, BarKind, Row};
use crate::ui::status::Tone;
use model::Timestamp;

/// Bars nearer to each other than this part of the line are drawn as one.
const PARTS: u64 = 600;

/// The time, in milliseconds, that can hardly be seen on a line of `ms` milliseconds.
pub fn grain(ms: u64) -> u64 {
    ms / PARTS
}

/// The stretches in which something worked, waited or was between tries, those of one kind and tone as one where they meet;
/// what matters most comes last, and so lies on top.
pub fn folded(rows: &[&Row], now: Timestamp, grain: u64) -> Vec<Bar> {
    let told = |bar: &&Bar| match bar.kind {
        BarKind::Work | BarKind::Waiting | BarKind::Backoff => true,
        // What was ready waits for its turn in a loop, and a loop inside it has bars of its own.
        BarKind::Queued | BarKind::Around => false,
    };
    let bars = rows.iter().flat_map(|row| &row.bars).filter(told);
    let mut bars: Vec<Bar> = bars.map(|bar| bar.until(now)).collect();
    bars.sort_by_key(|bar| (layer(bar), bar.from));
    let mut all: Vec<Bar> = Vec::new();
    for bar in bars {
        match all.last_mut() {
            Some(last) if layer(last) == layer(&bar) && bar.from <= last.to.plus_ms(grain) => {
                last.to = last.to.max(bar.to);
                last.open |= bar.open;
            }
            _ => all.push(bar),
        }
    }
    all
}

/// The higher lies above the lower.
fn layer(bar: &Bar) -> (u8, u8) {
    let tone = match bar.tone {
        Tone::Idle => 0,
        Tone::Ok => 1,
        Tone::Run => 2,
        Tone::Wait => 3,
        Tone::Block => 4,
        Tone::Fail => 5,
    };
    let kind = match bar.kind {
        BarKind::Queued | BarKind::Around | BarKind::Backoff => 0,
        BarKind::Work => 1,
        BarKind::Waiting => 2,
    };
    (tone, kind)
}
