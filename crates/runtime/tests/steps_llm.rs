#![allow(clippy::unwrap_used)]
//! Model calls over real HTTP, and Mock Mode.

#[path = "support/provider.rs"]
mod provider;
#[path = "support/step.rs"]
mod step;

use async_trait::async_trait;
use model::api::{Price, ProviderMode};
use model::{
    Cost, CostLabel, Failure, FailureCode, MicroDollars, ProjectId, TenantId, TranscriptEntry,
    Usage,
};
use provider::{Answer, TestProvider, end, piece, says};
use runtime::steps::llm::{LlmRunner, ProviderConfig, Providers, check_provider};
use runtime::steps::net::Reach;
use runtime::steps::{StepCall, StepDone, StepError, StepNote, StepRunner};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use step::{Kept, call, run};

const KEY: &str = "sk-test-1234567890";

struct One(ProviderConfig);

#[async_trait]
impl Providers for One {
    async fn provider(&self, _: &TenantId, _: &ProjectId, id: &str) -> Option<ProviderConfig> {
        (id == self.0.id).then(|| self.0.clone())
    }
}

fn config(mode: ProviderMode, base_url: &str) -> ProviderConfig {
    ProviderConfig {
        id: "default".into(),
        mode,
        base_url: base_url.into(),
        api_key: Some(KEY.into()),
        default_model: "small".into(),
        prices: BTreeMap::from([(
            "small".into(),
            Price {
                input: 150_000,
                output: 600_000,
            },
        )]),
    }
}

fn runner(mode: ProviderMode, base_url: &str) -> LlmRunner {
    LlmRunner::new(Arc::new(One(config(mode, base_url))), Reach::Anywhere).unwrap()
}

fn question(mut step: Value) -> StepCall {
    step["type"] = json!("llm_call");
    call(
        step,
        json!({"system": "Be brief.", "prompt": "Which lines?"}),
    )
}

async fn live(provider: &TestProvider, step: Value) -> (Result<StepDone, StepError>, Kept) {
    run(
        &runner(ProviderMode::Live, &provider.base_url),
        &question(step),
    )
    .await
}

async fn live_failure(answer: Answer) -> Failure {
    let provider = TestProvider::start([answer]).await;
    let (result, notes) = live(&provider, json!({})).await;
    let failure = result.unwrap_err().failure;
    assert!(!notes.text().contains(KEY) && !format!("{failure:?}").contains(KEY));
    let last = notes.transcript().pop().unwrap();
    assert_eq!(
        last,
        TranscriptEntry::Error {
            text: failure.message.clone()
        }
    );
    failure
}

fn message(role: &str, text: &str, usage: Option<Usage>) -> TranscriptEntry {
    TranscriptEntry::Message {
        role: role.into(),
        text: text.into(),
        usage,
        by: None,
    }
}

#[tokio::test]
async fn an_answer_is_told_while_it_comes_in_by_whole_words_and_without_secrets() {
    let (begin, rest) = KEY.split_at(KEY.len() / 2);
    let pieces = [
        "Ten met",
        "res of pipe, key ",
        begin,
        rest,
        " and",
        " more.",
    ];
    let chunks = pieces.into_iter().map(piece).chain(end("stop")).collect();
    let provider = TestProvider::start([Answer::Chunks(chunks)]).await;
    let (result, notes) = live(&provider, json!({})).await;
    result.unwrap();
    let texts: Vec<String> = notes
        .said_so_far()
        .into_iter()
        .map(|so_far| so_far.text)
        .collect();
    assert_eq!(
        texts[..3],
        ["Ten", "Ten metres of pipe, key", "Ten metres of pipe, key"]
    );
    assert!(texts.iter().all(|text| !text.contains(begin)), "{texts:?}");
    assert!(texts.last().unwrap().ends_with(" and"), "{texts:?}");
}

#[tokio::test]
async fn of_a_long_answer_the_end_is_told() {
    let long = "word ".repeat(4_000);
    let chunks = [piece(&long)].into_iter().chain(end("stop")).collect();
    let provider = TestProvider::start([Answer::Chunks(chunks)]).await;
    let (_, notes) = live(&provider, json!({})).await;
    let text = notes.said_so_far().remove(0).text;
    assert!(
        text.len() <= 4 * 1024 && text.len() > 4_000,
        "{}",
        text.len()
    );
    assert!(text.ends_with("word"));
}

