//! How long to wait before the next try.

use std::time::Duration;

/// Doubles from one second to thirty, each wait shortened by up to half so that many tabs do not come back at once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Backoff {
    tries: u32,
}

impl Backoff {
    const FIRST: f64 = 1_000.0;
    const LONGEST: f64 = 30_000.0;

    pub(super) fn tries(self) -> u32 {
        self.tries
    }

    /// The next wait; `chance` is a random number from 0 to 1.
    pub(super) fn next(&mut self, chance: f64) -> Duration {
        let full =
            (Self::FIRST * f64::from(2_u32.saturating_pow(self.tries.min(10)))).min(Self::LONGEST);
        self.tries = self.tries.saturating_add(1);
        Duration::from_millis((full * (1.0 - chance.clamp(0.0, 1.0) / 2.0)) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_to_thirty_seconds() {
        let mut backoff = Backoff::default();
        let waits: Vec<u64> = (0..7).map(|_| backoff.next(0.0).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 30, 30]);
        for _ in 0..100 {
            assert!(backoff.next(0.0).as_secs() == 30);
        }
    }

    #[test]
    fn chance_shortens_a_wait_by_half_at_most() {
        assert_eq!(Backoff::default().next(1.0).as_millis(), 500);
    }
}
