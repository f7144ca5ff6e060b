//! Conversations with agents.

use super::{
    error::ApiError,
    runs::step_part,
    transport::{ActionKey, Api, Guard},
};
use model::api::{ChatBody, Moved};
use model::{RunId, StepPath};

/// Writes to the agent of a step.
pub async fn write(
    api: Api,
    run: &RunId,
    step: &StepPath,
    message: String,
    key: &ActionKey,
) -> Result<Moved, ApiError> {
    api.post(
        &step_part(run, step, "/chat"),
        &ChatBody { message },
        Guard::once(key),
    )
    .await
}
