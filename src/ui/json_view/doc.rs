//! A JSON text whose parts are found without making a tree of it: a part is the byte it begins with.

use super::scan::{Large, NoJson, STRETCH, Scanner, end_of_text, end_of_word};
use crate::ui::slices::Slices;
use serde_json::Value;
use std::{collections::HashMap, ops::Range, sync::Arc};

/// Bytes read between two looks at the clock.
const SLICE: usize = 32 * 1024;

/// JSON, kept as its text.
#[derive(Debug, PartialEq, Eq)]
pub struct Doc {
    text: Arc<str>,
    large: HashMap<usize, Large>,
    root: usize,
}

/// A child of an array or an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Child {
    /// Where its name begins, in an object.
    pub name: Option<usize>,
    pub at: usize,
}

impl Doc {
    /// Of a value; it is never large, for large ones come as text.
    pub fn of(value: &Value) -> Self {
        let text: Arc<str> = value.to_string().into();
        Self::read(text).unwrap_or_else(|_| Self {
            text: "null".into(),
            large: HashMap::new(),
            root: 0,
        })
    }

    /// Reads a text at once.
    pub fn read(text: Arc<str>) -> Result<Self, NoJson> {
        let mut scanner = Scanner::new();
        scanner.read(&text, usize::MAX)?;
        Self::made(text, scanner)
    }

    /// Reads a text in slices, so that the page goes on meanwhile; `read` hears how many bytes are behind it.
    pub async fn read_slowly(text: Arc<str>, read: impl Fn(usize)) -> Result<Self, NoJson> {
        let mut scanner = Scanner::new();
        let mut slices = Slices::begin();
        while scanner.read(&text, SLICE)? {
            if slices.breathe().await {
                read(scanner.at());
            }
        }
        Self::made(text, scanner)
    }

    fn made(text: Arc<str>, scanner: Scanner) -> Result<Self, NoJson> {
        let large = scanner.done()?;
        let is_space = |byte: &u8| byte.is_ascii_whitespace();
        let root = text.as_bytes().iter().take_while(|b| is_space(b)).count();
        Ok(Self { text, large, root })
    }

    pub fn text(&self) -> Arc<str> {
        Arc::clone(&self.text)
    }

    pub(super) const fn root(&self) -> usize {
        self.root
    }

    pub(super) fn byte(&self, at: usize) -> u8 {
        self.text.as_bytes().get(at).copied().unwrap_or(b'n')
    }

    /// The text of the part, as it is written.
    pub(super) fn raw(&self, at: usize) -> &str {
        self.text.get(at..self.end(at)).unwrap_or_default()
    }

    /// Behind the last byte of the part.
    pub(super) fn end(&self, at: usize) -> usize {
        if let Some(large) = self.large.get(&at) {
            return large.end;
        }
        let bytes = self.text.as_bytes();
        match self.byte(at) {
            b'"' => end_of_text(&self.text, at),
            b'{' | b'[' => {
                let (mut depth, mut now) = (0_usize, at);
                while let Some(byte) = bytes.get(now) {
                    now = match byte {
                        b'"' => end_of_text(&self.text, now),
                        _ => now + 1,
                    };
                    match byte {
                        b'{' | b'[' => depth += 1,
                        b'}' | b']' => depth -= 1,
                        _ => {}
                    }
                    if depth == 0 {
                        break;
                    }
                }
                now
            }
            _ => end_of_word(bytes, at),
        }
    }

    /// How many children an array or object has.
    pub(super) fn count(&self, at: usize) -> usize {
        match self.large.get(&at) {
            Some(large) => large.count,
            None => self.children(at, 0..usize::MAX).len(),
        }
    }

    /// Children by their place.
    pub(super) fn children(&self, at: usize, wanted: Range<usize>) -> Vec<Child> {
        let is_object = match self.byte(at) {
            b'{' => true,
            b'[' => false,
            _ => return Vec::new(),
        };
        let marks = self.large.get(&at).map(|large| large.marks.as_slice());
        let mark = marks.map(|marks| (wanted.start / STRETCH, marks));
        let (mut place, mut now) = match mark.and_then(|(n, marks)| Some((n, *marks.get(n)?))) {
            Some((n, start)) => (n * STRETCH, start as usize),
            None => (0, self.skip(at + 1)),
        };
        let mut out = Vec::new();
        while place < wanted.end && !matches!(self.byte(now), b'}' | b']') && now < self.text.len()
        {
            let name = is_object.then_some(now);
            if let Some(name) = name {
                now = self.skip(self.end(name));
                now = self.skip(now + 1);
            }
            if place >= wanted.start {
                out.push(Child { name, at: now });
            }
            place += 1;
            now = self.skip(self.end(now));
            if self.byte(now) == b',' {
                now = self.skip(now + 1);
            }
        }
        out
    }

    /// The children on the way from the whole to the part that holds a byte, each with its place.
    pub(super) fn way_to(&self, byte: usize) -> Vec<(usize, Child)> {
        let mut way = Vec::new();
        let mut at = self.root;
        while matches!(self.byte(at), b'{' | b'[') {
            let (first, end) = self.large.get(&at).map_or((0, usize::MAX), |large| {
                let before = large.marks.partition_point(|mark| *mark as usize <= byte);
                let first = before.saturating_sub(1) * STRETCH;
                (first, first + STRETCH)
            });
            let children = self.children(at, first..end);
            let begins = |child: &Child| child.name.unwrap_or(child.at);
            let before = children.partition_point(|child| begins(child) <= byte);
            let Some(child) = before.checked_sub(1).and_then(|n| children.get(n)) else {
                break;
            };
            if byte >= self.end(child.at) {
                break;
            }
            way.push((first + before - 1, *child));
            if byte < child.at {
                break;
            }
            at = child.at;
        }
        way
    }

    fn skip(&self, from: usize) -> usize {
        let bytes = self.text.as_bytes().get(from..).unwrap_or_default();
        from + bytes.iter().take_while(|b| b.is_ascii_whitespace()).count()
    }
}

/// The first characters of a text as it is meant, from how it is written between its quotes.
pub(super) fn unescaped(raw: &str, most: usize) -> String {
    let written = raw.trim_start_matches('"');
    let mut end = 0;
    let mut letters = written.char_indices();
    for _ in 0..most {
        let Some((at, letter)) = letters.next() else {
            end = written.len();
            break;
        };
        end = at + letter.len_utf8();
        if letter == '"' {
            end = at;
            break;
        }
        if letter == '\\' {
            let (at, kind) = letters.next().unwrap_or((at, '\\'));
            end = at + kind.len_utf8();
            if kind == 'u' {
                end = letters
                    .nth(3)
                    .map_or(end, |(at, last)| at + last.len_utf8());
            }
        }
    }
    let part = &written[..end];
    // Half of a letter that is written as two escapes cannot be read; then it stays as it is written.
    serde_json::from_str(&format!("\"{part}\"")).unwrap_or_else(|_| part.to_owned())
}

#[cfg(test)]
mod tests;
