//! Files and values that runs produced.

use super::transport::Api;
use model::{ArtifactId, RunId};

/// The address of an artifact's content, as a link or an image names it.
pub fn content(api: Api, run: &RunId, artifact: &ArtifactId) -> String {
    api.direct(&content_path(run, artifact))
}

/// The address of an artifact's content, for a request.
pub fn content_path(run: &RunId, artifact: &ArtifactId) -> String {
    format!("/v1/runs/{run}/artifacts/{artifact}/content")
}
