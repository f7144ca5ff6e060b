//! A provider's refusal in Signalbox's codes.

use super::ProviderConfig;
use crate::steps::net;
use model::{Failure, FailureCode};
use reqwest::StatusCode;
use serde_json::Value;

/// What an error answer says, in either of the two usual shapes: `{"error": {message, code, type}}` or `{"error": "…"}`.
pub struct ErrorBody {
    pub message: String,
    /// `code` and `type`, for comparison.
    words: String,
}

impl ErrorBody {
    pub fn read(body: &str) -> Self {
        let parsed: Option<Value> = serde_json::from_str(body).ok();
        Self::of(parsed.as_ref()).unwrap_or_else(|| Self {
            message: body.trim().to_owned(),
            words: String::new(),
        })
    }

    pub fn of(body: Option<&Value>) -> Option<Self> {
        let error = body?.get("error").filter(|error| !error.is_null())?;
        let word = |name: &str| match error.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => String::new(),
        };
        Some(Self {
            message: match error {
                Value::String(text) => text.clone(),
                _ if word("message").is_empty() => error.to_string(),
                _ => word("message"),
            },
            words: format!("{} {}", word("code"), word("type")),
        })
    }

    fn says(&self, word: &str) -> bool {
        self.words.contains(word)
    }
}

/// The failure for an error answer.
pub fn failure(
    provider: &ProviderConfig,
    model: &str,
    status: StatusCode,
    retry_after: Option<&str>,
    body: &ErrorBody,
) -> Failure {
    use FailureCode::{CredentialRequired, InsufficientCredits, LlmRequestFailed, QuotaExceeded};
    let at = &provider.base_url;
    let number = status.as_u16();
    let out_of_credits = body.says("insufficient_quota")
        || body.says("insufficient_credits")
        || body.says("billing_hard_limit_reached");
    let (code, message) = match number {
        402 => (
            InsufficientCredits,
            format!("The account at {at} is out of credits."),
        ),
        _ if out_of_credits => (
            InsufficientCredits,
            format!("The account at {at} is out of credits."),
        ),
        401 | 403 if provider.api_key.is_none() => (
            CredentialRequired,
            format!("The provider at {at} asks for an API key, and none is set."),
        ),
        401 | 403 => (
            CredentialRequired,
            format!("The provider at {at} refused the API key ({number})."),
        ),
        429 if body.says("quota") => (QuotaExceeded, format!("A quota at {at} is used up.")),
        429 => {
            let wait = retry_after.map(|after| match after.parse::<u64>() {
                Ok(seconds) => format!(" It asks to wait {seconds} s."),
                Err(_) => format!(" It asks to wait until {after}."),
            });
            let wait = wait.unwrap_or_default();
            (
                LlmRequestFailed,
                format!("The provider at {at} limits how often it is asked (429).{wait}"),
            )
        }
        404 if body.says("model") || body.message.to_lowercase().contains("model") => (
            LlmRequestFailed,
            format!("The provider at {at} does not know the model “{model}”."),
        ),
        300..=399 => (
            LlmRequestFailed,
            format!("The provider at {at} answered {number}: its address has moved."),
        ),
        400..=499 => (
            LlmRequestFailed,
            format!("The provider at {at} did not accept the request ({number})."),
        ),
        _ => (
            LlmRequestFailed,
            format!("The provider at {at} answered {number}."),
        ),
    };
    let failure = Failure::new(code, message);
    if body.message.is_empty() {
        return failure;
    }
    failure.detail(provider.scrub().text(body.message.clone()))
}

/// The failure for a request that got no answer.
pub fn unreachable(provider: &ProviderConfig, error: &reqwest::Error) -> Failure {
    let at = &provider.base_url;
    let reason = net::reason(error);
    let message = if error.is_builder() {
        format!("The provider's address {at} cannot be used: {reason}.")
    } else if error.is_connect() {
        format!("The provider at {at} could not be reached: {reason}.")
    } else {
        format!("The request to the provider at {at} failed: {reason}.")
    };
    Failure::new(
        FailureCode::LlmRequestFailed,
        provider.scrub().text(message),
    )
}
