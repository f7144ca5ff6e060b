//! Workflows: drafts, versions, starting runs.

mod catalog;
mod command;
mod input;
pub mod record;
mod surroundings;
mod transfer;
mod validate;
mod versions;
mod write;

pub use catalog::FILES;
pub use input::{check_input, fits};
pub use surroundings::{check_ids, needed_ids};
use write::{Write, check_revision, commit, free_name, save, tagged};

use super::Api;
use super::context::Ctx;
use super::extract::{IfMatch, Json, Path};
use super::problem::{Error, Result};
use super::query::Query;
use crate::store::record::{VersionRecord, WorkflowRecord};
use crate::store::{Change, Stored};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use model::WorkflowId;
use model::api::{
    Changed, CreateWorkflow, LastRun, Page, PatchWorkflow, WorkflowRow, WorkflowView,
};
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(validate::schema))
        .routes(routes!(transfer::import))
        .routes(routes!(get, patch, archive))
        .routes(routes!(command::command))
        .routes(routes!(versions::list, versions::publish))
        .routes(routes!(versions::get))
        .routes(routes!(validate::validate))
        .routes(routes!(transfer::export))
}

/// The project's workflows.
#[utoipa::path(
    get, path = "/v1/workflows", tag = "workflows",
    params(
        ("archived" = Option<bool>, Query, description = "Archived ones too."),
        ("limit" = Option<u64>, Query), ("cursor" = Option<String>, Query),
    ),
    responses((status = 200, body = Page<WorkflowRow>))
)]
pub async fn list(
    State(api): State<Api>,
    ctx: Ctx,
    query: Query,
) -> Result<Json<Page<WorkflowRow>>> {
    let query = query.only(&["archived", "limit", "cursor"])?;
    let (archived, limit) = (query.flag("archived")?, query.limit(100, 500)?);
    let mut last_runs = api.store().last_runs(&ctx.place).await?;
    let mut items = Vec::new();
    let mut after = query.text("cursor");
    let next_cursor = loop {
        let found = api
            .store()
            .list::<WorkflowRecord>(&ctx.place.group(), after.as_deref(), limit + 1)
            .await?;
        let ended = found.len() <= limit;
        for stored in found {
            if items.len() == limit {
                break;
            }
            after = Some(stored.value.id.to_string());
            if archived || !stored.value.archived {
                let last = last_runs.remove(&stored.value.id);
                items.push(row(&stored.value, last));
            }
        }
        match (items.len() == limit, ended) {
            (true, false) => break after,
            (_, true) => break None,
            (false, false) => {}
        }
    };
    Ok(Json(Page {
        count: items.len() as u64,
        count_is_exact: next_cursor.is_none() && query.one("cursor").is_none(),
        items,
        next_cursor,
    }))
}

fn row(record: &WorkflowRecord, last_run: Option<LastRun>) -> WorkflowRow {
    let text = |name: &str| {
        record
            .draft
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    WorkflowRow {
        id: record.id.clone(),
        name: record.name.clone(),
        description: text("description").to_owned(),
        version: record.version,
        has_draft: record.has_draft,
        archived: record.archived,
        steps: record
            .draft
            .get("steps")
            .and_then(Value::as_array)
            .map_or(0, |steps| steps.len() as u32),
        queue: Some(text("queue"))
            .filter(|queue| !queue.is_empty())
            .unwrap_or("default")
            .to_owned(),
        updated_at: record.updated_at,
        updated_by: record.updated_by.clone(),
        last_run,
    }
}

/// The workflow, where it belongs to this project; else 404.
pub async fn find(api: &Api, ctx: &Ctx, id: &WorkflowId) -> Result<Stored<WorkflowRecord>> {
    api.store()
        .get::<WorkflowRecord>(id.as_str())
        .await?
        .filter(|stored| stored.value.place == ctx.place)
        .ok_or_else(|| Error::not_found("workflow", id.as_str()))
}

/// The newest published version.
pub async fn latest(api: &Api, record: &WorkflowRecord) -> Result<Option<VersionRecord>> {
    match record.version {
        Some(version) => versions::find(api, &record.id, version).await.map(Some),
        None => Ok(None),
    }
}

/// A workflow with its draft and its newest version. `ETag` is its revision, for `If-Match` on changes.
#[utoipa::path(
    get, path = "/v1/workflows/{workflow}", tag = "workflows", params(("workflow" = String, Path)),
    responses((status = 200, body = WorkflowView))
)]
pub async fn get(State(api): State<Api>, ctx: Ctx, Path(id): Path<WorkflowId>) -> Result<Response> {
    let stored = find(&api, &ctx, &id).await?;
    let view = view(&api, &ctx, stored.value, stored.revision).await?;
    Ok(tagged(&view, view.revision, StatusCode::OK))
}

