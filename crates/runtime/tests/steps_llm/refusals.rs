//! What goes wrong with a call, and what is said of it.

use crate::asking::{KEY, live, live_failure, question, runner};
use crate::provider::{Answer, TestProvider, end, piece, says};
use crate::step::run;
use model::api::ProviderMode;
use model::{CostLabel, FailureCode, TranscriptEntry};
use runtime::steps::StepNote;
use serde_json::json;

#[tokio::test]
async fn refusals_have_their_own_codes() {
    use FailureCode::{CredentialRequired, InsufficientCredits, LlmRequestFailed, QuotaExceeded};
    let error = |message: &str, code: &str| json!({"error": {"message": message, "code": code, "type": code}});
    for (answer, code, message) in [
        (
            Answer::Status(503, &[], json!({"error": "overloaded"})),
            LlmRequestFailed,
            "answered 503.",
        ),
        (
            Answer::Status(
                401,
                &[],
                error(
                    &format!("Incorrect API key provided: {KEY}."),
                    "invalid_api_key",
                ),
            ),
            CredentialRequired,
            "refused the API key (401).",
        ),
        (
            Answer::Status(403, &[], json!({})),
            CredentialRequired,
            "refused the API key (403).",
        ),
        (
            Answer::Status(402, &[], json!({})),
            InsufficientCredits,
            "is out of credits.",
        ),
        (
            Answer::Status(
                429,
                &[],
                error("You exceeded your current quota", "insufficient_quota"),
            ),
            InsufficientCredits,
            "is out of credits.",
        ),
        (
            Answer::Status(429, &[], error("Daily limit", "quota_exceeded")),
            QuotaExceeded,
            "is used up.",
        ),
        (
            Answer::Status(
                429,
                &[("retry-after", "17")],
                error("Rate limit", "rate_limit_exceeded"),
            ),
            LlmRequestFailed,
            "limits how often it is asked (429). It asks to wait 17 s.",
        ),
        (
            Answer::Status(
                404,
                &[],
                error("The model `small` does not exist", "model_not_found"),
            ),
            LlmRequestFailed,
            "does not know the model “small”.",
        ),
        (
            Answer::Status(
                400,
                &[],
                error("messages too long", "context_length_exceeded"),
            ),
            LlmRequestFailed,
            "did not accept the request (400).",
        ),
        (
            Answer::Status(307, &[("location", "http://127.0.0.1:1/")], json!({})),
            LlmRequestFailed,
            "answered 307: its address has moved.",
        ),
    ] {
        let failure = live_failure(answer).await;
        assert_eq!(failure.code, code, "{}", failure.message);
        assert!(failure.message.ends_with(message), "{}", failure.message);
    }
    let refused = live_failure(Answer::Status(
        401,
        &[],
        error(&format!("Incorrect API key provided: {KEY}."), ""),
    ))
    .await;
    assert_eq!(refused.detail.unwrap(), "Incorrect API key provided: •••.");
}

