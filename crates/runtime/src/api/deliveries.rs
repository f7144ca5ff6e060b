//! What left Signalbox, what came of it, and once again.

use super::Api;
use super::context::Ctx;
use super::extract::{Json, Path};
use super::problem::{Error, Result};
use super::query::Query;
use super::run::behind;
use super::webhooks;
use crate::audit;
use crate::notify::courier;
use crate::store::record::{DeliveryRecord, DueRecord, Target, WebhookRecord};
use crate::store::{Change, Record, Stored};
use axum::extract::State;
use axum::http::StatusCode;
use model::api::{Changed, Page};
use model::notify::{Delivery, DeliveryState};
use model::{Channel, DeliveryId, WebhookId};
use serde_json::Value;

/// Deliveries counted at most.
const COUNTED: usize = 1_000;

/// What was posted to a webhook, newest first, with every try.
#[utoipa::path(
    get, path = "/v1/webhooks/{webhook}/deliveries", tag = "webhooks",
    params(("webhook" = String, Path), ("limit" = Option<u64>, Query), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = Page<Delivery>))
)]
pub async fn of_webhook(
    State(api): State<Api>,
    ctx: Ctx,
    Path(id): Path<WebhookId>,
    query: Query,
) -> Result<Json<Page<Delivery>>> {
    webhooks::find(&api, &ctx, &id).await?;
    page(&api, id.as_str(), query).await
}

/// Posts the same message again: the same `webhook-id`, another timestamp.
#[utoipa::path(
    post, path = "/v1/webhooks/{webhook}/deliveries/{delivery}/redeliver", tag = "webhooks",
    params(("webhook" = String, Path), ("delivery" = String, Path)),
    responses((status = 200, body = Changed<Delivery>))
)]
pub async fn redeliver(
    State(api): State<Api>,
    ctx: Ctx,
    Path((webhook, delivery)): Path<(WebhookId, DeliveryId)>,
) -> Result<Json<Value>> {
    webhooks::find(&api, &ctx, &webhook).await?;
    again(&api, &ctx, Some(webhook.as_str()), &delivery).await
}

/// The e-mail of the tenant, newest first, with every try.
#[utoipa::path(
    get, path = "/v1/notifications/email/deliveries", tag = "notifications",
    params(("limit" = Option<u64>, Query), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = Page<Delivery>))
)]
pub async fn of_email(
    State(api): State<Api>,
    ctx: Ctx,
    query: Query,
) -> Result<Json<Page<Delivery>>> {
    page(&api, &DeliveryRecord::email_log(&ctx.place.tenant), query).await
}

/// Sends the same message again.
#[utoipa::path(
    post, path = "/v1/notifications/email/deliveries/{delivery}/redeliver", tag = "notifications",
    params(("delivery" = String, Path)), responses((status = 200, body = Changed<Delivery>))
)]
pub async fn redeliver_email(
    State(api): State<Api>,
    ctx: Ctx,
    Path(delivery): Path<DeliveryId>,
) -> Result<Json<Value>> {
    let log = DeliveryRecord::email_log(&ctx.place.tenant);
    again(&api, &ctx, Some(&log), &delivery).await
}

async fn page(api: &Api, log: &str, query: Query) -> Result<Json<Page<Delivery>>> {
    let query = query.only(&["limit", "cursor"])?;
    let limit = query.limit(50, 200)?;
    let all = api
        .store()
        .list::<DeliveryRecord>(log, None, COUNTED)
        .await?;
    let (count, count_is_exact) = (all.len() as u64, all.len() < COUNTED);
    let after = query.one("cursor").unwrap_or_default();
    let all = all.into_iter().map(|stored| stored.value);
    let (items, next_cursor) = behind(all, after, limit, DeliveryRecord::order);
    let mut shown = Vec::with_capacity(items.len());
    for record in items {
        shown.push(view(api, record).await?);
    }
    Ok(Json(Page {
        items: shown,
        next_cursor,
        count,
        count_is_exact,
    }))
}

/// Sends a delivery of this tenant again; only one of `log` where that is given.
pub async fn again(
    api: &Api,
    ctx: &Ctx,
    log: Option<&str>,
    id: &DeliveryId,
) -> Result<Json<Value>> {
    let found = api
        .store()
        .by_side::<DeliveryRecord>(id.as_str())
        .await?
        .into_iter()
        .find(|stored| {
            log.is_none_or(|log| stored.value.group() == log)
                && stored.value.place.tenant == ctx.place.tenant
        });
    let Some(Stored {
        mut value,
        revision,
    }) = found
    else {
        return Err(Error::not_found("delivery", id.as_str()));
    };
    if value.state == DeliveryState::Waiting {
        return Err(Error::conflict(
            "delivery_under_way",
            "This message is on its way already: wait for the next try.",
        ));
    }
    let entry = audit::entry(api.host(), ctx, "delivery.redeliver", id.as_str())
        .before(serde_json::json!({ "state": value.state }))
        .after(serde_json::json!({ "state": DeliveryState::Waiting }));
    value.state = DeliveryState::Waiting;
    value.due_at = Some(entry.at);
    value.failures = 0;
    let due = DueRecord {
        at: entry.at,
        delivery: value.key(),
    };
    let changed = Changed {
        audit: entry.id.clone(),
        value: view(api, value.clone()).await?,
    };
    let answer = serde_json::to_value(&changed).map_err(|error| Error::internal(&error))?;
    let changes = vec![
        Change::update(&Stored { value, revision })?,
        Change::put(&due)?,
    ];
    api.store()
        .change(ctx.complete(changes, entry, StatusCode::OK, &answer)?)
        .await?;
    api.host().outbox().wake();
    Ok(Json(answer))
}

/// A delivery as people see it.
pub async fn view(api: &Api, record: DeliveryRecord) -> Result<Delivery> {
    let (channel, to) = match &record.target {
        Target::Webhook(id) => {
            let webhook = api.store().get::<WebhookRecord>(id.as_str()).await?;
            let url = webhook.map(|stored| stored.value.url);
            (Channel::Webhook, url.unwrap_or_else(|| id.to_string()))
        }
        Target::Email(address) => (Channel::Email, address.clone()),
    };
    Ok(Delivery {
        title: courier::title(&record.content),
        id: record.id,
        channel,
        to,
        state: record.state,
        created_at: record.created_at,
        due_at: record.due_at,
        tries: record.tries,
    })
}
