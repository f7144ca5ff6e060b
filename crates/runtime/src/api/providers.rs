//! Model providers. Keys go in and never come out.

use super::Api;
use super::context::Ctx;
use super::extract::{IfMatch, Json, Path};
use super::problem::{Error, Result};
use super::run::whole;
use crate::audit;
use crate::health::{Oldest, Subject};
use crate::store::record::{CheckRecord, ProviderRecord};
use crate::store::{Change, Stored};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use model::api::{Changed, CheckResult, CreateProvider, Page, Provider, ProviderPatch};
use model::{CheckKind, CheckState};
use serde_json::Value;

#[utoipa::path(get, path = "/v1/providers", tag = "providers", responses((status = 200, body = Page<Provider>)))]
pub async fn list(State(api): State<Api>, ctx: Ctx) -> Result<Json<Page<Provider>>> {
    let found = api
        .store()
        .list::<ProviderRecord>(&ctx.place.group(), None, 1000)
        .await?;
    let mut providers = Vec::with_capacity(found.len());
    for stored in found {
        let mut record = stored.value;
        // Rounds look at providers too; the latest look counts.
        let key = ctx.place.key(&about(&record.id).id());
        if let Some(look) = api.store().get::<CheckRecord>(&key).await? {
            record.check = Some(result(&look.value));
        }
        providers.push(shown(record));
    }
    Ok(Json(whole(providers)))
}

fn about(provider: &str) -> Subject {
    Subject::new(CheckKind::Provider, provider)
}

fn result(look: &CheckRecord) -> CheckResult {
    CheckResult {
        ok: look.state == CheckState::Passing,
        message: look.message.clone(),
        at: look.at,
    }
}

#[utoipa::path(
    post, path = "/v1/providers", tag = "providers", request_body = CreateProvider,
    responses((status = 201, body = Changed<Provider>))
)]
pub async fn create(
    State(api): State<Api>,
    ctx: Ctx,
    Json(body): Json<CreateProvider>,
) -> Result<Response> {
    if !model::id::is_slug(&body.id) {
        return Err(Error::field(
            "invalid_body",
            "/id",
            "A provider's id is 1 to 64 letters, digits, _ and -, a letter first.",
        ));
    }
    check_address(&api, &body.base_url)?;
    let record = ProviderRecord {
        place: ctx.place.clone(),
        id: body.id,
        mode: body.mode,
        base_url: body.base_url,
        default_model: body.default_model,
        sealed_key: seal(&api, body.api_key)?,
        prices: body.prices,
        check: None,
        updated_at: api.now(),
        updated_by: ctx.actor(),
    };
    let change = Change::create(&record)?;
    let body = write(
        &api,
        &ctx,
        change,
        None,
        record,
        "provider.create",
        StatusCode::CREATED,
    )
    .await?;
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

/// Changes a provider; absent fields stay. Runs that its state blocked are looked at again.
#[utoipa::path(
    patch, path = "/v1/providers/{provider}", tag = "providers", params(("provider" = String, Path)),
    request_body = ProviderPatch, responses((status = 200, body = Changed<Provider>))
)]
pub async fn patch(
    State(api): State<Api>,
    ctx: Ctx,
    Path(id): Path<String>,
    IfMatch(seen): IfMatch,
    Json(body): Json<ProviderPatch>,
) -> Result<Json<Value>> {
    let Stored {
        mut value,
        revision,
    } = find(&api, &ctx, &id).await?;
    if seen.is_some_and(|seen| seen != revision) {
        return Err(Error::conflict(
            "stale_revision",
            format!("The provider was changed in the meantime: it stands at {revision}."),
        )
        .current(shown(value)));
    }
    let before = shown(value.clone());
    if let Some(url) = body.base_url {
        check_address(&api, &url)?;
        value.base_url = url;
    }
    if let Some(mode) = body.mode {
        value.mode = mode;
    }
    if let Some(model) = body.default_model {
        value.default_model = model;
    }
    if let Some(prices) = body.prices {
        value.prices = prices;
    }
    if body.api_key.is_some() {
        value.sealed_key = seal(&api, body.api_key)?;
    }
    // What was found out about the old address or key says nothing about the new one.
    value.check = None;
    value.updated_at = api.now();
    value.updated_by = ctx.actor();
    let change = Change::update(&Stored {
        value: value.clone(),
        revision,
    })?;
    let body = write(
        &api,
        &ctx,
        change,
        Some(before),
        value,
        "provider.update",
        StatusCode::OK,
    )
    .await?;
    recheck(&api, &ctx).await;
    Ok(Json(body))
}

