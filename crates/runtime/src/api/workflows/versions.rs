//! Published versions. A version never changes.

use super::write::{check_revision, commit_version};
use super::{record, validate};
use crate::api::Api;
use crate::api::context::Ctx;
use crate::api::extract::{IfMatch, Json, Path};
use crate::api::problem::{Error, Result};
use crate::api::query::Query;
use crate::store::Stored;
use crate::store::record::VersionRecord;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use model::WorkflowId;
use model::api::{Changed, FieldError, Page, Publish, VersionRow};

/// The workflow's versions, newest first.
#[utoipa::path(
    get, path = "/v1/workflows/{workflow}/versions", tag = "workflows",
    params(("workflow" = String, Path), ("limit" = Option<u64>, Query), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = Page<VersionRow>))
)]
pub async fn list(
    State(api): State<Api>,
    ctx: Ctx,
    Path(id): Path<WorkflowId>,
    query: Query,
) -> Result<Json<Page<VersionRow>>> {
    let query = query.only(&["limit", "cursor"])?;
    let limit = query.limit(50, 200)?;
    let newest = super::find(&api, &ctx, &id)
        .await?
        .value
        .version
        .unwrap_or(0);
    let until = match query.number("cursor")? {
        Some(before) => u32::try_from(before.saturating_sub(1))
            .unwrap_or(newest)
            .min(newest),
        None => newest,
    };
    // Versions count from 1 without gaps, so a page from the end is a range.
    let from = until.saturating_sub(limit as u32);
    let after = VersionRecord::key_of(&id, from);
    let found = api
        .store()
        .list::<VersionRecord>(id.as_str(), Some(&after), (until - from) as usize)
        .await?;
    let items = found
        .into_iter()
        .rev()
        .map(|stored| row(&stored.value))
        .collect();
    Ok(Json(Page {
        items,
        next_cursor: (from > 0).then(|| (from + 1).to_string()),
        count: u64::from(newest),
        count_is_exact: true,
    }))
}

pub fn row(version: &VersionRecord) -> VersionRow {
    VersionRow {
        version: version.version,
        published_at: version.published_at,
        published_by: version.published_by.clone(),
        note: version.note.clone(),
        steps: version.definition.steps.len() as u32,
    }
}

/// One version's document.
#[utoipa::path(
    get, path = "/v1/workflows/{workflow}/versions/{version}", tag = "workflows",
    params(("workflow" = String, Path), ("version" = u32, Path)),
    responses((status = 200, body = Object, description = "The workflow document."))
)]
pub async fn get(
    State(api): State<Api>,
    ctx: Ctx,
    Path((id, version)): Path<(WorkflowId, u32)>,
) -> Result<Json<model::Workflow>> {
    super::find(&api, &ctx, &id).await?;
    Ok(Json(find(&api, &id, version).await?.definition))
}

pub async fn find(api: &Api, id: &WorkflowId, version: u32) -> Result<VersionRecord> {
    api.store()
        .get::<VersionRecord>(&VersionRecord::key_of(id, version))
        .await?
        .map(|stored| stored.value)
        .ok_or_else(|| Error::not_found("version", &version.to_string()))
}

/// Publishes the draft as the next version. Its errors are all named at once; warnings do not stop it.
#[utoipa::path(
    post, path = "/v1/workflows/{workflow}/versions", tag = "workflows", params(("workflow" = String, Path)),
    request_body = Publish, responses((status = 201, body = Changed<VersionRow>))
)]
pub async fn publish(
    State(api): State<Api>,
    ctx: Ctx,
    Path(id): Path<WorkflowId>,
    seen: IfMatch,
    Json(body): Json<Publish>,
) -> Result<Response> {
    let stored = super::find(&api, &ctx, &id).await?;
    check_revision(&stored, &seen)?;
    let Stored {
        value: before,
        revision,
    } = stored;
    if before.archived {
        return Err(Error::conflict(
            "workflow_archived",
            "This workflow is archived. Bring it back before you publish.",
        ));
    }
    let report = validate::check(&api, &ctx, &id, &before.draft).await?;
    if !report.is_publishable() {
        let errors = report
            .errors
            .into_iter()
            .map(|issue| FieldError {
                pointer: issue.pointer,
                message: issue.message,
                suggestion: issue.suggestion,
            })
            .collect();
        return Err(Error::unprocessable(
            "workflow_has_errors",
            "The draft has errors, so it cannot be published. Correct them; Validate shows them at their step.",
            errors,
        ));
    }
    if !before.has_draft {
        return Err(Error::conflict(
            "nothing_to_publish",
            "The draft is the same as the latest version, so there is nothing to publish.",
        ));
    }
    let definition = engine::parse_workflow(&before.draft)
        .map_err(|_| Error::internal(&"a document without errors could not be read"))?;
    let mut changed = before.clone();
    let version = record::publish(&mut changed, definition, body.note, ctx.actor(), api.now());
    commit_version(
        &api,
        &ctx,
        Stored {
            value: changed,
            revision,
        },
        &version,
        StatusCode::CREATED,
    )
    .await
}
