//! The HTTP listener: what stands around the API's router when it is reached over a network.

pub mod console;
pub mod courier;
pub mod credentials;
pub mod first_start;
pub mod keyring;
pub mod limits;
mod listen;
mod oauth;
pub mod probes;
mod rounds;
pub mod running;
pub mod services;
pub mod setups;

pub use listen::listen;

use crate::api::problem::Error;
use crate::api::{Api, request_id};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use console::Console;
use futures_util::StreamExt;
use limits::Limits;
use std::any::Any;
use std::time::Duration;
use tokio::sync::watch;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use tower_http::compression::{CompressionLayer, CompressionLevel};
use tower_http::csrf::{CsrfLayer, ProtectionError};

/// The longest time until an answer begins. A stream's answer begins at once.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The whole site: the API, the console's files, and the layers around both. `ended` turns true when the runtime is about to
/// stop; open streams end then.
pub fn site(
    api: Api,
    console: Console,
    limits: Limits,
    loopback: bool,
    ended: watch::Receiver<bool>,
) -> Router {
    let files = console.clone();
    let site = crate::api::router(api.clone())
        .fallback(move |request: Request| {
            let files = files.clone();
            async move {
                if request.uri().path().starts_with("/v1") {
                    crate::api::no_such_route(request.uri().path()).into_response()
                } else {
                    files.answer(request).await
                }
            }
        })
        .layer(middleware::from_fn(in_time))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(CsrfLayer::new().with_rejection_response(cross_site))
        .layer(middleware::from_fn_with_state(limits, limits::limit));
    let site = if loopback {
        site.layer(middleware::from_fn(own_host))
    } else {
        site
    };
    // The request's id is written into problems, so it stands inside of what compresses them.
    site.layer(middleware::from_fn_with_state(ended, end_streams))
        .layer(middleware::from_fn_with_state(api, request_id::assign))
        .layer(middleware::map_response(common_headers))
        .layer(
            CompressionLayer::new()
                // Browsers take zstd first: a third of Brotli's time for 4.6 MB, and a quarter less is left.
                .quality(CompressionLevel::Precise(3))
                .compress_when(
                    DefaultPredicate::new().and(NotForContentType::const_new("text/event-stream")),
                ),
        )
}

async fn common_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    headers
        .entry("cross-origin-resource-policy")
        .or_insert(HeaderValue::from_static("same-origin"));
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(
            "default-src 'none'; frame-ancestors 'none'",
        ));
    response
}

/// A page of another site whose name was made to point here still names itself in `Host`.
async fn own_host(request: Request, next: Next) -> Response {
    let host = request
        .uri()
        .host()
        .or_else(|| {
            let host = request.headers().get(header::HOST)?.to_str().ok()?;
            Some(without_port(host))
        })
        .unwrap_or_default();
    if matches!(host, "127.0.0.1" | "localhost" | "[::1]") {
        return next.run(request).await;
    }
    Error::new(
        StatusCode::MISDIRECTED_REQUEST,
        "wrong_host",
        format!("This runtime listens on this machine only and answers to 127.0.0.1 and localhost, not to {host:?}."),
    )
    .missing("Host")
    .into_response()
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

fn cross_site(_: ProtectionError) -> Response {
    Error::forbidden(
        "cross_site",
        "Origin",
        "This request came from a page of another site, so it was not carried out.",
    )
    .into_response()
}

async fn in_time(request: Request, next: Next) -> Response {
    // An import lasts as long as its journal is, and gives up by itself when nothing comes.
    if request.uri().path() == crate::api::IMPORT {
        return next.run(request).await;
    }
    match tokio::time::timeout(TIMEOUT, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Error::new(
            StatusCode::GATEWAY_TIMEOUT,
            "timeout",
            "The answer took longer than 30 seconds, so the request was given up. It may still have been carried out: look \
             before you repeat it, or repeat it with the same Idempotency-Key.",
        )
        .into_response(),
    }
}

fn panicked(cause: Box<dyn Any + Send + 'static>) -> Response {
    let cause = cause
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| cause.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without words");
    Error::internal(&cause).into_response()
}

/// Lets a graceful stop end: a stream would stay open for as long as its reader.
async fn end_streams(
    State(mut ended): State<watch::Receiver<bool>>,
    request: Request,
    next: Next,
) -> Response {
    let response = next.run(request).await;
    let is_stream = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
    if !is_stream {
        return response;
    }
    response.map(|body| {
        let stop = async move {
            // The sender going away means the same.
            let _ = ended.wait_for(|ended| *ended).await;
        };
        Body::from_stream(body.into_data_stream().take_until(Box::pin(stop)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_500_that_keeps_its_cause_to_itself() {
        let response = panicked(Box::new("the password is swordfish"));
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let error = response.extensions().get::<Error>();
        assert!(error.is_some_and(|error| !error.to_string().contains("swordfish")));
    }

    #[test]
    fn a_port_is_not_part_of_the_name() {
        assert_eq!(without_port("127.0.0.1:4317"), "127.0.0.1");
        assert_eq!(without_port("localhost"), "localhost");
        assert_eq!(without_port("[::1]:80"), "[::1]");
        assert_eq!(without_port("evil.example:80"), "evil.example");
    }
}
