//! The console's files as they were built, with their compressed siblings.

use crate::api::problem::Error;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tower::ServiceExt;
use tower_http::services::ServeDir;

/// Nothing but the console's own files, no inline script, no frame around it, no request to anyone else.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; manifest-src 'self'";

/// Serves a console's folder; without one, a page that says what is missing.
#[derive(Clone)]
pub struct Console {
    dir: Option<Arc<Path>>,
}

impl Console {
    pub fn new(dir: Option<PathBuf>) -> Self {
        Self {
            dir: dir.map(Into::into),
        }
    }

    /// Answers everything that is not the API's. A path without an extension is one of the console's own routes, which only
    /// a browser asking for a page gets; a missing script is a 404 and never the page in its place.
    pub async fn answer(&self, request: Request) -> Response {
        let mut response = self.find(request).await;
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(POLICY),
        );
        headers.insert(
            "cross-origin-opener-policy",
            HeaderValue::from_static("same-origin"),
        );
        response
    }

    async fn find(&self, request: Request) -> Response {
        if request.method() != Method::GET && request.method() != Method::HEAD {
            return Error::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "The console's files can only be read.",
            )
            .into_response();
        }
        let Some(dir) = self
            .dir
            .as_deref()
            .filter(|dir| dir.join("index.html").is_file())
        else {
            return self.no_console(request.headers());
        };
        let path = request.uri().path();
        let name = path.rsplit('/').next().unwrap_or_default();
        if name.contains('.') {
            return file(dir, request).await;
        }
        if path == "/" || accepts_page(request.headers()) {
            let mut page = request;
            *page.uri_mut() = Uri::from_static("/index.html");
            return file(dir, page).await;
        }
        no_file(path)
    }

    fn no_console(&self, headers: &HeaderMap) -> Response {
        let why = match &self.dir {
            Some(dir) => format!(
                "There is no console in {}: the folder has no index.html. Build it with `cargo xtask run`, or start the \
                 runtime with --console and the folder it was built to.",
                dir.display()
            ),
            None => {
                "This runtime was started without --console, so it serves the API under /v1 only."
                    .to_owned()
            }
        };
        if !accepts_page(headers) {
            return Error::new(StatusCode::SERVICE_UNAVAILABLE, "no_console", why).into_response();
        }
        let page = format!(
            "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Signalbox: no console</title>\
             <h1>The console is not here</h1><p>{}</p></html>",
            escape(&why)
        );
        (
            StatusCode::SERVICE_UNAVAILABLE,
            [
                (header::CONTENT_TYPE, "text/html; charset=utf-8"),
                (header::CACHE_CONTROL, "no-store"),
            ],
            page,
        )
            .into_response()
    }
}

async fn file(dir: &Path, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let service = ServeDir::new(dir)
        .append_index_html_on_directories(false)
        .redirect_to_trailing_slash(false)
        .precompressed_br()
        .precompressed_gzip();
    let mut response = match service.oneshot(request).await {
        Ok(response) => response.map(Body::new),
        Err(never) => match never {},
    };
    if response.status() == StatusCode::NOT_FOUND {
        return no_file(&path);
    }
    response.headers_mut().insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static(if is_hashed(&path) {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        }),
    );
    response
}

fn no_file(path: &str) -> Response {
    Error::new(
        StatusCode::NOT_FOUND,
        "file_not_found",
        format!("The console has no file {path:?}. If a new version was installed meanwhile, reload the page."),
    )
    .into_response()
}

fn accepts_page(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

/// Whether the path holds a hash of the content, as in `/4f1d2a9b3c5e6f70/console.js`: such a file never changes.
fn is_hashed(path: &str) -> bool {
    path.split(['/', '-', '_', '.'])
        .any(|part| part.len() >= 12 && part.bytes().all(|b| b.is_ascii_hexdigit()))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hashed_names_are_kept_for_good() {
        assert!(is_hashed("/4f1d2a9b3c5e6f70/console_bg.wasm"));
        assert!(is_hashed("/signalbox-0123456789abcdef.css"));
        for name in ["/index.html", "/boot.js", "/favicon.svg", "/cafe.js"] {
            assert!(!is_hashed(name), "{name}");
        }
    }
}
