//! How much a script may use, and whether it has.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The longest script, in bytes.
pub const MAX_SCRIPT: usize = 64 * 1024;
/// The most memory one script may hold, in bytes.
pub const MAX_MEMORY: usize = 64 * 1024 * 1024;
/// The longest time a script may run, whatever its step allows.
pub const MAX_TIME: Duration = Duration::from_secs(10);
/// The most instructions a script may execute; a step of a pattern match counts as one.
pub const MAX_INSTRUCTIONS: u64 = 500_000_000;

/// Why a script was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Stop {
    #[error("it ran longer than it may")]
    Time,
    #[error("it executed more than {} million instructions", MAX_INSTRUCTIONS / 1_000_000)]
    Instructions,
    #[error("it was cancelled")]
    Cancelled,
}

/// Counts what one script uses. Shared by the script's thread and whoever may cancel it.
#[derive(Debug)]
pub struct Limits {
    deadline: Instant,
    instructions: AtomicU64,
    cancelled: AtomicBool,
    stopped: AtomicU8,
}

impl Limits {
    pub fn new(time: Duration) -> Self {
        Self {
            deadline: Instant::now() + time.min(MAX_TIME),
            instructions: AtomicU64::new(0),
            cancelled: AtomicBool::new(false),
            stopped: AtomicU8::new(0),
        }
    }

    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Counts `used` instructions; once it has answered with a stop it never answers otherwise.
    pub fn spend(&self, used: u64) -> Result<(), Stop> {
        if let Some(stop) = self.stopped() {
            return Err(stop);
        }
        let total = self.instructions.fetch_add(used, Ordering::Relaxed) + used;
        let stop = if self.cancelled.load(Ordering::Relaxed) {
            Stop::Cancelled
        } else if total > MAX_INSTRUCTIONS {
            Stop::Instructions
        } else if Instant::now() >= self.deadline {
            Stop::Time
        } else {
            return Ok(());
        };
        Err(self.stop(stop))
    }

    fn stop(&self, stop: Stop) -> Stop {
        let word = match stop {
            Stop::Time => 1,
            Stop::Instructions => 2,
            Stop::Cancelled => 3,
        };
        self.stopped.store(word, Ordering::Relaxed);
        stop
    }

    pub fn stopped(&self) -> Option<Stop> {
        match self.stopped.load(Ordering::Relaxed) {
            1 => Some(Stop::Time),
            2 => Some(Stop::Instructions),
            3 => Some(Stop::Cancelled),
            _ => None,
        }
    }
}
