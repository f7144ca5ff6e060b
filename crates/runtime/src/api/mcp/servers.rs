//! MCP servers.

use super::{check_wires, free_name};
use crate::api::Api;
use crate::api::connections::check_header;
use crate::api::context::Ctx;
use crate::api::extract::{IfMatch, Json, Path};
use crate::api::problem::{Error, Result};
use crate::api::written::{
    Written, all, anew, check_address, check_slug, recheck, unchanged, write,
};
use crate::audit;
use crate::health::Subject;
use crate::store::record::{McpInstanceRecord, McpServerRecord};
use crate::store::{Change, Stored};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use model::CheckKind;
use model::api::{
    Changed, CreateMcpServer, McpServer, McpServerPatch, McpTransport, Page, Validation,
};
use serde_json::Value;

const KINDS: &[CheckKind] = &[CheckKind::McpServer];
/// Words in a name that say that its value is secret.
const SECRET: [&str; 7] = [
    "AUTH",
    "COOKIE",
    "CREDENTIAL",
    "KEY",
    "PASS",
    "SECRET",
    "TOKEN",
];

#[utoipa::path(get, path = "/v1/mcp/servers", tag = "mcp", responses((status = 200, body = Page<McpServer>)))]
pub async fn list(State(api): State<Api>, ctx: Ctx) -> Result<Json<Page<McpServer>>> {
    all(&api, &ctx, shown).await
}

/// Sets up a server. One that starts a program needs the operator's permission: `signalbox serve --allow-mcp-programs`.
#[utoipa::path(
    post, path = "/v1/mcp/servers", tag = "mcp", request_body = CreateMcpServer,
    responses((status = 201, body = Changed<McpServer>))
)]
pub async fn create(
    State(api): State<Api>,
    ctx: Ctx,
    Json(body): Json<CreateMcpServer>,
) -> Result<Response> {
    check_slug(&body.name, "/name")?;
    check(&api, &body.transport)?;
    check_wires(&body.transport, &body.wires, "/wires")?;
    free_name(&api, &ctx, &body.name).await?;
    let record = McpServerRecord {
        place: ctx.place.clone(),
        name: body.name,
        config: body.transport,
        wires: body.wires,
        updated_at: api.now(),
        updated_by: ctx.actor(),
    };
    let changes = vec![Change::create(&record)?];
    let written = Written {
        changes: anew(&api, &ctx, changes, KINDS, &record.name).await?,
        action: "mcp_server.create",
        object: record.name.clone(),
        before: None,
        after: shown(&record),
        status: StatusCode::CREATED,
    };
    write(&api, &ctx, written).await
}

/// Changes a server; absent fields stay.
#[utoipa::path(
    patch, path = "/v1/mcp/servers/{server}", tag = "mcp", params(("server" = String, Path)),
    request_body = McpServerPatch, responses((status = 200, body = Changed<McpServer>))
)]
pub async fn patch(
    State(api): State<Api>,
    ctx: Ctx,
    Path(name): Path<String>,
    IfMatch(seen): IfMatch,
    Json(body): Json<McpServerPatch>,
) -> Result<Response> {
    let mut stored = find(&api, &ctx, &name).await?;
    let before = shown(&stored.value);
    unchanged(&stored, seen, &before)?;
    let record = &mut stored.value;
    if let Some(transport) = body.transport {
        check(&api, &transport)?;
        record.config = transport;
    }
    if let Some(wires) = body.wires {
        record.wires = wires;
    }
    check_wires(&record.config, &record.wires, "/wires")?;
    record.updated_at = api.now();
    record.updated_by = ctx.actor();
    let after = shown(record);
    let mut changes = vec![Change::update(&stored)?];
    for used_as in used_as(&api, &ctx, &name).await? {
        changes = anew(&api, &ctx, changes, KINDS, &used_as).await?;
    }
    let written = Written {
        changes,
        action: "mcp_server.update",
        object: name,
        before: Some(before),
        after,
        status: StatusCode::OK,
    };
    write(&api, &ctx, written).await
}

