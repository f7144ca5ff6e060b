//! Connections that a workflow's runs use instead of others.

use crate::api::Api;
use crate::api::connections;
use crate::api::context::Ctx;
use crate::api::extract::{Json, Path};
use crate::api::problem::Result;
use crate::api::run::whole;
use crate::api::workflows;
use crate::api::written::{ALL, Written, write};
use crate::store::Change;
use crate::store::record::OverridesRecord;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use model::WorkflowId;
use model::api::{Changed, ConnectionOverrides, Page, WorkflowOverrides};

/// Every workflow whose runs use connections instead of others.
#[utoipa::path(
    get, path = "/v1/connection-overrides", tag = "connections", responses((status = 200, body = Page<WorkflowOverrides>))
)]
pub async fn list(State(api): State<Api>, ctx: Ctx) -> Result<Json<Page<WorkflowOverrides>>> {
    let found = api
        .store()
        .list::<OverridesRecord>(&ctx.place.group(), None, ALL)
        .await?;
    let mut items = Vec::new();
    for OverridesRecord {
        workflow,
        overrides,
        ..
    } in found.into_iter().map(|stored| stored.value)
    {
        if overrides.is_empty() {
            continue;
        }
        let about = workflows::find(&api, &ctx, &workflow).await?.value;
        items.push(WorkflowOverrides {
            workflow,
            workflow_name: about.name,
            overrides,
        });
    }
    Ok(Json(whole(items)))
}

#[utoipa::path(
    get, path = "/v1/workflows/{workflow}/connection-overrides", tag = "workflows", params(("workflow" = String, Path)),
    responses((status = 200, body = ConnectionOverrides))
)]
pub async fn get(
    State(api): State<Api>,
    ctx: Ctx,
    Path(id): Path<WorkflowId>,
) -> Result<Json<ConnectionOverrides>> {
    workflows::find(&api, &ctx, &id).await?;
    Ok(Json(known(&api, &ctx, &id).await?))
}

/// Replaces all of a workflow's overrides. Steps that have begun keep what they began with.
#[utoipa::path(
    put, path = "/v1/workflows/{workflow}/connection-overrides", tag = "workflows", params(("workflow" = String, Path)),
    request_body = ConnectionOverrides, responses((status = 200, body = Changed<ConnectionOverrides>))
)]
pub async fn put(
    State(api): State<Api>,
    ctx: Ctx,
    Path(id): Path<WorkflowId>,
    Json(body): Json<ConnectionOverrides>,
) -> Result<Response> {
    workflows::find(&api, &ctx, &id).await?;
    for (from, to) in &body.overrides {
        connections::find(&api, &ctx, from).await?;
        connections::find(&api, &ctx, to).await?;
    }
    let before = known(&api, &ctx, &id).await?;
    let record = OverridesRecord {
        place: ctx.place.clone(),
        workflow: id.clone(),
        overrides: body.overrides.clone(),
    };
    let written = Written {
        changes: vec![Change::put(&record)?],
        action: "workflow.connection_overrides",
        object: id.into_string(),
        before: Some(before),
        after: body,
        status: StatusCode::OK,
    };
    write(&api, &ctx, written).await
}

async fn known(api: &Api, ctx: &Ctx, id: &WorkflowId) -> Result<ConnectionOverrides> {
    let found = api
        .store()
        .get::<OverridesRecord>(&ctx.place.key(id.as_str()))
        .await?;
    Ok(ConnectionOverrides {
        overrides: found
            .map(|stored| stored.value.overrides)
            .unwrap_or_default(),
    })
}
