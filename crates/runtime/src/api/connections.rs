//! Connections: credentials for servers and backends. Secrets go in and never come out.

use super::Api;
use super::context::Ctx;
use super::extract::{IfMatch, Json, Path};
use super::problem::{Error, Result};
use super::written::{Written, all, anew, check_address, check_slug, unchanged, write};
use crate::store::record::ConnectionRecord;
use crate::store::{Change, Stored};
use axum::extract::State;
use axum::http::{HeaderName, StatusCode};
use axum::response::Response;
use model::CheckKind;
use model::api::{
    Changed, Connection, ConnectionAuth, ConnectionPatch, CreateConnection, Page, Probe,
};

/// What a connection's checks look at.
pub const KINDS: &[CheckKind] = &[CheckKind::Credential, CheckKind::Connection];

#[utoipa::path(get, path = "/v1/connections", tag = "connections", responses((status = 200, body = Page<Connection>)))]
pub async fn list(State(api): State<Api>, ctx: Ctx) -> Result<Json<Page<Connection>>> {
    all(&api, &ctx, shown).await
}

#[utoipa::path(
    post, path = "/v1/connections", tag = "connections", request_body = CreateConnection,
    responses((status = 201, body = Changed<Connection>))
)]
pub async fn create(
    State(api): State<Api>,
    ctx: Ctx,
    Json(body): Json<CreateConnection>,
) -> Result<Response> {
    check_slug(&body.id, "/id")?;
    check(&api, &body.auth, body.probe.as_ref())?;
    let record = ConnectionRecord {
        place: ctx.place.clone(),
        sealed_secret: seal(&api, &body.auth, body.secret)?,
        sealed_tokens: None,
        id: body.id,
        auth: body.auth,
        probe: body.probe,
        expires_at: body.expires_at,
        updated_at: api.now(),
        updated_by: ctx.actor(),
    };
    let changes = vec![Change::create(&record)?];
    let written = Written {
        changes: anew(&api, &ctx, changes, KINDS, &record.id).await?,
        action: "connection.create",
        object: record.id.clone(),
        before: None,
        after: shown(&record),
        status: StatusCode::CREATED,
    };
    write(&api, &ctx, written).await
}

/// Changes a connection; absent fields stay. Steps that have begun keep what they began with, and what was recorded of
/// earlier attempts stays as it is.
#[utoipa::path(
    patch, path = "/v1/connections/{connection}", tag = "connections", params(("connection" = String, Path)),
    request_body = ConnectionPatch, responses((status = 200, body = Changed<Connection>))
)]
pub async fn patch(
    State(api): State<Api>,
    ctx: Ctx,
    Path(id): Path<String>,
    IfMatch(seen): IfMatch,
    Json(body): Json<ConnectionPatch>,
) -> Result<Response> {
    let mut stored = find(&api, &ctx, &id).await?;
    let before = shown(&stored.value);
    unchanged(&stored, seen, &before)?;
    let record = &mut stored.value;
    if let Some(auth) = body.auth
        && auth != record.auth
    {
        record.auth = auth;
        // Consent was given for another client or other scopes.
        record.sealed_tokens = None;
    }
    if let Some(probe) = body.probe {
        record.probe = probe;
    }
    check(&api, &record.auth, record.probe.as_ref())?;
    if body.secret.is_some() {
        record.sealed_secret = seal(&api, &record.auth, body.secret)?;
    }
    if let Some(expires_at) = body.expires_at {
        record.expires_at = expires_at;
    }
    record.updated_at = api.now();
    record.updated_by = ctx.actor();
    let after = shown(record);
    let changes = vec![Change::update(&stored)?];
    let written = Written {
        changes: anew(&api, &ctx, changes, KINDS, &id).await?,
        action: "connection.update",
        object: id,
        before: Some(before),
        after,
        status: StatusCode::OK,
    };
    write(&api, &ctx, written).await
}

/// Removes a connection and its secrets. What is wired to it is held until it is wired otherwise.
#[utoipa::path(
    delete, path = "/v1/connections/{connection}", tag = "connections", params(("connection" = String, Path)),
    responses((status = 200, body = Changed<Connection>))
)]
pub async fn delete(State(api): State<Api>, ctx: Ctx, Path(id): Path<String>) -> Result<Response> {
    let record = find(&api, &ctx, &id).await?.value;
    let changes = vec![Change::delete::<ConnectionRecord>(ctx.place.key(&id))];
    let written = Written {
        changes: anew(&api, &ctx, changes, KINDS, &id).await?,
        action: "connection.delete",
        object: id,
        before: Some(shown(&record)),
        after: shown(&record),
        status: StatusCode::OK,
    };
    write(&api, &ctx, written).await
}

pub async fn find(api: &Api, ctx: &Ctx, id: &str) -> Result<Stored<ConnectionRecord>> {
    api.store()
        .get::<ConnectionRecord>(&ctx.place.key(id))
        .await?
        .ok_or_else(|| Error::not_found("connection", id))
}

fn check(api: &Api, auth: &ConnectionAuth, probe: Option<&Probe>) -> Result<()> {
    match auth {
        ConnectionAuth::Bearer => {}
        ConnectionAuth::ApiKey { header } => check_header(header, "/auth/header")?,
        ConnectionAuth::Basic { username } => {
            if username.is_empty() || username.contains(':') {
                return Err(Error::field(
                    "invalid_body",
                    "/auth/username",
                    "A user name is not empty and has no colon.",
                ));
            }
        }
        ConnectionAuth::OAuth2 {
            authorize_url,
            token_url,
            client_id,
            scopes: _,
        } => {
            // A browser goes there, the runtime does not.
            if let Some(why) = api.services().refuse_address(authorize_url) {
                return Err(Error::field("invalid_body", "/auth/authorize_url", why));
            }
            check_address(api, token_url, "/auth/token_url")?;
            if client_id.is_empty() {
                return Err(Error::field(
                    "invalid_body",
                    "/auth/client_id",
                    "The authorization server knows this program by a client id; give it.",
                ));
            }
        }
    }
    let Some(probe) = probe else { return Ok(()) };
    check_address(api, &probe.url, "/probe/url")?;
    if !(200..600).contains(&probe.expected_status) {
        return Err(Error::field(
            "invalid_body",
            "/probe/expected_status",
            "A status is between 200 and 599.",
        ));
    }
    Ok(())
}

pub fn check_header(name: &str, pointer: &str) -> Result<()> {
    if name.parse::<HeaderName>().is_ok() {
        return Ok(());
    }
    Err(Error::field(
        "invalid_body",
        pointer,
        format!("{name:?} is no name of a header."),
    ))
}

fn seal(api: &Api, auth: &ConnectionAuth, secret: Option<String>) -> Result<Option<String>> {
    let Some(secret) = secret.filter(|secret| !secret.is_empty()) else {
        return Ok(None);
    };
    if !auth.is_oauth() && (secret.chars().any(char::is_control) || secret.trim() != secret) {
        return Err(Error::field(
            "invalid_body",
            "/secret",
            "The secret begins or ends with a space, or holds a line break. Paste it without.",
        ));
    }
    let sealed = api.services().seal(&secret);
    sealed.map(Some).map_err(|why| Error::internal(&why))
}

/// Without anything secret.
pub fn shown(record: &ConnectionRecord) -> Connection {
    Connection {
        id: record.id.clone(),
        auth: record.auth.clone(),
        has_secret: record.sealed_secret.is_some(),
        connected: record.sealed_tokens.is_some(),
        probe: record.probe.clone(),
        expires_at: record.expires_at,
        updated_at: record.updated_at,
        updated_by: record.updated_by.clone(),
    }
}
