//! Values by themselves, whole however large: a text as text, anything else as JSON.

use super::Api;
use super::context::Ctx;
use super::extract::Path;
use super::problem::{Error, Result};
use super::query::Query;
use super::run::{at_end_of, snapshot, stored};
use super::steps::{disposition, found};
use super::tag::Tag;
use crate::store::EventQuery;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::Run;
use model::{RunId, StepPath};
use serde_json::Value;
use std::hash::{DefaultHasher, Hasher};

/// The run's result.
#[utoipa::path(
    get, path = "/v1/runs/{run}/output", tag = "runs",
    params(("run" = String, Path), ("download" = Option<bool>, Query)),
    responses((status = 200, description = "The value: `text/plain` for a text, else `application/json`."), (status = 304), (status = 404))
)]
pub async fn of_run(
    State(api): State<Api>,
    ctx: Ctx,
    Path(run): Path<RunId>,
    headers: HeaderMap,
    query: Query,
) -> Result<Response> {
    let asked = Asked::read(query, headers, "result")?;
    let run = snapshot(&api, &ctx, &run).await?.run;
    asked.answer(run.output.as_ref(), "The run has no result.")
}

/// What the step left.
#[utoipa::path(
    get, path = "/v1/runs/{run}/steps/{step}/output", tag = "runs",
    params(("run" = String, Path), ("step" = String, Path), ("download" = Option<bool>, Query)),
    responses((status = 200, description = "The value: `text/plain` for a text, else `application/json`."), (status = 304), (status = 404))
)]
pub async fn of_step(
    State(api): State<Api>,
    ctx: Ctx,
    Path((run, step)): Path<(RunId, StepPath)>,
    headers: HeaderMap,
    query: Query,
) -> Result<Response> {
    let asked = Asked::read(query, headers, &format!("{step}-output"))?;
    let run = snapshot(&api, &ctx, &run).await?.run;
    asked.answer_output(&run, &step)
}

/// What the step had left when an attempt of the run ended.
#[utoipa::path(
    get, path = "/v1/runs/{run}/attempts/{attempt}/steps/{step}/output", tag = "runs",
    params(("run" = String, Path), ("attempt" = u32, Path), ("step" = String, Path), ("download" = Option<bool>, Query)),
    responses((status = 200, description = "The value: `text/plain` for a text, else `application/json`."), (status = 304), (status = 404))
)]
pub async fn of_step_then(
    State(api): State<Api>,
    ctx: Ctx,
    Path((run, attempt, step)): Path<(RunId, u32, StepPath)>,
    headers: HeaderMap,
    query: Query,
) -> Result<Response> {
    let name = format!("{step}-output-attempt-{attempt}");
    let asked = Asked::read(query, headers, &name)?;
    let run = at_end_of(&api, &ctx, &run, attempt).await?;
    asked.answer_output(&run, &step)
}

/// What the step was given: an operator's replacement, where there is one.
#[utoipa::path(
    get, path = "/v1/runs/{run}/steps/{step}/input", tag = "runs",
    params(("run" = String, Path), ("step" = String, Path), ("download" = Option<bool>, Query)),
    responses((status = 200, description = "The value: `text/plain` for a text, else `application/json`."), (status = 304), (status = 404))
)]
pub async fn into_step(
    State(api): State<Api>,
    ctx: Ctx,
    Path((run, step)): Path<(RunId, StepPath)>,
    headers: HeaderMap,
    query: Query,
) -> Result<Response> {
    let asked = Asked::read(query, headers, &format!("{step}-input"))?;
    let run = snapshot(&api, &ctx, &run).await?.run;
    asked.answer_input(&run, &step)
}

