//! Environment health: every check, what holds runs, and looking again.

use super::Api;
use super::context::Ctx;
use super::extract::{Json, Path};
use super::problem::{Error, Result};
use super::query::Query;
use super::workflows::check_ids;
use super::written::recheck as look_at_runs;
use crate::audit;
use crate::health::{Oldest, local, view};
use axum::extract::State;
use axum::http::StatusCode;
use model::WorkflowId;
use model::api::{Changed, Check, Health};
use serde_json::Value;

/// Every check with its last result, and what holds runs; with `workflow`, what its runs depend on. What was found last is
/// told; nothing is looked at anew.
#[utoipa::path(
    get, path = "/v1/health", tag = "health", params(("workflow" = Option<String>, Query)),
    responses((status = 200, body = Health))
)]
pub async fn get(State(api): State<Api>, ctx: Ctx, query: Query) -> Result<Json<Health>> {
    let query = query.only(&["workflow"])?;
    let mut checks = view::checks(api.host(), &ctx.place).await?;
    let mut blockers = view::blockers(api.host(), &ctx.place, &checks).await?;
    if let Some(workflow) = query.one("workflow") {
        let ids = check_ids(&api, &ctx, &WorkflowId::new(workflow)).await?;
        checks.retain(|check| ids.contains(&check.id));
        blockers.retain(|blocker| blocker.check.as_ref().is_some_and(|id| ids.contains(id)));
    }
    Ok(Json(Health {
        blockers,
        checks,
        no_programs: api.services().refuse_programs(),
    }))
}

/// Looks now. Runs that it held can go on where it passes, by themselves where their workflow says so.
#[utoipa::path(
    post, path = "/v1/health/checks/{check}/recheck", tag = "health", params(("check" = String, Path)),
    responses((status = 200, body = Changed<Check>))
)]
pub async fn recheck(
    State(api): State<Api>,
    ctx: Ctx,
    Path(id): Path<String>,
) -> Result<Json<Value>> {
    let store = api.store();
    let known = view::subjects(&**store, &ctx.place).await?;
    let record = if let Some(subject) = known.into_iter().find(|subject| subject.id() == id) {
        api.checks().look(&ctx.place, &subject, Oldest::Now).await?
    } else {
        let found = local::findings(api.host(), &ctx.place);
        let (subject, finding) = found
            .into_iter()
            .find(|(subject, _)| subject.id() == id)
            .ok_or_else(|| Error::not_found("check", &id))?;
        api.checks().keep(&ctx.place, &subject, finding).await?
    };
    let check = view::told(record);
    let entry = audit::entry(api.host(), &ctx, "health.recheck", &id)
        .after(serde_json::json!({ "state": check.state, "message": check.message }));
    let changed = Changed {
        audit: entry.id.clone(),
        value: check,
    };
    let body = serde_json::to_value(&changed).map_err(|error| Error::internal(&error))?;
    let set = ctx.complete(Vec::new(), entry, StatusCode::OK, &body)?;
    store.change(set).await?;
    look_at_runs(&api, &ctx).await;
    Ok(Json(body))
}
