//! A name for each request: in the answer, in problems, in the audit entry and in the log.

use super::Api;
use super::problem::Error;
use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

const HEADER: &str = "x-request-id";

/// The request's id: the caller's own, when it is a decent one, else a new one.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// Gives the request its id, and writes the id into what comes back.
pub async fn assign(State(api): State<Api>, mut request: Request, next: Next) -> Response {
    let id = request
        .headers()
        .get(HEADER)
        .and_then(|value| value.to_str().ok())
        .filter(|text| is_decent(text))
        .map_or_else(|| api.host().new_id("req_"), str::to_owned);
    request.extensions_mut().insert(RequestId(id.clone()));
    let mut response = next.run(request).await;
    if let Some(error) = response.extensions_mut().remove::<Error>() {
        let headers = std::mem::take(response.headers_mut());
        response = error.request_id(&id).into_response();
        response.extensions_mut().remove::<Error>();
        for (name, value) in &headers {
            if name != axum::http::header::CONTENT_LENGTH {
                response.headers_mut().insert(name, value.clone());
            }
        }
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}

fn is_decent(text: &str) -> bool {
    (8..=64).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}