/// What the step had been given when an attempt of the run ended.
#[utoipa::path(
    get, path = "/v1/runs/{run}/attempts/{attempt}/steps/{step}/input", tag = "runs",
    params(("run" = String, Path), ("attempt" = u32, Path), ("step" = String, Path), ("download" = Option<bool>, Query)),
    responses((status = 200, description = "The value: `text/plain` for a text, else `application/json`."), (status = 304), (status = 404))
)]
pub async fn into_step_then(
    State(api): State<Api>,
    ctx: Ctx,
    Path((run, attempt, step)): Path<(RunId, u32, StepPath)>,
    headers: HeaderMap,
    query: Query,
) -> Result<Response> {
    let name = format!("{step}-input-attempt-{attempt}");
    let asked = Asked::read(query, headers, &name)?;
    let run = at_end_of(&api, &ctx, &run, attempt).await?;
    asked.answer_input(&run, &step)
}

/// The value that an event holds: an input, an output, a loop's items.
#[utoipa::path(
    get, path = "/v1/runs/{run}/events/{seq}/value", tag = "runs",
    params(("run" = String, Path), ("seq" = u64, Path), ("download" = Option<bool>, Query)),
    responses((status = 200, description = "The value: `text/plain` for a text, else `application/json`."), (status = 304), (status = 404))
)]
pub async fn of_event(
    State(api): State<Api>,
    ctx: Ctx,
    Path((run, seq)): Path<(RunId, u64)>,
    headers: HeaderMap,
    query: Query,
) -> Result<Response> {
    let asked = Asked::read(query, headers, &format!("event-{seq}"))?;
    stored(&api, &ctx, &run).await?;
    let found = api
        .store()
        .events(EventQuery {
            after: seq.saturating_sub(1),
            limit: 1,
            ..EventQuery::all(run)
        })
        .await?;
    let event = found.first().filter(|event| event.seq == seq);
    let value = event.and_then(model::Event::value);
    asked.answer(value.as_ref(), "The event holds no value.")
}

/// How a value is asked for.
struct Asked {
    headers: HeaderMap,
    /// The name of the file, where it is to be one.
    file: Option<String>,
}

impl Asked {
    fn read(query: Query, headers: HeaderMap, name: &str) -> Result<Self> {
        let query = query.only(&["download"])?;
        Ok(Self {
            headers,
            file: query.flag("download")?.then(|| name.to_owned()),
        })
    }

    fn answer_output(self, run: &Run, step: &StepPath) -> Result<Response> {
        let output = found(run, step)?.output.as_ref();
        self.answer(output, "The step has no output.")
    }

    fn answer_input(self, run: &Run, step: &StepPath) -> Result<Response> {
        let state = found(run, step)?;
        let input = state.input_override.as_ref().or(state.input.as_ref());
        self.answer(input, "The step has no input.")
    }

    /// Answers with the value; `none` says that there is none.
    fn answer(self, value: Option<&Value>, none: &str) -> Result<Response> {
        let value =
            value.ok_or_else(|| Error::new(StatusCode::NOT_FOUND, "value_not_found", none))?;
        let (kind, ending, body) = match value {
            Value::String(text) => (
                "text/plain; charset=utf-8",
                "txt",
                text.clone().into_bytes(),
            ),
            other => (
                "application/json",
                "json",
                serde_json::to_vec(other).map_err(|cause| Error::internal(&cause))?,
            ),
        };
        let tag = Tag::new(state(&body));
        let mut response = if tag.is_had(&self.headers) {
            tag.not_modified()
        } else {
            tag.mark(body.into_response())
        };
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        // Untrusted: a browser may show it, but nothing in it may run or load.
        headers.insert(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("sandbox; default-src 'none'"),
        );
        let file = self
            .file
            .map(|name| disposition("attachment", &format!("{name}.{ending}")));
        if let Some(file) = file.and_then(|file| HeaderValue::from_str(&file).ok()) {
            headers.insert(header::CONTENT_DISPOSITION, file);
        }
        Ok(response)
    }
}

/// Tells one body from another; that it may differ between builds costs a browser no more than fetching it again.
fn state(body: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    hasher.write(body);
    format!("{:x}-{:016x}", body.len(), hasher.finish())
}
