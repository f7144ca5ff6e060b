//! When tokens and sessions were last used, written down once a minute at most: reading must not cost a write.

use super::Api;
use crate::auth::{Caller, Proof};
use crate::store::record::LastUse;
use crate::store::{Change, ChangeSet};
use model::Timestamp;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

const EVERY_MS: u64 = 60_000;
/// Callers that are remembered before all are forgotten.
const MOST: usize = 10_000;

/// When each was last written down.
#[derive(Default)]
pub(super) struct Used(Mutex<HashMap<String, Timestamp>>);

impl Used {
    fn is_due(&self, of: &str, now: Timestamp) -> bool {
        let mut written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if written.get(of).is_some_and(|at| now.since(*at) < EVERY_MS) {
            return false;
        }
        if written.len() >= MOST {
            written.clear();
        }
        written.insert(of.to_owned(), now);
        true
    }
}

/// Notes that somebody asked for something.
pub(super) async fn note(api: &Api, caller: &Caller, ip: Option<String>) {
    let of = match &caller.proof {
        Proof::Token(id) => id.as_str(),
        Proof::Session(hash) => hash,
    };
    let now = api.now();
    if !api.inner.used.is_due(of, now) {
        return;
    }
    let used = LastUse {
        of: of.to_owned(),
        at: now,
        ip,
    };
    let written = match Change::put(&used) {
        Ok(change) => api.store().change(ChangeSet::new(change)).await.map(drop),
        Err(error) => Err(error),
    };
    // What was asked for can be done all the same.
    if let Err(error) = written {
        tracing::warn!(%error, "the last use of a token could not be written down");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_use_is_due_once_a_minute() {
        let used = Used::default();
        let at = Timestamp::from_millis;
        assert!(used.is_due("a", at(0)));
        assert!(!used.is_due("a", at(59_999)));
        assert!(used.is_due("b", at(1)));
        assert!(used.is_due("a", at(60_000)));
    }
}
