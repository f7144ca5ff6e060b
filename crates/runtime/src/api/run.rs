//! One run, read in several ways.

use super::Api;
use super::context::Ctx;
use super::extract::{Json, Path};
use super::problem::{Error, Result};
use super::query::Query;
use crate::host::Snapshot;
use crate::store::{AuditQuery, EventQuery, StoredRun};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use engine::{RunView, World};
use model::api::{Attempt, Checkpoint, CheckpointKind, Page, RunContext, RunSummary, StepResult};
use model::cut::cut;
use model::{AuditEntry, Event, EventKind, RunId};
use serde_json::Value;
use std::sync::Arc;

/// The folded run of this project, or 404.
pub async fn snapshot(api: &Api, ctx: &Ctx, run: &RunId) -> Result<Snapshot> {
    Ok(api.host().snapshot(&ctx.place, run).await?)
}

/// The run's row, where it belongs to this project; else 404.
pub async fn stored(api: &Api, ctx: &Ctx, run: &RunId) -> Result<StoredRun> {
    api.store()
        .run(run)
        .await?
        .filter(|stored| stored.place == ctx.place)
        .ok_or_else(|| Error::not_found("run", run.as_str()))
}

/// The folded run without step inputs, outputs and loop items, and the position to subscribe from. `ETag` is the run's
/// sequence, for `If-Match` on moves.
#[utoipa::path(
    get, path = "/v1/runs/{run}", tag = "runs", params(("run" = String, Path)),
    responses((status = 200, body = Object, description = "`{run, world, position}`"))
)]
pub async fn view(State(api): State<Api>, ctx: Ctx, Path(run): Path<RunId>) -> Result<Response> {
    let snapshot = snapshot(&api, &ctx, &run).await?;
    let etag = format!("\"{}\"", snapshot.run.seq);
    let view = RunView {
        run: lean(&snapshot.run),
        world: World {
            queue: api.host().queue_state(&run),
        },
        position: snapshot.position,
    };
    let mut response = Json(view).into_response();
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    Ok(response)
}

/// The folded run as it was at the end of an attempt, or 404.
pub async fn at_end_of(
    api: &Api,
    ctx: &Ctx,
    run: &RunId,
    attempt: u32,
) -> Result<Arc<engine::Run>> {
    let found = api.host().at_end_of(&ctx.place, run, attempt).await?;
    found.ok_or_else(|| Error::not_found("attempt", &attempt.to_string()))
}

/// The run without its steps' values, and without what else is too large to travel.
fn lean(run: &engine::Run) -> engine::Run {
    let mut run = run.lean();
    cut(&mut run.input);
    run.output.iter_mut().for_each(cut);
    run
}

/// The folded run as it was at the end of an attempt, as `GET /v1/runs/{run}` answers.
#[utoipa::path(
    get, path = "/v1/runs/{run}/attempts/{attempt}", tag = "runs",
    params(("run" = String, Path), ("attempt" = u32, Path, description = "Counted from 1.")),
    responses((status = 200, body = Object, description = "`{run, world, position}`"), (status = 404))
)]
pub async fn attempt(
    State(api): State<Api>,
    ctx: Ctx,
    Path((run, attempt)): Path<(RunId, u32)>,
) -> Result<Json<RunView>> {
    let run = at_end_of(&api, &ctx, &run, attempt).await?;
    Ok(Json(RunView {
        run: lean(&run),
        world: World::default(),
        position: 0,
    }))
}

/// What the run's templates see: input, results of finished steps, labels. Readable on a failed run too. A value of more than
/// 64 KiB stands as `{"$cut": …}`.
#[utoipa::path(
    get, path = "/v1/runs/{run}/context", tag = "runs", params(("run" = String, Path)),
    responses((status = 200, body = RunContext))
)]
pub async fn context(
    State(api): State<Api>,
    ctx: Ctx,
    Path(run): Path<RunId>,
) -> Result<Json<RunContext>> {
    let run = snapshot(&api, &ctx, &run).await?.run;
    let steps = run
        .order
        .iter()
        .filter_map(|path| run.steps.get(path))
        .filter_map(|state| {
            Some(StepResult {
                step: state.path.clone(),
                name: run.step_name(&state.path),
                status: state.status,
                result: travelling(state.output.as_ref()?),
                attempt: state.attempt,
            })
        })
        .collect();
    Ok(Json(RunContext {
        input: travelling(&run.input),
        about: run.about.clone(),
        labels: run.labels.clone(),
        environment: run.environment.clone(),
        steps,
        output: run.output.as_ref().map(travelling),
    }))
}

/// The value, or what stands for it where it is too large to travel with others.
pub fn travelling(value: &Value) -> Value {
    let mut value = value.clone();
    cut(&mut value);
    value
}

/// The summary card.
#[utoipa::path(
    get, path = "/v1/runs/{run}/summary", tag = "runs", params(("run" = String, Path)),
    responses((status = 200, body = RunSummary))
)]
pub async fn summary(
    State(api): State<Api>,
    ctx: Ctx,
    Path(id): Path<RunId>,
) -> Result<Json<RunSummary>> {
    let stored = stored(&api, &ctx, &id).await?;
    let run = snapshot(&api, &ctx, &id).await?.run;
    let children = api.store().children(&id).await?;
    Ok(Json(RunSummary {
        dequeued_at: run.dequeued_at,
        worker: run.worker.clone(),
        attempts: run.attempt,
        events: run.seq,
        artifacts: run.artifacts.len() as u64,
        again_of: run.again_of.clone(),
        children: children.into_iter().map(|child| child.row).collect(),
        assigned_to: stored.attention.assigned_to,
        row: stored.row,
    }))
}

