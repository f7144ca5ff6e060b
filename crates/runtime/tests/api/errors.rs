//! Hostile and broken requests: each ends in a problem that says what to do.

use crate::support::{Client, Server, Wish, answer, echo, http, raw};
use reqwest::Method;
use serde_json::{Value, json};

fn post(client: &Client, path: &str, body: impl Into<reqwest::Body>) -> reqwest::RequestBuilder {
    client
        .request(Method::POST, path)
        .header("Content-Type", "application/json")
        .body(body)
}

#[tokio::test]
async fn unknown_routes_and_methods_are_problems() {
    let server = Server::new().await;
    let admin = server.admin().await;
    for path in [
        "/v1",
        "/v1/",
        "/v1/nope",
        "/v1/runs/run_1/nope",
        "/v1/../v1/x",
    ] {
        let (status, problem) = admin.try_get(path).await;
        assert_eq!(status, 404, "{path}");
        assert!(
            problem["request_id"].as_str().unwrap().starts_with("req_"),
            "{path}"
        );
    }
    let (status, headers, text) = raw(admin.request(Method::PUT, "/v1/runs")).await;
    let problem: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (status.as_u16(), &problem["code"]),
        (405, &json!("method_not_allowed"))
    );
    assert!(headers["allow"].to_str().unwrap().contains("GET"));
}

#[tokio::test]
async fn broken_json_is_named_by_line_and_wrong_shapes_by_pointer() {
    let server = Server::new().await;
    let admin = server.admin().await;
    for broken in [
        "{",
        "{\"title\": }",
        "nonsense",
        "{\"title\": \"a\"} extra",
        "\u{feff}{}",
    ] {
        let (status, problem) = answer(post(&admin, "/v1/missions", broken)).await;
        assert_eq!(
            (status, &problem["code"]),
            (400, &json!("malformed_json")),
            "{broken:?}"
        );
        assert!(
            problem["detail"].as_str().unwrap().contains("line 1"),
            "{problem}"
        );
    }
    for (wrong, pointer) in [
        ("[]", ""),
        ("{\"title\": 7}", "/title"),
        ("{}", ""),
        ("{\"title\": \"a\", \"x\": 1}", "/x"),
    ] {
        let (status, problem) = answer(post(&admin, "/v1/missions", wrong)).await;
        assert_eq!(
            (status, &problem["code"]),
            (422, &json!("invalid_body")),
            "{wrong}: {problem}"
        );
        assert_eq!(
            problem["errors"][0]["pointer"], pointer,
            "{wrong}: {problem}"
        );
    }
}

#[tokio::test]
async fn a_body_that_is_not_json_is_refused_by_its_type() {
    let server = Server::new().await;
    let admin = server.admin().await;
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ] {
        let request = admin
            .request(Method::POST, "/v1/missions")
            .header("Content-Type", kind)
            .body("{\"title\": \"a\"}");
        let (status, problem) = answer(request).await;
        assert_eq!(
            (status, &problem["code"]),
            (415, &json!("unsupported_media_type")),
            "{kind}"
        );
    }
}

#[tokio::test]
async fn a_huge_body_is_a_413() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let huge = format!("{{\"title\": \"{}\"}}", "x".repeat(1024 * 1024));
    let (status, problem) = answer(post(&admin, "/v1/missions", huge.clone())).await;
    assert_eq!((status, &problem["code"]), (413, &json!("body_too_large")));
    let with_key = post(&admin, "/v1/missions", huge).header("Idempotency-Key", "k");
    assert_eq!(answer(with_key).await.0, 413);
}

#[tokio::test]
async fn deep_json_is_an_error_and_not_the_end() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let workflow = admin.workflow("Echo", json!([echo("say")])).await;
    let deep = format!(
        "{{\"command\":\"start\",\"params\":{{\"input\":{}{}}}}}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let (status, problem) = answer(post(
        &admin,
        &format!("/v1/workflows/{workflow}/command"),
        deep,
    ))
    .await;
    assert_eq!((status, &problem["code"]), (400, &json!("malformed_json")));
    let draft = format!(
        "{{\"draft\":{{\"name\":\"Deep\",\"steps\":{}{}}}}}",
        "[{\"id\":\"a\",\"type\":\"for_each\",\"steps\":".repeat(40),
        "[]".to_owned() + &"}]".repeat(40)
    );
    let (status, made) = answer(post(&admin, "/v1/workflows", draft)).await;
    assert_eq!(status, 201, "{made}");
    let id = made["id"].as_str().unwrap();
    let report = admin
        .post(&format!("/v1/workflows/{id}/validate"), json!({}))
        .await;
    assert!(!report["errors"].as_array().unwrap().is_empty());
    assert_eq!(
        admin.get("/v1/version").await["build"],
        "0.1.0+test",
        "the runtime is gone"
    );
}

