//! A row of numbers as a line.

use leptos::prelude::*;
use std::fmt::Write;

const WIDTH: f64 = 100.0;
const HEIGHT: f64 = 24.0;

/// The line and the ground below it, as paths on a field of 100 × 24. The lowest value is 0 or the least below it.
fn paths(values: &[f64]) -> (String, String) {
    if values.is_empty() {
        return (String::new(), String::new());
    }
    let low = values.iter().copied().fold(0.0, f64::min);
    let high = values.iter().copied().fold(low, f64::max);
    let range = if high > low { high - low } else { 1.0 };
    let step = if values.len() > 1 {
        WIDTH / (values.len() - 1) as f64
    } else {
        0.0
    };
    let mut line = String::new();
    for (at, value) in values.iter().enumerate() {
        let y = 1.0 + (HEIGHT - 2.0) * (1.0 - (value - low) / range);
        let _ = write!(
            line,
            "{}{:.1} {y:.1}",
            if at == 0 { 'M' } else { 'L' },
            at as f64 * step
        );
    }
    if values.len() == 1 {
        let _ = write!(line, "H{WIDTH}");
    }
    let ground = format!("{line}V{HEIGHT}H0Z");
    (line, ground)
}

/// A small line of how a number went, with its meaning in words: "Dequeued per minute: 4 now, 12 at most".
#[component]
pub fn Spark(
    #[prop(into)] values: Signal<Vec<f64>>,
    #[prop(into)] label: Signal<String>,
) -> AnyView {
    let drawn = Memo::new(move |_| values.with(|values| paths(values)));
    view! {
        <svg
            class="spark"
            viewBox=format!("0 0 {WIDTH} {HEIGHT}")
            preserveAspectRatio="none"
            role="img"
            aria-label=move || label.get()
            data-tip=move || label.get()
        >
            <path class="spark__ground" d=move || drawn.get().1></path>
            <path class="spark__line" d=move || drawn.get().0></path>
        </svg>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_spans_the_field() {
        assert_eq!(paths(&[0.0, 5.0, 10.0]).0, "M0.0 23.0L50.0 12.0L100.0 1.0");
        assert_eq!(paths(&[]).0, "");
        assert_eq!(paths(&[0.0, 0.0]).0, "M0.0 23.0L100.0 23.0");
    }
}
