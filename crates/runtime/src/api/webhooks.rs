//! Webhooks of a project: where messages are posted to. The secret goes out once and never again.

use super::Api;
use super::context::Ctx;
use super::extract::{IfMatch, Json, Path};
use super::problem::{Error, Result};
use super::run::whole;
use crate::audit;
use crate::store::record::WebhookRecord;
use crate::store::{Change, Record, Stored};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use model::WebhookId;
use model::api::{Changed, Page};
use model::notify::{CreateWebhook, NewWebhook, Webhook, WebhookPatch};
use serde::Serialize;
use serde_json::Value;

/// Webhooks a project may have.
const MOST: usize = 100;

#[utoipa::path(get, path = "/v1/webhooks", tag = "webhooks", responses((status = 200, body = Page<Webhook>)))]
pub async fn list(State(api): State<Api>, ctx: Ctx) -> Result<Json<Page<Webhook>>> {
    let found = api
        .store()
        .list::<WebhookRecord>(&ctx.place.group(), None, MOST)
        .await?;
    Ok(Json(whole(
        found
            .into_iter()
            .map(|stored| shown(stored.value))
            .collect(),
    )))
}

/// Makes a webhook. The answer holds its secret, this once.
#[utoipa::path(
    post, path = "/v1/webhooks", tag = "webhooks", request_body = CreateWebhook,
    responses((status = 201, body = Changed<NewWebhook>))
)]
pub async fn create(
    State(api): State<Api>,
    ctx: Ctx,
    Json(body): Json<CreateWebhook>,
) -> Result<Response> {
    check_address(&api, &body.url)?;
    let there = api
        .store()
        .list::<WebhookRecord>(&ctx.place.group(), None, MOST)
        .await?;
    if there.len() >= MOST {
        return Err(Error::conflict(
            "too_many_webhooks",
            format!("A project has at most {MOST} webhooks. Delete one that is no longer used."),
        ));
    }
    let fault = |why: String| Error::internal(&why);
    let secret = api.services().webhook_secret().map_err(fault)?;
    let now = api.now();
    let record = WebhookRecord {
        id: WebhookId::new(api.host().new_id(WebhookId::PREFIX)),
        place: ctx.place.clone(),
        url: body.url,
        description: body.description,
        kinds: body.kinds,
        enabled: true,
        disabled_reason: None,
        sealed_secret: api.services().seal(&secret).map_err(fault)?,
        created_at: now,
        updated_at: now,
        updated_by: ctx.actor(),
    };
    let webhook = shown(record.clone());
    let entry =
        audit::entry(api.host(), &ctx, "webhook.create", record.id.as_str()).after(&webhook);
    let answer = |secret: String| {
        value(&Changed {
            audit: entry.id.clone(),
            value: NewWebhook {
                webhook: webhook.clone(),
                secret,
            },
        })
    };
    // A secret is not kept for a second answer under the same key.
    let kept = answer("shown once, with the first answer".into())?;
    let body = answer(secret)?;
    let changes = vec![Change::create(&record)?];
    api.store()
        .change(ctx.complete(changes, entry, StatusCode::CREATED, &kept)?)
        .await?;
    remember(&api, &record);
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

/// Changes a webhook; absent fields stay. `enabled: true` turns one on again that was turned off by itself.
#[utoipa::path(
    patch, path = "/v1/webhooks/{webhook}", tag = "webhooks", params(("webhook" = String, Path)),
    request_body = WebhookPatch, responses((status = 200, body = Changed<Webhook>))
)]
pub async fn patch(
    State(api): State<Api>,
    ctx: Ctx,
    Path(id): Path<WebhookId>,
    IfMatch(seen): IfMatch,
    Json(body): Json<WebhookPatch>,
) -> Result<Json<Value>> {
    let Stored {
        value: mut record,
        revision,
    } = find(&api, &ctx, &id).await?;
    if seen.is_some_and(|seen| seen != revision) {
        return Err(Error::conflict(
            "stale_revision",
            format!("The webhook was changed in the meantime: it stands at {revision}."),
        )
        .current(shown(record)));
    }
    let before = shown(record.clone());
    if let Some(url) = body.url {
        check_address(&api, &url)?;
        record.url = url;
    }
    if let Some(description) = body.description {
        record.description = description;
    }
    if let Some(kinds) = body.kinds {
        record.kinds = kinds;
    }
    if let Some(enabled) = body.enabled {
        record.enabled = enabled;
        record.disabled_reason = None;
    }
    record.updated_at = api.now();
    record.updated_by = ctx.actor();
    let after = shown(record.clone());
    let entry = audit::entry(api.host(), &ctx, "webhook.update", id.as_str())
        .before(before)
        .after(&after);
    let answer = value(&Changed {
        audit: entry.id.clone(),
        value: after,
    })?;
    let stored = Stored {
        value: record,
        revision,
    };
    let changes = vec![Change::update(&stored)?];
    api.store()
        .change(ctx.complete(changes, entry, StatusCode::OK, &answer)?)
        .await?;
    remember(&api, &stored.value);
    Ok(Json(answer))
}

/// Deletes a webhook. What was on its way to it is given up.
#[utoipa::path(
    delete, path = "/v1/webhooks/{webhook}", tag = "webhooks", params(("webhook" = String, Path)),
    responses((status = 200, body = Changed<Webhook>))
)]
pub async fn delete(
    State(api): State<Api>,
    ctx: Ctx,
    Path(id): Path<WebhookId>,
) -> Result<Json<Value>> {
    let mut record = find(&api, &ctx, &id).await?.value;
    let before = shown(record.clone());
    let entry = audit::entry(api.host(), &ctx, "webhook.delete", id.as_str()).before(&before);
    let answer = value(&Changed {
        audit: entry.id.clone(),
        value: before,
    })?;
    let changes = vec![Change::delete::<WebhookRecord>(id.as_str())];
    api.store()
        .change(ctx.complete(changes, entry, StatusCode::OK, &answer)?)
        .await?;
    record.enabled = false;
    remember(&api, &record);
    Ok(Json(answer))
}

/// The webhook, where it belongs to this project; else 404.
pub async fn find(api: &Api, ctx: &Ctx, id: &WebhookId) -> Result<Stored<WebhookRecord>> {
    api.store()
        .get::<WebhookRecord>(id.as_str())
        .await?
        .filter(|stored| stored.value.place == ctx.place)
        .ok_or_else(|| Error::not_found("webhook", id.as_str()))
}

fn remember(api: &Api, record: &WebhookRecord) {
    let tenant = &record.place.tenant;
    api.host()
        .outbox()
        .asks(tenant, record.key(), record.wants_completed());
}

fn check_address(api: &Api, url: &str) -> Result<()> {
    match api.services().refuse_typed_address(url) {
        Some(why) => Err(Error::field("invalid_body", "/url", why)),
        None => Ok(()),
    }
}

fn value(changed: &impl Serialize) -> Result<Value> {
    serde_json::to_value(changed).map_err(|error| Error::internal(&error))
}

fn shown(record: WebhookRecord) -> Webhook {
    Webhook {
        id: record.id,
        url: record.url,
        description: record.description,
        kinds: record.kinds,
        enabled: record.enabled,
        disabled_reason: record.disabled_reason,
        created_at: record.created_at,
        updated_at: record.updated_at,
        updated_by: record.updated_by,
    }
}
