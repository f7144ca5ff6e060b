//! Decisions that runs wait for.

use super::{
    error::ApiError,
    transport::{ActionKey, Api, Guard},
};
use model::api::{Moved, SkipTask, TaskBody};
use model::{RunId, TaskId};

/// Approves or rejects.
pub async fn complete(
    api: Api,
    run: &RunId,
    task: &TaskId,
    body: &TaskBody,
    key: &ActionKey,
) -> Result<Moved, ApiError> {
    api.post(
        &format!("/v1/runs/{run}/tasks/{task}/complete"),
        body,
        Guard::once(key),
    )
    .await
}

/// Goes on without a decision.
pub async fn skip(
    api: Api,
    run: &RunId,
    task: &TaskId,
    comment: Option<String>,
    key: &ActionKey,
) -> Result<Moved, ApiError> {
    api.post(
        &format!("/v1/runs/{run}/tasks/{task}/skip"),
        &SkipTask { comment },
        Guard::once(key),
    )
    .await
}