/// The run's attempts, oldest first. The record of an ended one never changes.
#[utoipa::path(
    get, path = "/v1/runs/{run}/attempts", tag = "runs", params(("run" = String, Path)),
    responses((status = 200, body = Page<Attempt>))
)]
pub async fn attempts(
    State(api): State<Api>,
    ctx: Ctx,
    Path(run): Path<RunId>,
) -> Result<Json<Page<Attempt>>> {
    let run = snapshot(&api, &ctx, &run).await?.run;
    let items: Vec<Attempt> = run
        .attempts
        .iter()
        .map(|attempt| Attempt {
            attempt: attempt.attempt,
            status: attempt.status,
            started_at: attempt.started_at,
            ended_at: attempt.ended_at,
            from: attempt.from.clone(),
            failed_step: attempt.failed_step.clone(),
            failure: attempt.failure.clone(),
            by: attempt.by.clone(),
            reason: attempt.reason.clone(),
        })
        .collect();
    Ok(Json(whole(items)))
}

/// What comes behind `after` of a list that is held whole, in the order of its keys; and the cursor of what follows.
pub fn behind<T>(
    all: impl IntoIterator<Item = T>,
    after: &str,
    limit: usize,
    key: impl Fn(&T) -> String,
) -> (Vec<T>, Option<String>) {
    let mut items: Vec<T> = all
        .into_iter()
        .filter(|item| key(item).as_str() > after)
        .take(limit + 1)
        .collect();
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(key);
    (items, next)
}

/// A list that is short enough to be one page.
pub fn whole<T>(items: Vec<T>) -> Page<T> {
    Page {
        count: items.len() as u64,
        items,
        next_cursor: None,
        count_is_exact: true,
    }
}

const CHECKPOINTS: [&str; 3] = ["step_completed", "step_waiting", "step_decided"];

/// The run's saved points, oldest first: after each finished step, and where a person decides.
#[utoipa::path(
    get, path = "/v1/runs/{run}/checkpoints", tag = "runs",
    params(("run" = String, Path), ("after" = Option<u64>, Query), ("limit" = Option<u64>, Query)),
    responses((status = 200, body = Page<Checkpoint>))
)]
pub async fn checkpoints(
    State(api): State<Api>,
    ctx: Ctx,
    Path(id): Path<RunId>,
    query: Query,
) -> Result<Json<Page<Checkpoint>>> {
    let query = query.only(&["after", "limit", "cursor"])?;
    let limit = query.limit(200, 1000)?;
    let after = query
        .number("after")?
        .or(query.number("cursor")?)
        .unwrap_or(0);
    let run = snapshot(&api, &ctx, &id).await?.run;
    let events = api
        .store()
        .events(EventQuery {
            after,
            types: CHECKPOINTS.iter().map(|&name| name.to_owned()).collect(),
            limit: limit + 1,
            ..EventQuery::all(id)
        })
        .await?;
    let more = events.len() > limit;
    let last = events.get(limit.saturating_sub(1)).map(|event| event.seq);
    let items: Vec<Checkpoint> = events
        .into_iter()
        .take(limit)
        .filter_map(|event| checkpoint(&run, event))
        .collect();
    Ok(Json(Page {
        count: items.len() as u64,
        items,
        next_cursor: last.filter(|_| more).map(|seq| seq.to_string()),
        count_is_exact: !more && after == 0,
    }))
}

fn checkpoint(run: &engine::Run, event: Event) -> Option<Checkpoint> {
    let (step, kind, decision, attempt) = match event.event {
        EventKind::StepCompleted { key, .. } => (
            key.path,
            CheckpointKind::StepFinished,
            None,
            Some(key.attempt),
        ),
        EventKind::StepWaiting {
            path,
            wait: model::event::Wait::HumanTask { .. },
        } => (path, CheckpointKind::DecisionOpen, None, None),
        EventKind::StepDecided { path, decision, .. } => {
            (path, CheckpointKind::Decided, Some(decision), None)
        }
        _ => return None,
    };
    Some(Checkpoint {
        seq: event.seq,
        at: event.at,
        step_name: run.step_name(&step),
        attempt: attempt.unwrap_or_else(|| attempt_at(run, event.at)),
        step,
        kind,
        by: event.actor,
        decision,
    })
}

/// The attempt that was going on at a moment.
fn attempt_at(run: &engine::Run, at: model::Timestamp) -> u32 {
    run.attempts
        .iter()
        .rev()
        .find(|attempt| attempt.started_at <= at)
        .map_or(1, |attempt| attempt.attempt)
}

/// Who did what to this run, newest first.
#[utoipa::path(
    get, path = "/v1/runs/{run}/audit", tag = "audit",
    params(("run" = String, Path), ("limit" = Option<u64>, Query), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = Page<AuditEntry>))
)]
pub async fn audit(
    State(api): State<Api>,
    ctx: Ctx,
    Path(run): Path<RunId>,
    query: Query,
) -> Result<Json<Page<AuditEntry>>> {
    let query = query.only(&["limit", "cursor"])?;
    let limit = query.limit(100, 500)?;
    stored(&api, &ctx, &run).await?;
    let mut entries = api
        .store()
        .audit(AuditQuery {
            tenant: ctx.place.tenant.to_string(),
            project: Some(ctx.place.project.to_string()),
            run: Some(run),
            before_seq: query.number("cursor")?,
            limit: limit + 1,
            ..AuditQuery::default()
        })
        .await?;
    let more = entries.len() > limit;
    entries.truncate(limit);
    let items = entries;
    Ok(Json(Page {
        count: items.len() as u64,
        next_cursor: items
            .last()
            .filter(|_| more)
            .map(|entry| entry.seq.to_string()),
        items,
        count_is_exact: !more && query.one("cursor").is_none(),
    }))
}