#[utoipa::path(
    delete, path = "/v1/providers/{provider}", tag = "providers", params(("provider" = String, Path)),
    responses((status = 200, body = Changed<Provider>))
)]
pub async fn delete(
    State(api): State<Api>,
    ctx: Ctx,
    Path(id): Path<String>,
) -> Result<Json<Value>> {
    let record = find(&api, &ctx, &id).await?.value;
    let change = Change::delete::<ProviderRecord>(ctx.place.key(&id));
    let before = shown(record.clone());
    let body = write(
        &api,
        &ctx,
        change,
        Some(before),
        record,
        "provider.delete",
        StatusCode::OK,
    )
    .await?;
    Ok(Json(body))
}

/// Asks the provider now whether it answers, and keeps what was found.
#[utoipa::path(
    post, path = "/v1/providers/{provider}/check", tag = "providers", params(("provider" = String, Path)),
    responses((status = 200, body = Changed<Provider>))
)]
pub async fn check(
    State(api): State<Api>,
    ctx: Ctx,
    Path(id): Path<String>,
) -> Result<Json<Value>> {
    let Stored {
        mut value,
        revision,
    } = find(&api, &ctx, &id).await?;
    let before: Option<CheckResult> = value.check.clone();
    let subject = about(&id);
    let look = api.checks().look(&ctx.place, &subject, Oldest::Now).await?;
    let found = result(&look);
    value.check = Some(found.clone());
    let entry = audit::entry(api.host(), &ctx, "provider.check", &id)
        .before(before)
        .after(found);
    let changed = Changed {
        audit: entry.id.clone(),
        value: shown(value.clone()),
    };
    let body = serde_json::to_value(&changed).map_err(|error| Error::internal(&error))?;
    let change = Change::update(&Stored { value, revision })?;
    api.store()
        .change(ctx.complete(vec![change], entry, StatusCode::OK, &body)?)
        .await?;
    recheck(&api, &ctx).await;
    Ok(Json(body))
}

/// The change is made whether or not blocked runs can be looked at now.
async fn recheck(api: &Api, ctx: &Ctx) {
    if let Err(error) = api.host().recheck(&ctx.place).await {
        tracing::warn!(%error, "blocked runs could not be looked at again");
    }
}

async fn write(
    api: &Api,
    ctx: &Ctx,
    change: Change,
    before: Option<Provider>,
    record: ProviderRecord,
    action: &str,
    status: StatusCode,
) -> Result<Value> {
    let provider = shown(record);
    let id = provider.id.clone();
    let mut entry = audit::entry(api.host(), ctx, action, &provider.id).after(&provider);
    if let Some(before) = before {
        entry = entry.before(before);
    }
    let changed = Changed {
        audit: entry.id.clone(),
        value: provider,
    };
    let body = serde_json::to_value(&changed).map_err(|error| Error::internal(&error))?;
    // What was found out about the old address or key says nothing about the new one.
    let mut changes = vec![change];
    let kinds = [CheckKind::Provider];
    let old = api.checks().forget(&ctx.place, &kinds, &id).await?;
    changes.extend(old);
    api.store()
        .change(ctx.complete(changes, entry, status, &body)?)
        .await?;
    api.checks().tell(&ctx.place);
    Ok(body)
}

async fn find(api: &Api, ctx: &Ctx, id: &str) -> Result<Stored<ProviderRecord>> {
    api.store()
        .get::<ProviderRecord>(&ctx.place.key(id))
        .await?
        .ok_or_else(|| Error::not_found("provider", id))
}

fn seal(api: &Api, key: Option<String>) -> Result<Option<String>> {
    key.filter(|key| !key.is_empty())
        .map(|key| {
            api.services()
                .seal(&key)
                .map_err(|why| Error::internal(&why))
        })
        .transpose()
}

fn check_address(api: &Api, url: &str) -> Result<()> {
    match api.services().refuse_address(url) {
        Some(why) => Err(Error::field("invalid_body", "/base_url", why)),
        None => Ok(()),
    }
}

fn shown(record: ProviderRecord) -> Provider {
    Provider {
        has_key: record.sealed_key.is_some(),
        id: record.id,
        mode: record.mode,
        base_url: record.base_url,
        default_model: record.default_model,
        prices: record.prices,
        check: record.check,
        updated_at: record.updated_at,
        updated_by: record.updated_by,
    }
}
