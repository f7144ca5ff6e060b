//! Sandboxes that begin with a repository.

use crate::git_http::GitServer;
use crate::house::{House, agent, read, short};
use model::FailureCode;
use model::api::ProviderMode;
use runtime::steps::StepCall;
use runtime::steps::net::Reach;
use serde_json::{Value, json};

fn from_git(url: &str, more: Value) -> StepCall {
    let mut git = json!({ "url": url });
    git.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    agent(json!({"sandbox": {"git": git, "files": {"TASK.md": "Do it."}}, "mock": ["Done."]}))
}

#[tokio::test]
async fn a_sandbox_begins_with_a_repository() {
    let server = GitServer::start(None).await;
    let house = House::mock();
    house
        .run(&from_git(&server.url, json!({})))
        .await
        .0
        .unwrap();
    let sandbox = house.sandbox("sbx_1");
    assert_eq!(read(sandbox.join("README.md")), "Second\n");
    assert_eq!(read(sandbox.join("TASK.md")), "Do it.");
    assert!(!sandbox.join(".git").exists());
    let house = House::mock();
    house
        .run(&from_git(&server.url, json!({"ref": "v1"})))
        .await
        .0
        .unwrap();
    assert_eq!(read(house.sandbox("sbx_1").join("README.md")), "First\n");
}

#[tokio::test]
async fn a_connection_opens_a_repository_and_its_token_stays_unseen() {
    // "x-access-token:t0psecret"
    let wants = "Basic eC1hY2Nlc3MtdG9rZW46dDBwc2VjcmV0";
    let server = GitServer::start(Some(wants)).await;
    let house = House::mock();
    let (result, notes) = house.run(&from_git(&server.url, json!({}))).await;
    let failure = result.unwrap_err().failure;
    assert_eq!(
        failure.code,
        FailureCode::SandboxFailed,
        "{}",
        failure.message
    );
    assert!(
        failure
            .message
            .starts_with("The repository http://127.0.0.1"),
        "{}",
        failure.message
    );
    assert!(
        short(&notes.transcript())
            .last()
            .unwrap()
            .starts_with("failed: The repository")
    );
    house
        .run(&from_git(&server.url, json!({"connection": "forge"})))
        .await
        .0
        .unwrap();
    assert!(server.seen.lock().unwrap().iter().any(Option::is_some));
    let house = House::mock();
    let gone = from_git(&server.url, json!({"connection": "forge", "ref": "gone"}));
    let (result, notes) = house.run(&gone).await;
    let failure = result.unwrap_err().failure;
    assert!(failure.message.contains("gone"), "{}", failure.message);
    assert!(!format!("{failure:?} {}", notes.text()).contains("t0psecret"));
}

#[tokio::test]
async fn a_repository_is_fetched_only_from_where_it_may_be() {
    let server = GitServer::start(None).await;
    let house = House::with_reach(ProviderMode::Mock, "", Reach::Public);
    for url in [
        server.url.as_str(),
        "file:///etc",
        "ssh://git@example.com/x",
    ] {
        let failure = house
            .run(&from_git(url, json!({})))
            .await
            .0
            .unwrap_err()
            .failure;
        assert_eq!(failure.code, FailureCode::InvalidInput, "{url}");
    }
    let house = House::mock();
    let sneaky = from_git(&server.url, json!({"ref": "--upload-pack=touch /tmp/x"}));
    let failure = house.run(&sneaky).await.0.unwrap_err().failure;
    assert_eq!(failure.code, FailureCode::InvalidInput);
    assert!(server.seen.lock().unwrap().is_empty(), "nobody was asked");
}

#[tokio::test]
async fn a_repository_that_does_not_fit_leaves_nothing() {
    let server = GitServer::start(None).await;
    let house = House::cramped(6);
    let (result, _) = house.run(&from_git(&server.url, json!({}))).await;
    let failure = result.unwrap_err().failure;
    assert_eq!(failure.code, FailureCode::QuotaExceeded);
    assert!(
        failure.message.contains("--sandbox-mib"),
        "{}",
        failure.message
    );
    let left = std::fs::read_dir(house.sandbox("sbx_1")).unwrap();
    assert_eq!(left.count(), 0);
}

#[tokio::test]
async fn a_redirect_to_another_host_is_not_followed() {
    let server = GitServer::start(None).await;
    let elsewhere = server.url.clone();
    let router = axum::Router::new().fallback(move |request: axum::extract::Request| {
        let rest = request.uri().to_string().replace("/moved.git", "");
        let to = format!("{elsewhere}{rest}");
        async move { axum::response::Redirect::temporary(&to) }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/moved.git", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let (result, _) = House::mock().run(&from_git(&url, json!({}))).await;
    assert_eq!(result.unwrap_err().failure.code, FailureCode::SandboxFailed);
    assert!(server.seen.lock().unwrap().is_empty(), "it was followed");
}
