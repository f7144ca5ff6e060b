//! Reconnecting an OAuth connection: a person is sent to the authorization server and comes back with a code.
//!
//! The way back (`callback`) comes from another site, so that no session cookie is sent along. It hands the code to the
//! console, which gives it back as the person who was sent (`authorize`).

use super::Api;
use super::connections::{KINDS, find, shown};
use super::context::Ctx;
use super::extract::{Json, Path};
use super::problem::{Error, Result};
use super::query::Query;
use super::written::{Written, anew, write};
use crate::store::Change;
use crate::store::record::OAuthAttemptRecord;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::api::{Authorize, Changed, Connection, Reconnect};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// How long a person may take to allow it.
const PATIENCE_MS: u64 = 10 * 60 * 1000;
const CALLBACK: &str = "/v1/oauth/callback";

/// Begins: the answer says where to send the person who asked. Nothing changes until they come back.
#[utoipa::path(
    post, path = "/v1/connections/{connection}/reconnect", tag = "connections", params(("connection" = String, Path)),
    responses((status = 200, body = Changed<Reconnect>))
)]
pub async fn reconnect(
    State(api): State<Api>,
    ctx: Ctx,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Value>> {
    let record = find(&api, &ctx, &id).await?.value;
    if !record.auth.is_oauth() {
        return Err(Error::conflict(
            "not_oauth",
            format!(
                "The connection {id:?} has a secret and nothing to allow elsewhere. Give it a new secret instead."
            ),
        ));
    }
    let redirect_url = own_address(&api, &headers)? + CALLBACK;
    let consent = api
        .services()
        .begin_consent(&record, &redirect_url)
        .map_err(|why| Error::field("invalid_body", "/auth", why))?;
    let attempt = OAuthAttemptRecord {
        hash: hash(&consent.state),
        place: ctx.place.clone(),
        connection: id.clone(),
        sealed_verifier: consent.sealed_verifier,
        redirect_url,
        actor: ctx.actor().id,
        expires_at: api.now().plus_ms(PATIENCE_MS),
    };
    let entry = crate::audit::entry(api.host(), &ctx, "connection.reconnect", &id)
        .after(serde_json::json!({ "until": attempt.expires_at }));
    let changed = Changed {
        audit: entry.id.clone(),
        value: Reconnect {
            authorize_url: consent.authorize_url,
            expires_at: attempt.expires_at,
        },
    };
    let body = serde_json::to_value(&changed).map_err(|error| Error::internal(&error))?;
    // The address holds the state, which must not lie in the store: a repeated request begins anew.
    let set = crate::store::ChangeSet::new(Change::create(&attempt)?).audited(entry);
    api.store().change(set).await?;
    Ok(Json(body))
}

/// Where the authorization server sends the person back to. Leads on to Health of the project they came from.
#[utoipa::path(
    get, path = "/v1/oauth/callback", tag = "connections",
    params(("state" = String, Query), ("code" = Option<String>, Query), ("error" = Option<String>, Query)),
    responses((status = 303, description = "To the console, which completes it."))
)]
pub async fn callback(State(api): State<Api>, query: Query) -> Result<Response> {
    let state = query.one("state").unwrap_or_default();
    let attempt = open_attempt(&api, state).await?;
    let mut to = form_urlencoded::Serializer::new(String::new());
    to.append_pair("reconnect", &attempt.connection);
    match (query.one("code"), query.one("error")) {
        (Some(code), None) => {
            to.append_pair("state", state).append_pair("code", code);
        }
        (_, error) => {
            to.append_pair("error", error.unwrap_or("no_code"));
        }
    }
    let place = &attempt.place;
    let location = format!("/{}/{}/health?{}", place.tenant, place.project, to.finish());
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::LOCATION,
        HeaderValue::from_str(&location).map_err(|error| Error::internal(&error))?,
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    Ok(response)
}

/// Completes it, once, by the one who began it: the code is exchanged for tokens, which are kept sealed.
#[utoipa::path(
    post, path = "/v1/connections/{connection}/authorize", tag = "connections", params(("connection" = String, Path)),
    request_body = Authorize, responses((status = 200, body = Changed<Connection>))
)]
pub async fn authorize(
    State(api): State<Api>,
    ctx: Ctx,
    Path(id): Path<String>,
    Json(body): Json<Authorize>,
) -> Result<Response> {
    let mut stored = find(&api, &ctx, &id).await?;
    let attempt = open_attempt(&api, &body.state).await?;
    if attempt.place != ctx.place || attempt.connection != id || attempt.actor != ctx.actor().id {
        return Err(unknown_attempt());
    }
    // Spent before it is used: whatever happens next, the same answer of the server is not taken twice.
    let spent = Change::delete::<OAuthAttemptRecord>(&*attempt.hash);
    api.store()
        .change(crate::store::ChangeSet::new(spent))
        .await?;
    let before = shown(&stored.value);
    let tokens = api
        .services()
        .finish_consent(&stored.value, &attempt, &body.code)
        .await
        .map_err(|why| Error::new(StatusCode::BAD_GATEWAY, "authorization_failed", why))?;
    let record = &mut stored.value;
    record.sealed_tokens = Some(tokens.sealed);
    record.expires_at = tokens.expires_at;
    record.updated_at = api.now();
    record.updated_by = ctx.actor();
    let after = shown(record);
    let changes = vec![Change::update(&stored)?];
    let written = Written {
        changes: anew(&api, &ctx, changes, KINDS, &id).await?,
        action: "connection.authorize",
        object: id,
        before: Some(before),
        after,
        status: StatusCode::OK,
    };
    write(&api, &ctx, written).await
}

async fn open_attempt(api: &Api, state: &str) -> Result<OAuthAttemptRecord> {
    let found = api
        .store()
        .get::<OAuthAttemptRecord>(&hash(state))
        .await?
        .map(|stored| stored.value);
    found
        .filter(|attempt| attempt.expires_at > api.now())
        .ok_or_else(unknown_attempt)
}

fn unknown_attempt() -> Error {
    Error::bad_request(
        "unknown_state",
        "This answer of an authorization server belongs to no reconnect that you have begun in the last 10 minutes. Choose \
         Reconnect on Health again.",
    )
}

/// Where this runtime is reached, as the request says; the listener has made sure that it is one of its names.
fn own_address(api: &Api, headers: &HeaderMap) -> Result<String> {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .ok_or_else(|| {
            Error::bad_request("no_host", "The request does not say which host it was for.")
                .missing("Host")
        })?;
    let scheme = if api.config().secure_cookies {
        "https"
    } else {
        "http"
    };
    Ok(format!("{scheme}://{host}"))
}

fn hash(state: &str) -> String {
    use std::fmt::Write;
    Sha256::digest(state.as_bytes())
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}
