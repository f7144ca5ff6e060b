//! What an operator may do to a run now, what it would do, and doing it.

use super::context::Ctx;
use super::extract::{IfMatch, Json, Path};
use super::problem::{Error, Result};
use super::run::{snapshot, stored};
use super::{Api, workflows};
use crate::host::{HostError, Outcome};
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::{Command, Refusal};
use model::api::{MoveBody, Moved, RunRow};
use model::{AuditId, Move, MoveKind, MoveState, Plan, RunId, StopMode};
use serde_json::Value;

/// What is said of a run that a move would leave as it is.
pub const NOTHING_CHANGED: &str = "The run already stands as this move would leave it.";

/// Every move: legal now, or why not. What the caller's role or scope does not allow names what is missing.
#[utoipa::path(
    get, path = "/v1/runs/{run}/moves", tag = "moves", params(("run" = String, Path)),
    responses((status = 200, body = Vec<MoveState>))
)]
pub async fn list(
    State(api): State<Api>,
    ctx: Ctx,
    Path(run): Path<RunId>,
) -> Result<Json<Vec<MoveState>>> {
    let run = snapshot(&api, &ctx, &run).await?.run;
    Ok(Json(engine::moves(&run, &ctx.access)))
}

/// What a move would do. The same plan is kept in the audit entry when the move is made.
#[utoipa::path(
    post, path = "/v1/runs/{run}/plan", tag = "moves", params(("run" = String, Path)),
    request_body(content = Object, description = "A move: `{\"move\": \"retry\"}`, `{\"move\": \"retry_from_step\", \"step\": \"draft\"}`, …"),
    responses((status = 200, body = Plan))
)]
pub async fn plan(
    State(api): State<Api>,
    ctx: Ctx,
    Path(run): Path<RunId>,
    Json(what): Json<Move>,
) -> Result<Json<Plan>> {
    let folded = snapshot(&api, &ctx, &run).await?.run;
    if let Err(why) = engine::check_move(&folded, what.kind()) {
        return Err(lost_race(&api, &ctx, &run, Refusal::NotLegal(why).into()).await);
    }
    Ok(Json(engine::plan(&folded, &what)))
}

macro_rules! move_route {
    ($(#[$doc:meta])* $name:ident, $path:literal, $what:expr) => {
        $(#[$doc])*
        #[utoipa::path(
            post, path = $path, tag = "moves", params(("run" = String, Path)),
            request_body = MoveBody, responses((status = 200, body = Moved))
        )]
        pub async fn $name(
            State(api): State<Api>,
            ctx: Ctx,
            Path(run): Path<RunId>,
            seen: IfMatch,
            Json(body): Json<MoveBody>,
        ) -> Result<Response> {
            let reason = body.reason.clone();
            let read: fn(MoveBody) -> Result<Move> = $what;
            let what = read(body)?;
            make(&api, &ctx, &run, seen, what, reason).await
        }
    };
}

move_route!(
    /// A new attempt from the first unfinished step; with `step`, from that step.
    retry, "/v1/runs/{run}/retry", retry_move
);
move_route!(
    /// Goes on after a pause or a cleared block.
    resume, "/v1/runs/{run}/resume", |_| Ok(Move::Resume)
);
move_route!(
    /// Starts nothing more; steps in flight may finish.
    pause, "/v1/runs/{run}/pause", |_| Ok(Move::Pause)
);
move_route!(
    /// Stops: `graceful` lets steps in flight finish, `immediate` is Cancel.
    stop, "/v1/runs/{run}/stop", |body| Ok(stop_move(body.mode, body.timeout_s))
);
move_route!(
    /// Stops at once: calls in flight are cancelled.
    cancel, "/v1/runs/{run}/cancel", |_| Ok(Move::Cancel)
);

fn retry_move(body: MoveBody) -> Result<Move> {
    match (body.step, body.input) {
        (Some(step), input) => Ok(Move::RetryFromStep { step, input }),
        (None, None) => Ok(Move::Retry),
        (None, Some(_)) => Err(Error::field(
            "invalid_body",
            "/step",
            "An input is for one step: name the step to retry from.",
        )),
    }
}

/// The move behind a stop.
pub fn stop_move(mode: Option<StopMode>, timeout_s: Option<u64>) -> Move {
    match mode {
        None | Some(StopMode::Graceful) => Move::StopGracefully { timeout_s },
        Some(StopMode::Immediate) => Move::Cancel,
    }
}

