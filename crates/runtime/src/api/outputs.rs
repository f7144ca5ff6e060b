//! What a run's steps left, as digests: who compares two runs learns which outputs differ without fetching any.

use super::Api;
use super::context::Ctx;
use super::extract::{Json, Path};
use super::problem::Result;
use super::run::{at_end_of, snapshot};
use super::tag::Tag;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use engine::Run;
use model::api::Outputs;
use model::{Digest, RunId};
use std::sync::Arc;

/// A digest of the output of each step that has one, by the step's path: the first 16 hexadecimal digits of the SHA-256 of its
/// canonical JSON. Outputs with the same digest are the same.
#[utoipa::path(
    get, path = "/v1/runs/{run}/outputs", tag = "runs", params(("run" = String, Path)),
    responses((status = 200, body = Outputs), (status = 304), (status = 404))
)]
pub async fn of_run(
    State(api): State<Api>,
    ctx: Ctx,
    Path(run): Path<RunId>,
    headers: HeaderMap,
) -> Result<Response> {
    let run = snapshot(&api, &ctx, &run).await?.run;
    answer(run, &headers).await
}

/// As `GET /v1/runs/{run}/outputs`, of the run as it was at the end of an attempt.
#[utoipa::path(
    get, path = "/v1/runs/{run}/attempts/{attempt}/outputs", tag = "runs",
    params(("run" = String, Path), ("attempt" = u32, Path, description = "Counted from 1.")),
    responses((status = 200, body = Outputs), (status = 304), (status = 404))
)]
pub async fn of_attempt(
    State(api): State<Api>,
    ctx: Ctx,
    Path((run, attempt)): Path<(RunId, u32)>,
    headers: HeaderMap,
) -> Result<Response> {
    let run = at_end_of(&api, &ctx, &run, attempt).await?;
    answer(run, &headers).await
}

async fn answer(run: Arc<Run>, headers: &HeaderMap) -> Result<Response> {
    // Up to the same event a run has the same outputs.
    let tag = Tag::new(run.seq);
    if tag.is_had(headers) {
        return Ok(tag.not_modified());
    }
    Ok(tag.mark(Json(made(run).await?).into_response()))
}

/// All outputs of a run may be hundreds of megabytes: their digests are made beside the threads that answer.
#[cfg(feature = "native")]
async fn made(run: Arc<Run>) -> Result<Outputs> {
    let made = tokio::task::spawn_blocking(move || digests(&run)).await;
    made.map_err(|cause| super::problem::Error::internal(&cause))
}

/// There is but one thread.
#[cfg(not(feature = "native"))]
fn made(run: Arc<Run>) -> std::future::Ready<Result<Outputs>> {
    std::future::ready(Ok(digests(&run)))
}

fn digests(run: &Run) -> Outputs {
    let steps = run.steps.iter();
    let left = steps.filter_map(|(path, step)| Some((path, step.output.as_ref()?)));
    let digests = left.map(|(path, output)| (path.clone(), Digest::of(output)));
    Outputs(digests.collect())
}
