//! Entities: backends that tools talk to.

use super::Api;
use super::context::Ctx;
use super::extract::{Json, Path};
use super::problem::{Error, Result};
use super::written::{Written, all, anew, check_address, check_slug, write};
use crate::store::record::EntityRecord;
use crate::store::{Change, Stored};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use model::CheckKind;
use model::api::{Changed, CreateEntity, Entity, EntityBody, Page};

const KINDS: &[CheckKind] = &[CheckKind::Entity];

#[utoipa::path(get, path = "/v1/entities", tag = "entities", responses((status = 200, body = Page<Entity>)))]
pub async fn list(State(api): State<Api>, ctx: Ctx) -> Result<Json<Page<Entity>>> {
    all(&api, &ctx, shown).await
}

#[utoipa::path(
    post, path = "/v1/entities", tag = "entities", request_body = CreateEntity,
    responses((status = 201, body = Changed<Entity>))
)]
pub async fn create(
    State(api): State<Api>,
    ctx: Ctx,
    Json(body): Json<CreateEntity>,
) -> Result<Response> {
    check_slug(&body.id, "/id")?;
    let record = record(&api, &ctx, body.id, body.entity)?;
    let changes = vec![Change::create(&record)?];
    let written = Written {
        changes: anew(&api, &ctx, changes, KINDS, &record.id).await?,
        action: "entity.create",
        object: record.id.clone(),
        before: None,
        after: shown(&record),
        status: StatusCode::CREATED,
    };
    write(&api, &ctx, written).await
}

/// Replaces what is said of a backend.
#[utoipa::path(
    put, path = "/v1/entities/{entity}", tag = "entities", params(("entity" = String, Path)),
    request_body = EntityBody, responses((status = 200, body = Changed<Entity>))
)]
pub async fn put(
    State(api): State<Api>,
    ctx: Ctx,
    Path(id): Path<String>,
    Json(body): Json<EntityBody>,
) -> Result<Response> {
    let stored = find(&api, &ctx, &id).await?;
    let before = shown(&stored.value);
    let value = record(&api, &ctx, id.clone(), body)?;
    let after = shown(&value);
    let changes = vec![Change::update(&Stored {
        value,
        revision: stored.revision,
    })?];
    let written = Written {
        changes: anew(&api, &ctx, changes, KINDS, &id).await?,
        action: "entity.update",
        object: id,
        before: Some(before),
        after,
        status: StatusCode::OK,
    };
    write(&api, &ctx, written).await
}

#[utoipa::path(
    delete, path = "/v1/entities/{entity}", tag = "entities", params(("entity" = String, Path)),
    responses((status = 200, body = Changed<Entity>))
)]
pub async fn delete(State(api): State<Api>, ctx: Ctx, Path(id): Path<String>) -> Result<Response> {
    let record = find(&api, &ctx, &id).await?.value;
    let changes = vec![Change::delete::<EntityRecord>(ctx.place.key(&id))];
    let written = Written {
        changes: anew(&api, &ctx, changes, KINDS, &id).await?,
        action: "entity.delete",
        object: id,
        before: Some(shown(&record)),
        after: shown(&record),
        status: StatusCode::OK,
    };
    write(&api, &ctx, written).await
}

async fn find(api: &Api, ctx: &Ctx, id: &str) -> Result<Stored<EntityRecord>> {
    api.store()
        .get::<EntityRecord>(&ctx.place.key(id))
        .await?
        .ok_or_else(|| Error::not_found("entity", id))
}

fn record(api: &Api, ctx: &Ctx, id: String, body: EntityBody) -> Result<EntityRecord> {
    match body.wire.strip_prefix("tcp://") {
        Some(rest) => {
            let port = rest
                .rsplit_once(':')
                .map(|(host, port)| (host, port.parse::<u16>()));
            let Some((host, Ok(1..))) = port.filter(|(host, _)| !host.is_empty()) else {
                return Err(Error::field(
                    "invalid_body",
                    "/wire",
                    "After tcp:// come a host and a port: tcp://db.example.com:5432.",
                ));
            };
            // A host is allowed here where it is in an address.
            check_address(api, &format!("http://{host}/"), "/wire")?;
        }
        None => check_address(api, &body.wire, "/wire")?,
    }
    Ok(EntityRecord {
        place: ctx.place.clone(),
        id,
        wire: body.wire,
        expected_status: body.expected_status,
        connection: body.connection,
        tools: body.tools,
        updated_at: api.now(),
        updated_by: ctx.actor(),
    })
}

fn shown(record: &EntityRecord) -> Entity {
    Entity {
        id: record.id.clone(),
        entity: EntityBody {
            wire: record.wire.clone(),
            expected_status: record.expected_status,
            connection: record.connection.clone(),
            tools: record.tools.clone(),
        },
        updated_at: record.updated_at,
        updated_by: record.updated_by.clone(),
    }
}
