//! Every error of the API, as `application/problem+json` (RFC 9457).

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::access::Denied;
use model::api::{FieldError, Problem};

/// What a handler answers when it cannot do what it was asked.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}", .0.detail)]
pub struct Error(Box<Problem>);

pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// `code` is the stable word for programs, `detail` the sentences for a person.
    pub fn new(status: StatusCode, code: &str, detail: impl Into<String>) -> Self {
        Self(Box::new(Problem {
            kind: format!("/problems/{code}"),
            title: status.canonical_reason().unwrap_or("Error").to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
            code: code.to_owned(),
            ..Problem::default()
        }))
    }

    pub fn bad_request(code: &str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    pub fn unauthorized(code: &str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code, detail)
    }

    /// `missing` names the role, scope, header or context that would have allowed it.
    pub fn forbidden(code: &str, missing: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, detail).missing(missing)
    }

    /// Also the answer for what belongs to somebody else: nobody learns that it exists.
    pub fn not_found(what: &str, id: &str) -> Self {
        let code = format!("{}_not_found", what.replace(' ', "_"));
        Self::new(
            StatusCode::NOT_FOUND,
            &code,
            format!("There is no {what} {id:?} in this project."),
        )
    }

    pub fn conflict(code: &str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// The body is readable but says something that cannot be.
    pub fn unprocessable(code: &str, detail: impl Into<String>, errors: Vec<FieldError>) -> Self {
        let mut error = Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail);
        error.0.errors = errors;
        error
    }

    /// One wrong field: `pointer` is a JSON pointer into the body, or the name of a query parameter or header.
    pub fn field(code: &str, pointer: impl Into<String>, message: impl Into<String>) -> Self {
        let message = message.into();
        Self::unprocessable(
            code,
            message.clone(),
            vec![FieldError {
                pointer: pointer.into(),
                message,
                suggestion: None,
            }],
        )
    }

    /// A query parameter that cannot be read.
    pub fn query(name: &str, message: impl Into<String>, suggestion: Option<String>) -> Self {
        let message = message.into();
        let mut error = Self::bad_request(
            "invalid_query",
            format!("The query parameter {name:?} is wrong: {message}"),
        );
        error.push(FieldError {
            pointer: name.to_owned(),
            message,
            suggestion,
        });
        error
    }

    /// A fault of the runtime itself. What happened goes to the log, never into the answer.
    pub fn internal(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(%cause, "a request failed inside");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Signalbox could not do this because of a fault of its own. Nothing was changed. Try again; if it stays, report the request id.",
        )
    }

    pub fn push(&mut self, error: FieldError) {
        self.0.errors.push(error);
    }

    pub fn missing(mut self, what: impl Into<String>) -> Self {
        self.0.missing = Some(what.into());
        self
    }

    /// What stands now, so that a client that lost a race can go on without asking again.
    pub fn current(mut self, now: impl serde::Serialize) -> Self {
        self.0.current = serde_json::to_value(now).ok();
        self
    }

    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.0.retry_after_s = Some(seconds);
        self
    }

    pub fn problem(&self) -> &Problem {
        &self.0
    }

    pub fn code(&self) -> &str {
        &self.0.code
    }

    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The request's id, so that a person who reports the error names the line in the log.
    pub fn request_id(mut self, id: &str) -> Self {
        self.0.request_id = Some(id.to_owned());
        self
    }
}

impl From<Denied> for Error {
    fn from(denied: Denied) -> Self {
        let (code, missing) = match denied {
            Denied::Role(role) => ("missing_role", role.as_str()),
            Denied::Scope(scope) => ("missing_scope", scope.as_str()),
        };
        Self::forbidden(code, missing, denied.to_string())
    }
}

impl IntoResponse for Error {
    /// The error itself travels in the extensions, for whoever adds the request's id.
    fn into_response(self) -> Response {
        let status = self.status();
        let body = serde_json::to_vec(&self.0).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.0.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"signalbox\""),
            );
        }
        response.extensions_mut().insert(self);
        response
    }
}
