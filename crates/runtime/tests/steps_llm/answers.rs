//! Answers of a model, whole and in pieces.

use crate::asking::{KEY, live, message, schema};
use crate::provider::{Answer, TestProvider, end, piece, says};
use model::{Cost, CostLabel, FailureCode, MicroDollars, Usage};
use runtime::steps::StepNote;
use serde_json::{Value, json};

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
