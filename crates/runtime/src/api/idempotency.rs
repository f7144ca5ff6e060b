//! `Idempotency-Key`: the same key with the same request gets the same answer, and the change happens once. The answer is
//! written in the transaction of the change itself.

use super::Api;
use super::context::{FirstTime, Scoped};
use super::extract;
use super::problem::{Error, Result};
use crate::auth::Caller;
use crate::store::record::IdempotencyRecord;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::sync::Arc;

const HEADER: &str = "idempotency-key";
const LONGEST: usize = 128;

pub async fn once(State(api): State<Api>, request: Request, next: Next) -> Response {
    if request.method() == Method::GET || !request.headers().contains_key(HEADER) {
        return next.run(request).await;
    }
    let (Some(caller), Some(scoped)) = (
        request.extensions().get::<Arc<Caller>>().cloned(),
        request.extensions().get::<Scoped>().cloned(),
    ) else {
        return next.run(request).await;
    };
    match prepare(request).await {
        Ok((first, request)) => {
            let key = IdempotencyRecord::key_of(&scoped.place, &caller.actor.id, &first.key);
            match kept(&api, &key, &first.fingerprint).await {
                Ok(Some(answer)) => return answer,
                Ok(None) => {}
                Err(error) => return error.into_response(),
            }
            let fingerprint = first.fingerprint.clone();
            let response = next.run(with(request, first)).await;
            if response.status().is_success() {
                return response;
            }
            // Somebody else may have sent the same a moment before: then their answer is the answer.
            match kept(&api, &key, &fingerprint).await {
                Ok(Some(answer)) => answer,
                Ok(None) | Err(_) => response,
            }
        }
        Err(error) => error.into_response(),
    }
}

fn with(mut request: Request, first: FirstTime) -> Request {
    request.extensions_mut().insert(first);
    request
}

async fn prepare(request: Request) -> Result<(FirstTime, Request)> {
    let key = request
        .headers()
        .get(HEADER)
        .and_then(|value| value.to_str().ok())
        .filter(|key| {
            !key.is_empty() && key.len() <= LONGEST && key.bytes().all(|b| b.is_ascii_graphic())
        })
        .map(str::to_owned)
        .ok_or_else(|| {
            Error::bad_request(
                "invalid_idempotency_key",
                format!("Idempotency-Key must be 1 to {LONGEST} visible ASCII characters."),
            )
            .missing("Idempotency-Key")
        })?;
    let (parts, body) = request.into_parts();
    let bytes = extract::read(body).await?;
    let mut hash = Sha256::new();
    for part in [
        parts.method.as_str().as_bytes(),
        parts.uri.path().as_bytes(),
        &bytes,
    ] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let fingerprint = hash
        .finalize()
        .iter()
        .fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
    Ok((
        FirstTime { key, fingerprint },
        Request::from_parts(parts, Body::from(bytes)),
    ))
}

async fn kept(api: &Api, key: &str, fingerprint: &str) -> Result<Option<Response>> {
    let Some(record) = api.store().get::<IdempotencyRecord>(key).await? else {
        return Ok(None);
    };
    let record = record.value;
    if record.expires_at <= api.now() {
        return Ok(None);
    }
    if record.fingerprint != fingerprint {
        return Err(Error::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "idempotency_key_reused",
            "This Idempotency-Key was used for another request. Use a new key for a new change.",
        )
        .missing("Idempotency-Key"));
    }
    let status = StatusCode::from_u16(record.status).unwrap_or(StatusCode::OK);
    let mut response = (status, extract::Json(record.body)).into_response();
    response.headers_mut().insert(
        header::HeaderName::from_static("idempotent-replayed"),
        HeaderValue::from_static("true"),
    );
    Ok(Some(response))
}
