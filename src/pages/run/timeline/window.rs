//! The part of the line that is shown, and where things lie in it.

use super::bars::{Bar, BarKind};
use super::scale::Scale;
use crate::ui::status::Tone;

/// The narrowest part that can be shown.
const NARROWEST: f64 = 0.000_5;

/// A part of the line from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    pub from: f64,
    pub to: f64,
}

/// A bar as it is drawn, in percent of the width; what lies outside is cut off.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Piece {
    pub kind: BarKind,
    pub tone: Tone,
    pub open: bool,
    pub left: f64,
    pub width: f64,
}

impl Window {
    pub const ALL: Self = Self { from: 0.0, to: 1.0 };

    /// From one place to another, in any order; no narrower than can be shown, and inside the line.
    pub fn between(a: f64, b: f64) -> Self {
        let width = (a - b).abs().clamp(NARROWEST, 1.0);
        let from = a.min(b).clamp(0.0, 1.0 - width);
        Self {
            from,
            to: from + width,
        }
    }

    pub fn width(self) -> f64 {
        self.to - self.from
    }

    /// A factor above 1 shows less.
    pub fn zoomed(self, factor: f64) -> Self {
        let (middle, half) = (
            f64::midpoint(self.from, self.to),
            self.width() / factor / 2.0,
        );
        if half >= 0.5 {
            return Self::ALL;
        }
        let from = (middle - half).max(0.0);
        Self::between(from, from + half * 2.0)
    }

    /// Moved by a part of its width.
    pub fn panned(self, by: f64) -> Self {
        let by = (by * self.width()).clamp(-self.from, 1.0 - self.to);
        Self {
            from: self.from + by,
            to: self.to + by,
        }
    }

    /// The place on the line at a part of the window.
    pub fn place(self, part: f64) -> f64 {
        self.from + part.clamp(0.0, 1.0) * self.width()
    }

    /// Where a place on the line lies in the window, in percent; below 0 and above 100 outside.
    pub fn percent(self, place: f64) -> f64 {
        // To a thousandth, so that what has not moved is not drawn anew.
        ((place - self.from) / self.width() * 100_000.0).round() / 1_000.0
    }

    pub fn pieces(self, bars: impl Iterator<Item = Bar>, scale: &Scale) -> Vec<Piece> {
        let place = |at| self.percent(scale.at(at)).clamp(-1.0, 101.0);
        bars.map(|bar| {
            let (left, end) = (place(bar.from), place(bar.to));
            Piece {
                kind: bar.kind,
                tone: bar.tone,
                open: bar.open,
                left,
                width: end - left,
            }
        })
        .filter(|piece| piece.left <= 100.0 && piece.left + piece.width >= 0.0)
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Timestamp;

    #[test]
    fn zooming_keeps_the_middle_and_stays_on_the_line() {
        let half = Window::ALL.zoomed(2.0);
        assert_eq!((half.from, half.to), (0.25, 0.75));
        assert_eq!(half.zoomed(0.5), Window::ALL);
        let end = Window::between(0.9, 1.0).zoomed(0.5);
        assert!((end.to - 1.0).abs() < 1e-9 && (end.width() - 0.2).abs() < 1e-9);
        let deep = (0..40).fold(Window::ALL, |window, _| window.zoomed(2.0));
        assert!((deep.width() - NARROWEST).abs() < 1e-9);
    }

    #[test]
    fn panning_stops_at_the_ends() {
        assert_eq!(Window::ALL.panned(0.25), Window::ALL);
        let moved = Window::between(0.5, 0.75).panned(9.0);
        assert_eq!((moved.from, moved.to), (0.75, 1.0));
    }

    #[test]
    fn a_stretch_is_dragged_in_either_direction() {
        assert_eq!(Window::between(0.7, 0.2), Window::between(0.2, 0.7));
        assert!(Window::between(1.0, 1.0).to <= 1.0);
    }

    #[test]
    fn bars_lie_where_their_time_does_and_are_cut_at_the_edges() {
        let at = Timestamp::from_millis;
        let bar = |from, to| Bar {
            kind: BarKind::Work,
            tone: Tone::Ok,
            from: at(from),
            to: at(to),
            open: false,
        };
        let scale = Scale::new(at(0), at(1_000), &[(at(0), at(1_000))]);
        let bars = [bar(0, 100), bar(200, 600), bar(900, 1_000)];
        let lies = |window: Window| -> Vec<(f64, f64)> {
            let pieces = window.pieces(bars.into_iter(), &scale);
            pieces
                .iter()
                .map(|piece| (piece.left, piece.width))
                .collect()
        };
        assert_eq!(lies(Window::ALL), [(0.0, 10.0), (20.0, 40.0), (90.0, 10.0)]);
        assert_eq!(lies(Window::between(0.4, 0.5)), [(-1.0, 102.0)]);
    }
}
