//! Instances: a server under a name of its own, wired by one of its profiles.

use super::servers::find as find_server;
use super::{check_wires, free_name};
use crate::api::Api;
use crate::api::context::Ctx;
use crate::api::extract::{IfMatch, Json, Path};
use crate::api::problem::{Error, Result};
use crate::api::written::{Written, all, anew, check_slug, unchanged, write};
use crate::store::record::{McpInstanceRecord, McpServerRecord};
use crate::store::{Change, Stored};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use model::CheckKind;
use model::api::{Changed, CreateMcpInstance, McpInstance, McpInstancePatch, McpProfile, Page};

const KINDS: &[CheckKind] = &[CheckKind::McpServer];

#[utoipa::path(get, path = "/v1/mcp/instances", tag = "mcp", responses((status = 200, body = Page<McpInstance>)))]
pub async fn list(State(api): State<Api>, ctx: Ctx) -> Result<Json<Page<McpInstance>>> {
    all(&api, &ctx, shown).await
}

#[utoipa::path(
    post, path = "/v1/mcp/instances", tag = "mcp", request_body = CreateMcpInstance,
    responses((status = 201, body = Changed<McpInstance>))
)]
pub async fn create(
    State(api): State<Api>,
    ctx: Ctx,
    Json(body): Json<CreateMcpInstance>,
) -> Result<Response> {
    check_slug(&body.name, "/name")?;
    let server = find_server(&api, &ctx, &body.server).await?.value;
    check_profiles(&server, &body.profiles)?;
    let active = match body.active {
        Some(active) => active,
        None => body
            .profiles
            .first()
            .map(|p| p.name.clone())
            .unwrap_or_default(),
    };
    known_profile(&body.profiles, &active)?;
    free_name(&api, &ctx, &body.name).await?;
    let record = McpInstanceRecord {
        place: ctx.place.clone(),
        name: body.name,
        server: body.server,
        profiles: body.profiles,
        active,
        updated_at: api.now(),
        updated_by: ctx.actor(),
    };
    let changes = vec![Change::create(&record)?];
    let written = Written {
        changes: anew(&api, &ctx, changes, KINDS, &record.name).await?,
        action: "mcp_instance.create",
        object: record.name.clone(),
        before: None,
        after: shown(&record),
        status: StatusCode::CREATED,
    };
    write(&api, &ctx, written).await
}

/// Replaces the profiles, and says which one is in use where that changes.
#[utoipa::path(
    patch, path = "/v1/mcp/instances/{instance}", tag = "mcp", params(("instance" = String, Path)),
    request_body = McpInstancePatch, responses((status = 200, body = Changed<McpInstance>))
)]
pub async fn patch(
    State(api): State<Api>,
    ctx: Ctx,
    Path(name): Path<String>,
    IfMatch(seen): IfMatch,
    Json(body): Json<McpInstancePatch>,
) -> Result<Response> {
    let mut stored = find(&api, &ctx, &name).await?;
    unchanged(&stored, seen, shown(&stored.value))?;
    let server = find_server(&api, &ctx, &stored.value.server).await?.value;
    check_profiles(&server, &body.profiles)?;
    let before = shown(&stored.value);
    if let Some(active) = body.active {
        stored.value.active = active;
    }
    known_profile(&body.profiles, &stored.value.active)?;
    stored.value.profiles = body.profiles;
    save(&api, &ctx, stored, before, "mcp_instance.update").await
}

/// From now on, this profile wires the instance; no other one does.
#[utoipa::path(
    post, path = "/v1/mcp/instances/{instance}/profiles/{profile}/set-active", tag = "mcp",
    params(("instance" = String, Path), ("profile" = String, Path)),
    responses((status = 200, body = Changed<McpInstance>))
)]
pub async fn set_active(
    State(api): State<Api>,
    ctx: Ctx,
    Path((name, profile)): Path<(String, String)>,
) -> Result<Response> {
    let mut stored = find(&api, &ctx, &name).await?;
    if !stored.value.profiles.iter().any(|p| p.name == profile) {
        return Err(Error::not_found("profile", &profile));
    }
    let before = shown(&stored.value);
    stored.value.active = profile;
    save(&api, &ctx, stored, before, "mcp_instance.set_active").await
}

#[utoipa::path(
    delete, path = "/v1/mcp/instances/{instance}", tag = "mcp", params(("instance" = String, Path)),
    responses((status = 200, body = Changed<McpInstance>))
)]
pub async fn delete(
    State(api): State<Api>,
    ctx: Ctx,
    Path(name): Path<String>,
) -> Result<Response> {
    let record = find(&api, &ctx, &name).await?.value;
    let changes = vec![Change::delete::<McpInstanceRecord>(ctx.place.key(&name))];
    let written = Written {
        changes: anew(&api, &ctx, changes, KINDS, &name).await?,
        action: "mcp_instance.delete",
        object: name,
        before: Some(shown(&record)),
        after: shown(&record),
        status: StatusCode::OK,
    };
    write(&api, &ctx, written).await
}

async fn save(
    api: &Api,
    ctx: &Ctx,
    mut stored: Stored<McpInstanceRecord>,
    before: McpInstance,
    action: &'static str,
) -> Result<Response> {
    stored.value.updated_at = api.now();
    stored.value.updated_by = ctx.actor();
    let changes = vec![Change::update(&stored)?];
    let name = stored.value.name.clone();
    let written = Written {
        changes: anew(api, ctx, changes, KINDS, &name).await?,
        action,
        object: name,
        before: Some(before),
        after: shown(&stored.value),
        status: StatusCode::OK,
    };
    write(api, ctx, written).await
}

async fn find(api: &Api, ctx: &Ctx, name: &str) -> Result<Stored<McpInstanceRecord>> {
    api.store()
        .get::<McpInstanceRecord>(&ctx.place.key(name))
        .await?
        .ok_or_else(|| Error::not_found("MCP instance", name))
}

fn check_profiles(server: &McpServerRecord, profiles: &[McpProfile]) -> Result<()> {
    for (index, profile) in profiles.iter().enumerate() {
        check_slug(&profile.name, &format!("/profiles/{index}/name"))?;
        if profiles
            .iter()
            .take(index)
            .any(|other| other.name == profile.name)
        {
            return Err(Error::field(
                "invalid_body",
                format!("/profiles/{index}/name"),
                format!("The profile {:?} stands twice.", profile.name),
            ));
        }
        check_wires(
            &server.config,
            &profile.wires,
            &format!("/profiles/{index}/wires"),
        )?;
    }
    Ok(())
}

fn known_profile(profiles: &[McpProfile], active: &str) -> Result<()> {
    if profiles.iter().any(|profile| profile.name == active) {
        return Ok(());
    }
    let message = if profiles.is_empty() {
        "An instance has at least one profile.".to_owned()
    } else {
        format!("The profile in use, {active:?}, is not among the profiles.")
    };
    Err(Error::field("invalid_body", "/profiles", message))
}

fn shown(record: &McpInstanceRecord) -> McpInstance {
    McpInstance {
        name: record.name.clone(),
        server: record.server.clone(),
        profiles: record.profiles.clone(),
        active: record.active.clone(),
        updated_at: record.updated_at,
        updated_by: record.updated_by.clone(),
    }
}
