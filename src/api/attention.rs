//! The Command Center's items: put off, put away, assigned.

use super::{
    error::ApiError,
    transport::{ActionKey, Api, Guard},
};
use model::Timestamp;
use model::api::{Assign, Dismiss, Snooze};

/// The address of the Command Center.
pub fn path(unresolved: bool) -> String {
    if unresolved {
        "/v1/command-center?unresolved=true"
    } else {
        "/v1/command-center"
    }
    .to_owned()
}

/// Takes the item off until `until`.
pub async fn snooze(api: Api, id: &str, until: Timestamp, key: &ActionKey) -> Result<(), ApiError> {
    api.post_quiet(
        &format!("/v1/attention/{id}/snooze"),
        &Snooze { until },
        Guard::once(key),
    )
    .await
}

/// Takes the item off for good.
pub async fn dismiss(api: Api, id: &str, reason: &str, key: &ActionKey) -> Result<(), ApiError> {
    api.post_quiet(
        &format!("/v1/attention/{id}/dismiss"),
        &Dismiss {
            reason: reason.to_owned(),
        },
        Guard::once(key),
    )
    .await
}

/// Gives the item to who asks, or takes it back with `nobody`.
pub async fn assign(api: Api, id: &str, nobody: bool, key: &ActionKey) -> Result<(), ApiError> {
    api.post_quiet(
        &format!("/v1/attention/{id}/assign"),
        &Assign { user: None, nobody },
        Guard::once(key),
    )
    .await
}
