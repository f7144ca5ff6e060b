//! Writing a workflow: its record, its audit entry and the answer, all in one.

use super::{row, versions, view};
use crate::api::Api;
use crate::api::context::Ctx;
use crate::api::extract::{IfMatch, Json};
use crate::api::problem::{Error, Result};
use crate::audit;
use crate::store::record::{VersionRecord, WorkflowRecord};
use crate::store::{Change, Stored};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::api::Changed;
use serde_json::Value;

/// Of two editors, the second is told.
pub fn check_revision(stored: &Stored<WorkflowRecord>, IfMatch(seen): &IfMatch) -> Result<()> {
    match seen {
        Some(seen) if *seen != stored.revision => Err(Error::conflict(
            "stale_revision",
            format!(
                "The workflow was changed by {} in the meantime: it stands at revision {}, not {seen}. Look at it before you save.",
                stored.value.updated_by.name, stored.revision
            ),
        )
        .current(serde_json::json!({ "row": row(&stored.value, None), "revision": stored.revision, "draft": stored.value.draft }))),
        Some(_) | None => Ok(()),
    }
}

/// Writes a changed record.
pub async fn save(
    api: &Api,
    ctx: &Ctx,
    before: WorkflowRecord,
    record: WorkflowRecord,
    revision: u64,
    action: &str,
) -> Result<Response> {
    let change = Change::update(&Stored {
        value: record.clone(),
        revision,
    })?;
    commit(
        api,
        ctx,
        Write {
            change,
            before: Some(before),
            record,
            revision: revision + 1,
            action,
            status: StatusCode::OK,
        },
    )
    .await
}

/// One change of a workflow.
pub struct Write<'a> {
    pub change: Change,
    pub before: Option<WorkflowRecord>,
    pub record: WorkflowRecord,
    /// The one the record gets by this change.
    pub revision: u64,
    pub action: &'a str,
    pub status: StatusCode,
}

pub async fn commit(api: &Api, ctx: &Ctx, write: Write<'_>) -> Result<Response> {
    let mut entry = audit::entry(api.host(), ctx, write.action, write.record.id.as_str())
        .after(told(&write.record));
    if let Some(before) = &write.before {
        entry = entry.before(told(before));
    }
    let changed = Changed {
        audit: entry.id.clone(),
        value: view(api, ctx, write.record, write.revision).await?,
    };
    let body = serde_json::to_value(&changed).map_err(|error| Error::internal(&error))?;
    let set = ctx.complete(vec![write.change], entry, write.status, &body)?;
    api.store().change(set).await?;
    Ok(tagged(&body, write.revision, write.status))
}

/// What the audit trail keeps of a workflow.
fn told(record: &WorkflowRecord) -> Value {
    serde_json::json!({ "name": record.name, "archived": record.archived, "version": record.version, "draft": record.draft })
}

/// Writes a new version and the record that names it.
pub async fn commit_version(
    api: &Api,
    ctx: &Ctx,
    record: Stored<WorkflowRecord>,
    version: &VersionRecord,
    status: StatusCode,
) -> Result<Response> {
    let entry = audit::entry(
        api.host(),
        ctx,
        "workflow.publish",
        record.value.id.as_str(),
    )
    .before(serde_json::json!({ "version": version.version - 1 }))
    .after(serde_json::json!({ "version": version.version, "definition": version.definition }))
    .reason(version.note.clone());
    let changed = Changed {
        audit: entry.id.clone(),
        value: versions::row(version),
    };
    let body = serde_json::to_value(&changed).map_err(|error| Error::internal(&error))?;
    let changes = vec![Change::update(&record)?, Change::create(version)?];
    let set = ctx.complete(changes, entry, status, &body)?;
    api.store().change(set).await?;
    Ok(tagged(&body, record.revision + 1, status))
}

/// The answer with its revision as `ETag`.
pub fn tagged<T: serde::Serialize>(body: &T, revision: u64, status: StatusCode) -> Response {
    let mut response = (status, Json(body)).into_response();
    if let Ok(etag) = HeaderValue::from_str(&format!("\"{revision}\"")) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    response
}

/// Two workflows of one name would make `workflow_call` by name ambiguous.
pub async fn free_name(api: &Api, ctx: &Ctx, record: &WorkflowRecord) -> Result<()> {
    let taken = api
        .store()
        .by_side::<WorkflowRecord>(&ctx.place.key(&record.name))
        .await?
        .into_iter()
        .any(|other| other.value.id != record.id && !other.value.archived);
    if taken {
        return Err(Error::conflict(
            "name_taken",
            format!(
                "There is a workflow named {:?} in this project. Choose another name, or archive that one.",
                record.name
            ),
        ));
    }
    Ok(())
}
