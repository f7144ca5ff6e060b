//! Where a tenant's reports go.

use super::{
    error::ApiError,
    transport::{ActionKey, Api, Guard},
};
use model::api::Changed;
use model::report::{NewSupportTarget, SupportTarget};

pub const TARGET: &str = "/v1/reports/target";

/// Replaces the target. With an address that reports are posted to, the answer holds a new secret for it.
pub async fn set_target(
    api: Api,
    target: &SupportTarget,
    key: &ActionKey,
) -> Result<Changed<NewSupportTarget>, ApiError> {
    api.put(TARGET, target, Guard::once(key)).await
}
