//! What comes in with a request, read with errors a person can act on.

use super::problem::{Error, Result};
use axum::body::{Body, Bytes};
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequest, FromRequestParts, Path as AxumPath, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::api::FieldError;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The largest JSON body: a workflow or an input.
pub const BODY_LIMIT: usize = 1024 * 1024;

/// A JSON body. An empty one counts as `{}`, so that a move without options needs no body.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Error;

    async fn from_request(request: Request, _: &S) -> Result<Self> {
        let (parts, body) = request.into_parts();
        let bytes = read(body).await?;
        if bytes.is_empty() {
            return parse(b"{}").map(Json);
        }
        check_type(&parts.headers, "application/json")?;
        parse(&bytes).map(Json)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => (
                [
                    (header::CONTENT_TYPE, "application/json"),
                    (header::CACHE_CONTROL, "no-store"),
                ],
                body,
            )
                .into_response(),
            Err(cause) => Error::internal(&cause).into_response(),
        }
    }
}

/// The whole body, or 413.
pub async fn read(body: Body) -> Result<Bytes> {
    axum::body::to_bytes(body, BODY_LIMIT)
        .await
        .map_err(|cause| {
            if is_too_long(&cause) {
                too_large()
            } else {
                Error::bad_request(
                    "unreadable_body",
                    "The request's body ended before it was complete. Send it again.",
                )
            }
        })
}

fn is_too_long(cause: &axum::Error) -> bool {
    let mut source: Option<&dyn std::error::Error> = Some(cause);
    while let Some(error) = source {
        if error.is::<http_body_util::LengthLimitError>() {
            return true;
        }
        source = error.source();
    }
    false
}

pub fn too_large() -> Error {
    Error::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "body_too_large",
        "The body is larger than 1 MiB, which is the most a request may carry. Keep large values in files and name them in the input.",
    )
}

/// The body must be marked as `wanted`. Also keeps other sites' forms out: a browser sends those as text without asking first.
pub fn check_type(headers: &HeaderMap, wanted: &str) -> Result<()> {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .map(|value| value.split(';').next().unwrap_or_default().trim());
    match kind {
        Some(kind) if kind.eq_ignore_ascii_case(wanted) => Ok(()),
        Some(kind) => Err(Error::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            format!("The body is marked {kind:?}. Send it with Content-Type: {wanted}."),
        )
        .missing(format!("Content-Type: {wanted}"))),
        None => Err(Error::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            format!("The body has no type. Send it with Content-Type: {wanted}."),
        )
        .missing(format!("Content-Type: {wanted}"))),
    }
}

/// Reads JSON. Broken text is 400 with its line; a wrong shape is 422 with the pointer to it.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let at = pointer(error.path());
        wrong(error.inner(), at)
    })?;
    reader.end().map_err(|error| wrong(&error, String::new()))?;
    Ok(value)
}

fn wrong(error: &serde_json::Error, at: String) -> Error {
    use serde_json::error::Category;
    let message = sentence(&error.to_string());
    match error.classify() {
        Category::Data => Error::unprocessable(
            "invalid_body",
            if at.is_empty() {
                format!("The body does not have the shape this route takes: {message}")
            } else {
                format!("The body is wrong at {at}: {message}")
            },
            vec![FieldError {
                pointer: at,
                message,
                suggestion: None,
            }],
        ),
        Category::Syntax | Category::Eof | Category::Io => {
            // A word cut off by the line's end is reported at column 0 of the next line: it stands on the one before.
            let place = match (error.line(), error.column()) {
                (line @ 2.., 0) => format!("the end of line {}", line - 1),
                (line, column) => format!("line {line}, column {column}"),
            };
            let mut broken = Error::bad_request(
                "malformed_json",
                format!("The body is not JSON: {message} (at {place})."),
            );
            broken.push(FieldError {
                pointer: at,
                message: format!("{message} at {place}"),
                suggestion: None,
            });
            broken
        }
    }
}

/// serde's message without its own " at line 1 column 2".
fn sentence(message: &str) -> String {
    message
        .rsplit_once(" at line ")
        .map_or(message, |(head, _)| head)
        .to_owned()
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter().fold(String::new(), |mut text, segment| {
        match segment {
            Segment::Seq { index } => {
                text.push('/');
                text.push_str(&index.to_string());
            }
            Segment::Map { key } => {
                text.push('/');
                text.push_str(&key.replace('~', "~0").replace('/', "~1"));
            }
            Segment::Enum { .. } | Segment::Unknown => {}
        }
        text
    })
}

/// The parts of the path, decoded.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        AxumPath::<T>::from_request_parts(parts, state)
            .await
            .map(|AxumPath(value)| Self(value))
            .map_err(|rejection: PathRejection| {
                Error::bad_request(
                    "invalid_path",
                    format!("The address cannot be read: {}.", rejection.body_text()),
                )
            })
    }
}

/// The number in `If-Match`, without its quotes; `None` when the header is absent or `*`.
pub struct IfMatch(pub Option<u64>);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let Some(value) = parts.headers.get(header::IF_MATCH) else {
            return Ok(Self(None));
        };
        let text = value.to_str().unwrap_or_default().trim();
        if text == "*" {
            return Ok(Self(None));
        }
        text.trim_start_matches("W/")
            .trim_matches('"')
            .parse()
            .map(|number| Self(Some(number)))
            .map_err(|_| {
                Error::bad_request(
                    "invalid_if_match",
                    format!(
                        "If-Match must be the number you last saw, such as \"42\"; it is {text:?}."
                    ),
                )
                .missing("If-Match")
            })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use model::api::TaskBody;

    #[test]
    fn a_wrong_field_is_named_by_its_pointer() {
        let error = parse::<TaskBody>(br#"{"approved": "yes"}"#)
            .map(|_| ())
            .unwrap_err();
        assert_eq!(error.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(error.problem().errors[0].pointer, "/approved");
    }

    #[test]
    fn broken_text_is_named_by_its_line() {
        let error = parse::<TaskBody>(b"{\n  \"approved\": tru\n}")
            .map(|_| ())
            .unwrap_err();
        assert_eq!(error.status(), StatusCode::BAD_REQUEST);
        assert!(error.problem().detail.contains("line 2"), "{error}");
    }

    #[test]
    fn text_after_the_value_is_refused() {
        assert!(parse::<TaskBody>(br#"{"approved": true} {}"#).is_err());
    }

    #[test]
    fn a_hundred_thousand_brackets_end_in_an_error_and_not_in_a_crash() {
        let deep = format!("{{\"approved\":true,\"result\":{}", "[".repeat(100_000));
        let error = parse::<TaskBody>(deep.as_bytes()).map(|_| ()).unwrap_err();
        assert_eq!(error.code(), "malformed_json");
    }
}
