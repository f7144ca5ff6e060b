//! The e-mail server of a tenant. Its password goes in and never comes out.

use super::Api;
use super::context::Ctx;
use super::deliveries;
use super::extract::Json;
use super::notifications::is_address;
use super::problem::{Error, Result};
use crate::audit;
use crate::store::record::{Content, DeliveryRecord, DueRecord, EmailServerRecord, Target};
use crate::store::{Change, Record};
use axum::extract::State;
use axum::http::StatusCode;
use model::DeliveryId;
use model::api::Changed;
use model::notify::{
    Delivery, DeliveryState, EmailServer, EmailServerBody, EmailSetup, EmailTest, SmtpSecurity,
};
use serde::Serialize;
use serde_json::Value;

#[utoipa::path(
    get, path = "/v1/notifications/email", tag = "notifications", responses((status = 200, body = EmailSetup))
)]
pub async fn get(State(api): State<Api>, ctx: Ctx) -> Result<Json<EmailSetup>> {
    Ok(Json(EmailSetup {
        server: find(&api, &ctx).await?.map(shown),
    }))
}

/// Sets up the server that e-mail of this tenant goes through.
#[utoipa::path(
    put, path = "/v1/notifications/email", tag = "notifications", request_body = EmailServerBody,
    responses((status = 200, body = Changed<EmailServer>))
)]
pub async fn put(
    State(api): State<Api>,
    ctx: Ctx,
    Json(body): Json<EmailServerBody>,
) -> Result<Json<Value>> {
    let before = find(&api, &ctx).await?;
    let sealed_password = match &body.password {
        None => before
            .as_ref()
            .and_then(|server| server.sealed_password.clone()),
        Some(password) if password.is_empty() => None,
        Some(password) => {
            let sealed = api.services().seal(password);
            Some(sealed.map_err(|why| Error::internal(&why))?)
        }
    };
    check(&api, &body, sealed_password.is_some())?;
    let record = EmailServerRecord {
        tenant: ctx.place.tenant.clone(),
        host: body.host,
        port: body.port,
        security: body.security,
        username: body.username.filter(|name| !name.is_empty()),
        sealed_password,
        from: body.from,
        console_url: body.console_url.filter(|url| !url.is_empty()),
        updated_at: api.now(),
        updated_by: ctx.actor(),
    };
    let after = shown(record.clone());
    let mut entry =
        audit::entry(api.host(), &ctx, "email.update", record.tenant.as_str()).after(&after);
    if let Some(before) = before {
        entry = entry.before(shown(before));
    }
    let answer = value(&Changed {
        audit: entry.id.clone(),
        value: after,
    })?;
    let changes = vec![Change::put(&record)?];
    api.store()
        .change(ctx.complete(changes, entry, StatusCode::OK, &answer)?)
        .await?;
    Ok(Json(answer))
}

/// Removes the server: no more e-mail is sent.
#[utoipa::path(
    delete, path = "/v1/notifications/email", tag = "notifications",
    responses((status = 200, body = Changed<EmailServer>))
)]
pub async fn delete(State(api): State<Api>, ctx: Ctx) -> Result<Json<Value>> {
    let before = shown(find(&api, &ctx).await?.ok_or_else(none)?);
    let tenant = ctx.place.tenant.as_str();
    let entry = audit::entry(api.host(), &ctx, "email.delete", tenant).before(&before);
    let answer = value(&Changed {
        audit: entry.id.clone(),
        value: before,
    })?;
    let changes = vec![Change::delete::<EmailServerRecord>(tenant)];
    api.store()
        .change(ctx.complete(changes, entry, StatusCode::OK, &answer)?)
        .await?;
    Ok(Json(answer))
}

/// Sends a test message; what comes of it stands in the deliveries.
#[utoipa::path(
    post, path = "/v1/notifications/email/test", tag = "notifications", request_body = EmailTest,
    responses((status = 200, body = Changed<Delivery>))
)]
pub async fn test(
    State(api): State<Api>,
    ctx: Ctx,
    Json(body): Json<EmailTest>,
) -> Result<Json<Value>> {
    find(&api, &ctx).await?.ok_or_else(none)?;
    if !is_address(&body.to) {
        return Err(no_address("/to"));
    }
    let entry = audit::entry(api.host(), &ctx, "email.test", &body.to).after(&body);
    let delivery = DeliveryRecord {
        id: DeliveryId::new(api.host().new_id(DeliveryId::PREFIX)),
        place: ctx.place.clone(),
        target: Target::Email(body.to),
        content: Content::Test,
        state: DeliveryState::Waiting,
        created_at: entry.at,
        due_at: Some(entry.at),
        tries: Vec::new(),
        begun: false,
        failures: 0,
    };
    let due = DueRecord {
        at: entry.at,
        delivery: delivery.key(),
    };
    let changes = vec![Change::create(&delivery)?, Change::put(&due)?];
    let answer = value(&Changed {
        audit: entry.id.clone(),
        value: deliveries::view(&api, delivery).await?,
    })?;
    api.store()
        .change(ctx.complete(changes, entry, StatusCode::OK, &answer)?)
        .await?;
    api.host().outbox().wake();
    Ok(Json(answer))
}

async fn find(api: &Api, ctx: &Ctx) -> Result<Option<EmailServerRecord>> {
    let found = api
        .store()
        .get::<EmailServerRecord>(ctx.place.tenant.as_str())
        .await?;
    Ok(found.map(|stored| stored.value))
}

fn check(api: &Api, body: &EmailServerBody, has_password: bool) -> Result<()> {
    let wrong = |pointer: &str, message: &str| Error::field("invalid_body", pointer, message);
    let host = body.host.trim();
    if host.is_empty() || host.contains(|c: char| c.is_whitespace() || "/@".contains(c)) {
        return Err(wrong(
            "/host",
            "Name the host alone, such as smtp.example.com.",
        ));
    }
    if body.port == 0 {
        return Err(wrong(
            "/port",
            "The port is 465 with TLS and 587 with STARTTLS, usually.",
        ));
    }
    if !is_address(&body.from) {
        return Err(no_address("/from"));
    }
    if body.security == SmtpSecurity::Plain && has_password {
        return Err(wrong(
            "/security",
            "A password would travel in the clear. Choose TLS or STARTTLS, or remove the password.",
        ));
    }
    if let Some(url) = body.console_url.as_ref().filter(|url| !url.is_empty())
        && let Some(why) = api.services().refuse_address(url)
    {
        return Err(wrong("/console_url", &why));
    }
    Ok(())
}

fn none() -> Error {
    Error::new(
        StatusCode::NOT_FOUND,
        "email_server_not_found",
        "No e-mail server is set up for this tenant.",
    )
}

fn no_address(pointer: &str) -> Error {
    Error::field(
        "invalid_body",
        pointer,
        "This is no e-mail address. Write it as name@example.com.",
    )
}

fn value(changed: &impl Serialize) -> Result<Value> {
    serde_json::to_value(changed).map_err(|error| Error::internal(&error))
}

fn shown(record: EmailServerRecord) -> EmailServer {
    EmailServer {
        host: record.host,
        port: record.port,
        security: record.security,
        username: record.username,
        has_password: record.sealed_password.is_some(),
        from: record.from,
        console_url: record.console_url,
        updated_at: record.updated_at,
        updated_by: record.updated_by,
    }
}
