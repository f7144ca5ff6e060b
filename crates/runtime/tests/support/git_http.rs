#![allow(clippy::unwrap_used)]
//! A repository over real HTTP, served by git itself.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use tokio::io::AsyncWriteExt;

pub struct GitServer {
    pub url: String,
    _folder: tempfile::TempDir,
    /// The `Authorization` of each request.
    pub seen: Arc<Mutex<Vec<Option<String>>>>,
}

#[derive(Clone)]
struct Serving {
    root: PathBuf,
    wants: Option<&'static str>,
    seen: Arc<Mutex<Vec<Option<String>>>>,
}

fn git(at: &Path, args: &[&str]) {
    let done = Command::new("git")
        .current_dir(at)
        .args(["-c", "user.name=Test", "-c", "user.email=test@example.com"])
        .args(["-c", "init.defaultBranch=main"])
        .args(args)
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "{args:?}: {}",
        String::from_utf8_lossy(&done.stderr)
    );
}

impl GitServer {
    /// Serves one repository with a branch `main` and a tag `v1`; to those who send `wants`, where that is given.
    pub async fn start(wants: Option<&'static str>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let work = folder.path().join("work");
        std::fs::create_dir(&work).unwrap();
        git(&work, &["init", "-q"]);
        std::fs::write(work.join("README.md"), "First\n").unwrap();
        git(&work, &["add", "."]);
        git(&work, &["commit", "-qm", "First"]);
        git(&work, &["tag", "v1"]);
        std::fs::write(work.join("README.md"), "Second\n").unwrap();
        git(&work, &["commit", "-qam", "Second"]);
        git(
            folder.path(),
            &["clone", "-q", "--bare", "work", "repo.git"],
        );
        let seen = Arc::default();
        let serving = Serving {
            root: folder.path().to_owned(),
            wants,
            seen: Arc::clone(&seen),
        };
        let router = Router::new().fallback(answer).with_state(serving);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/repo.git", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self {
            url,
            _folder: folder,
            seen,
        }
    }
}

async fn answer(State(serving): State<Serving>, request: Request<Body>) -> Response {
    let (request, body) = request.into_parts();
    let header = |name: &str| {
        let value = request.headers.get(name);
        value
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default()
            .to_owned()
    };
    let given = Some(header("authorization")).filter(|given| !given.is_empty());
    serving.seen.lock().unwrap().push(given.clone());
    if serving.wants.is_some() && given.as_deref() != serving.wants {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let mut backend = tokio::process::Command::new("git");
    backend
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", &serving.root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("PATH_INFO", request.uri.path())
        .env("QUERY_STRING", request.uri.query().unwrap_or_default())
        .env("REQUEST_METHOD", request.method.as_str())
        .env("CONTENT_TYPE", header("content-type"))
        .env("HTTP_CONTENT_ENCODING", header("content-encoding"))
        .env("GIT_PROTOCOL", header("git-protocol"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut backend = backend.spawn().unwrap();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let mut input = backend.stdin.take().unwrap();
    input.write_all(&body).await.unwrap();
    drop(input);
    let output = backend.wait_with_output().await.unwrap().stdout;
    let end = output.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
    let mut response = Response::new(Body::from(Bytes::copy_from_slice(&output[end + 4..])));
    for line in String::from_utf8_lossy(&output[..end]).lines() {
        let (name, value) = line.split_once(": ").unwrap();
        if name == "Status" {
            *response.status_mut() = value[..3].parse().unwrap();
        } else {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            response
                .headers_mut()
                .insert(name, HeaderValue::from_str(value).unwrap());
        }
    }
    response
}
