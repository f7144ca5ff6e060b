//! Mock Mode.

use crate::asking::{message, question, runner, schema};
use crate::step::run;
use model::api::ProviderMode;
use model::{FailureCode, MicroDollars, TranscriptEntry};
use runtime::steps::StepRunner;
use serde_json::json;

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
async fn a_model_call_changes_nothing_outside() {
    let runner = runner(ProviderMode::Mock, "http://127.0.0.1:1/v1");
    let call = question(json!({}));
    assert_eq!(
        runner.effect(&call.tenant, &call.project, &call.step).await,
        None
    );
}
