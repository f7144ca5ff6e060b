//! Model providers.

use super::{
    error::ApiError,
    transport::{ActionKey, Api, Guard},
};
use model::api::{Changed, Provider, ProviderPatch};

pub const LIST: &str = "/v1/providers";

pub async fn change(
    api: Api,
    provider: &str,
    patch: &ProviderPatch,
    key: &ActionKey,
) -> Result<Changed<Provider>, ApiError> {
    api.patch(&format!("{LIST}/{provider}"), patch, Guard::once(key))
        .await
}

/// Asks the provider now whether it answers.
pub async fn check(
    api: Api,
    provider: &str,
    key: &ActionKey,
) -> Result<Changed<Provider>, ApiError> {
    let nothing = serde_json::json!({});
    api.post(
        &format!("{LIST}/{provider}/check"),
        &nothing,
        Guard::once(key),
    )
    .await
}
