//! *Tell me when this changes*, on any run.

use super::Api;
use super::context::Ctx;
use super::extract::{Json, Path};
use super::problem::{Error, Result};
use super::run::stored;
use crate::audit;
use crate::store::Change;
use crate::store::record::WatchRecord;
use axum::extract::State;
use axum::http::StatusCode;
use model::RunId;
use model::api::Changed;
use model::notify::Watch;
use serde_json::Value;

/// Whether the caller follows the run.
#[utoipa::path(
    get, path = "/v1/runs/{run}/watch", tag = "notifications", params(("run" = String, Path)),
    responses((status = 200, body = Watch))
)]
pub async fn get(State(api): State<Api>, ctx: Ctx, Path(run): Path<RunId>) -> Result<Json<Watch>> {
    stored(&api, &ctx, &run).await?;
    let key = WatchRecord::key_of(&run, &ctx.caller.user);
    let watching = api.store().get::<WatchRecord>(&key).await?.is_some();
    Ok(Json(Watch { watching }))
}

/// Follows the run, or no longer. Who follows a run is told of every change of its status by others, whatever their
/// preferences say, until it has ended.
#[utoipa::path(
    put, path = "/v1/runs/{run}/watch", tag = "notifications", params(("run" = String, Path)), request_body = Watch,
    responses((status = 200, body = Changed<Watch>))
)]
pub async fn put(
    State(api): State<Api>,
    ctx: Ctx,
    Path(run): Path<RunId>,
    Json(body): Json<Watch>,
) -> Result<Json<Value>> {
    stored(&api, &ctx, &run).await?;
    let record = WatchRecord {
        run: run.clone(),
        user: ctx.caller.user.clone(),
        since: api.now(),
    };
    let (action, change) = if body.watching {
        // Before it is written: a decision made meanwhile must not pass unseen.
        api.host().outbox().watch(&run);
        ("run.watch", Change::put(&record)?)
    } else {
        let key = WatchRecord::key_of(&run, &record.user);
        ("run.unwatch", Change::delete::<WatchRecord>(key))
    };
    let mut entry = audit::entry(api.host(), &ctx, action, run.as_str()).after(&body);
    entry.run = Some(run.clone());
    let changed = Changed {
        audit: entry.id.clone(),
        value: body,
    };
    let body = serde_json::to_value(&changed).map_err(|error| Error::internal(&error))?;
    let set = ctx.complete(vec![change], entry, StatusCode::OK, &body)?;
    api.store().change(set).await?;
    let left = api.store().by_side::<WatchRecord>(run.as_str()).await?;
    if left.is_empty() {
        api.host().outbox().unwatch(&run);
    }
    Ok(Json(body))
}