#[tokio::test]
async fn a_broken_answer_is_a_failure_and_its_beginning_is_kept() {
    let provider =
        TestProvider::start([Answer::Cut(vec![piece("Dear "), piece("customer")])]).await;
    let (result, notes) = live(&provider, json!({"artifact": "quote.md"})).await;
    let error = result.unwrap_err();
    assert_eq!(error.failure.code, FailureCode::LlmRequestFailed);
    assert!(
        error
            .failure
            .message
            .contains("broke off: connection closed before the answer was complete"),
        "{}",
        error.failure.message
    );
    assert_eq!(
        error.usage.unwrap().cost.unwrap().label,
        CostLabel::Unavailable
    );
    assert!(notes.all().contains(&StepNote::Artifact {
        name: "quote.md".into(),
        media_type: "text/markdown".into(),
        bytes: b"Dear customer".to_vec(),
        partial: true
    }));
    assert!(
        matches!(&notes.transcript()[2], TranscriptEntry::Message { text, .. } if text == "Dear customer")
    );

    for (answer, message) in [
        (
            Answer::Unfinished(vec![piece("Dear")]),
            "The provider's answer broke off: the connection was closed before its end.",
        ),
        (
            Answer::Chunks([piece("Dear")].into_iter().chain(end("length")).collect()),
            "The model's answer was cut off at the limit. Raise max_tokens, or ask for less.",
        ),
        (
            Answer::Chunks(end("content_filter").into()),
            "The provider's content filter stopped the answer.",
        ),
        (
            Answer::Chunks(vec![
                json!({"choices": [{"delta": {"refusal": "I can't."}, "finish_reason": "stop"}]}),
            ]),
            "The model refused to answer.",
        ),
    ] {
        assert_eq!(live_failure(answer).await.message, message);
    }
    let inside = live_failure(Answer::Chunks(vec![
        piece("De"),
        json!({"error": {"message": "overloaded"}}),
    ]))
    .await;
    assert_eq!(inside.detail.unwrap(), "overloaded");
    let strange = live_failure(Answer::Whole(json!("hello"))).await;
    assert!(
        strange
            .message
            .contains("sent something that is no chat completion"),
        "{}",
        strange.message
    );
}

#[tokio::test]
async fn what_cannot_be_reached_says_so() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let url = format!("http://{address}/v1");
    let (result, notes) = run(&runner(ProviderMode::Live, &url), &question(json!({}))).await;
    let failure = result.unwrap_err().failure;
    assert_eq!(failure.code, FailureCode::LlmRequestFailed);
    assert_eq!(
        failure.message,
        format!("The provider at {url} could not be reached: connection refused.")
    );
    assert_eq!(
        notes.transcript().pop(),
        Some(TranscriptEntry::Error {
            text: failure.message
        })
    );

    let (result, _) = run(
        &runner(ProviderMode::Live, "http://no-such-host.invalid/v1"),
        &question(json!({})),
    )
    .await;
    assert_eq!(
        result.unwrap_err().failure.message,
        "The provider at http://no-such-host.invalid/v1 could not be reached: its host name could not be found."
    );
    let (result, _) = run(
        &runner(ProviderMode::Live, "not a url"),
        &question(json!({})),
    )
    .await;
    let bad = result.unwrap_err().failure.message;
    assert!(
        bad.starts_with("The provider's address not a url cannot be used:"),
        "{bad}"
    );
    let (result, _) = run(
        &runner(ProviderMode::Live, &url),
        &question(json!({"provider": "large"})),
    )
    .await;
    let missing = result.unwrap_err().failure;
    assert_eq!(missing.code, FailureCode::EnvironmentBlocked);
    assert_eq!(
        missing.message,
        "The provider “large” is not set up in this project."
    );
}

#[tokio::test]
async fn a_dropped_try_aborts_its_request() {
    let provider = TestProvider::start([Answer::Silence]).await;
    let runner = runner(ProviderMode::Live, &provider.base_url);
    let call = question(json!({}));
    let trying = tokio::spawn(async move { run(&runner, &call).await.0 });
    provider.asked.notified().await;
    trying.abort();
    provider.left.notified().await;
}

#[tokio::test]
async fn what_the_step_gets_wrong_is_found_before_anything_is_asked() {
    let provider = TestProvider::start([says("x")]).await;
    let bad_schema = live(&provider, json!({"output_schema": {"type": "objekt"}}))
        .await
        .0
        .unwrap_err()
        .failure;
    assert_eq!(bad_schema.code, FailureCode::InvalidInput);
    assert!(
        bad_schema
            .message
            .starts_with("The step's output_schema is no valid JSON Schema"),
        "{}",
        bad_schema.message
    );
    let mut empty = question(json!({}));
    empty.input = json!({"prompt": " "});
    let (result, _) = run(&runner(ProviderMode::Live, &provider.base_url), &empty).await;
    assert_eq!(result.unwrap_err().failure.message, "The prompt is empty.");
    assert!(provider.requests().is_empty());
}
