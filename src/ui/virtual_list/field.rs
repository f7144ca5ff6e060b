//! Where rows stand in a scroll field. Browsers cap the height of an element; a longer list scrolls in a shorter field.

/// No field is higher than this, in CSS pixels. Firefox stops at about 17.9 million, Chromium at 33.5 million, and the
/// compositor keeps half pixels up to 8 million.
pub(super) const HIGHEST: f64 = 8_000_000.0;

/// A list of `rows` rows of `row` pixels, seen through `view` pixels.
///
/// *Top* is a position in the list, *scroll* one in the field. They are the same until the list is higher than the field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Field {
    pub rows: usize,
    pub row: f64,
    pub view: f64,
}

impl Field {
    fn full(&self) -> f64 {
        self.rows as f64 * self.row
    }

    /// The height of the element that scrolls.
    pub(super) fn height(&self) -> f64 {
        self.full().min(HIGHEST)
    }

    pub(super) fn max_top(&self) -> f64 {
        (self.full() - self.view).max(0.0)
    }

    fn max_scroll(&self) -> f64 {
        (self.height() - self.view).max(0.0)
    }

    fn is_scaled(&self) -> bool {
        self.full() > HIGHEST
    }

    pub(super) fn clamp(&self, top: f64) -> f64 {
        top.clamp(0.0, self.max_top())
    }

    /// The place of the scroll bar for a top.
    pub(super) fn scroll_for(&self, top: f64) -> f64 {
        if !self.is_scaled() {
            return self.clamp(top);
        }
        (self.clamp(top) / self.max_top() * self.max_scroll()).round()
    }

    fn top_for(&self, scroll: f64) -> f64 {
        if !self.is_scaled() {
            return self.clamp(scroll);
        }
        self.clamp((scroll / self.max_scroll() * self.max_top()).round())
    }

    /// The top after the field was scrolled. `fine` says that it was by wheel, touch or key: there a pixel is a pixel also
    /// in a scaled field, while the scroll bar goes by proportion. The second value is a new place for the scroll bar, when
    /// it has come to an end of the field before the list has.
    pub(super) fn scrolled(&self, top: f64, from: f64, to: f64, fine: bool) -> (f64, Option<f64>) {
        if !self.is_scaled() || !fine {
            return (self.top_for(to), None);
        }
        let next = self.clamp(top + to - from);
        let (at_start, at_end) = (to <= 0.0, to >= self.max_scroll() - 1.0);
        let place = self.scroll_for(next);
        // So near to an end that the scroll bar cannot tell.
        if at_start && place < 1.0 {
            return (0.0, None);
        }
        if at_end && place > self.max_scroll() - 2.0 {
            return (self.max_top(), None);
        }
        (next, (at_start || at_end).then_some(place))
    }

    /// First row and one past the last row in view, with `spare` rows on both sides.
    pub(super) fn rows_at(&self, top: f64, spare: usize) -> (usize, usize) {
        let first = ((top / self.row).floor() as usize).min(self.rows);
        let end = ((top + self.view) / self.row).ceil() as usize;
        (
            first.saturating_sub(spare),
            end.saturating_add(spare).min(self.rows),
        )
    }

    /// The least move of the top that brings a row wholly into view.
    pub(super) fn top_showing(&self, top: f64, index: usize) -> f64 {
        let above = index as f64 * self.row;
        let below = above + self.row - self.view;
        self.clamp(if above < top || self.view < self.row {
            above
        } else {
            top.max(below)
        })
    }

    /// The top with a row in the middle of the view.
    pub(super) fn top_centring(&self, index: usize) -> f64 {
        self.clamp((index as f64 * self.row - (self.view - self.row) / 2.0).round())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::float_cmp, reason = "positions are whole pixels, equal or not")]

    use super::*;
    use proptest::prelude::*;

    const MILLION: Field = Field {
        rows: 1_000_000,
        row: 32.0,
        view: 600.0,
    };

    #[test]
    fn a_short_list_scrolls_as_it_is() {
        let field = Field {
            rows: 100,
            row: 32.0,
            view: 600.0,
        };
        assert_eq!(field.height(), 3_200.0);
        assert_eq!(field.scrolled(0.0, 0.0, 500.0, true), (500.0, None));
        assert_eq!(field.rows_at(500.0, 2), (13, 37));
    }

    #[test]
    fn both_ends_of_a_long_list_are_reached_by_the_scroll_bar() {
        assert_eq!(MILLION.height(), HIGHEST);
        assert_eq!(
            MILLION.scrolled(5.0, 5.0, MILLION.max_scroll(), false).0,
            MILLION.max_top()
        );
        assert_eq!(MILLION.scrolled(9e6, 5e6, 0.0, false).0, 0.0);
        assert_eq!(MILLION.rows_at(MILLION.max_top(), 0).1, 1_000_000);
    }

    #[test]
    fn a_wheel_moves_a_long_list_pixel_by_pixel() {
        let top = 10_000_000.0;
        let scroll = MILLION.scroll_for(top);
        assert_eq!(
            MILLION.scrolled(top, scroll, scroll + 100.0, true),
            (top + 100.0, None)
        );
    }

    #[test]
    fn a_wheel_reaches_both_ends_of_a_long_list() {
        for (start, step, end) in [
            (60_000.0, -100.0, 0.0),
            (MILLION.max_top() - 60_000.0, 100.0, MILLION.max_top()),
        ] {
            let (mut top, mut scroll) = (start, MILLION.scroll_for(start));
            for _ in 0..2_000 {
                let to = (scroll + step).clamp(0.0, MILLION.max_scroll());
                let (next, place) = MILLION.scrolled(top, scroll, to, true);
                (top, scroll) = (next, place.unwrap_or(to));
            }
            assert_eq!(top, end);
        }
    }

    #[test]
    fn showing_a_row_moves_no_more_than_needed() {
        let field = Field {
            rows: 100,
            row: 30.0,
            view: 300.0,
        };
        assert_eq!(field.top_showing(0.0, 3), 0.0);
        assert_eq!(field.top_showing(0.0, 12), 90.0);
        assert_eq!(field.top_showing(900.0, 12), 360.0);
        assert_eq!(field.top_showing(0.0, 99), 2_700.0);
    }

    proptest! {
        #[test]
        fn rows_in_view_are_in_the_list_and_cover_the_view(rows in 0usize..3_000_000, at in 0.0f64..1.0, view in 0.0f64..2_000.0) {
            let field = Field { rows, row: 28.0, view };
            let top = field.max_top() * at;
            let (first, end) = field.rows_at(top, 3);
            prop_assert!(first <= end && end <= rows);
            prop_assert!(first as f64 * 28.0 <= top + 0.001 || rows == 0);
            prop_assert!(end as f64 * 28.0 >= (top + view).min(rows as f64 * 28.0) - 0.001);
        }

        #[test]
        fn place_and_top_agree(rows in 1usize..3_000_000, at in 0.0f64..1.0) {
            let field = Field { rows, row: 28.0, view: 500.0 };
            let top = (field.max_top() * at).round();
            let back = field.top_for(field.scroll_for(top));
            // One pixel of the field stands for some of the list.
            prop_assert!((back - top).abs() <= 1.0 + field.full() / HIGHEST);
        }
    }
}
