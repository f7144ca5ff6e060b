//! The inbox, what fills it, and the runs that are followed.

use super::{
    error::ApiError,
    transport::{ActionKey, Api, Guard},
};
use model::RunId;
use model::notify::{Layer, MarkRead, Preferences, PreferencesBody, PreferencesView, Watch};

pub const PREFERENCES: &str = "/v1/notifications/preferences";

/// The address of one page, newest first.
pub fn list_path(only_unread: bool, cursor: &str) -> String {
    let unread = if only_unread { "true" } else { "" };
    crate::routes::with_query(
        "/v1/notifications",
        &[("unread", unread), ("limit", "50"), ("cursor", cursor)],
    )
}

pub async fn mark_read(api: Api, body: &MarkRead, key: &ActionKey) -> Result<(), ApiError> {
    api.post_quiet("/v1/notifications/read", body, Guard::once(key))
        .await
}

/// Replaces one layer.
pub async fn prefer(
    api: Api,
    layer: Layer,
    preferences: Preferences,
    key: &ActionKey,
) -> Result<PreferencesView, ApiError> {
    let body = PreferencesBody { layer, preferences };
    api.put(PREFERENCES, &body, Guard::once(key)).await
}

pub fn watch_path(run: &RunId) -> String {
    format!("/v1/runs/{run}/watch")
}

/// *Tell me when this changes*, or no longer.
pub async fn watch(
    api: Api,
    run: &RunId,
    watching: bool,
    key: &ActionKey,
) -> Result<Watch, ApiError> {
    api.put(&watch_path(run), &Watch { watching }, Guard::once(key))
        .await
}
