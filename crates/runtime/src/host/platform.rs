//! What the host needs from where it runs. The native one is tokio's; a browser's worker brings its own.

use futures_util::future::BoxFuture;
use model::Timestamp;

/// Clock, sleep, tasks and randomness.
pub trait Platform: Send + Sync + 'static {
    fn now(&self) -> Timestamp;
    /// Ends at `at`, at once when that is past.
    fn sleep_until(&self, at: Timestamp) -> BoxFuture<'static, ()>;
    /// Runs `task` on its own.
    fn spawn(&self, task: BoxFuture<'static, ()>);
    /// 80 random bits, for ids.
    fn random(&self) -> u128;
}
