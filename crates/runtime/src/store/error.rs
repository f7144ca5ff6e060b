//! What can go wrong with the store.

/// Why the store did not do what was asked. Nothing of the change was kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Someone else changed the record first: the journal's or the record's number is another than expected.
    #[error("The record has changed in the meantime: it stands at {current}, not at {expected}.")]
    Stale { expected: u64, current: u64 },
    /// The record is there already: a run's id, a parent's call, a name.
    #[error("{0} exists already.")]
    Exists(String),
    #[error("{0} does not exist.")]
    Missing(String),
    /// The disk is full, the database is locked, read-only or damaged. The same change works again when the cause is gone.
    #[error("The data cannot be reached: {reason}")]
    Unavailable { reason: String },
    /// What was read is not what this version of Signalbox writes.
    #[error("A stored record cannot be read: {0}")]
    Unreadable(String),
}

impl StoreError {
    pub fn unavailable(reason: impl std::fmt::Display) -> Self {
        Self::Unavailable {
            reason: reason.to_string(),
        }
    }

    /// Trying the same again later may succeed.
    pub const fn is_temporary(&self) -> bool {
        match self {
            Self::Unavailable { .. } => true,
            Self::Stale { .. } | Self::Exists(_) | Self::Missing(_) | Self::Unreadable(_) => false,
        }
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::Unreadable(error.to_string())
    }
}
