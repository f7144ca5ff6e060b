//! Whether the entries of the trail follow from one another, looked at from the newest to the oldest.

use model::audit::{Chain, Flaw, Hash};
use model::{AuditEntry, AuditHead};

/// What has been checked so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    newest: u64,
    /// The oldest entry checked, and the hash that the one before it must have.
    oldest: Option<(u64, Hash)>,
}

impl Checked {
    /// Begins at the signed end of the trail.
    pub fn from_head(head: &AuditHead) -> Self {
        Self {
            newest: head.seq,
            oldest: Some((head.seq + 1, head.hash)),
        }
    }

    /// The newest entry that was checked.
    pub fn newest(&self) -> u64 {
        self.newest
    }

    /// The oldest entry that was checked.
    pub fn oldest(&self) -> u64 {
        self.oldest.map_or(0, |(seq, _)| seq)
    }

    /// Checks the entries before: a page as the runtime gives it, newest first.
    pub fn before(&mut self, page: &[AuditEntry]) -> Result<(), Flaw> {
        let mut chain = Chain::default();
        for entry in page.iter().rev() {
            chain.add(entry)?;
        }
        let (Some(first), Some((last, hash))) = (page.last(), chain.last()) else {
            return Ok(());
        };
        if let Some((next, expected)) = self.oldest {
            if last + 1 < next {
                return Err(Flaw::Missing {
                    from: last + 1,
                    to: next - 1,
                });
            }
            if hash != expected {
                return Err(Flaw::Unlinked { seq: next });
            }
        }
        self.oldest = Some((first.seq, first.prev));
        Ok(())
    }

    /// Whether everything there is has been checked: up to the first entry, or up to where older ones were removed.
    pub fn is_whole(&self, removed: Option<&AuditHead>) -> Result<bool, Flaw> {
        let Some((oldest, prev)) = self.oldest else {
            return Ok(false);
        };
        match removed {
            Some(removed) if removed.seq + 1 == oldest => {
                if removed.hash == prev {
                    Ok(true)
                } else {
                    Err(Flaw::Unlinked { seq: oldest })
                }
            }
            Some(_) => Ok(false),
            None => Ok(oldest == 1),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use model::{Actor, AuditId, Place, Timestamp};

    /// Linked entries 1 to `count`, newest first.
    fn trail(count: u64) -> Vec<AuditEntry> {
        let mut before = (0, Hash::default());
        let mut entries: Vec<AuditEntry> = (1..=count)
            .map(|seq| {
                let mut entry = AuditEntry::new(
                    AuditId::new(format!("aud_{seq}")),
                    Timestamp::from_millis(0),
                    Place::new("t", "p"),
                    Actor::system(),
                    "run.retry",
                    "run_1",
                );
                entry.link(before);
                before = (entry.seq, entry.hash);
                entry
            })
            .collect();
        entries.reverse();
        entries
    }

    fn head(entry: &AuditEntry) -> AuditHead {
        AuditHead::new("t".into(), (entry.seq, entry.hash), entry.at)
    }

    #[test]
    fn pages_are_checked_one_behind_the_other() {
        let trail = trail(5);
        let mut checked = Checked::from_head(&head(&trail[0]));
        checked.before(&trail[..2]).unwrap();
        assert_eq!((checked.newest(), checked.oldest()), (5, 4));
        assert_eq!(checked.is_whole(None), Ok(false));
        assert_eq!(checked.is_whole(Some(&head(&trail[2]))), Ok(true));
        assert_eq!(
            checked.is_whole(Some(&AuditHead::new(
                "t".into(),
                (3, trail[0].hash),
                trail[0].at
            ))),
            Err(Flaw::Unlinked { seq: 4 })
        );
        checked.before(&trail[2..]).unwrap();
        assert_eq!(checked.is_whole(None), Ok(true));
    }

    #[test]
    fn what_is_missing_or_changed_is_named() {
        let mut trail = trail(5);
        let end = head(&trail[0]);
        let mut checked = Checked::from_head(&end);
        assert_eq!(
            checked.before(&trail[1..]),
            Err(Flaw::Missing { from: 5, to: 5 })
        );
        let mut checked = Checked::from_head(&end);
        checked.before(&trail[..2]).unwrap();
        assert_eq!(
            checked.before(&trail[3..]),
            Err(Flaw::Missing { from: 3, to: 3 })
        );
        trail[3].reason = Some("forged".into());
        let mut checked = Checked::from_head(&end);
        assert_eq!(checked.before(&trail), Err(Flaw::Changed { seq: 2 }));
        trail[3].hash = trail[3].digest();
        let mut checked = Checked::from_head(&end);
        assert_eq!(checked.before(&trail), Err(Flaw::Unlinked { seq: 3 }));
    }
}