/// A new run of the latest published version, with the same input unless another is given.
#[utoipa::path(
    post, path = "/v1/runs/{run}/run-again", tag = "moves", params(("run" = String, Path)),
    request_body = MoveBody, responses((status = 201, body = Moved))
)]
pub async fn run_again(
    State(api): State<Api>,
    ctx: Ctx,
    Path(run): Path<RunId>,
    IfMatch(seen): IfMatch,
    Json(body): Json<MoveBody>,
) -> Result<Response> {
    let what = Move::RunAgain {
        input: body.input.clone(),
    };
    let folded = snapshot(&api, &ctx, &run).await?.run;
    if seen.is_some_and(|seen| seen != folded.seq) {
        return Err(lost_race(
            &api,
            &ctx,
            &run,
            HostError::Stale {
                current: folded.seq,
            },
        )
        .await);
    }
    if let Some(input) = &body.input {
        workflows::check_input(&api, &ctx, &folded.workflow.id, input, "/input").await?;
    }
    let mut draft = ctx.draft("run.run_again", body.reason);
    draft.plan = Some(engine::plan(&folded, &what));
    let meta = ctx.meta(None, draft, api.now(), StatusCode::CREATED, moved);
    let outcome = api
        .host()
        .run_again(&ctx.place, &run, body.input, ctx.actor(), meta)
        .await?;
    answer(outcome, StatusCode::CREATED)
}

/// Makes a move: checks the sequence the caller saw, keeps the plan in the audit entry, answers with the run as it stands now.
pub async fn make(
    api: &Api,
    ctx: &Ctx,
    run: &RunId,
    IfMatch(seen): IfMatch,
    what: Move,
    reason: Option<String>,
) -> Result<Response> {
    let kind = what.kind();
    ctx.access.allow_move(kind)?;
    let outcome = perform(api, ctx, run, seen, what, reason).await?;
    answer(outcome, StatusCode::OK)
}

async fn perform(
    api: &Api,
    ctx: &Ctx,
    run: &RunId,
    seen: Option<u64>,
    what: Move,
    reason: Option<String>,
) -> Result<Outcome> {
    let mut draft = ctx.draft(action(what.kind()), reason.clone());
    let folded = snapshot(api, ctx, run).await?.run;
    draft.plan = Some(engine::plan(&folded, &what));
    let command = Command::Move {
        actor: ctx.actor(),
        what,
        reason,
    };
    let meta = ctx.meta(seen, draft, api.now(), StatusCode::OK, moved);
    match api.host().command(&ctx.place, run, command, meta).await {
        Ok(outcome) => Ok(outcome),
        Err(error) => Err(lost_race(api, ctx, run, error).await),
    }
}

/// A refused or late move is answered with how the run stands now.
pub async fn lost_race(api: &Api, ctx: &Ctx, run: &RunId, error: HostError) -> Error {
    let problem = Error::from(error);
    if problem.status() != StatusCode::CONFLICT {
        return problem;
    }
    match stored(api, ctx, run).await {
        Ok(stored) => problem.current(stored.row),
        Err(_) => problem,
    }
}

/// The audit trail's word for a move.
pub const fn action(kind: MoveKind) -> &'static str {
    match kind {
        MoveKind::Retry => "run.retry",
        MoveKind::RetryFromStep => "run.retry_from_step",
        MoveKind::Resume => "run.resume",
        MoveKind::Approve => "task.approve",
        MoveKind::Reject => "task.reject",
        MoveKind::Skip => "task.skip",
        MoveKind::Complete => "waitpoint.complete",
        MoveKind::ForceTimeout => "waitpoint.timeout",
        MoveKind::ContinueInChat => "run.chat",
        MoveKind::Pause => "run.pause",
        MoveKind::StopGracefully => "run.stop",
        MoveKind::Cancel => "run.cancel",
        MoveKind::RunAgain => "run.run_again",
        MoveKind::Report => "run.report",
    }
}

/// The body of the answer to a move.
pub fn moved(row: &RunRow, audit: Option<&AuditId>) -> Value {
    serde_json::json!({ "run": row, "audit": audit })
}

/// The answer to a move: the run, the audit entry's id, and the new sequence as `ETag`.
pub fn answer(outcome: Outcome, status: StatusCode) -> Result<Response> {
    let audit = outcome.audit.ok_or_else(|| {
        Error::conflict("nothing_changed", NOTHING_CHANGED).current(&*outcome.row)
    })?;
    let etag = format!("\"{}\"", outcome.row.seq);
    let run = RunRow::clone(&outcome.row);
    let mut response = (status, Json(Moved { run, audit })).into_response();
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    Ok(response)
}
