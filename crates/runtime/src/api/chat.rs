//! Conversations with agents.

use super::Api;
use super::context::Ctx;
use super::extract::{IfMatch, Json, Path};
use super::moves;
use super::problem::{Error, Result};
use super::run::snapshot;
use axum::extract::State;
use axum::response::Response;
use model::api::{Chat, ChatBody, Moved};
use model::event::Wait;
use model::{Move, MoveKind, RunId, StepPath};

/// Whether a person can write to the step's agent now, and what it asks. What was said stands in the step's transcript.
#[utoipa::path(
    get, path = "/v1/runs/{run}/steps/{step}/chat", tag = "moves",
    params(("run" = String, Path), ("step" = String, Path)),
    responses((status = 200, body = Chat))
)]
pub async fn read(
    State(api): State<Api>,
    ctx: Ctx,
    Path((run, step)): Path<(RunId, StepPath)>,
) -> Result<Json<Chat>> {
    let run = snapshot(&api, &ctx, &run).await?.run;
    let Some(state) = run.steps.get(&step) else {
        return Err(Error::not_found("step", step.as_str()));
    };
    let moves = engine::moves(&run, &ctx.access);
    let chat = moves
        .into_iter()
        .find(|m| m.kind == MoveKind::ContinueInChat);
    let open = chat
        .as_ref()
        .is_some_and(|chat| chat.legal && chat.steps.contains(&step));
    let reason = chat.filter(|_| !open).map(|chat| {
        chat.reason.unwrap_or_else(|| {
            let name = run.step_name(&step);
            format!("{name} has no agent that waits for an answer or has failed.")
        })
    });
    let question = match &state.wait {
        Some(Wait::Chat { question }) if open => Some(question.clone()),
        _ => None,
    };
    Ok(Json(Chat {
        open,
        reason,
        question,
    }))
}

/// A message to the step's agent: the answer to its question, or, where its failure ended the run, the first word of a new
/// attempt that goes on with the conversation.
#[utoipa::path(
    post, path = "/v1/runs/{run}/steps/{step}/chat", tag = "moves",
    params(("run" = String, Path), ("step" = String, Path)),
    request_body = ChatBody, responses((status = 200, body = Moved))
)]
pub async fn write(
    State(api): State<Api>,
    ctx: Ctx,
    Path((run, step)): Path<(RunId, StepPath)>,
    seen: IfMatch,
    Json(body): Json<ChatBody>,
) -> Result<Response> {
    if !snapshot(&api, &ctx, &run)
        .await?
        .run
        .steps
        .contains_key(&step)
    {
        return Err(Error::not_found("step", step.as_str()));
    }
    let what = Move::ContinueInChat {
        step,
        message: body.message,
    };
    moves::make(&api, &ctx, &run, seen, what, None).await
}
