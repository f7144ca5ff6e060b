//! Sortable ids.

use super::Platform;
use std::sync::{Mutex, PoisonError};
use ulid::Ulid;

/// Makes ULIDs of which each is greater than every one before, whatever the clock does.
#[derive(Default)]
pub(crate) struct Ids {
    last: Mutex<Option<Ulid>>,
}

impl Ids {
    pub(crate) fn next(&self, prefix: &str, platform: &dyn Platform) -> String {
        let now = u64::try_from(platform.now().millis()).unwrap_or(0);
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let next = match *last {
            Some(last) if last.timestamp_ms() >= now => last
                .increment()
                .unwrap_or_else(|_| Ulid::from_parts(last.timestamp_ms() + 1, platform.random())),
            Some(_) | None => Ulid::from_parts(now, platform.random()),
        };
        *last = Some(next);
        format!("{prefix}{next}")
    }
}
