//! A step that asks a model, and who asks for it.

use crate::provider::{Answer, TestProvider};
use crate::step::{Kept, call, run};
use async_trait::async_trait;
use model::api::{Price, ProviderMode};
use model::{Failure, ProjectId, TenantId, TranscriptEntry, Usage};
use runtime::steps::llm::{LlmRunner, ProviderConfig, Providers};
use runtime::steps::net::Reach;
use runtime::steps::{StepCall, StepDone, StepError};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

pub const KEY: &str = "sk-test-1234567890";

struct One(ProviderConfig);

#[async_trait]
impl Providers for One {
    async fn provider(&self, _: &TenantId, _: &ProjectId, id: &str) -> Option<ProviderConfig> {
        (id == self.0.id).then(|| self.0.clone())
    }
}

pub fn config(mode: ProviderMode, base_url: &str) -> ProviderConfig {
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

pub fn runner(mode: ProviderMode, base_url: &str) -> LlmRunner {
    LlmRunner::new(Arc::new(One(config(mode, base_url))), Reach::Anywhere).unwrap()
}

pub fn question(mut step: Value) -> StepCall {
    step["type"] = json!("llm_call");
    call(
        step,
        json!({"system": "Be brief.", "prompt": "Which lines?"}),
    )
}

pub async fn live(provider: &TestProvider, step: Value) -> (Result<StepDone, StepError>, Kept) {
    run(
        &runner(ProviderMode::Live, &provider.base_url),
        &question(step),
    )
    .await
}

pub async fn live_failure(answer: Answer) -> Failure {
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

pub fn message(role: &str, text: &str, usage: Option<Usage>) -> TranscriptEntry {
    TranscriptEntry::Message {
        role: role.into(),
        text: text.into(),
        usage,
        by: None,
    }
}

pub fn schema() -> Value {
    json!({"type": "object", "required": ["qty"], "properties": {"qty": {"type": "integer"}}})
}
