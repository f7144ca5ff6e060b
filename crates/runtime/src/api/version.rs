//! Which build answers; a console that was loaded from another one says so.

use super::Api;
use super::extract::Json;
use axum::extract::State;
use model::api::Version;

#[utoipa::path(get, path = "/v1/version", tag = "session", responses((status = 200, body = Version)))]
pub async fn version(State(api): State<Api>) -> Json<Version> {
    Json(Version {
        build: api.config().build.clone(),
    })
}
