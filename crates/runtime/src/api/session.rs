//! Signing in and out, and who one is.

use super::Api;
use super::context::Origin;
use super::extract::Json;
use super::problem::{Error, Result};
use super::refused::Whose;
use crate::audit;
use crate::auth::secret::Kind;
use crate::auth::{self, Caller, sign_in};
use crate::store::{Change, ChangeSet, StoreError};
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use model::api::{Me, ProjectAccess, SignIn, TenantAccess};
use model::{TenantId, UserId};
use std::sync::Arc;

/// Signs in: with a token, with the code of a sign-in link, or with that of an invitation, which makes a new person. Answers with the cookie and who one is now.
#[utoipa::path(post, path = "/v1/session", tag = "session", request_body = SignIn, responses((status = 200, body = Me)))]
pub async fn create(
    State(api): State<Api>,
    origin: Origin,
    headers: HeaderMap,
    Json(body): Json<SignIn>,
) -> Response {
    let error = match sign_in(&api, origin, &headers, &body).await {
        Ok(response) => return response,
        Err(error) => error,
    };
    let mut response = error.into_response();
    if let Some(text) = body.token.as_ref().or(body.code.as_ref())
        && let Some((actor, place)) = sign_in::attempted(api.store(), text).await
    {
        response.extensions_mut().insert(Whose { actor, place });
    }
    response
}

async fn sign_in(
    api: &Api,
    origin: Origin,
    headers: &HeaderMap,
    body: &SignIn,
) -> Result<Response> {
    let mut opening = open(api, body).await?;
    opening.session.agent = agent(headers);
    opening.session.ip.clone_from(&origin.ip);
    let opened = Change::create(&opening.session)?;
    let entry = if let Some(joins) = &opening.joins {
        let invitation = &joins.invitation;
        audit::entry_of(
            api.host(),
            joins.actor.clone(),
            &joins.place,
            &origin,
            "invitation.accept",
            &invitation.id,
        )
        .after(serde_json::json!({ "role": invitation.role, "user": joins.actor.id }))
    } else {
        let caller = auth::of_session(api.store(), opening.session.clone(), api.now()).await?;
        let place = auth::people::home(api.store(), &caller.user).await?;
        let with = if body.token.is_some() {
            "token"
        } else {
            "link"
        };
        audit::entry_of(
            api.host(),
            caller.actor.clone(),
            &place,
            &origin,
            "session.create",
            caller.user.as_str(),
        )
        .after(serde_json::json!({ "with": with }))
    };
    let mut set = ChangeSet {
        changes: opening.changes,
        audit: Some(entry),
    };
    set.changes.push(opened);
    api.store().change(set).await.map_err(|error| match error {
        StoreError::Stale { .. } | StoreError::Missing(_) => sign_in::used_a_moment_ago(),
        other => other.into(),
    })?;
    let caller = auth::of_session(api.store(), opening.session.clone(), api.now()).await?;
    let mut response = Json(describe(api, &caller).await?).into_response();
    let lasts = opening.session.expires_at.since(api.now()) / 1000;
    response.headers_mut().insert(
        header::SET_COOKIE,
        set_cookie(api, opening.secret.reveal(), lasts)?,
    );
    Ok(response)
}

async fn open(api: &Api, body: &SignIn) -> Result<sign_in::Opening> {
    let random = |bytes: &mut [u8]| api.services().random(bytes);
    let (store, now) = (api.store(), api.now());
    match (&body.token, &body.code) {
        (Some(token), None) => sign_in::with_token(store, &random, token, now).await,
        (None, Some(code)) if code.trim().starts_with(Kind::Invitation.prefix()) => {
            let user = UserId::new(api.host().new_id(UserId::PREFIX));
            sign_in::with_invitation(store, &random, user, code, now).await
        }
        (None, Some(code)) => sign_in::with_code(store, &random, code, now).await,
        (None, None) | (Some(_), Some(_)) => Err(Error::field(
            "invalid_body",
            "",
            "Send either a token or the code of a sign-in link.",
        )),
    }
}

/// Characters kept of what a browser calls itself.
const LONGEST_AGENT: usize = 200;

fn agent(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(header::USER_AGENT)?.to_str().ok()?;
    Some(text.chars().take(LONGEST_AGENT).collect())
}

/// Signs out: the session and every stream it opened end at once.
#[utoipa::path(delete, path = "/v1/session", tag = "session", responses((status = 204)))]
pub async fn end(
    State(api): State<Api>,
    origin: Origin,
    Extension(caller): Extension<Arc<Caller>>,
) -> Result<Response> {
    let Some(change) = sign_in::end(api.store(), &caller.proof, api.now()).await? else {
        return Err(Error::bad_request(
            "not_a_session",
            "There is no session to end: this request came with a token.",
        ));
    };
    let place = auth::people::home(api.store(), &caller.user).await?;
    let entry = audit::entry_of(
        api.host(),
        caller.actor.clone(),
        &place,
        &origin,
        "session.end",
        caller.user.as_str(),
    );
    api.store()
        .change(ChangeSet::new(change).audited(entry))
        .await?;
    // Nobody listening is fine.
    let _ = api.inner.ended.send(caller.proof.clone());
    let mut response = axum::http::StatusCode::NO_CONTENT.into_response();
    response
        .headers_mut()
        .insert(header::SET_COOKIE, set_cookie(&api, "", 0)?);
    Ok(response)
}

/// Who the caller is, and what they may do where.
#[utoipa::path(get, path = "/v1/me", tag = "session", responses((status = 200, body = Me)))]
pub async fn me(
    State(api): State<Api>,
    Extension(caller): Extension<Arc<Caller>>,
) -> Result<Json<Me>> {
    describe(&api, &caller).await.map(Json)
}

async fn describe(api: &Api, caller: &Caller) -> Result<Me> {
    let mut tenants: Vec<TenantAccess> = Vec::new();
    for (project, role) in auth::projects(api.store(), caller).await? {
        let access = ProjectAccess {
            id: project.id,
            name: project.name,
            role,
        };
        match tenants
            .iter_mut()
            .find(|tenant| tenant.id == project.tenant)
        {
            Some(tenant) => tenant.projects.push(access),
            None => tenants.push(TenantAccess {
                name: tenant_name(api, &project.tenant).await?,
                id: project.tenant,
                projects: vec![access],
            }),
        }
    }
    Ok(Me {
        actor: caller.actor.clone(),
        scopes: caller.scopes.iter().copied().collect(),
        tenants,
        build: api.config().build.clone(),
        server_time: api.now(),
    })
}

async fn tenant_name(api: &Api, id: &TenantId) -> Result<String> {
    Ok(api
        .store()
        .get::<crate::store::record::Tenant>(id.as_str())
        .await?
        .map_or_else(|| id.to_string(), |stored| stored.value.name))
}

fn set_cookie(api: &Api, secret: &str, seconds: u64) -> Result<HeaderValue> {
    let secure = if api.config().secure_cookies {
        "; Secure"
    } else {
        ""
    };
    HeaderValue::from_str(&format!(
        "{}={secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}",
        api.config().cookie
    ))
    .map_err(|error| Error::internal(&error))
}
