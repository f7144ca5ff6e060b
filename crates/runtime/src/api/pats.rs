//! Personal access tokens: made by whoever they act for, shown once, taken back.

use super::Api;
use super::context::Ctx;
use super::extract::{Json, Path};
use super::problem::{Error, Result};
use super::query::Query;
use super::run::whole;
use crate::audit;
use crate::auth::{Proof, members, people};
use crate::store::record::{LastUse, Token};
use crate::store::{Change, Place};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use model::access::Denied;
use model::api::{Changed, CreatePat, NewPat, Page, Pat};
use model::{Role, TokenId};
use serde_json::Value;

const LONGEST_NAME: usize = 100;
const MOST_DAYS: u32 = 3_650;
const DAY_S: u64 = 24 * 3600;

/// One's own tokens in this tenant, the newest last; with `all=true` everybody's, for a tenant's admin.
#[utoipa::path(
    get, path = "/v1/pats", tag = "access", params(("all" = Option<bool>, Query)),
    responses((status = 200, body = Page<Pat>))
)]
pub async fn list(State(api): State<Api>, ctx: Ctx, query: Query) -> Result<Json<Page<Pat>>> {
    let all = query.only(&["all"])?.flag("all")?;
    if all && ctx.access.role < Role::TenantAdmin {
        return Err(Denied::Role(Role::TenantAdmin).into());
    }
    let mut owners = vec![ctx.caller.user.clone()];
    if all {
        owners.extend(members::users(api.store(), &ctx.place.tenant).await?);
        owners.sort();
        owners.dedup();
    }
    let mut items = Vec::new();
    for owner in owners {
        for token in members::tokens(api.store(), &owner, &ctx.place.tenant).await? {
            items.push(shown(&api, token).await?);
        }
    }
    items.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(Json(whole(items)))
}

/// Makes a token. It can do no more than its maker: its scopes are among theirs, its role is not above theirs, and one made with
/// a token does not outlive that one. The secret is shown in this answer only.
#[utoipa::path(
    post, path = "/v1/pats", tag = "access", request_body = CreatePat,
    responses((status = 201, body = Changed<NewPat>))
)]
pub async fn create(
    State(api): State<Api>,
    ctx: Ctx,
    Json(body): Json<CreatePat>,
) -> Result<Response> {
    let name = super::named(&body.name, LONGEST_NAME)?;
    if body.scopes.is_empty() {
        return Err(Error::field(
            "invalid_body",
            "/scopes",
            "A token needs at least one scope.",
        ));
    }
    if let Some(more) = body
        .scopes
        .iter()
        .find(|scope| !ctx.access.scopes.contains(scope))
    {
        return Err(Denied::Scope(*more).into());
    }
    let place = Place {
        project: body
            .project
            .clone()
            .unwrap_or_else(|| ctx.place.project.clone()),
        ..ctx.place.clone()
    };
    let own = ctx
        .caller
        .role(&place)
        .ok_or_else(|| Error::not_found("project", place.project.as_str()))?;
    if let Some(more) = body.role.filter(|role| *role > own) {
        return Err(Denied::Role(more).into());
    }
    if body
        .expires_in_days
        .is_some_and(|days| !(1..=MOST_DAYS).contains(&days))
    {
        return Err(Error::field(
            "invalid_body",
            "/expires_in_days",
            format!("A token expires after 1 to {MOST_DAYS} days, or never: leave it out."),
        ));
    }
    let now = api.now();
    let wanted = body
        .expires_in_days
        .map(|days| now.plus_s(u64::from(days) * DAY_S));
    let maker = ctx.caller.token();
    let last = maker.and_then(|token| token.expires_at);
    let token = people::NewToken {
        id: TokenId::new(api.host().new_id(TokenId::PREFIX)),
        user: ctx.caller.user.clone(),
        tenant: ctx.place.tenant.clone(),
        project: body
            .project
            .or_else(|| maker.and_then(|token| token.project.clone())),
        name,
        scopes: body.scopes,
        role: body.role.or_else(|| maker.and_then(|token| token.role)),
        // What an AI makes is an AI's.
        ai: body.ai || maker.is_some_and(|token| token.ai),
        expires_at: match (wanted, last) {
            (Some(wanted), Some(last)) => Some(wanted.min(last)),
            (one, other) => one.or(other),
        },
    };
    let random = |bytes: &mut [u8]| api.services().random(bytes);
    let (secret, record) = people::new_token(&random, token, now)?;
    let change = Change::create(&record)?;
    let pat = shown(&api, record).await?;
    let entry = audit::entry(api.host(), &ctx, "token.create", pat.id.as_str()).after(&pat);
    let mut changed = Changed {
        audit: entry.id.clone(),
        value: NewPat { pat, token: None },
    };
    // What is kept under an `Idempotency-Key` must not hold the secret.
    let kept = json(&changed)?;
    let set = ctx.complete(vec![change], entry, StatusCode::CREATED, &kept)?;
    api.store().change(set).await?;
    changed.value.token = Some(secret.reveal().to_owned());
    Ok((StatusCode::CREATED, Json(changed)).into_response())
}

/// Takes a token back, at once: sessions and streams that were opened with it end too. One's own, or anybody's for a tenant's
/// admin.
#[utoipa::path(
    delete, path = "/v1/pats/{pat}", tag = "access", params(("pat" = String, Path)),
    responses((status = 200, body = Changed<Pat>))
)]
pub async fn revoke(
    State(api): State<Api>,
    ctx: Ctx,
    Path(id): Path<TokenId>,
) -> Result<Json<Value>> {
    let mut stored = api
        .store()
        .get::<Token>(id.as_str())
        .await?
        .filter(|stored| stored.value.tenant == ctx.place.tenant)
        .filter(|stored| {
            stored.value.user == ctx.caller.user || ctx.access.role == Role::TenantAdmin
        })
        .ok_or_else(|| Error::not_found("token", id.as_str()))?;
    if let Some(at) = stored.value.revoked_at {
        return Err(Error::conflict(
            "token_revoked",
            format!("This token was revoked at {at} already."),
        ));
    }
    let before = shown(&api, stored.value.clone()).await?;
    stored.value.revoked_at = Some(api.now());
    let after = shown(&api, stored.value.clone()).await?;
    let entry = audit::entry(api.host(), &ctx, "token.revoke", id.as_str())
        .before(before)
        .after(&after);
    let changed = Changed {
        audit: entry.id.clone(),
        value: after,
    };
    let body = json(&changed)?;
    let change = Change::update(&stored)?;
    api.store()
        .change(ctx.complete(vec![change], entry, StatusCode::OK, &body)?)
        .await?;
    // Nobody listening is fine.
    let _ = api.inner.ended.send(Proof::Token(id));
    Ok(Json(body))
}

async fn shown(api: &Api, token: Token) -> Result<Pat> {
    let used = api.store().get::<LastUse>(token.id.as_str()).await?;
    let (last_used_at, last_used_ip) =
        used.map_or((None, None), |used| (Some(used.value.at), used.value.ip));
    Ok(Pat {
        owner_name: members::name(api.store(), &token.user).await?,
        id: token.id,
        name: token.name,
        hint: token.hint,
        scopes: token.scopes,
        role: token.role,
        project: token.project,
        ai: token.ai,
        owner: token.user,
        created_at: token.created_at,
        expires_at: token.expires_at,
        revoked_at: token.revoked_at,
        last_used_at,
        last_used_ip,
    })
}

fn json(value: &impl serde::Serialize) -> Result<Value> {
    serde_json::to_value(value).map_err(|error| Error::internal(&error))
}
