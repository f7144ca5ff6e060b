//! Lua's pattern matching, counted.
//!
//! A hostile pattern makes Lua's own matcher run for years inside one C function, where no instruction hook reaches it. This
//! is the same algorithm as `lstrlib.c` of Lua 5.4, paying for each step.

use super::limits::{Limits, Stop};

const MAX_CAPTURES: usize = 32;
/// As deep as C Lua lets the matcher call itself.
const MAX_DEPTH: u32 = 200;
const ESCAPE: u8 = b'%';

/// Why a pattern did not match or not match.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    #[error("malformed pattern ({0})")]
    Malformed(&'static str),
    #[error("missing '[' after '%f' in pattern")]
    Frontier,
    #[error("invalid capture index %{0}")]
    CaptureIndex(usize),
    #[error("invalid pattern capture")]
    CaptureEnd,
    #[error("too many captures")]
    TooManyCaptures,
    #[error("unfinished capture")]
    Unfinished,
    #[error("pattern too complex")]
    TooComplex,
    #[error(transparent)]
    Stopped(#[from] Stop),
}

/// What a pair of parentheses caught.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Capture {
    /// From byte to byte.
    Text(usize, usize),
    /// `()`: a position, counted from 1.
    Position(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Length {
    Open,
    Position,
    Closed(usize),
}

type Match = Result<Option<usize>, PatternError>;

/// One pattern at work on one text.
pub struct Matcher<'a> {
    src: &'a [u8],
    pat: &'a [u8],
    limits: &'a Limits,
    spent: u64,
    depth: u32,
    level: usize,
    captures: [(usize, Length); MAX_CAPTURES],
}

impl<'a> Matcher<'a> {
    pub fn new(src: &'a [u8], pat: &'a [u8], limits: &'a Limits) -> Self {
        Self {
            src,
            pat,
            limits,
            spent: 0,
            depth: 0,
            level: 0,
            captures: [(0, Length::Open); MAX_CAPTURES],
        }
    }

    /// The end of a match that begins exactly at `at`.
    pub fn match_at(&mut self, at: usize) -> Match {
        self.level = 0;
        self.depth = 0;
        self.run(at, 0)
    }

    /// The captures of the last match; the whole match (`from`, `to`) where the pattern has none.
    pub fn captures(&self, from: usize, to: usize) -> Result<Vec<Capture>, PatternError> {
        let count = self.level.max(1);
        (0..count).map(|i| self.capture(i, from, to)).collect()
    }

    pub fn capture(&self, index: usize, from: usize, to: usize) -> Result<Capture, PatternError> {
        if index >= self.level {
            return if index == 0 {
                Ok(Capture::Text(from, to))
            } else {
                Err(PatternError::CaptureIndex(index + 1))
            };
        }
        let (start, length) = self.captures[index];
        match length {
            Length::Open => Err(PatternError::Unfinished),
            Length::Position => Ok(Capture::Position(start + 1)),
            Length::Closed(length) => Ok(Capture::Text(start, start + length)),
        }
    }

    pub fn has_captures(&self) -> bool {
        self.level > 0
    }

    /// Pays for `steps`; asks the limits only now and then, since that reads the clock.
    fn pay(&mut self, steps: usize) -> Result<(), PatternError> {
        self.spent += steps as u64;
        if self.spent >= 4096 {
            self.limits.spend(std::mem::take(&mut self.spent))?;
        }
        Ok(())
    }

    /// The pattern's byte, 0 beyond its end: no special byte is 0.
    fn p(&self, at: usize) -> u8 {
        self.pat.get(at).copied().unwrap_or(0)
    }

    fn run(&mut self, s: usize, p: usize) -> Match {
        if self.depth >= MAX_DEPTH {
            return Err(PatternError::TooComplex);
        }
        self.depth += 1;
        let end = self.steps(s, p);
        self.depth -= 1;
        end
    }

    fn steps(&mut self, mut s: usize, mut p: usize) -> Match {
        while p < self.pat.len() {
            self.pay(1)?;
            match self.p(p) {
                b'(' if self.p(p + 1) == b')' => {
                    return self.open_capture(s, p + 2, Length::Position);
                }
                b'(' => return self.open_capture(s, p + 1, Length::Open),
                b')' => return self.close_capture(s, p + 1),
                b'$' if p + 1 == self.pat.len() => {
                    return Ok((s == self.src.len()).then_some(s));
                }
                ESCAPE if self.p(p + 1) == b'b' => {
                    let Some(after) = self.balance(s, p + 2)? else {
                        return Ok(None);
                    };
                    s = after;
                    p += 4;
                }
                ESCAPE if self.p(p + 1) == b'f' => {
                    p += 2;
                    if self.p(p) != b'[' {
                        return Err(PatternError::Frontier);
                    }
                    let end = self.class_end(p)?;
                    let before = if s == 0 { 0 } else { self.src[s - 1] };
                    let here = self.src.get(s).copied().unwrap_or(0);
                    if self.in_set(before, p, end - 1) || !self.in_set(here, p, end - 1) {
                        return Ok(None);
                    }
                    p = end;
                }
                ESCAPE if self.p(p + 1).is_ascii_digit() => {
                    let Some(after) = self.back_reference(s, self.p(p + 1))? else {
                        return Ok(None);
                    };
                    s = after;
                    p += 2;
                }
                _ => {
                    let end = self.class_end(p)?;
                    let here = self.single(s, p, end)?;
                    match self.p(end) {
                        b'?' => {
                            if here && let Some(done) = self.run(s + 1, end + 1)? {
                                return Ok(Some(done));
                            }
                            p = end + 1;
                        }
                        b'+' if here => return self.longest(s + 1, p, end),
                        b'*' if here => return self.longest(s, p, end),
                        b'-' if here => return self.shortest(s, p, end),
                        b'*' | b'-' => p = end + 1,
                        _ if here => {
                            s += 1;
                            p = end;
                        }
                        _ => return Ok(None),
                    }
                }
            }
        }
        Ok(Some(s))
    }

    /// Where the single-character class at `p` ends.
    fn class_end(&mut self, mut p: usize) -> Result<usize, PatternError> {
        let first = self.p(p);
        let from = p;
        p += 1;
        if first == ESCAPE {
            if p >= self.pat.len() {
                return Err(PatternError::Malformed("ends with '%'"));
            }
            return Ok(p + 1);
        }
        if first == b'[' {
            if self.p(p) == b'^' {
                p += 1;
            }
            loop {
                let Some(&c) = self.pat.get(p) else {
                    return Err(PatternError::Malformed("missing ']'"));
                };
                p += if c == ESCAPE { 2 } else { 1 };
                if self.p(p) == b']' {
                    break;
                }
            }
            self.pay(p - from)?;
            return Ok(p + 1);
        }
        Ok(p)
    }

    fn single(&mut self, s: usize, p: usize, end: usize) -> Result<bool, PatternError> {
        self.pay(end - p)?;
        let Some(&c) = self.src.get(s) else {
            return Ok(false);
        };
        Ok(match self.p(p) {
            b'.' => true,
            ESCAPE => in_class(c, self.p(p + 1)),
            b'[' => self.in_set(c, p, end - 1),
            own => own == c,
        })
    }

    /// Whether `c` is in the set from `[` at `p` to `]` at `end`.
    fn in_set(&self, c: u8, mut p: usize, end: usize) -> bool {
        let wanted = if self.p(p + 1) == b'^' {
            p += 1;
            false
        } else {
            true
        };
        p += 1;
        while p < end {
            if self.p(p) == ESCAPE {
                p += 1;
                if in_class(c, self.p(p)) {
                    return wanted;
                }
                p += 1;
            } else if self.p(p + 1) == b'-' && p + 2 < end {
                if (self.p(p)..=self.p(p + 2)).contains(&c) {
                    return wanted;
                }
                p += 3;
            } else {
                if self.p(p) == c {
                    return wanted;
                }
                p += 1;
            }
        }
        !wanted
    }

    fn longest(&mut self, s: usize, p: usize, end: usize) -> Match {
        let mut count = 0;
        while self.single(s + count, p, end)? {
            count += 1;
        }
        loop {
            if let Some(done) = self.run(s + count, end + 1)? {
                return Ok(Some(done));
            }
            if count == 0 {
                return Ok(None);
            }
            count -= 1;
        }
    }

    fn shortest(&mut self, mut s: usize, p: usize, end: usize) -> Match {
        loop {
            if let Some(done) = self.run(s, end + 1)? {
                return Ok(Some(done));
            }
            if !self.single(s, p, end)? {
                return Ok(None);
            }
            s += 1;
        }
    }

    fn open_capture(&mut self, s: usize, p: usize, length: Length) -> Match {
        if self.level >= MAX_CAPTURES {
            return Err(PatternError::TooManyCaptures);
        }
        self.captures[self.level] = (s, length);
        self.level += 1;
        let end = self.run(s, p)?;
        if end.is_none() {
            self.level -= 1;
        }
        Ok(end)
    }

    fn close_capture(&mut self, s: usize, p: usize) -> Match {
        let open = (0..self.level)
            .rev()
            .find(|i| self.captures[*i].1 == Length::Open)
            .ok_or(PatternError::CaptureEnd)?;
        self.captures[open].1 = Length::Closed(s - self.captures[open].0);
        let end = self.run(s, p)?;
        if end.is_none() {
            self.captures[open].1 = Length::Open;
        }
        Ok(end)
    }

    fn balance(&mut self, s: usize, p: usize) -> Match {
        let (Some(&open), Some(&close)) = (self.pat.get(p), self.pat.get(p + 1)) else {
            return Err(PatternError::Malformed("missing arguments to '%b'"));
        };
        if self.src.get(s) != Some(&open) {
            return Ok(None);
        }
        let mut inside = 1usize;
        for at in s + 1..self.src.len() {
            self.pay(1)?;
            let c = self.src[at];
            if c == close {
                inside -= 1;
                if inside == 0 {
                    return Ok(Some(at + 1));
                }
            } else if c == open {
                inside += 1;
            }
        }
        Ok(None)
    }

    fn back_reference(&mut self, s: usize, digit: u8) -> Match {
        let index = usize::from(digit - b'0');
        let caught = index
            .checked_sub(1)
            .filter(|i| *i < self.level)
            .and_then(|i| match self.captures[i] {
                (start, Length::Closed(length)) => Some(start..start + length),
                (_, Length::Open | Length::Position) => None,
            })
            .ok_or(PatternError::CaptureIndex(index))?;
        self.pay(caught.len())?;
        let end = s + caught.len();
        Ok((self.src.get(s..end) == Some(&self.src[caught])).then_some(end))
    }
}

/// Whether `c` belongs to the class letter after `%`; an upper-case letter is the complement.
fn in_class(c: u8, class: u8) -> bool {
    let yes = match class.to_ascii_lowercase() {
        b'a' => c.is_ascii_alphabetic(),
        b'c' => c.is_ascii_control(),
        b'd' => c.is_ascii_digit(),
        b'g' => c.is_ascii_graphic(),
        b'l' => c.is_ascii_lowercase(),
        b'p' => c.is_ascii_punctuation(),
        b's' => c.is_ascii_whitespace() || c == 0x0b,
        b'u' => c.is_ascii_uppercase(),
        b'w' => c.is_ascii_alphanumeric(),
        b'x' => c.is_ascii_hexdigit(),
        _ => return class == c,
    };
    yes != class.is_ascii_uppercase()
}
