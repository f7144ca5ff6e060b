//! Where the reports of a tenant go.

use crate::api::Api;
use crate::api::context::Ctx;
use crate::api::extract::Json;
use crate::api::notifications::is_address;
use crate::api::problem::{Error, Result};
use crate::audit;
use crate::store::record::{
    Content, DeliveryRecord, DueRecord, EmailServerRecord, SupportTargetRecord, Target,
    WebhookRecord,
};
use crate::store::{Change, Record};
use axum::extract::State;
use axum::http::StatusCode;
use model::api::Changed;
use model::notify::DeliveryState;
use model::report::{NewSupportTarget, SupportTarget};
use model::{DeliveryId, ReportId, Timestamp, WebhookId};
use serde_json::Value;

#[utoipa::path(
    get, path = "/v1/reports/target", tag = "reports", responses((status = 200, body = SupportTarget))
)]
pub async fn get_target(State(api): State<Api>, ctx: Ctx) -> Result<Json<SupportTarget>> {
    Ok(Json(read(&api, &ctx).await?.0))
}

/// Says where reports go: by e-mail, or to an address that they are posted to. The answer holds that address's secret, this
/// once. Neither of both: they stay here.
#[utoipa::path(
    put, path = "/v1/reports/target", tag = "reports", request_body = SupportTarget,
    responses((status = 200, body = Changed<NewSupportTarget>))
)]
pub async fn put_target(
    State(api): State<Api>,
    ctx: Ctx,
    Json(body): Json<SupportTarget>,
) -> Result<Json<Value>> {
    let wrong = |pointer: &str, message: String| Error::field("invalid_body", pointer, message);
    if body.email.is_some() && body.webhook_url.is_some() {
        return Err(wrong(
            "/webhook_url",
            "Reports go either by e-mail or to an address they are posted to.".into(),
        ));
    }
    if body.email.as_ref().is_some_and(|email| !is_address(email)) {
        return Err(wrong(
            "/email",
            "This is no e-mail address. Write it as name@example.com.".into(),
        ));
    }
    if let Some(url) = &body.webhook_url
        && let Some(why) = api.services().refuse_typed_address(url)
    {
        return Err(wrong("/webhook_url", why));
    }
    let (before, old) = read(&api, &ctx).await?;
    let entry = audit::entry(api.host(), &ctx, "report.target", ctx.place.tenant.as_str())
        .before(&before)
        .after(&body);
    let mut changes = Vec::new();
    if let Some(webhook) = old.and_then(|old| old.webhook) {
        changes.push(Change::delete::<WebhookRecord>(webhook.as_str()));
    }
    let (mut webhook, mut secret) = (None, None);
    if let Some(url) = &body.webhook_url {
        let fault = |why: String| Error::internal(&why);
        let made = api.services().webhook_secret().map_err(fault)?;
        let record = WebhookRecord {
            id: WebhookId::new(api.host().new_id(WebhookId::PREFIX)),
            place: SupportTargetRecord::place(&ctx.place.tenant),
            url: url.clone(),
            description: "Support".into(),
            kinds: std::collections::BTreeSet::default(),
            enabled: true,
            disabled_reason: None,
            sealed_secret: api.services().seal(&made).map_err(fault)?,
            created_at: entry.at,
            updated_at: entry.at,
            updated_by: ctx.actor(),
        };
        changes.push(Change::create(&record)?);
        (webhook, secret) = (Some(record.id), Some(made));
    }
    changes.push(Change::put(&SupportTargetRecord {
        tenant: ctx.place.tenant.clone(),
        email: body.email.clone(),
        webhook,
        updated_at: entry.at,
        updated_by: ctx.actor(),
    })?);
    let answer = |secret: Option<String>| {
        serde_json::to_value(Changed {
            audit: entry.id.clone(),
            value: NewSupportTarget {
                email: body.email.clone(),
                webhook_url: body.webhook_url.clone(),
                secret,
            },
        })
        .map_err(|error| Error::internal(&error))
    };
    // A secret is not kept for a second answer under the same key.
    let (kept, shown) = (answer(None)?, answer(secret)?);
    api.store()
        .change(ctx.complete(changes, entry, StatusCode::OK, &kept)?)
        .await?;
    Ok(Json(shown))
}

/// In words, for whoever is about to report: "support@example.com".
pub(super) async fn shown(api: &Api, ctx: &Ctx) -> Result<Option<String>> {
    let (target, _) = read(api, ctx).await?;
    Ok(target.email.or(target.webhook_url))
}

/// The message that takes a report there, if anything does.
pub(super) async fn delivery(
    api: &Api,
    ctx: &Ctx,
    report: &ReportId,
    subject: &str,
    now: Timestamp,
) -> Result<Option<(DeliveryRecord, DueRecord)>> {
    let (_, record) = read(api, ctx).await?;
    let target = match record {
        Some(SupportTargetRecord {
            webhook: Some(webhook),
            ..
        }) => Target::Webhook(webhook),
        Some(SupportTargetRecord {
            email: Some(email), ..
        }) => Target::Email(email),
        Some(_) | None => return Ok(None),
    };
    let tenant = ctx.place.tenant.as_str();
    let by_mail = matches!(target, Target::Email(_));
    if by_mail
        && api
            .store()
            .get::<EmailServerRecord>(tenant)
            .await?
            .is_none()
    {
        return Err(Error::conflict(
            "no_email_server",
            "Reports go to support by e-mail, but no e-mail server is set up for this tenant. A tenant admin can set one up; until \
             then, download the file and send it yourself.",
        ));
    }
    let delivery = DeliveryRecord {
        id: DeliveryId::new(api.host().new_id(DeliveryId::PREFIX)),
        place: ctx.place.clone(),
        target,
        content: Content::Report {
            report: report.clone(),
            subject: subject.to_owned(),
        },
        state: DeliveryState::Waiting,
        created_at: now,
        due_at: Some(now),
        tries: Vec::new(),
        begun: false,
        failures: 0,
    };
    let due = DueRecord {
        at: now,
        delivery: delivery.key(),
    };
    Ok(Some((delivery, due)))
}

async fn read(api: &Api, ctx: &Ctx) -> Result<(SupportTarget, Option<SupportTargetRecord>)> {
    let tenant = ctx.place.tenant.as_str();
    let Some(stored) = api.store().get::<SupportTargetRecord>(tenant).await? else {
        return Ok((SupportTarget::default(), None));
    };
    let record = stored.value;
    let webhook_url = match &record.webhook {
        Some(webhook) => api
            .store()
            .get::<WebhookRecord>(webhook.as_str())
            .await?
            .map(|stored| stored.value.url),
        None => None,
    };
    let target = SupportTarget {
        email: record.email.clone(),
        webhook_url,
    };
    Ok((target, Some(record)))
}