async fn view(api: &Api, ctx: &Ctx, record: WorkflowRecord, revision: u64) -> Result<WorkflowView> {
    let published = latest(api, &record).await?;
    let last_run = api.store().last_runs(&ctx.place).await?.remove(&record.id);
    Ok(WorkflowView {
        row: row(&record, last_run),
        published: published
            .map(|version| serde_json::to_value(&version.definition))
            .transpose()
            .map_err(|error| Error::internal(&error))?,
        draft: record.draft,
        revision,
    })
}

/// Makes a workflow with its first draft, which may still hold mistakes.
#[utoipa::path(
    post, path = "/v1/workflows", tag = "workflows", request_body = CreateWorkflow,
    responses((status = 201, body = Changed<WorkflowView>))
)]
pub async fn create(
    State(api): State<Api>,
    ctx: Ctx,
    Json(body): Json<CreateWorkflow>,
) -> Result<Response> {
    create_from(&api, &ctx, body.draft, "workflow.create").await
}

/// As [`create`], for imports too.
async fn create_from(api: &Api, ctx: &Ctx, draft: Value, action: &str) -> Result<Response> {
    let id = WorkflowId::new(api.host().new_id(WorkflowId::PREFIX));
    let record = record::new(id, ctx.place.clone(), draft, ctx.actor(), api.now())?;
    free_name(api, ctx, &record).await?;
    let change = Change::create(&record)?;
    commit(
        api,
        ctx,
        Write {
            change,
            before: None,
            record,
            revision: 1,
            action,
            status: StatusCode::CREATED,
        },
    )
    .await
}

/// Changes the draft, or brings an archived workflow back.
#[utoipa::path(
    patch, path = "/v1/workflows/{workflow}", tag = "workflows", params(("workflow" = String, Path)),
    request_body = PatchWorkflow, responses((status = 200, body = Changed<WorkflowView>))
)]
pub async fn patch(
    State(api): State<Api>,
    ctx: Ctx,
    Path(id): Path<WorkflowId>,
    seen: IfMatch,
    Json(body): Json<PatchWorkflow>,
) -> Result<Response> {
    let stored = find(&api, &ctx, &id).await?;
    check_revision(&stored, &seen)?;
    let Stored {
        value: before,
        revision,
    } = stored;
    let mut record = before.clone();
    if let Some(draft) = body.draft {
        record::set_draft(&mut record, draft)?;
        let published = latest(&api, &before).await?;
        record.has_draft = record::differs(&record.draft, published.as_ref());
    }
    if let Some(archived) = body.archived {
        record.archived = archived;
    }
    if record.name != before.name || before.archived && !record.archived {
        free_name(&api, &ctx, &record).await?;
    }
    record.updated_at = api.now();
    record.updated_by = ctx.actor();
    let action = match (before.archived, record.archived) {
        (false, true) => "workflow.archive",
        (true, false) => "workflow.restore",
        (true, true) | (false, false) => "workflow.update",
    };
    save(&api, &ctx, before, record, revision, action).await
}

/// Archives: it starts no more runs and leaves the list; its runs and versions stay.
#[utoipa::path(
    delete, path = "/v1/workflows/{workflow}", tag = "workflows", params(("workflow" = String, Path)),
    responses((status = 200, body = Changed<WorkflowView>))
)]
pub async fn archive(
    State(api): State<Api>,
    ctx: Ctx,
    Path(id): Path<WorkflowId>,
    seen: IfMatch,
) -> Result<Response> {
    let stored = find(&api, &ctx, &id).await?;
    check_revision(&stored, &seen)?;
    let Stored {
        value: before,
        revision,
    } = stored;
    let mut record = before.clone();
    record.archived = true;
    record.updated_at = api.now();
    record.updated_by = ctx.actor();
    save(&api, &ctx, before, record, revision, "workflow.archive").await
}
