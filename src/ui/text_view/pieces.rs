//! A text cut into lines that fit a width.

use std::ops::Range;

/// A piece of a line that fits the width: where it is in the text, and the number of its line if it begins one, else 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    pub start: u32,
    pub end: u32,
    pub line: u32,
}

impl Piece {
    pub(super) const fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// Cuts a text into pieces of at most so many characters, some bytes at a time.
pub(super) struct Cutter {
    columns: usize,
    at: usize,
    /// The number of the line it is in; 0 behind the line's first piece.
    begins: u32,
    line: u32,
    done: bool,
}

impl Cutter {
    pub(super) fn new(columns: usize) -> Self {
        Self {
            columns: columns.max(10),
            at: 0,
            begins: 1,
            line: 1,
            done: false,
        }
    }

    /// Cuts on, some `most` bytes; whether there is more.
    pub(super) fn cut(&mut self, text: &str, most: usize, out: &mut Vec<Piece>) -> bool {
        let until = self.at.saturating_add(most);
        while !self.done && self.at < until {
            self.piece(text, out);
        }
        !self.done
    }

    fn piece(&mut self, text: &str, out: &mut Vec<Piece>) {
        let start = self.at;
        let bytes = &text.as_bytes()[start..];
        // As many bytes as there are columns hold a piece of ASCII; anything else is looked at letter by letter.
        let near = &bytes[..bytes.len().min(self.columns + 1)];
        let end = near
            .iter()
            .position(|byte| *byte == b'\n' || !byte.is_ascii());
        let length = match end {
            None => near.len().min(self.columns),
            Some(end) if bytes[end] == b'\n' => end,
            Some(_) => self.letters(&text[start..]),
        };
        let end = start + length;
        out.push(Piece {
            start: start as u32,
            end: end as u32,
            line: std::mem::take(&mut self.begins),
        });
        self.at = end;
        match text.as_bytes().get(end) {
            None => self.done = true,
            Some(b'\n') => {
                self.at += 1;
                self.line += 1;
                self.begins = self.line;
                // A text that ends with its line has an empty last one.
                if self.at == text.len() {
                    out.push(Piece {
                        start: self.at as u32,
                        end: self.at as u32,
                        line: self.begins,
                    });
                    self.done = true;
                }
            }
            Some(_) => {}
        }
    }

    /// Letters outside ASCII can be twice as wide.
    fn letters(&self, text: &str) -> usize {
        let mut width = 0;
        for (at, letter) in text.char_indices() {
            width += if letter.is_ascii() { 1 } else { 2 };
            if letter == '\n' || width > self.columns {
                return at;
            }
        }
        text.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pieces(text: &str, columns: usize, slice: usize) -> Vec<Piece> {
        let mut cutter = Cutter::new(columns);
        let mut out = Vec::new();
        while cutter.cut(text, slice, &mut out) {}
        out
    }

    fn shown(text: &str, columns: usize) -> Vec<(&str, u32)> {
        let all = pieces(text, columns, 1);
        all.iter()
            .map(|piece| (&text[piece.range()], piece.line))
            .collect()
    }

    #[test]
    fn pieces_cover_the_text_and_keep_line_numbers() {
        let lines = shown("short\n\n0123456789abcdef\nend", 10);
        let wanted = [
            ("short", 1),
            ("", 2),
            ("0123456789", 3),
            ("abcdef", 0),
            ("end", 4),
        ];
        assert_eq!(lines, wanted);
        assert_eq!(shown("0123456789\n", 10), [("0123456789", 1), ("", 2)]);
        assert_eq!(shown("", 10), [("", 1)]);
    }

    #[test]
    fn wide_letters_take_two_columns_and_are_not_cut_in_two() {
        assert_eq!(shown("äöüäöüä", 10), [("äöüäö", 1), ("üä", 0)]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost(text in "[a-cä\n]{0,200}", slice in 1_usize..50) {
            let all = pieces(&text, 10, slice);
            prop_assert_eq!(&all, &pieces(&text, 10, usize::MAX));
            let mut again = String::new();
            for piece in &all {
                if piece.line > 1 {
                    again.push('\n');
                }
                again.push_str(&text[piece.range()]);
            }
            prop_assert_eq!(again, text);
        }
    }
}
