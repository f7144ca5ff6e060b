//! Why the host did not do what was asked.

use crate::store::StoreError;
use engine::Refusal;

/// Nothing changed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum HostError {
    /// The engine refuses it in this state, or its values are wrong.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The run has moved on since the caller read it.
    #[error("The run has changed in the meantime: its journal stands at {current}.")]
    Stale { current: u64 },
    /// There is no such run in this place.
    #[error("There is no such run.")]
    NotFound,
    /// A workflow that was to be started does not exist, is archived or was never published.
    #[error("{0}")]
    NoWorkflow(String),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("Signalbox is shutting down.")]
    Stopping,
}
