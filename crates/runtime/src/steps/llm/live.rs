//! Asking a real provider.

use super::refusal::{self, ErrorBody};
use super::stream::{Broken, Incoming};
use super::{ProviderConfig, Question, Said, price};
use crate::steps::{MAX_SAID, Notes};
use futures_util::StreamExt;
use model::api::SoFar;
use model::{Failure, FailureCode};
use reqwest::{Response, StatusCode, header};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use sse_stream::SseStream;

/// The most of an error answer that is read.
const MAX_ERROR_BODY: usize = 64 * 1024;
/// The most of an answer that is shown while it comes in, in bytes: its end.
const SAYING: usize = 4 * 1024;

/// What providers differ in. A refused request is asked again in the next dialect that its refusal names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Dialect {
    schema: Format,
    usage_in_stream: bool,
    limit: &'static str,
}

/// How the provider is told to answer in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    JsonSchema,
    JsonObject,
    Prompt,
}

impl Dialect {
    const FIRST: Self = Self {
        schema: Format::JsonSchema,
        usage_in_stream: true,
        limit: "max_tokens",
    };

    /// The dialect to try after a refusal, `None` when the refusal is about something else.
    fn after(self, refusal: &ErrorBody) -> Option<Self> {
        let says = |word: &str| refusal.message.contains(word);
        if self.limit == "max_tokens" && says("max_completion_tokens") {
            return Some(Self {
                limit: "max_completion_tokens",
                ..self
            });
        }
        if self.usage_in_stream && says("stream_options") {
            return Some(Self {
                usage_in_stream: false,
                ..self
            });
        }
        if says("response_format") || says("json_schema") || says("json_object") {
            let schema = match self.schema {
                Format::JsonSchema => Format::JsonObject,
                Format::JsonObject => Format::Prompt,
                Format::Prompt => return None,
            };
            return Some(Self { schema, ..self });
        }
        None
    }

    fn body(self, question: &Question) -> Value {
        let mut messages = question.messages.clone();
        let mut body = json!({"model": question.model, "stream": true});
        if self.usage_in_stream {
            body["stream_options"] = json!({"include_usage": true});
        }
        if let Some(schema) = &question.schema {
            if self.schema != Format::JsonSchema {
                let ask = format!(
                    "Answer with one JSON value that satisfies this JSON Schema, and nothing else:\n{}",
                    schema.document
                );
                add_to_system(&mut messages, ask);
            }
            match self.schema {
                Format::JsonSchema => {
                    body["response_format"] = json!({"type": "json_schema", "json_schema": {"name": "result", "schema": schema.document}});
                }
                Format::JsonObject => body["response_format"] = json!({"type": "json_object"}),
                Format::Prompt => {}
            }
        }
        body["messages"] = Value::Array(messages);
        if !question.tools.is_empty() {
            body["tools"] = Value::Array(question.tools.clone());
        }
        if let Some(temperature) = question.temperature {
            body["temperature"] = json!(temperature);
        }
        if let Some(limit) = question.max_tokens {
            body[self.limit] = json!(limit);
        }
        body
    }
}

/// More for the system message, which is made where there is none.
fn add_to_system(messages: &mut Vec<Value>, more: String) {
    match messages.first_mut() {
        Some(first) if first["role"] == "system" => {
            let own = first["content"].as_str().unwrap_or_default();
            first["content"] = Value::from(format!("{own}\n\n{more}"));
        }
        _ => messages.insert(0, json!({"role": "system", "content": more})),
    }
}

/// Asks; what the model said is in `said` even when the answer breaks off.
pub async fn ask(
    http: &reqwest::Client,
    provider: &ProviderConfig,
    question: &Question,
    notes: &dyn Notes,
    said: &mut Said,
) -> Result<(), Failure> {
    let response = request(http, provider, question).await?;
    let mut incoming = Incoming::default();
    let read = read(response, provider, question, notes, &mut incoming).await;
    let used = price::usage(
        incoming.reported.as_ref(),
        [&question.model, &incoming.model],
        &provider.prices,
    );
    let scrub = provider.scrub();
    *said = Said {
        text: scrub.text(std::mem::take(&mut incoming.text)),
        thinking: scrub.text(std::mem::take(&mut incoming.thinking)),
        calls: std::mem::take(&mut incoming.calls),
        usage: Some(used),
    };
    read?;
    finished(&incoming, question).map_err(|failure| match &*incoming.refusal {
        "" => failure,
        refusal => failure.detail(scrub.text(refusal.to_owned())),
    })
}

/// The first answer that is no refusal.
async fn request(
    http: &reqwest::Client,
    provider: &ProviderConfig,
    question: &Question,
) -> Result<Response, Failure> {
    let mut dialect = Dialect::FIRST;
    loop {
        let mut request = http
            .post(provider.address("chat/completions"))
            .header(header::ACCEPT, "text/event-stream, application/json")
            .json(&dialect.body(question));
        if let Some(key) = &provider.api_key {
            request = request.bearer_auth(key.expose_secret());
        }
        let response = request.send().await;
        let response = response.map_err(|error| refusal::unreachable(provider, &error))?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let retry_after = response.headers().get(header::RETRY_AFTER);
        let retry_after = retry_after.and_then(|v| v.to_str().ok()).map(str::to_owned);
        let body = ErrorBody::read(&error_body(response).await);
        let refused = matches!(
            status,
            StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY
        );
        match dialect.after(&body).filter(|_| refused) {
            Some(next) => dialect = next,
            None => {
                return Err(refusal::failure(
                    provider,
                    &question.model,
                    status,
                    retry_after.as_deref(),
                    &body,
                ));
            }
        }
    }
}