#[tokio::test]
async fn a_streamed_answer_is_put_together_and_paid_for() {
    let provider = TestProvider::start([says("Ten metres of pipe — très bien.")]).await;
    let (result, notes) = live(&provider, json!({"temperature": 0.5, "max_tokens": 200})).await;
    let usage = Usage {
        input_tokens: 1000,
        output_tokens: 100,
        cost: Some(Cost {
            amount: MicroDollars(210),
            label: CostLabel::Estimated,
        }),
        model: Some("small".into()),
        mock: false,
    };
    let done = result.unwrap();
    assert_eq!(
        done.output,
        json!({"text": "Ten metres of pipe — très bien."})
    );
    assert_eq!(done.usage, Some(usage.clone()));
    assert_eq!(
        notes.transcript(),
        [
            message("system", "Be brief.", None),
            message("user", "Which lines?", None),
            message("assistant", "Ten metres of pipe — très bien.", Some(usage)),
        ]
    );
    let (headers, body) = provider.requests().remove(0);
    assert_eq!(headers["authorization"], format!("Bearer {KEY}"));
    assert_eq!(
        body,
        json!({"model": "small", "stream": true, "stream_options": {"include_usage": true}, "temperature": 0.5, "max_tokens": 200,
            "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Which lines?"}]})
    );
}