#[tokio::test]
async fn strange_ids_find_nothing_and_break_nothing() {
    let server = Server::new().await;
    let admin = server.admin().await;
    for id in [
        "run_none",
        "%00",
        "..%2f..%2fetc%2fpasswd",
        "'%20OR%201=1--",
        "%F0%9F%92%A5",
        &"a".repeat(4000),
    ] {
        let (status, problem) = admin.try_get(&format!("/v1/runs/{id}")).await;
        assert_eq!(
            (status, &problem["code"]),
            (404, &json!("run_not_found")),
            "{id}"
        );
        let (status, _) = admin.try_get(&format!("/v1/workflows/{id}")).await;
        assert_eq!(status, 404, "{id}");
    }
    let (status, problem) = admin.try_get("/v1/runs/%ff").await;
    assert_eq!((status, &problem["code"]), (400, &json!("invalid_path")));
    let (status, problem) = admin.try_get("/v1/workflows/wf_1/versions/one").await;
    assert_eq!((status, &problem["code"]), (400, &json!("invalid_path")));
}

#[tokio::test]
async fn too_many_requests_are_told_when_to_come_back() {
    let server = Server::with(Wish {
        rate: Some(2),
        ..Wish::default()
    })
    .await;
    let admin = server.admin().await;
    let mut refused = None;
    for _ in 0..200 {
        let (status, headers, text) = raw(admin.request(Method::GET, "/v1/me")).await;
        if status == 429 {
            refused = Some((headers, text));
            break;
        }
    }
    let (headers, text) = refused.expect("nobody was refused");
    let problem: Value = serde_json::from_str(&text).unwrap();
    let wait: u64 = headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!(wait >= 1);
    assert_eq!(problem["code"], "too_many_requests");
    assert_eq!(problem["retry_after_s"], json!(wait));
}

#[tokio::test]
async fn answers_carry_an_id_and_the_headers_that_keep_browsers_safe() {
    let server = Server::new().await;
    let admin = server.admin().await;
    for path in ["/v1/me", "/v1/nope", "/v1/runs/none"] {
        let (_, headers, _) = raw(admin.request(Method::GET, path)).await;
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["referrer-policy"], "no-referrer", "{path}");
        assert!(headers.contains_key("content-security-policy"), "{path}");
        assert_eq!(headers["cache-control"], "no-store", "{path}");
        assert!(
            headers["x-request-id"]
                .to_str()
                .unwrap()
                .starts_with("req_"),
            "{path}"
        );
    }
    let own = admin
        .request(Method::GET, "/v1/nope")
        .header("X-Request-Id", "my-own-id-7");
    assert_eq!(answer(own).await.1["request_id"], "my-own-id-7");
    let nasty = admin
        .request(Method::GET, "/v1/nope")
        .header("X-Request-Id", "<script>alert(1)</script>");
    assert!(
        answer(nasty).await.1["request_id"]
            .as_str()
            .unwrap()
            .starts_with("req_")
    );
}

#[tokio::test]
async fn problems_are_readable_when_compressed() {
    let server = Server::new().await;
    let plain = http().get(format!("{}/v1/nope", server.base));
    let (_, plain_headers, text) = raw(plain).await;
    assert!(!plain_headers.contains_key("content-encoding"));
    let packed = http()
        .get(format!("{}/v1/nope", server.base))
        .header("Accept-Encoding", "gzip, deflate, br, zstd");
    let response = packed.send().await.unwrap();
    assert_eq!(response.headers()["content-encoding"], "gzip");
    let bytes = response.bytes().await.unwrap();
    assert_eq!(bytes[..2], [0x1f, 0x8b]);
    assert!(serde_json::from_str::<Value>(&text).is_ok());
}