/// Removes a server; one that has instances stays until they are gone.
#[utoipa::path(
    delete, path = "/v1/mcp/servers/{server}", tag = "mcp", params(("server" = String, Path)),
    responses((status = 200, body = Changed<McpServer>))
)]
pub async fn delete(
    State(api): State<Api>,
    ctx: Ctx,
    Path(name): Path<String>,
) -> Result<Response> {
    let record = find(&api, &ctx, &name).await?.value;
    let mut instances = used_as(&api, &ctx, &name).await?;
    instances.retain(|used_as| *used_as != name);
    if !instances.is_empty() {
        return Err(Error::conflict(
            "in_use",
            format!(
                "The server {name:?} has instances: {}. Remove them first.",
                instances.join(", ")
            ),
        ));
    }
    let changes = vec![Change::delete::<McpServerRecord>(ctx.place.key(&name))];
    let written = Written {
        changes: anew(&api, &ctx, changes, KINDS, &name).await?,
        action: "mcp_server.delete",
        object: name,
        before: Some(shown(&record)),
        after: shown(&record),
        status: StatusCode::OK,
    };
    write(&api, &ctx, written).await
}

/// Looks at a server or an instance now, one check after the other: set-up, credentials, handshake, tool list, schemas. What
/// was found counts as its latest check.
#[utoipa::path(
    post, path = "/v1/mcp/servers/{server}/validate", tag = "mcp", params(("server" = String, Path)),
    responses((status = 200, body = Changed<Validation>))
)]
pub async fn validate(
    State(api): State<Api>,
    ctx: Ctx,
    Path(name): Path<String>,
) -> Result<Json<Value>> {
    let key = ctx.place.key(&name);
    if name != crate::api::workflows::FILES
        && api.store().get::<McpInstanceRecord>(&key).await?.is_none()
    {
        find(&api, &ctx, &name).await?;
    }
    let checks = api.checks();
    let (validation, finding) = checks.probes().validate(&ctx.place, None, &name).await;
    let subject = Subject::new(CheckKind::McpServer, &name);
    checks.keep(&ctx.place, &subject, finding).await?;
    let entry = audit::entry(api.host(), &ctx, "mcp_server.validate", &name).after(&validation);
    let changed = Changed {
        audit: entry.id.clone(),
        value: validation,
    };
    let body = serde_json::to_value(&changed).map_err(|error| Error::internal(&error))?;
    let set = ctx.complete(Vec::new(), entry, StatusCode::OK, &body)?;
    api.store().change(set).await?;
    recheck(&api, &ctx).await;
    Ok(Json(body))
}

/// The names under which a server is called: its own and those of its instances.
async fn used_as(api: &Api, ctx: &Ctx, name: &str) -> Result<Vec<String>> {
    let instances = api
        .store()
        .list::<McpInstanceRecord>(&ctx.place.group(), None, 10_000)
        .await?;
    let mut names = vec![name.to_owned()];
    names.extend(
        instances
            .into_iter()
            .filter(|stored| stored.value.server == name)
            .map(|stored| stored.value.name),
    );
    Ok(names)
}

pub async fn find(api: &Api, ctx: &Ctx, name: &str) -> Result<Stored<McpServerRecord>> {
    api.store()
        .get::<McpServerRecord>(&ctx.place.key(name))
        .await?
        .ok_or_else(|| Error::not_found("MCP server", name))
}

fn check(api: &Api, transport: &McpTransport) -> Result<()> {
    match transport {
        McpTransport::Http { url, headers } => {
            check_address(api, url, "/transport/url")?;
            for name in headers.keys() {
                check_header(name, "/transport/headers")?;
                check_open(name, "/transport/headers")?;
            }
        }
        McpTransport::Stdio { command, env, .. } => {
            if let Some(why) = api.services().refuse_programs() {
                return Err(Error::forbidden(
                    "programs_not_allowed",
                    "--allow-mcp-programs",
                    why,
                ));
            }
            if command.trim().is_empty() {
                return Err(Error::field(
                    "invalid_body",
                    "/transport/command",
                    "Name the program to start.",
                ));
            }
            for name in env.keys() {
                check_open(name, "/transport/env")?;
            }
        }
    }
    Ok(())
}

/// What stands in a set-up is shown to everyone in the project, so that secrets must come from connections.
fn check_open(name: &str, pointer: &str) -> Result<()> {
    let upper = name.to_ascii_uppercase();
    if !SECRET.iter().any(|word| upper.contains(word)) {
        return Ok(());
    }
    Err(Error::field(
        "invalid_body",
        format!("{pointer}/{name}"),
        format!(
            "{name} looks like a secret, and a set-up is shown to everyone in the project. Keep it in a connection and wire that."
        ),
    ))
}

fn shown(record: &McpServerRecord) -> McpServer {
    McpServer {
        name: record.name.clone(),
        transport: record.config.clone(),
        wires: record.wires.clone(),
        updated_at: record.updated_at,
        updated_by: record.updated_by.clone(),
    }
}
