//! The console's files, and the first start.

use crate::support::{Server, Wish, http, raw};
use reqwest::header::HeaderMap;
use reqwest::{RequestBuilder, StatusCode};
use serde_json::json;
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

const HASHED: &str = "console-0123456789abcdef.js";

/// A built console, in miniature.
fn console() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &[u8]| fs::write(dir.path().join(name), text).unwrap();
    write("index.html", b"<!doctype html><title>Signalbox</title>");
    write("boot.js", b"boot();");
    write(HASHED, b"run();");
    write(&format!("{HASHED}.br"), b"brotli bytes");
    write(&format!("{HASHED}.gz"), b"gzip bytes");
    write("console-0123456789abcdef_bg.wasm", b"\0asm");
    dir
}

async fn get(
    server: &Server,
    path: &str,
    change: impl FnOnce(RequestBuilder) -> RequestBuilder,
) -> (StatusCode, HeaderMap, String) {
    raw(change(http().get(format!("{}{path}", server.base)))).await
}

fn page(request: RequestBuilder) -> RequestBuilder {
    request.header("Accept", "text/html,application/xhtml+xml")
}

async fn with_console(dir: &TempDir) -> Server {
    Server::with(Wish {
        console: Some(dir.path().to_owned()),
        ..Wish::default()
    })
    .await
}

#[tokio::test]
async fn the_page_is_strict_and_never_old() {
    let dir = console();
    let server = with_console(&dir).await;
    for path in [
        "/",
        "/index.html",
        "/local/main/runs",
        "/local/main/runs/run_1?tab=events",
        "/sign-in",
    ] {
        let (status, headers, text) = get(&server, path, page).await;
        assert_eq!(status, 200, "{path}");
        assert!(text.contains("<title>Signalbox"), "{path}");
        assert_eq!(headers["cache-control"], "no-cache", "{path}");
        let policy = headers["content-security-policy"].to_str().unwrap();
        for rule in [
            "default-src 'none'",
            "script-src 'self' 'wasm-unsafe-eval'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ] {
            assert!(policy.contains(rule), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
        // Nothing but this origin is ever asked, whatever the page says.
        for source in policy
            .split(';')
            .flat_map(|rule| rule.split_whitespace().skip(1))
        {
            let own = ["'self'", "'none'", "'wasm-unsafe-eval'", "data:"];
            assert!(own.contains(&source), "{path}: {source} in {policy}");
        }
        assert_eq!(headers["cross-origin-opener-policy"], "same-origin");
    }
    let (_, headers, _) = get(&server, "/boot.js", |r| r).await;
    assert_eq!(headers["cache-control"], "no-cache");
}

#[tokio::test]
async fn hashed_files_are_kept_for_good_and_come_compressed() {
    let dir = console();
    let server = with_console(&dir).await;
    let path = format!("/{HASHED}");
    let (status, headers, _) = get(&server, &path, |r| r).await;
    assert_eq!(status, 200);
    assert_eq!(
        headers["cache-control"],
        "public, max-age=31536000, immutable"
    );
    assert_eq!(headers["content-type"], "text/javascript");
    for (encoding, body) in [("br", "brotli bytes"), ("gzip", "gzip bytes")] {
        let (_, headers, text) =
            get(&server, &path, |r| r.header("Accept-Encoding", encoding)).await;
        assert_eq!(headers["content-encoding"], encoding);
        assert_eq!(text, body);
        assert!(
            headers["vary"]
                .to_str()
                .unwrap()
                .to_lowercase()
                .contains("accept-encoding")
        );
    }
    let (_, headers, _) = get(&server, "/console-0123456789abcdef_bg.wasm", |r| r).await;
    assert_eq!(headers["content-type"], "application/wasm");
}

#[tokio::test]
async fn an_unchanged_page_is_not_sent_again() {
    let dir = console();
    let server = with_console(&dir).await;
    let (_, headers, _) = get(&server, "/", page).await;
    let tag = headers["etag"].to_str().unwrap().to_owned();
    let (status, _, text) = get(&server, "/", |r| page(r).header("If-None-Match", &tag)).await;
    assert_eq!((status.as_u16(), text.as_str()), (304, ""));
}

#[tokio::test]
async fn a_missing_file_is_a_404_and_never_the_page() {
    let dir = console();
    let server = with_console(&dir).await;
    for path in [
        "/gone-fedcba9876543210.js",
        "/gone.wasm",
        "/gone.css",
        "/../secret.txt",
        "/%2e%2e/signalbox.db",
        "/favicon.ico",
    ] {
        let (status, _, text) = get(&server, path, page).await;
        assert_eq!(status, 404, "{path}");
        assert!(!text.contains("<title>"), "{path}");
    }
    let (status, _, _) = get(&server, "/local/main/runs", |r| {
        r.header("Accept", "application/json")
    })
    .await;
    assert_eq!(status, 404);
    let posted = raw(http().post(format!("{}/local/main/runs", server.base))).await;
    assert_eq!(posted.0, 405);
}

#[tokio::test]
async fn without_a_console_a_page_says_what_to_do() {
    let empty = tempfile::tempdir().unwrap();
    let server = with_console(&empty).await;
    let (status, headers, text) = get(&server, "/", page).await;
    assert_eq!(status, 503);
    assert!(
        headers["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/html")
    );
    assert!(text.contains("cargo xtask run"), "{text}");
    let none = Server::new().await;
    let (status, _, text) = get(&none, "/", page).await;
    assert_eq!(status, 503);
    assert!(text.contains("--console"), "{text}");
}

#[tokio::test]
async fn a_new_data_folder_gets_the_examples_once() {
    let examples = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let server = Server::with(Wish {
        examples: Some(examples.clone()),
        ..Wish::default()
    })
    .await;
    let admin = server.admin().await;
    let list = admin.get("/v1/workflows").await;
    let names: Vec<&str> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names.len(),
        fs::read_dir(&examples)
            .unwrap()
            .filter(|e| e.as_ref().unwrap().path().join("workflow.json").is_file())
            .count()
    );
    assert!(names.contains(&"RFQ draft"));
    for row in list["items"].as_array().unwrap() {
        assert_eq!(
            (&row["version"], &row["has_draft"]),
            (&json!(1), &json!(false)),
            "{row}"
        );
        let id = row["id"].as_str().unwrap();
        let report = admin
            .post(&format!("/v1/workflows/{id}/validate"), json!({}))
            .await;
        assert_eq!(report["errors"], json!([]), "{row}");
    }
    assert!(
        server
            .data()
            .join("files/local/main/rfq/2231/request.md")
            .is_file()
    );
    let id = list["items"][0]["id"].as_str().unwrap();
    admin.try_delete(&format!("/v1/workflows/{id}")).await;

    let token = admin.token.clone().unwrap();
    let data = server.restart().await.stop().await;
    let server = Server::with(Wish {
        data: Some(data),
        examples: Some(examples),
        ..Wish::default()
    })
    .await;
    let list = server.client(token).get("/v1/workflows").await;
    assert_eq!(
        list["count"],
        json!(names.len() - 1),
        "what was archived came back"
    );
}
