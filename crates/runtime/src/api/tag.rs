//! What a browser has already is not sent again.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::fmt;

/// What tells one state of an answer from another. Weak: it may go out compressed.
pub struct Tag(String);

impl Tag {
    pub fn new(state: impl fmt::Display) -> Self {
        Self(format!("W/\"{state}\""))
    }

    /// Whether who asks has the answer in this state.
    pub fn is_had(&self, asked: &HeaderMap) -> bool {
        let has = asked.get(header::IF_NONE_MATCH);
        has.is_some_and(|has| has.as_bytes() == self.0.as_bytes())
    }

    pub fn not_modified(self) -> Response {
        self.mark(StatusCode::NOT_MODIFIED.into_response())
    }

    /// The answer, to be kept and asked about again.
    pub fn mark(self, mut response: Response) -> Response {
        let headers = response.headers_mut();
        headers.insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-cache"),
        );
        if let Ok(tag) = HeaderValue::from_str(&self.0) {
            headers.insert(header::ETAG, tag);
        }
        response
    }
}
