//! One stream of server-sent events a browser tab: everything that happens in the topics it asks for, in order, without gaps.

mod follower;
mod topics;

use super::Api;
use super::context::Ctx;
use super::problem::{Error, Result};
use super::query::Query;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::sse::Sse;
use axum::response::{IntoResponse, Response};
use follower::Follower;
use futures_util::stream;
use std::convert::Infallible;
use topics::Topics;

/// Server-sent events of the topics `run:{id}`, `runs`, `command-center`, `notifications`, `health`, `bulk`, `audit` (which needs the scope
/// `audit:read`), `deliveries:{webhook}` and `deliveries:email` (which need the role that their lists need). Each message's id is a position: `Last-Event-ID` (or `after`) resumes exactly behind it. `{"topic":"reset"}` says that the position is too old: load again. A heartbeat
/// comes every 15 s. The stream ends when the session or token does.
#[utoipa::path(
    get, path = "/v1/stream", tag = "stream",
    params(
        ("topics" = String, Query, description = "With commas: `run:run_01…,runs,command-center,notifications`."),
        ("after" = Option<u64>, Query, description = "The position to go on from; now when absent."),
        ("tenant" = Option<String>, Query), ("project" = Option<String>, Query),
    ),
    responses((status = 200, content_type = "text/event-stream", body = String))
)]
pub async fn stream(
    State(api): State<Api>,
    ctx: Ctx,
    headers: HeaderMap,
    query: Query,
) -> Result<Response> {
    let query = query.only(&["topics", "after"])?;
    let mut topics = Topics::of(&query)?;
    topics.allow(&api, &ctx).await?;
    let after = match headers.get("last-event-id").and_then(|id| id.to_str().ok()) {
        Some(id) if !id.is_empty() => Some(id.trim().parse().map_err(|_| {
            Error::bad_request(
                "invalid_last_event_id",
                format!("Last-Event-ID must be a position this stream gave; it is {id:?}."),
            )
            .missing("Last-Event-ID")
        })?),
        _ => query.number("after")?,
    };
    let follower = Follower::new(api, ctx, topics, after);
    let messages = stream::unfold(follower, |mut follower| async move {
        let event = follower.next().await?;
        Some((Ok::<_, Infallible>(event), follower))
    });
    let mut response = Sse::new(messages).into_response();
    response.headers_mut().insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("no-store, no-transform"),
    );
    // A proxy in front must not collect messages.
    response
        .headers_mut()
        .insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}
