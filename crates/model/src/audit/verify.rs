//! Checking that entries follow from one another.

use super::canonical::digest;
use super::{AuditEntry, AuditHead, Hash};
use serde_json::Value;

/// What is wrong with a trail; each names the first entry that shows it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    #[error("Entry {seq} was changed after it was written: what it says does not fit its hash.")]
    Changed { seq: u64 },
    #[error(
        "Entry {seq} does not follow from entry {}: one of the two was written anew.", seq - 1
    )]
    Unlinked { seq: u64 },
    #[error("{} missing before entry {}.", entries(*from, *to), to + 1)]
    Missing { from: u64, to: u64 },
    #[error(
        "{} missing at the end: the signed head says that the trail goes on to entry {to}.", entries(*from, *to)
    )]
    Cut { from: u64, to: u64 },
    #[error("Entry {seq} stands in the wrong place: entry {after} comes before it.")]
    Moved { seq: u64, after: u64 },
    #[error("Entry {seq} belongs to another tenant.")]
    Foreign { seq: u64 },
    #[error("Line {line} is not an entry of an audit trail.")]
    Unreadable { line: usize },
    #[error("The columns of entry {seq} do not say what the entry says.")]
    Columns { seq: u64 },
    #[error("The head at entry {seq} names another hash than the entry has.")]
    WrongHead { seq: u64 },
    #[error("The signature of the head at entry {seq} is not right.")]
    Signature { seq: u64 },
    #[error("The head at entry {seq} was signed with another key.")]
    OtherKey { seq: u64 },
    #[error("The file ends without its head: the end was cut off.")]
    NoHead,
}

fn entries(from: u64, to: u64) -> String {
    if from == to {
        format!("Entry {from} is")
    } else {
        format!("Entries {from} to {to} are")
    }
}

/// Entries that were found to follow from one another, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chain {
    tenant: Option<String>,
    first: Option<u64>,
    last: Option<(u64, Hash)>,
    count: u64,
}

impl Chain {
    /// A chain that must begin behind an entry that is known: a head, or the oldest entry that was removed.
    pub fn behind(head: &AuditHead) -> Self {
        Self {
            tenant: Some(head.tenant.to_string()),
            last: Some((head.seq, head.hash)),
            ..Self::default()
        }
    }

    /// The first entry that was checked.
    pub fn first(&self) -> Option<u64> {
        self.first
    }

    /// The last entry that was checked, or the one the chain begins behind.
    pub fn last(&self) -> Option<(u64, Hash)> {
        self.last
    }

    pub fn tenant(&self) -> Option<&str> {
        self.tenant.as_deref()
    }

    /// Entries that were checked.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Checks the next entry as the runtime gave it.
    pub fn add(&mut self, entry: &AuditEntry) -> Result<(), Flaw> {
        let value = serde_json::to_value(entry).map_err(|_| Flaw::Unreadable { line: 0 })?;
        self.add_value(&value)
            .unwrap_or(Err(Flaw::Unreadable { line: 0 }))
    }

    /// Checks the next entry as it stands in a file; `None` when it is none. Fields that this version does not know are
    /// hashed with the others.
    pub fn add_value(&mut self, entry: &Value) -> Option<Result<(), Flaw>> {
        let seq = entry.get("seq")?.as_u64().filter(|seq| *seq > 0)?;
        let prev = Hash::parse(entry.get("prev")?.as_str()?)?;
        let hash = Hash::parse(entry.get("hash")?.as_str()?)?;
        let tenant = entry.get("place")?.get("tenant")?.as_str()?;
        Some(self.follow(seq, prev, hash, tenant, || digest(entry)))
    }

    fn follow(
        &mut self,
        seq: u64,
        prev: Hash,
        hash: Hash,
        tenant: &str,
        digest: impl FnOnce() -> Hash,
    ) -> Result<(), Flaw> {
        if let Some((last, _)) = self.last {
            if seq <= last {
                return Err(Flaw::Moved { seq, after: last });
            }
            if seq > last + 1 {
                return Err(Flaw::Missing {
                    from: last + 1,
                    to: seq - 1,
                });
            }
        }
        if digest() != hash {
            return Err(Flaw::Changed { seq });
        }
        let before = match self.last {
            Some((_, hash)) => Some(hash),
            None if seq == 1 => Some(Hash::default()),
            None => None,
        };
        if before.is_some_and(|before| before != prev) {
            return Err(Flaw::Unlinked { seq });
        }
        if self.tenant.as_deref().is_some_and(|known| known != tenant) {
            return Err(Flaw::Foreign { seq });
        }
        if self.tenant.is_none() {
            self.tenant = Some(tenant.to_owned());
        }
        self.first = self.first.or(Some(seq));
        self.last = Some((seq, hash));
        self.count += 1;
        Ok(())
    }

    /// Checks that the chain ends where a head says.
    pub fn ends_at(&self, head: &AuditHead) -> Result<(), Flaw> {
        let (last, hash) = self.last.unwrap_or_default();
        if self
            .tenant
            .as_deref()
            .is_some_and(|tenant| tenant != head.tenant.as_str())
        {
            return Err(Flaw::Foreign { seq: last });
        }
        if head.seq > last {
            return Err(Flaw::Cut {
                from: last + 1,
                to: head.seq,
            });
        }
        if head.seq < last || head.hash != hash {
            return Err(Flaw::WrongHead { seq: head.seq });
        }
        Ok(())
    }
}
