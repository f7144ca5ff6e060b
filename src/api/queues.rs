//! Queues.

use super::{
    error::ApiError,
    transport::{ActionKey, Api, Guard},
};
use model::api::QueueRow;

pub const LIST: &str = "/v1/queues";

/// Lets nothing more out of a queue, or lets it out again.
pub async fn pause(
    api: Api,
    queue: &str,
    paused: bool,
    key: &ActionKey,
) -> Result<QueueRow, ApiError> {
    let word = if paused { "pause" } else { "resume" };
    let nothing = serde_json::json!({});
    api.post(
        &format!("{LIST}/{queue}/{word}"),
        &nothing,
        Guard::once(key),
    )
    .await
}