#[tokio::test]
async fn an_answer_of_one_piece_will_do() {
    let provider = TestProvider::start([Answer::Whole(json!({
        "model": "other", "choices": [{"message": {"role": "assistant", "content": "Yes."}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 5, "completion_tokens": 1, "cost": 0.000_002}
    }))])
    .await;
    let (result, _) = live(&provider, json!({"model": "other"})).await;
    let done = result.unwrap();
    assert_eq!(done.output, json!({"text": "Yes."}));
    let cost = done.usage.unwrap().cost.unwrap();
    assert_eq!(
        cost,
        Cost {
            amount: MicroDollars(2),
            label: CostLabel::Verified
        }
    );
}

fn schema() -> Value {
    json!({"type": "object", "required": ["qty"], "properties": {"qty": {"type": "integer"}}})
}

#[tokio::test]
async fn an_answer_is_held_against_the_schema() {
    let fenced = "```json\n{\"qty\": 10}\n```";
    let provider =
        TestProvider::start([says(fenced), says("{\"qty\": \"ten\"}"), says("ten")]).await;
    let step = json!({"output_schema": schema(), "artifact": "lines.json"});
    let (result, notes) = live(&provider, step.clone()).await;
    assert_eq!(result.unwrap().output, json!({"qty": 10}));
    assert!(notes.all().contains(&StepNote::Artifact {
        name: "lines.json".into(),
        media_type: "application/json".into(),
        bytes: b"{\n  \"qty\": 10\n}".to_vec(),
        partial: false
    }));
    assert_eq!(
        provider.bodies()[0]["response_format"]["json_schema"]["schema"],
        schema()
    );

    let misfit = live(&provider, step.clone()).await.0.unwrap_err();
    assert_eq!(misfit.failure.code, FailureCode::LlmRequestFailed);
    assert_eq!(
        misfit.failure.message,
        "The model's answer does not fit the step's output_schema: at /qty, \"ten\" is not of type \"integer\"."
    );
    assert_eq!(
        misfit.usage.unwrap().output_tokens,
        100,
        "a failed answer is paid for too"
    );
    let no_json = live(&provider, step).await.0.unwrap_err().failure;
    assert!(
        no_json
            .message
            .starts_with("The model's answer is not JSON: "),
        "{}",
        no_json.message
    );
}

#[tokio::test]
async fn a_provider_that_knows_less_is_asked_in_its_own_way() {
    let refuses = |message: &str| Answer::Status(400, &[], json!({"error": {"message": message}}));
    let provider = TestProvider::start([
        refuses("Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."),
        refuses("Unrecognized request argument supplied: stream_options"),
        refuses("Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model."),
        says("{\"qty\": 10}"),
    ])
    .await;
    let (result, _) = live(
        &provider,
        json!({"output_schema": schema(), "max_tokens": 50}),
    )
    .await;
    assert_eq!(result.unwrap().output, json!({"qty": 10}));
    let last = provider.bodies().pop().unwrap();
    assert_eq!(last["max_completion_tokens"], 50);
    assert_eq!(last["max_tokens"], Value::Null);
    assert_eq!(last["stream_options"], Value::Null);
    assert_eq!(last["response_format"], json!({"type": "json_object"}));
    let system = last["messages"][0]["content"].as_str().unwrap();
    assert!(
        system.starts_with("Be brief.\n\nAnswer with one JSON value"),
        "{system}"
    );
}

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
async fn mock_mode_plays_the_script_and_says_so() {
    let runner = runner(ProviderMode::Mock, "http://127.0.0.1:1/v1");
    let script = json!({"mock": [{"error": "The provider is down."}, {"qty": 10}], "output_schema": schema()});
    let mut call = question(script);
    let (result, notes) = run(&runner, &call).await;
    let failure = result.unwrap_err().failure;
    assert_eq!(failure.code, FailureCode::LlmRequestFailed);
    assert_eq!(
        failure.message,
        "Mock Mode played an error: The provider is down."
    );
    assert!(
        notes
            .text()
            .contains("entry 1 of 2 in the step's mock script")
    );
    for tries_before in [1, 2, 7] {
        call.tries_before = tries_before;
        let (result, notes) = run(&runner, &call).await;
        let done = result.unwrap();
        assert_eq!(done.output, json!({"qty": 10}));
        let usage = done.usage.unwrap();
        assert!(usage.mock);
        assert_eq!(usage.cost.unwrap().amount, MicroDollars(0));
        let label = &notes.transcript()[2];
        assert_eq!(
            *label,
            TranscriptEntry::Log { text: "Mock Mode: no model was called; this answer is entry 2 of 2 in the step's mock script.".into() }
        );
        assert_eq!(
            notes.transcript()[3],
            message("assistant", "{\"qty\":10}", Some(usage))
        );
    }
}

#[tokio::test]
async fn mock_mode_without_a_script_makes_something_up() {
    let runner = runner(ProviderMode::Mock, "http://127.0.0.1:1/v1");
    let (result, notes) = run(&runner, &question(json!({}))).await;
    let text = result.unwrap().output["text"].as_str().unwrap().to_owned();
    assert!(text.starts_with("Mock Mode: "), "{text}");
    assert!(notes.text().contains("the step has no mock script"));
    let (result, _) = run(&runner, &question(json!({"output_schema": schema()}))).await;
    assert_eq!(result.unwrap().output, json!({"qty": 0}));
    let (result, _) = run(
        &runner,
        &question(json!({"output_schema": {"type": "string", "pattern": "^[A-Z]{9}$"}})),
    )
    .await;
    assert_eq!(result.unwrap_err().failure.code, FailureCode::InvalidInput);
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

#[tokio::test]
async fn a_check_asks_for_the_models() {
    let list = Answer::Whole(json!({"data": [{"id": "small"}, {"id": "large"}]}));
    let provider = TestProvider::start([
        list,
        Answer::Status(401, &[], json!({})),
        Answer::Whole(json!({})),
    ])
    .await;
    let config = config(ProviderMode::Live, &provider.base_url);
    let found = check_provider(&config, Reach::Anywhere).await;
    assert!(
        found.ok && found.message.ends_with(" ms with 2 models."),
        "{}",
        found.message
    );
    assert_eq!(
        provider.requests()[0].0["authorization"],
        format!("Bearer {KEY}")
    );
    let refused = check_provider(&config, Reach::Anywhere).await;
    assert!(
        !refused.ok && refused.message.ends_with("refused the API key (401)."),
        "{}",
        refused.message
    );
    let strange = check_provider(&config, Reach::Anywhere).await;
    assert!(
        !strange.ok && strange.message.contains("usually ends in /v1"),
        "{}",
        strange.message
    );
    let mock = check_provider(
        &ProviderConfig {
            mode: ProviderMode::Mock,
            ..config
        },
        Reach::Anywhere,
    )
    .await;
    assert!(mock.ok && mock.message.starts_with("Mock Mode"));
}

#[tokio::test]
async fn a_model_call_changes_nothing_outside() {
    let runner = runner(ProviderMode::Mock, "http://127.0.0.1:1/v1");
    let call = question(json!({}));
    assert_eq!(
        runner.effect(&call.tenant, &call.project, &call.step).await,
        None
    );
}
