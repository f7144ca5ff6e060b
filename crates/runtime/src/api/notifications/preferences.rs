//! What a person, a project and a tenant want to hear of.

use crate::api::Api;
use crate::api::context::Ctx;
use crate::api::extract::Json;
use crate::api::problem::{Error, Result};
use crate::audit;
use crate::notify::layers::{self, Layers};
use crate::store::Change;
use crate::store::record::{EmailServerRecord, PreferencesRecord, User};
use axum::extract::State;
use axum::http::StatusCode;
use model::api::Changed;
use model::notify::{Layer, Preferences, PreferencesBody, PreferencesView};
use model::{Channel, Role, Scope};
use serde_json::Value;

/// The three layers, and what holds for the caller.
#[utoipa::path(
    get, path = "/v1/notifications/preferences", tag = "notifications",
    responses((status = 200, body = PreferencesView))
)]
pub async fn preferences(State(api): State<Api>, ctx: Ctx) -> Result<Json<PreferencesView>> {
    Ok(Json(view(&api, &ctx).await?))
}

/// Replaces one layer: `me` for everyone, `project` for its admins, `tenant` for tenant admins.
#[utoipa::path(
    put, path = "/v1/notifications/preferences", tag = "notifications", request_body = PreferencesBody,
    responses((status = 200, body = Changed<PreferencesView>))
)]
pub async fn put_preferences(
    State(api): State<Api>,
    ctx: Ctx,
    Json(body): Json<PreferencesBody>,
) -> Result<Json<Value>> {
    let role = match body.layer {
        Layer::Me => Role::ProjectViewer,
        Layer::Project => Role::ProjectAdmin,
        Layer::Tenant => Role::TenantAdmin,
    };
    ctx.access.allow(role, Scope::WorkflowRead)?;
    check(&body, api.now())?;
    let record = PreferencesRecord {
        key: PreferencesRecord::key_of(body.layer, &ctx.caller.user, &ctx.place),
        tenant: ctx.place.tenant.clone(),
        preferences: body.preferences,
    };
    let before = view(&api, &ctx).await?;
    let old = match body.layer {
        Layer::Me => before.me.clone(),
        Layer::Project => before.project.clone(),
        Layer::Tenant => before.tenant.clone(),
    };
    let (mut tenant, mut project, mut me) = (before.tenant, before.project, before.me);
    *match body.layer {
        Layer::Me => &mut me,
        Layer::Project => &mut project,
        Layer::Tenant => &mut tenant,
    } = record.preferences.clone();
    let after = complete(&api, &ctx, PreferencesView::new(tenant, project, me)).await?;
    let entry = audit::entry(
        api.host(),
        &ctx,
        "notifications.preferences",
        body.layer.as_str(),
    )
    .before(&old)
    .after(&record.preferences);
    let changed = Changed {
        audit: entry.id.clone(),
        value: after,
    };
    let answer = serde_json::to_value(&changed).map_err(|error| Error::internal(&error))?;
    let set = ctx.complete(vec![Change::put(&record)?], entry, StatusCode::OK, &answer)?;
    api.store().change(set).await?;
    api.host().outbox().prefer(&record);
    Ok(Json(answer))
}

async fn view(api: &Api, ctx: &Ctx) -> Result<PreferencesView> {
    let Layers {
        tenant,
        project,
        me,
    } = Layers::of(api.store(), &ctx.caller.user, &ctx.place).await?;
    complete(api, ctx, PreferencesView::new(tenant, project, me)).await
}

/// Adds what the layers do not know.
async fn complete(api: &Api, ctx: &Ctx, mut view: PreferencesView) -> Result<PreferencesView> {
    let user = api.store().get::<User>(ctx.caller.user.as_str()).await?;
    view.email_to = layers::address(&view.me, user.map(|stored| stored.value).as_ref());
    view.email_ready = api
        .store()
        .get::<EmailServerRecord>(ctx.place.tenant.as_str())
        .await?
        .is_some();
    Ok(view)
}

/// What no layer, or not this one, may say.
fn check(body: &PreferencesBody, now: model::Timestamp) -> Result<()> {
    let Preferences {
        kinds,
        quiet,
        email,
    } = &body.preferences;
    if let Some(hours) = quiet {
        layers::until(hours, now).map_err(|mistake| {
            Error::field("invalid_body", "/preferences/quiet", mistake.to_string())
        })?;
    }
    if body.layer != Layer::Me && email.is_some() {
        return Err(Error::field(
            "invalid_body",
            "/preferences/email",
            "An address belongs to one person: set it in the layer \"me\".",
        ));
    }
    if email.as_ref().is_some_and(|email| !is_address(email)) {
        return Err(Error::field(
            "invalid_body",
            "/preferences/email",
            "This is no e-mail address. Write it as name@example.com.",
        ));
    }
    let webhook = kinds
        .iter()
        .find(|(_, channels)| channels.contains_key(&Channel::Webhook));
    match webhook {
        Some((kind, _)) if body.layer == Layer::Me => Err(Error::field(
            "invalid_body",
            format!("/preferences/kinds/{kind}/webhook"),
            "Webhooks belong to the project: set this in the layer \"project\" or \"tenant\".",
        )),
        Some(_) | None => Ok(()),
    }
}

/// Whether `text` can be an address at all; whether anybody reads there only a message shows.
pub fn is_address(text: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| !c.is_whitespace() && !c.is_control() && !"<>,;:\"()[]\\@".contains(c))
    };
    text.len() <= 254
        && text
            .rsplit_once('@')
            .is_some_and(|(name, domain)| plain(name) && plain(domain))
}
