#![allow(clippy::unwrap_used)]
//! An OpenAI-compatible server on a local port that answers as a test tells it.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex};
use tokio::sync::Notify;

/// One answer.
#[derive(Clone)]
#[allow(dead_code, reason = "each test file uses its own part")]
pub enum Answer {
    /// Server-sent chunks; the end is `[DONE]`.
    Chunks(Vec<Value>),
    /// Chunks, and then the connection breaks.
    Cut(Vec<Value>),
    /// Chunks, and then an orderly end without `[DONE]`.
    Unfinished(Vec<Value>),
    /// Chunks, and then nothing, ever.
    Held(Vec<Value>),
    /// One piece of JSON.
    Whole(Value),
    Status(u16, &'static [(&'static str, &'static str)], Value),
    /// Nothing, ever.
    Silence,
}

/// A chunk with a piece of text.
#[allow(dead_code, reason = "each test file uses its own part")]
pub fn piece(text: &str) -> Value {
    json!({"model": "small-1", "choices": [{"index": 0, "delta": {"content": text}}]})
}

/// The last chunks: why the answer ended, and what it used.
#[allow(dead_code, reason = "each test file uses its own part")]
pub fn end(reason: &str) -> [Value; 2] {
    [
        json!({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}),
        json!({"choices": [], "usage": {"prompt_tokens": 1000, "completion_tokens": 100}}),
    ]
}

/// The chunks of an answer with this text.
#[allow(dead_code, reason = "each test file uses its own part")]
pub fn says(text: &str) -> Answer {
    let middle = text.floor_char_boundary(text.len() / 2);
    let pieces = [piece(&text[..middle]), piece(&text[middle..])];
    Answer::Chunks(pieces.into_iter().chain(end("stop")).collect())
}

#[derive(Clone)]
pub struct TestProvider {
    pub base_url: String,
    seen: Arc<Mutex<Vec<(HeaderMap, Value)>>>,
    answers: Arc<Mutex<VecDeque<Answer>>>,
    /// A request came in.
    pub asked: Arc<Notify>,
    /// A client left before its answer was complete.
    pub left: Arc<Notify>,
}

#[allow(dead_code, reason = "each test file uses its own part")]
impl TestProvider {
    /// Gives one answer a request, the last one again and again.
    pub async fn start(answers: impl IntoIterator<Item = Answer>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let provider = Self {
            base_url: format!("http://{}/v1", listener.local_addr().unwrap()),
            seen: Arc::default(),
            answers: Arc::new(Mutex::new(answers.into_iter().collect())),
            asked: Arc::default(),
            left: Arc::default(),
        };
        let router = Router::new()
            .route("/v1/chat/completions", post(complete))
            .route("/v1/models", get(models))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    /// The headers and bodies of all requests so far.
    pub fn requests(&self) -> Vec<(HeaderMap, Value)> {
        self.seen.lock().unwrap().clone()
    }

    pub fn bodies(&self) -> Vec<Value> {
        self.requests().into_iter().map(|(_, body)| body).collect()
    }

    fn next(&self) -> Answer {
        let mut answers = self.answers.lock().unwrap();
        if answers.len() > 1 {
            answers.pop_front().unwrap()
        } else {
            answers.front().cloned().unwrap()
        }
    }
}

struct LeftOnDrop(Arc<Notify>);

impl Drop for LeftOnDrop {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

async fn complete(State(server): State<TestProvider>, headers: HeaderMap, body: Bytes) -> Response {
    let body = serde_json::from_slice(&body).unwrap();
    server.seen.lock().unwrap().push((headers, body));
    server.asked.notify_one();
    answer(server.next(), &server).await
}

async fn models(State(server): State<TestProvider>, headers: HeaderMap) -> Response {
    server.seen.lock().unwrap().push((headers, Value::Null));
    answer(server.next(), &server).await
}

async fn answer(answer: Answer, server: &TestProvider) -> Response {
    let event = |chunk: &Value| Ok(format!("data: {chunk}\n\n"));
    let cut = matches!(answer, Answer::Cut(_));
    let held = matches!(answer, Answer::Held(_));
    let pieces: Vec<io::Result<String>> = match answer {
        Answer::Chunks(chunks) => {
            let done = Ok("data: [DONE]\n\n".to_owned());
            chunks.iter().map(event).chain([done]).collect()
        }
        Answer::Unfinished(chunks) | Answer::Cut(chunks) | Answer::Held(chunks) => {
            chunks.iter().map(event).collect()
        }
        Answer::Whole(body) => return axum::Json(body).into_response(),
        Answer::Status(status, headers, body) => {
            let mut response =
                (StatusCode::from_u16(status).unwrap(), axum::Json(body)).into_response();
            for (name, value) in headers {
                response.headers_mut().insert(*name, value.parse().unwrap());
            }
            return response;
        }
        Answer::Silence => {
            let _left = LeftOnDrop(Arc::clone(&server.left));
            return std::future::pending().await;
        }
    };
    let events = ": a comment\n\n".to_owned();
    // The pause lets what was said so far go out before the connection breaks.
    let end = stream::once(async move {
        tokio::task::yield_now().await;
        if held {
            std::future::pending::<()>().await;
        }
        if cut {
            Err(io::Error::other("cut"))
        } else {
            Ok(String::new())
        }
    });
    let stream = stream::iter([Ok(events)].into_iter().chain(pieces)).chain(end);
    (
        [(header::CONTENT_TYPE, "text/event-stream")],
        Body::from_stream(stream),
    )
        .into_response()
}
