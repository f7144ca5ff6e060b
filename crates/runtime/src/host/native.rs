//! The host on tokio.

use super::Platform;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use model::Timestamp;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Clock, sleep and tasks of tokio. Make it inside a runtime: tasks are spawned there from wherever they come.
pub struct TokioPlatform {
    runtime: tokio::runtime::Handle,
}

impl TokioPlatform {
    pub fn current() -> Self {
        Self {
            runtime: tokio::runtime::Handle::current(),
        }
    }
}

/// The system's clock.
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    Timestamp::from_millis(since.map_or(0, |since| {
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }))
}

impl Platform for TokioPlatform {
    fn now(&self) -> Timestamp {
        now()
    }

    fn sleep_until(&self, at: Timestamp) -> BoxFuture<'static, ()> {
        tokio::time::sleep(Duration::from_millis(at.since(now()))).boxed()
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.runtime.spawn(task);
    }

    fn random(&self) -> u128 {
        let mut bytes = [0; 16];
        // Ids stay unique without randomness too: each is greater than the one before.
        let _ = getrandom::fill(&mut bytes);
        u128::from_le_bytes(bytes)
    }
}
