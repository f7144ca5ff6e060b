//! Queues: how they stand, pausing and resuming.

use super::Api;
use super::context::Ctx;
use super::extract::{Json, Path};
use super::problem::{Error, Result};
use super::run::whole;
use crate::host::{QueueAnswer, QueueChange, QueueView};
use axum::extract::State;
use axum::http::StatusCode;
use model::AuditId;
use model::api::{Changed, Page, QueueRow};

/// The project's queues.
#[utoipa::path(get, path = "/v1/queues", tag = "queues", responses((status = 200, body = Page<QueueRow>)))]
pub async fn list(State(api): State<Api>, ctx: Ctx) -> Result<Json<Page<QueueRow>>> {
    Ok(Json(whole(
        api.host().queues(&ctx.place).into_iter().map(row).collect(),
    )))
}

/// Nothing leaves the queue until it is resumed; what runs goes on.
#[utoipa::path(
    post, path = "/v1/queues/{queue}/pause", tag = "queues", params(("queue" = String, Path)),
    responses((status = 200, body = Changed<QueueRow>))
)]
pub async fn pause(
    State(api): State<Api>,
    ctx: Ctx,
    Path(queue): Path<String>,
) -> Result<Json<Changed<QueueRow>>> {
    set(&api, &ctx, &queue, true).await
}

#[utoipa::path(
    post, path = "/v1/queues/{queue}/resume", tag = "queues", params(("queue" = String, Path)),
    responses((status = 200, body = Changed<QueueRow>))
)]
pub async fn resume(
    State(api): State<Api>,
    ctx: Ctx,
    Path(queue): Path<String>,
) -> Result<Json<Changed<QueueRow>>> {
    set(&api, &ctx, &queue, false).await
}

async fn set(api: &Api, ctx: &Ctx, queue: &str, paused: bool) -> Result<Json<Changed<QueueRow>>> {
    if !api
        .host()
        .queues(&ctx.place)
        .iter()
        .any(|known| known.name == queue)
    {
        return Err(Error::not_found("queue", queue));
    }
    let action = if paused {
        "queue.pause"
    } else {
        "queue.resume"
    };
    let change = QueueChange {
        paused: Some(paused),
        ..QueueChange::default()
    };
    let (asker, now) = (ctx.clone(), api.now());
    let keep: QueueAnswer = Box::new(move |view, audit| {
        let body = serde_json::to_value(changed(view.clone(), audit.clone()))?;
        asker.answer(StatusCode::OK, &body, now)
    });
    let (view, audit) = api
        .host()
        .change_queue(&ctx.place, queue, change, ctx.draft(action, None), keep)
        .await?;
    Ok(Json(changed(view, audit)))
}

fn changed(view: QueueView, audit: AuditId) -> Changed<QueueRow> {
    Changed {
        value: row(view),
        audit,
    }
}

fn row(view: QueueView) -> QueueRow {
    QueueRow {
        name: view.name,
        limit: view.limit,
        in_use: view.in_use,
        depth: view.depth,
        delayed: view.delayed,
        paused_by: view.paused_by,
        paused_at: view.paused_at,
        last_dequeue_at: view.last_dequeue_at,
    }
}
