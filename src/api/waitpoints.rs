//! Waits that the outside resolves.

use super::{
    error::ApiError,
    transport::{ActionKey, Api, Guard},
};
use model::api::WaitpointClosed;
use serde_json::Value;

pub const LIST: &str = "/v1/waitpoints/tokens";

/// The address of one page, newest first; all states where `state` is empty.
pub fn list_path(state: &str, cursor: &str) -> String {
    crate::routes::with_query(
        LIST,
        &[("state", state), ("limit", "100"), ("cursor", cursor)],
    )
}

/// Completes the token with a body, which becomes the step's result.
pub async fn complete(
    api: Api,
    token: &str,
    body: &Value,
    key: &ActionKey,
) -> Result<WaitpointClosed, ApiError> {
    api.post(&format!("{LIST}/{token}/complete"), body, Guard::once(key))
        .await
}

/// Ends the wait as if its time were over.
pub async fn timeout(api: Api, token: &str, key: &ActionKey) -> Result<WaitpointClosed, ApiError> {
    api.post(
        &format!("{LIST}/{token}/timeout"),
        &serde_json::json!({}),
        Guard::once(key),
    )
    .await
}
