//! Checking an exported trail: NDJSON or CSV, as `GET /v1/audit/export` writes them.
//!
//! NDJSON has one entry a line, oldest first; the last line is `{"head": …}`. Where the file does not begin with the trail's
//! first entry, its first line is `{"anchor": …}`: the signed head of the entry before. CSV has the same in its last column.

use super::csv;
use super::verify::{Chain, Flaw};
use super::{AuditHead, Signed};
use crate::Timestamp;
use serde::Deserialize;
use serde_json::Value;

/// What an export that holds shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub tenant: String,
    /// Entries that were checked.
    pub count: u64,
    pub first: u64,
    pub last: u64,
    pub start: Start,
    /// When the head at the end was made.
    pub head_at: Timestamp,
    /// The public key that the head was signed with; `None` when it was not signed.
    pub key: Option<String>,
    /// Whether the signatures were checked; a program may be unable to.
    pub signatures_checked: bool,
}

/// What an export begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// The trail's first entry.
    Beginning,
    /// A later one; a head vouches for the entry before.
    Anchor,
}

/// Checks one signature: the bytes, and who says to have signed them. `None`: it cannot be checked here.
pub type CheckSignature<'c> = &'c dyn Fn(&[u8], &Signed) -> Option<bool>;

/// Checks a whole file and names the first thing that is wrong. `key`: the public key all heads must be signed with.
pub fn check(text: &str, key: Option<&str>, signature: CheckSignature<'_>) -> Result<Report, Flaw> {
    let mut checker = Checker::new(key, signature);
    for line in text.lines() {
        checker.line(line)?;
    }
    checker.finish()
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Head { head: AuditHead },
    Anchor { anchor: AuditHead },
    Entry(Value),
}

/// Checks a file line by line, so that it need not be held whole.
pub struct Checker<'c> {
    chain: Chain,
    start: Start,
    head: Option<AuditHead>,
    key: Option<String>,
    checked: bool,
    signature: CheckSignature<'c>,
    is_csv: bool,
    lines: usize,
    /// A row that goes on in the next line.
    row: String,
    /// Entries are missing; the rest is only looked through for them.
    missing: Option<(u64, u64)>,
}

impl<'c> Checker<'c> {
    /// `key`: the public key all heads must be signed with.
    pub fn new(key: Option<&str>, signature: CheckSignature<'c>) -> Self {
        Self {
            chain: Chain::default(),
            start: Start::Beginning,
            head: None,
            key: key.map(str::to_owned),
            checked: true,
            signature,
            is_csv: false,
            lines: 0,
            row: String::new(),
            missing: None,
        }
    }

    /// Checks the next line, its end left out.
    pub fn line(&mut self, line: &str) -> Result<(), Flaw> {
        self.lines += 1;
        let line = line.strip_suffix('\r').unwrap_or(line);
        if self.lines == 1 && line == csv::HEADER {
            self.is_csv = true;
            return Ok(());
        }
        if !self.is_csv {
            return self.record(line, line);
        }
        if !self.row.is_empty() {
            self.row.push('\n');
        }
        self.row.push_str(line);
        if !csv::is_whole(&self.row) {
            return Ok(());
        }
        let row = std::mem::take(&mut self.row);
        self.record(&csv::last(&row), &row)
    }

    fn record(&mut self, json: &str, row: &str) -> Result<(), Flaw> {
        if json.trim().is_empty() {
            return Ok(());
        }
        let unreadable = Flaw::Unreadable { line: self.lines };
        let line = serde_json::from_str::<Line>(json).map_err(|_| unreadable.clone())?;
        if let Some((from, to)) = self.missing {
            return match line {
                Line::Entry(entry) if entry.get("seq").and_then(Value::as_u64) == Some(from) => {
                    Err(Flaw::Moved {
                        seq: from,
                        after: to + 1,
                    })
                }
                Line::Entry(_) | Line::Head { .. } | Line::Anchor { .. } => Ok(()),
            };
        }
        match line {
            Line::Anchor { anchor } if self.chain == Chain::default() => self.anchor(&anchor),
            Line::Head { head } if self.head.is_none() => {
                self.head = Some(head);
                Ok(())
            }
            Line::Entry(_) if self.head.is_some() => Err(unreadable),
            Line::Entry(entry) => {
                match self.chain.add_value(&entry).ok_or(unreadable)? {
                    Ok(()) => {}
                    Err(Flaw::Missing { from, to }) => {
                        self.missing = Some((from, to));
                        return Ok(());
                    }
                    Err(flaw) => return Err(flaw),
                }
                if self.is_csv && csv::row(&entry).as_deref() != Some(row) {
                    let seq = self.chain.last().unwrap_or_default().0;
                    return Err(Flaw::Columns { seq });
                }
                Ok(())
            }
            Line::Anchor { .. } | Line::Head { .. } => Err(unreadable),
        }
    }

    fn anchor(&mut self, anchor: &AuditHead) -> Result<(), Flaw> {
        self.signed(anchor)?;
        self.chain = Chain::behind(anchor);
        self.start = Start::Anchor;
        Ok(())
    }

    fn signed(&mut self, head: &AuditHead) -> Result<(), Flaw> {
        let seq = head.seq;
        let Some(signed) = &head.signed else {
            // Once a key is known, a head without one was made by somebody else.
            return match self.key {
                Some(_) => Err(Flaw::OtherKey { seq }),
                None => Ok(()),
            };
        };
        if self.key.as_ref().is_some_and(|key| *key != signed.key) {
            return Err(Flaw::OtherKey { seq });
        }
        self.key = Some(signed.key.clone());
        match (self.signature)(&head.message(), signed) {
            Some(true) => {}
            Some(false) => return Err(Flaw::Signature { seq }),
            None => self.checked = false,
        }
        Ok(())
    }

    /// What the file shows, once it has been read to its end.
    pub fn finish(mut self) -> Result<Report, Flaw> {
        if let Some((from, to)) = self.missing {
            return Err(Flaw::Missing { from, to });
        }
        let head = self.head.take().ok_or(Flaw::NoHead)?;
        if self.chain.count() > 0 && self.start == Start::Beginning && self.chain.first() != Some(1)
        {
            return Err(Flaw::Missing {
                from: 1,
                to: self.chain.first().unwrap_or(1) - 1,
            });
        }
        self.signed(&head)?;
        self.chain.ends_at(&head)?;
        Ok(Report {
            tenant: head.tenant.to_string(),
            count: self.chain.count(),
            first: self.chain.first().unwrap_or(0),
            last: head.seq,
            start: self.start,
            head_at: head.at,
            signatures_checked: self.checked && self.key.is_some(),
            key: self.key,
        })
    }
}
