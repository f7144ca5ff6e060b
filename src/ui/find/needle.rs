//! What is looked for: letters, whether large or small.

use std::ops::Range;

/// Words to be found however they are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needle {
    /// What a place begins with.
    small: char,
    large: char,
    /// Each letter small and large, as UTF-8.
    letters: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Needle {
    /// `None` where there is nothing to look for.
    pub fn new(words: &str) -> Option<Self> {
        let bytes =
            |letters: &mut dyn Iterator<Item = char>| letters.collect::<String>().into_bytes();
        let letters: Vec<_> = words
            .chars()
            .map(|letter| {
                (
                    bytes(&mut letter.to_lowercase()),
                    bytes(&mut letter.to_uppercase()),
                )
            })
            .collect();
        let first = words.chars().next()?;
        Some(Self {
            small: first.to_lowercase().next()?,
            large: first.to_uppercase().next()?,
            letters,
        })
    }

    /// Where it begins at or after the start of `within` and before its end, both between letters; places do not lie in one
    /// another.
    pub fn places(&self, text: &str, within: Range<usize>) -> Vec<u32> {
        let mut out = Vec::new();
        let next = |letter: char, from: usize| {
            let more = text[from..within.end].find(letter)?;
            Some(from + more)
        };
        let mut from = within.start;
        let mut small = next(self.small, from);
        let mut large = next(self.large, from).filter(|_| self.large != self.small);
        while let Some(at) = small.into_iter().chain(large).min() {
            if at >= from
                && let Some(end) = self.end(text.as_bytes(), at)
            {
                out.push(at as u32);
                from = end;
            }
            let on = |found: Option<usize>, letter: char| match found {
                Some(found) if found == at => next(letter, at + letter.len_utf8()),
                other => other,
            };
            (small, large) = (on(small, self.small), on(large, self.large));
        }
        out
    }

    /// Every place in a short text.
    pub fn spans(&self, text: &str) -> Vec<Range<usize>> {
        let places = self.places(text, 0..text.len()).into_iter();
        places
            .filter_map(|at| Some(at as usize..self.end(text.as_bytes(), at as usize)?))
            .collect()
    }

    /// Behind its last byte, where it stands at `at`.
    fn end(&self, text: &[u8], at: usize) -> Option<usize> {
        self.letters.iter().try_fold(at, |at, (small, large)| {
            let rest = text.get(at..)?;
            if rest.starts_with(small) {
                Some(at + small.len())
            } else {
                rest.starts_with(large).then(|| at + large.len())
            }
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn found(words: &str, text: &str) -> Vec<Range<usize>> {
        Needle::new(words).unwrap().spans(text)
    }

    #[test]
    fn large_and_small_letters_are_the_same() {
        assert_eq!(found("übER", "Über über ÜBER"), [0..5, 6..11, 12..17]);
        assert_eq!(found("aa", "aaaaa"), [0..2, 2..4]);
        assert!(found("x", "abc").is_empty());
        assert!(Needle::new("").is_none());
    }

    #[test]
    fn slices_miss_nothing_between_them() {
        let text = "-needle-".repeat(50);
        let needle = Needle::new("NEEDLE").unwrap();
        let whole = needle.places(&text, 0..text.len());
        assert_eq!(whole.len(), 50);
        for size in 1..20 {
            let starts = (0..text.len()).step_by(size);
            let cut: Vec<u32> = starts
                .flat_map(|from| needle.places(&text, from..(from + size).min(text.len())))
                .collect();
            assert_eq!(cut, whole, "{size}");
        }
    }
}
