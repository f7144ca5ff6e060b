//! The projects of a tenant.

use super::Api;
use super::context::Ctx;
use super::extract::{Json, Path};
use super::problem::{Error, Result};
use super::run::whole;
use crate::audit;
use crate::auth;
use crate::store::record::Project;
use crate::store::{Change, Place};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use model::api::{Changed, CreateProject, Page, ProjectRow, RenameProject};
use model::{ProjectId, Role};
use serde_json::Value;

const LONGEST_NAME: usize = 100;

/// The tenant's projects in which the caller has a role.
#[utoipa::path(get, path = "/v1/projects", tag = "access", responses((status = 200, body = Page<ProjectRow>)))]
pub async fn list(State(api): State<Api>, ctx: Ctx) -> Result<Json<Page<ProjectRow>>> {
    let found = auth::projects(api.store(), &ctx.caller).await?;
    let items = found
        .into_iter()
        .filter(|(project, _)| project.tenant == ctx.place.tenant)
        .map(|(project, role)| shown(project, role))
        .collect();
    Ok(Json(whole(items)))
}

/// Makes a project in the tenant.
#[utoipa::path(
    post, path = "/v1/projects", tag = "access", request_body = CreateProject,
    responses((status = 201, body = Changed<ProjectRow>))
)]
pub async fn create(
    State(api): State<Api>,
    ctx: Ctx,
    Json(body): Json<CreateProject>,
) -> Result<Response> {
    if !model::id::is_slug(body.id.as_str()) {
        return Err(Error::field(
            "invalid_body",
            "/id",
            "A project's id is 1 to 64 letters, digits, _ and -, a letter first.",
        ));
    }
    let project = Project {
        tenant: ctx.place.tenant.clone(),
        id: body.id,
        name: super::named(&body.name, LONGEST_NAME)?,
        created_at: api.now(),
    };
    let change = Change::create(&project)?;
    let row = shown(project, ctx.access.role);
    let entry = audit::entry(api.host(), &ctx, "project.create", row.id.as_str()).after(&row);
    let changed = Changed {
        audit: entry.id.clone(),
        value: row,
    };
    let body = serde_json::to_value(&changed).map_err(|error| Error::internal(&error))?;
    let set = ctx.complete(vec![change], entry, StatusCode::CREATED, &body)?;
    api.store().change(set).await?;
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

/// Gives a project another name. Its id stays: it stands in addresses.
#[utoipa::path(
    patch, path = "/v1/projects/{project}", tag = "access", params(("project" = String, Path)),
    request_body = RenameProject, responses((status = 200, body = Changed<ProjectRow>))
)]
pub async fn rename(
    State(api): State<Api>,
    ctx: Ctx,
    Path(id): Path<ProjectId>,
    Json(body): Json<RenameProject>,
) -> Result<Json<Value>> {
    let name = super::named(&body.name, LONGEST_NAME)?;
    let place = Place {
        tenant: ctx.place.tenant.clone(),
        project: id,
    };
    let missing = || Error::not_found("project", place.project.as_str());
    let role: Role = ctx.caller.role(&place).ok_or_else(missing)?;
    let mut stored = api
        .store()
        .get::<Project>(&place.group())
        .await?
        .ok_or_else(missing)?;
    let before = shown(stored.value.clone(), role);
    stored.value.name = name;
    let change = Change::update(&stored)?;
    let after = shown(stored.value, role);
    let entry = audit::entry(api.host(), &ctx, "project.rename", after.id.as_str())
        .before(before)
        .after(&after);
    let changed = Changed {
        audit: entry.id.clone(),
        value: after,
    };
    let body = serde_json::to_value(&changed).map_err(|error| Error::internal(&error))?;
    api.store()
        .change(ctx.complete(vec![change], entry, StatusCode::OK, &body)?)
        .await?;
    Ok(Json(body))
}

fn shown(project: Project, role: Role) -> ProjectRow {
    ProjectRow {
        tenant: project.tenant,
        id: project.id,
        name: project.name,
        role,
        created_at: project.created_at,
    }
}
