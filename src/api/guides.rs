//! The guides' texts: files beside the console, loaded when one is read.

use super::{error::ApiError, transport::Api};
use crate::routes::Guide;

/// A guide's file, from the root of the console.
pub fn path(guide: Guide) -> String {
    format!("/help/{}.md", guide.slug())
}

/// The guide as markdown.
pub async fn text(api: Api, guide: Guide) -> Result<String, ApiError> {
    api.file(&path(guide)).await
}

/// A file came that is no guide: as a rule the page that a server sends for addresses it does not know.
pub fn unreadable(guide: Guide, why: &str) -> ApiError {
    ApiError::Unreadable {
        asked: format!("GET {}", path(guide)),
        status: 200,
        why: why.to_owned(),
    }
}
