//! Whether a provider answers, for Health.

use super::refusal::{self, ErrorBody};
use super::{ProviderConfig, ProviderMode};
use crate::steps::net::{self, Reach};
use model::Timestamp;
use model::api::CheckResult;
use secrecy::ExposeSecret;
use serde_json::Value;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const PATIENCE: Duration = Duration::from_secs(10);

/// Asks the provider for its models, where `reach` lets it.
pub async fn check_provider(provider: &ProviderConfig, reach: Reach) -> CheckResult {
    let outcome = match provider.mode {
        ProviderMode::Mock => Ok("Mock Mode: no provider is called.".to_owned()),
        ProviderMode::Live => models(provider, reach).await,
    };
    CheckResult {
        ok: outcome.is_ok(),
        message: outcome.unwrap_or_else(|message| message),
        at: now(),
    }
}

fn now() -> Timestamp {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    Timestamp::from_millis(now.map_or(0, |now| now.as_millis() as i64))
}

async fn models(provider: &ProviderConfig, reach: Reach) -> Result<String, String> {
    let http = net::client(reach, Some(PATIENCE)).map_err(|error| error.to_string())?;
    let started = Instant::now();
    let mut request = http.get(provider.address("models")).timeout(PATIENCE);
    if let Some(key) = &provider.api_key {
        request = request.bearer_auth(key.expose_secret());
    }
    let unreachable = |error: reqwest::Error| refusal::unreachable(provider, &error).message;
    let response = request.send().await.map_err(unreachable)?;
    let status = response.status();
    if !status.is_success() {
        let body = ErrorBody::read(&response.text().await.unwrap_or_default());
        let model = &provider.default_model;
        return Err(refusal::failure(provider, model, status, None, &body).message);
    }
    let list: Value = response.json().await.map_err(unreachable)?;
    let took = started.elapsed().as_millis();
    let Some(models) = list.get("data").and_then(Value::as_array) else {
        return Err(format!(
            "The server at {} answers, but not with a list of models. Check the address: it usually ends in /v1.",
            provider.base_url
        ));
    };
    let names: Vec<&str> = models
        .iter()
        .filter_map(|m| m.get("id")?.as_str())
        .collect();
    let counted = match names.len() {
        1 => "1 model".to_owned(),
        n => format!("{n} models"),
    };
    if names.contains(&provider.default_model.as_str()) {
        Ok(format!("Answered in {took} ms with {counted}."))
    } else {
        Ok(format!(
            "Answered in {took} ms with {counted}; “{}” is not among them.",
            provider.default_model
        ))
    }
}
