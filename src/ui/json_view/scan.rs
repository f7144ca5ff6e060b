//! JSON text read once from end to end, in slices: where its large parts begin and end. Nothing else is kept, so that 20 MB
//! take little more than themselves.

use std::collections::HashMap;

/// Containers and texts from this many bytes on are noted; smaller ones are read again when they are looked at.
const LARGE: usize = 4_096;
/// Every so many children of a noted container one is noted, and they open in stretches of as many.
pub(super) const STRETCH: usize = 100;
/// As deep as a value may nest here.
const DEEPEST: usize = 500;

/// A part that is noted, under the byte it begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Large {
    /// Behind its last byte.
    pub end: usize,
    pub count: usize,
    /// Where every hundredth child begins; of an object, its name.
    pub marks: Vec<u32>,
}

/// The text is no JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoJson;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Value,
    ValueOrEnd,
    Name,
    NameOrEnd,
    Colon,
    After,
}

struct Frame {
    start: usize,
    is_object: bool,
    count: usize,
    marks: Vec<u32>,
}

impl Frame {
    fn child(&mut self, at: usize) {
        if self.count.is_multiple_of(STRETCH) {
            self.marks.push(at as u32);
        }
        self.count += 1;
    }
}

/// Where reading has come to.
pub(super) struct Scanner {
    at: usize,
    next: Next,
    stack: Vec<Frame>,
    /// The text that is being read: where it began, and whether it is a name.
    text: Option<(usize, bool)>,
    large: HashMap<usize, Large>,
}

impl Scanner {
    pub(super) fn new() -> Self {
        Self {
            at: 0,
            next: Next::Value,
            stack: Vec::new(),
            text: None,
            large: HashMap::new(),
        }
    }

    pub(super) const fn at(&self) -> usize {
        self.at
    }

    /// Reads on, some `most` bytes; whether there is more.
    pub(super) fn read(&mut self, text: &str, most: usize) -> Result<bool, NoJson> {
        let until = text.ceil_char_boundary(self.at.saturating_add(most));
        while self.at < until {
            if let Some((start, is_name)) = self.text {
                self.inside_text(text, until, start, is_name);
            } else {
                self.token(text.as_bytes())?;
            }
        }
        Ok(self.at < text.len())
    }

    /// What was noted.
    pub(super) fn done(self) -> Result<HashMap<usize, Large>, NoJson> {
        let whole = self.stack.is_empty() && self.text.is_none() && self.next == Next::After;
        if whole { Ok(self.large) } else { Err(NoJson) }
    }

    fn token(&mut self, bytes: &[u8]) -> Result<(), NoJson> {
        let start = self.at;
        let byte = bytes[start];
        match (byte, self.next) {
            (b' ' | b'\n' | b'\r' | b'\t', _) => self.at += 1,
            (b'"', Next::Value | Next::ValueOrEnd) => self.begin_text(false),
            (b'"', Next::Name | Next::NameOrEnd) => self.begin_text(true),
            (b'{' | b'[', Next::Value | Next::ValueOrEnd) => self.open(byte == b'{')?,
            (b'}', Next::NameOrEnd) | (b']', Next::ValueOrEnd) => self.close(),
            (b'}' | b']', Next::After) => {
                let is_object = self.stack.last().ok_or(NoJson)?.is_object;
                if is_object != (byte == b'}') {
                    return Err(NoJson);
                }
                self.close();
            }
            (b':', Next::Colon) => {
                self.at += 1;
                self.next = Next::Value;
            }
            (b',', Next::After) => {
                let is_object = self.stack.last().ok_or(NoJson)?.is_object;
                self.at += 1;
                self.next = if is_object { Next::Name } else { Next::Value };
            }
            (b'-' | b'0'..=b'9' | b't' | b'f' | b'n', Next::Value | Next::ValueOrEnd) => {
                self.begin_value();
                self.at = end_of_word(bytes, start);
                self.next = Next::After;
            }
            _ => return Err(NoJson),
        }
        Ok(())
    }

    /// The children of an object begin at their names.
    fn begin_value(&mut self) {
        let at = self.at;
        if let Some(frame) = self.stack.last_mut()
            && !frame.is_object
        {
            frame.child(at);
        }
    }

    fn begin_text(&mut self, is_name: bool) {
        let at = self.at;
        if is_name {
            if let Some(frame) = self.stack.last_mut() {
                frame.child(at);
            }
        } else {
            self.begin_value();
        }
        self.text = Some((at, is_name));
        self.at += 1;
    }

    fn inside_text(&mut self, text: &str, until: usize, start: usize, is_name: bool) {
        let Some(more) = text[self.at..until].find('"') else {
            self.at = until;
            return;
        };
        let quote = self.at + more;
        self.at = quote + 1;
        if !is_escaped(text.as_bytes(), start, quote) {
            self.text = None;
            self.next = if is_name { Next::Colon } else { Next::After };
            self.note(start, 0, Vec::new());
        }
    }

    fn open(&mut self, is_object: bool) -> Result<(), NoJson> {
        if self.stack.len() == DEEPEST {
            return Err(NoJson);
        }
        self.begin_value();
        self.stack.push(Frame {
            start: self.at,
            is_object,
            count: 0,
            marks: Vec::new(),
        });
        self.at += 1;
        self.next = if is_object {
            Next::NameOrEnd
        } else {
            Next::ValueOrEnd
        };
        Ok(())
    }

    fn close(&mut self) {
        self.at += 1;
        self.next = Next::After;
        if let Some(frame) = self.stack.pop() {
            self.note(frame.start, frame.count, frame.marks);
        }
    }

    fn note(&mut self, start: usize, count: usize, marks: Vec<u32>) {
        let end = self.at;
        if end - start >= LARGE {
            self.large.insert(start, Large { end, count, marks });
        }
    }
}

/// Whether the quote is one of the text that begins at `start`: an odd number of backslashes stands before it.
fn is_escaped(bytes: &[u8], start: usize, quote: usize) -> bool {
    let before = bytes[start + 1..quote].iter().rev();
    before.take_while(|byte| **byte == b'\\').count() % 2 == 1
}

/// Behind the quote that ends the text which begins at `start`.
pub(super) fn end_of_text(text: &str, start: usize) -> usize {
    let mut at = start + 1;
    while let Some(more) = text.get(at..).and_then(|rest| rest.find('"')) {
        let quote = at + more;
        at = quote + 1;
        if !is_escaped(text.as_bytes(), start, quote) {
            return at;
        }
    }
    text.len()
}

/// Behind the last byte of a number or a word.
pub(super) fn end_of_word(bytes: &[u8], start: usize) -> usize {
    let more = bytes[start..]
        .iter()
        .position(|byte| !matches!(byte, b'-' | b'+' | b'.' | b'0'..=b'9' | b'a'..=b'z' | b'E'));
    more.map_or(bytes.len(), |more| start + more)
}