async fn error_body(response: Response) -> String {
    let mut body = Vec::new();
    let mut pieces = response.bytes_stream();
    while let Some(Ok(piece)) = pieces.next().await {
        body.extend_from_slice(&piece);
        if body.len() > MAX_ERROR_BODY {
            body.truncate(MAX_ERROR_BODY);
            break;
        }
    }
    String::from_utf8_lossy(&body).into_owned()
}

async fn read(
    response: Response,
    provider: &ProviderConfig,
    question: &Question,
    notes: &dyn Notes,
    incoming: &mut Incoming,
) -> Result<(), Failure> {
    let status = response.status();
    let broken = |broken: Broken| match broken {
        Broken::Error(body) => refusal::failure(provider, &question.model, status, None, &body),
        Broken::Unreadable(reason) => failed(format!(
            "The provider at {} sent something that is no chat completion: {reason}.",
            provider.base_url
        )),
    };
    let content_type = response.headers().get(header::CONTENT_TYPE);
    let streams = content_type.is_some_and(|t| t.as_bytes().starts_with(b"text/event-stream"));
    if !streams {
        let body = whole_body(response, provider).await?;
        incoming.take(&body).map_err(broken)?;
        incoming.done = true;
        return Ok(());
    }
    let mut received = 0;
    let pieces = response.bytes_stream().map(|piece| {
        received += piece.as_deref().map_or(0, <[u8]>::len);
        // A stream without line breaks would grow in memory for ever.
        if received > 32 * MAX_SAID {
            return Err(StreamError::TooLong);
        }
        piece.map_err(StreamError::Http)
    });
    let mut events = Box::pin(SseStream::from_bytes_stream(pieces));
    while let Some(event) = events.next().await {
        let event = event.map_err(|error| broken_off(provider, &error))?;
        let Some(data) = event.data else {
            continue;
        };
        incoming.take(&data).map_err(broken)?;
        if incoming.done {
            break;
        }
        notes.saying(&|| so_far(incoming, provider));
        if incoming.len() > 8 * MAX_SAID {
            return Err(failed("The model's answer is larger than 8 MiB."));
        }
    }
    Ok(())
}

fn so_far(incoming: &Incoming, provider: &ProviderConfig) -> SoFar {
    let scrub = provider.scrub();
    SoFar {
        thinking: scrub.text(whole_words(&incoming.thinking).to_owned()),
        text: scrub.text(whole_words(&incoming.text).to_owned()),
    }
}

/// The end of a text, as whole words: a secret that is there in part would not be known for one.
fn whole_words(text: &str) -> &str {
    let end = text.rfind(char::is_whitespace).unwrap_or(0);
    let text = &text[..end];
    let Some(cut) = text.len().checked_sub(SAYING) else {
        return text;
    };
    let begin = (cut..text.len())
        .find(|at| text.is_char_boundary(*at) && text[*at..].starts_with(char::is_whitespace));
    &text[begin.unwrap_or(text.len())..]
}

async fn whole_body(response: Response, provider: &ProviderConfig) -> Result<String, Failure> {
    let mut body = Vec::new();
    let mut pieces = response.bytes_stream();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|error| refusal::unreachable(provider, &error))?;
        body.extend_from_slice(&piece);
        if body.len() > 8 * MAX_SAID {
            return Err(failed("The model's answer is larger than 8 MiB."));
        }
    }
    Ok(String::from_utf8_lossy(&body).into_owned())
}

#[derive(Debug, thiserror::Error)]
enum StreamError {
    #[error("{}", crate::steps::net::reason(.0))]
    Http(reqwest::Error),
    #[error("it is larger than 32 MiB")]
    TooLong,
}

fn broken_off(provider: &ProviderConfig, error: &sse_stream::Error) -> Failure {
    let reason = match error {
        sse_stream::Error::Body(inner) => inner.to_string(),
        other => other.to_string(),
    };
    let message = format!(
        "The answer of the provider at {} broke off: {reason}.",
        provider.base_url
    );
    failed(provider.scrub().text(message))
}

/// Whether what came in is a whole answer.
fn finished(incoming: &Incoming, question: &Question) -> Result<(), Failure> {
    if !incoming.is_complete() {
        return Err(failed(
            "The provider's answer broke off: the connection was closed before its end.",
        ));
    }
    match incoming.finish.as_deref() {
        Some("length") => {
            let limit = question.max_tokens;
            let limit = limit.map_or_else(String::new, |n| format!(" of {n} tokens"));
            return Err(failed(format!(
                "The model's answer was cut off at the limit{limit}. Raise max_tokens, or ask for less."
            )));
        }
        Some("content_filter") => {
            return Err(failed("The provider's content filter stopped the answer."));
        }
        _ => {}
    }
    if !incoming.refusal.is_empty() {
        return Err(failed("The model refused to answer."));
    }
    Ok(())
}

fn failed(message: impl Into<String>) -> Failure {
    Failure::new(FailureCode::LlmRequestFailed, message)
}
