//! The audit trail of a tenant: reading it, its head, and how long it is kept.

pub mod export;

use super::Api;
use super::context::Ctx;
use super::extract::Json;
use super::problem::{Error, Result};
use super::query::Query;
use crate::audit;
use crate::store::index::COUNT_TO;
use crate::store::record::{AuditAnchor, AuditKeep};
use crate::store::{AuditQuery, Change};
use axum::extract::State;
use axum::http::StatusCode;
use model::api::{AuditRetention, Changed, KeepAudit, Page};
use model::{AuditEntry, AuditHead, Role, RunId};
use serde_json::Value;

/// The fewest days a trail can be kept.
const FEWEST_DAYS: u32 = 30;
const MOST_DAYS: u32 = 36_500;

/// Who did what, newest first. A tenant's admin sees the whole tenant, everybody else this project.
#[utoipa::path(
    get, path = "/v1/audit", tag = "audit",
    params(
        ("actor" = Option<String>, Query, description = "The id of a person or a token."),
        ("action" = Option<String>, Query, description = "`run.cancel`, `workflow.publish`, …"),
        ("object" = Option<String>, Query, description = "What was acted on."),
        ("run" = Option<String>, Query),
        ("ai" = Option<bool>, Query, description = "Only what an AI did, or only what it did not."),
        ("since" = Option<String>, Query), ("until" = Option<String>, Query),
        ("q" = Option<String>, Query, description = "Words of the entry; where no entry has them all, the last may be the beginning of one."),
        ("limit" = Option<u64>, Query), ("cursor" = Option<String>, Query),
    ),
    responses((status = 200, body = Page<AuditEntry>))
)]
pub async fn list(
    State(api): State<Api>,
    ctx: Ctx,
    query: Query,
) -> Result<Json<Page<AuditEntry>>> {
    let query = query.only(&[
        "actor", "action", "object", "run", "ai", "since", "until", "q", "limit", "cursor",
    ])?;
    query.cursor()?;
    let limit = query.limit(100, 500)?;
    let wanted = AuditQuery {
        tenant: ctx.place.tenant.to_string(),
        project: (ctx.access.role < Role::TenantAdmin).then(|| ctx.place.project.to_string()),
        run: query.one("run").map(RunId::from),
        actor: query.text("actor"),
        action: query.text("action"),
        object: query.text("object"),
        ai: query
            .one("ai")
            .is_some()
            .then(|| query.flag("ai"))
            .transpose()?,
        text: query.text("q"),
        since: query.time("since")?,
        until: query.time("until")?,
        before_seq: query.number("cursor")?,
        limit: limit + 1,
    };
    let count = api.store().audit_count(wanted.clone()).await?;
    let mut items = api.store().audit(wanted).await?;
    let more = items.len() > limit;
    items.truncate(limit);
    Ok(Json(Page {
        next_cursor: items
            .last()
            .filter(|_| more)
            .map(|entry| entry.seq.to_string()),
        items,
        count: count.min(COUNT_TO),
        count_is_exact: count <= COUNT_TO,
    }))
}

/// The end of the tenant's trail now, signed. Keep one elsewhere: with it anybody can tell later whether entries up to it were
/// cut off or written anew.
#[utoipa::path(get, path = "/v1/audit/head", tag = "audit", responses((status = 200, body = AuditHead)))]
pub async fn head(State(api): State<Api>, ctx: Ctx) -> Result<Json<AuditHead>> {
    let end = api.store().audit_end(&ctx.place.tenant, u64::MAX).await?;
    Ok(Json(api.store().sign(AuditHead::new(
        ctx.place.tenant.clone(),
        end,
        api.now(),
    ))))
}

/// How long the tenant's trail is kept, and where what was removed ended.
#[utoipa::path(get, path = "/v1/audit/retention", tag = "audit", responses((status = 200, body = AuditRetention)))]
pub async fn retention(State(api): State<Api>, ctx: Ctx) -> Result<Json<AuditRetention>> {
    Ok(Json(kept(&api, &ctx).await?))
}

/// Says how long the trail is kept. Older entries are removed within the hour; the signed hash of the last one removed stays,
/// so that what is left can still be checked.
#[utoipa::path(
    put, path = "/v1/audit/retention", tag = "audit", request_body = KeepAudit,
    responses((status = 200, body = Changed<AuditRetention>))
)]
pub async fn keep(
    State(api): State<Api>,
    ctx: Ctx,
    Json(body): Json<KeepAudit>,
) -> Result<Json<Value>> {
    if body
        .keep_days
        .is_some_and(|days| !(FEWEST_DAYS..=MOST_DAYS).contains(&days))
    {
        return Err(Error::field(
            "invalid_body",
            "/keep_days",
            format!(
                "A trail is kept for {FEWEST_DAYS} to {MOST_DAYS} days, or without end: send null."
            ),
        ));
    }
    let before = kept(&api, &ctx).await?;
    let after = AuditRetention {
        keep_days: body.keep_days,
        removed: before.removed.clone(),
    };
    let tenant = &ctx.place.tenant;
    let entry = audit::entry(api.host(), &ctx, "audit.keep", tenant.as_str())
        .before(serde_json::json!({ "keep_days": before.keep_days }))
        .after(serde_json::json!({ "keep_days": after.keep_days }));
    let change = Change::put(&AuditKeep {
        tenant: tenant.clone(),
        days: body.keep_days,
    })?;
    let changed = Changed {
        audit: entry.id.clone(),
        value: after,
    };
    let body = serde_json::to_value(&changed).map_err(|error| Error::internal(&error))?;
    api.store()
        .change(ctx.complete(vec![change], entry, StatusCode::OK, &body)?)
        .await?;
    Ok(Json(body))
}

async fn kept(api: &Api, ctx: &Ctx) -> Result<AuditRetention> {
    let tenant = ctx.place.tenant.as_str();
    let keep = api.store().get::<AuditKeep>(tenant).await?;
    let anchor = api.store().get::<AuditAnchor>(tenant).await?;
    Ok(AuditRetention {
        keep_days: keep.and_then(|stored| stored.value.days),
        removed: anchor.map(|stored| stored.value.0),
    })
}
