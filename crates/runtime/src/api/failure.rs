//! What the store and the host say no with, as problems.

use super::problem::Error;
use crate::host::HostError;
use crate::store::StoreError;
use axum::http::StatusCode;
use engine::Refusal;
use model::api::FieldError;

/// How long a client should wait for a disk or a database.
const STORE_WAIT_S: u64 = 5;

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Stale { .. } => Self::conflict("stale_revision", error.to_string()),
            StoreError::Exists(_) => Self::conflict("already_exists", error.to_string()),
            StoreError::Missing(_) => {
                Self::new(StatusCode::NOT_FOUND, "not_found", error.to_string())
            }
            StoreError::Unavailable { .. } => {
                tracing::error!(%error, "the store cannot be reached");
                Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "store_unavailable",
                    "Signalbox cannot reach its data: the disk may be full or the database locked. Nothing was changed. What is \
                     shown stays readable; try again when the cause is gone.",
                )
                .retry_after(STORE_WAIT_S)
            }
            StoreError::Unreadable(_) => Self::internal(&error),
        }
    }
}

impl From<HostError> for Error {
    fn from(error: HostError) -> Self {
        match error {
            HostError::Refused(refusal) => refusal.into(),
            HostError::Stale { current } => Self::conflict(
                "stale_sequence",
                format!(
                    "The run has moved on since you last saw it: its journal stands at {current}. Look at it again before you \
                     decide."
                ),
            ),
            HostError::NotFound => Self::new(
                StatusCode::NOT_FOUND,
                "run_not_found",
                "There is no such run in this project.",
            ),
            HostError::NoWorkflow(why) => Self::conflict("workflow_not_startable", why),
            HostError::Store(error) => error.into(),
            HostError::Stopping => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "stopping",
                "Signalbox is shutting down. Try again when it has started again.",
            )
            .retry_after(STORE_WAIT_S),
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotLegal(why) => Self::conflict("move_not_legal", why),
            Refusal::Invalid { pointer, message } => Self::unprocessable(
                "invalid_body",
                message.clone(),
                vec![FieldError {
                    pointer,
                    message,
                    suggestion: None,
                }],
            ),
        }
    }
}
