//! Decisions that runs wait for.

use super::Api;
use super::context::Ctx;
use super::extract::{IfMatch, Json, Path};
use super::problem::{Error, Result};
use super::query::Query;
use super::{moves, workflows};
use axum::extract::State;
use axum::response::Response;
use model::api::{Moved, Page, PendingTask, SkipTask, TaskBody};
use model::{Move, RunId, TaskId};
use serde_json::Value;

/// Open decisions, those that wait longest first.
#[utoipa::path(
    get, path = "/v1/tasks/pending", tag = "tasks",
    params(("limit" = Option<u64>, Query), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = Page<PendingTask>))
)]
pub async fn pending(
    State(api): State<Api>,
    ctx: Ctx,
    query: Query,
) -> Result<Json<Page<PendingTask>>> {
    let query = query.only(&["limit", "cursor"])?;
    let limit = query.limit(50, 200)?;
    Ok(Json(
        api.store()
            .tasks(&ctx.place, query.cursor()?, limit)
            .await?,
    ))
}

/// Approves or rejects. The result is checked against the task's schema, where it has one.
#[utoipa::path(
    post, path = "/v1/runs/{run}/tasks/{task}/complete", tag = "tasks",
    params(("run" = String, Path), ("task" = String, Path)),
    request_body = TaskBody, responses((status = 200, body = Moved))
)]
pub async fn complete(
    State(api): State<Api>,
    ctx: Ctx,
    Path((run, task)): Path<(RunId, TaskId)>,
    seen: IfMatch,
    Json(body): Json<TaskBody>,
) -> Result<Response> {
    let open = find(&api, &ctx, &run, &task).await?;
    let reason = body.comment.clone();
    let what = if body.approved {
        let result = body.result.as_ref().unwrap_or(&Value::Null);
        workflows::fits(&api, open.result_schema.as_ref(), result, "/result")?;
        Move::Approve {
            task,
            comment: body.comment,
            result: body.result,
        }
    } else {
        Move::Reject {
            task,
            comment: body.comment,
        }
    };
    moves::make(&api, &ctx, &run, seen, what, reason).await
}

/// Goes on as if the task were not there.
#[utoipa::path(
    post, path = "/v1/runs/{run}/tasks/{task}/skip", tag = "tasks",
    params(("run" = String, Path), ("task" = String, Path)),
    request_body = SkipTask, responses((status = 200, body = Moved))
)]
pub async fn skip(
    State(api): State<Api>,
    ctx: Ctx,
    Path((run, task)): Path<(RunId, TaskId)>,
    seen: IfMatch,
    Json(body): Json<SkipTask>,
) -> Result<Response> {
    find(&api, &ctx, &run, &task).await?;
    let what = Move::Skip {
        task,
        comment: body.comment.clone(),
    };
    moves::make(&api, &ctx, &run, seen, what, body.comment).await
}

/// The task must be this run's, in this project; whether it is still open is for the engine to say.
async fn find(api: &Api, ctx: &Ctx, run: &RunId, task: &TaskId) -> Result<PendingTask> {
    api.store()
        .task(task)
        .await?
        .filter(|stored| stored.place == ctx.place && stored.task.run == *run)
        .map(|stored| stored.task)
        .ok_or_else(|| Error::not_found("task", task.as_str()))
}
