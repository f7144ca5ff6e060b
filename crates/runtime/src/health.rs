//! What runs need from outside, and whether it is there.
//!
//! A [`CheckRecord`](crate::store::record::CheckRecord) keeps what the last looks at one thing found. [`Checks`] looks again
//! when the last look is too old for whoever asks; [`CheckedEnvironment`] holds a run before a step whose surroundings fail.

pub mod backends;
pub mod binding;
pub mod checks;
pub mod environment;
pub mod finding;
pub mod local;
pub mod view;

pub use backends::{BackedRunner, behind};
pub use binding::{Binding, bind};
pub use checks::{Checks, Probes};
pub use environment::CheckedEnvironment;
pub use finding::{Finding, HealthChanged, OPERATOR, Oldest, Subject};

/// The longest one look may take, in milliseconds.
pub const PATIENCE_MS: u64 = 5_000;
