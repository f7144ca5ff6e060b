//! The check of a provider.

use crate::asking::{KEY, config};
use crate::provider::{Answer, TestProvider};
use model::api::ProviderMode;
use runtime::steps::llm::{ProviderConfig, check_provider};
use runtime::steps::net::Reach;
use serde_json::json;

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
