//! Waits that the outside resolves.

use super::Api;
use super::context::Ctx;
use super::extract::{IfMatch, Json, Path};
use super::moves::lost_race;
use super::problem::{Error, Result};
use super::query::Query;
use super::workflows;
use crate::host::{IdempotencyDraft, Meta};
use crate::store::record::IdempotencyRecord;
use crate::store::{StoredWaitpoint, WaitState};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use engine::Command;
use model::api::{Page, WaitpointClosed, WaitpointToken};
use model::{Move, Timestamp};
use serde_json::Value;

/// Answers are kept for good: whoever completes a token again gets the same.
const FOR_GOOD: Timestamp = Timestamp::from_millis(253_402_300_799_000);
/// Stands for everyone: the answer does not depend on who asks.
const ANYONE: &str = "*";

/// Waitpoints, newest first.
#[utoipa::path(
    get, path = "/v1/waitpoints/tokens", tag = "waitpoints",
    params(
        ("state" = Option<String>, Query, description = "`open`, `completed`, `timed_out` or `cancelled`."),
        ("limit" = Option<u64>, Query), ("cursor" = Option<String>, Query),
    ),
    responses((status = 200, body = Page<WaitpointToken>))
)]
pub async fn list(
    State(api): State<Api>,
    ctx: Ctx,
    query: Query,
) -> Result<Json<Page<WaitpointToken>>> {
    let query = query.only(&["state", "limit", "cursor"])?;
    let states = ["open", "completed", "timed_out", "cancelled"];
    let state = query
        .words("state", &states, WaitState::parse)?
        .first()
        .copied();
    let limit = query.limit(50, 200)?;
    Ok(Json(
        api.store()
            .waitpoints(&ctx.place, state, query.cursor()?, limit)
            .await?,
    ))
}

#[utoipa::path(
    get, path = "/v1/waitpoints/tokens/{token}", tag = "waitpoints", params(("token" = String, Path)),
    responses((status = 200, body = WaitpointToken))
)]
pub async fn get(
    State(api): State<Api>,
    ctx: Ctx,
    Path(token): Path<String>,
) -> Result<Json<WaitpointToken>> {
    Ok(Json(find(&api, &ctx, &token).await?.token))
}

/// Completes the wait with any JSON, checked against the token's schema if it has one. The second time: the same answer.
#[utoipa::path(
    post, path = "/v1/waitpoints/tokens/{token}/complete", tag = "waitpoints", params(("token" = String, Path)),
    request_body(content = Object, description = "What the waiting step gets as its result."),
    responses((status = 200, body = WaitpointClosed))
)]
pub async fn complete(
    State(api): State<Api>,
    ctx: Ctx,
    Path(token): Path<String>,
    seen: IfMatch,
    request: Request,
) -> Result<Json<Value>> {
    let Json(body) =
        <Json<Value> as axum::extract::FromRequest<()>>::from_request(request, &()).await?;
    close(&api, &ctx, &token, seen, WaitState::Completed, Some(body)).await
}

/// Ends the wait as if its time had run out.
#[utoipa::path(
    post, path = "/v1/waitpoints/tokens/{token}/timeout", tag = "waitpoints", params(("token" = String, Path)),
    responses((status = 200, body = WaitpointClosed))
)]
pub async fn timeout(
    State(api): State<Api>,
    ctx: Ctx,
    Path(token): Path<String>,
    seen: IfMatch,
) -> Result<Json<Value>> {
    close(&api, &ctx, &token, seen, WaitState::TimedOut, None).await
}

async fn find(api: &Api, ctx: &Ctx, token: &str) -> Result<StoredWaitpoint> {
    api.store()
        .waitpoint(token)
        .await?
        .filter(|stored| stored.place == ctx.place)
        .ok_or_else(|| Error::not_found("waitpoint", token))
}

async fn close(
    api: &Api,
    ctx: &Ctx,
    token: &str,
    IfMatch(seen): IfMatch,
    to: WaitState,
    body: Option<Value>,
) -> Result<Json<Value>> {
    let found = find(api, ctx, token).await?.token;
    if found.state != WaitState::Open.as_str() {
        return earlier(api, ctx, &found, to).await;
    }
    if let Some(body) = &body {
        workflows::fits(api, found.schema.as_ref(), body, "")?;
    }
    let step = found.step.clone();
    let what = match body {
        Some(body) => Move::Complete { step, body },
        None => Move::ForceTimeout { step },
    };
    let draft = ctx.draft(
        super::moves::action(what.kind()),
        Some(format!("waitpoint {token}")),
    );
    let closed = found.clone();
    let answer = move |audit: &model::AuditId| {
        serde_json::json!(WaitpointClosed {
            token: closed.token.clone(),
            state: to.as_str().to_owned(),
            run: closed.run.clone(),
            step: closed.step.clone(),
            audit: audit.clone(),
        })
    };
    let kept = answer.clone();
    let meta = Meta {
        expected_seq: seen,
        audit: Some(draft),
        idempotency: Some(IdempotencyDraft {
            actor: ANYONE.to_owned(),
            idempotency_key: key(token, to),
            fingerprint: String::new(),
            status: StatusCode::OK.as_u16(),
            expires_at: FOR_GOOD,
            body: Box::new(move |_, audit| audit.map_or(Value::Null, kept)),
        }),
        also: None,
    };
    let command = Command::Move {
        actor: ctx.actor(),
        what,
        reason: None,
    };
    match api
        .host()
        .command(&ctx.place, &found.run, command, meta)
        .await
    {
        Ok(outcome) => match &outcome.audit {
            Some(audit) => Ok(Json(answer(audit))),
            None => earlier(api, ctx, &found, to).await,
        },
        Err(error) => {
            // Two at once: the other one was first, and its answer is the answer.
            match earlier(api, ctx, &found, to).await {
                Ok(answer) => Ok(answer),
                Err(_) => Err(lost_race(api, ctx, &found.run, error).await),
            }
        }
    }
}

/// The answer given when the token was closed, if it was closed in the same way.
async fn earlier(
    api: &Api,
    ctx: &Ctx,
    token: &WaitpointToken,
    to: WaitState,
) -> Result<Json<Value>> {
    let key = IdempotencyRecord::key_of(&ctx.place, ANYONE, &key(&token.token, to));
    match api.store().get::<IdempotencyRecord>(&key).await? {
        Some(record) => Ok(Json(record.value.body)),
        None => Err(Error::conflict(
            "waitpoint_closed",
            format!(
                "This waitpoint is no longer open: it is {}.",
                token.state.replace('_', " ")
            ),
        )
        .current(token)),
    }
}

fn key(token: &str, to: WaitState) -> String {
    format!("waitpoint:{token}:{}", to.as_str())
}
