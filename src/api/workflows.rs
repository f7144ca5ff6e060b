//! Workflows: documents, versions, starts.

use super::{
    error::ApiError,
    transport::{ActionKey, Api, Guard},
};
use model::WorkflowId;
use model::api::{
    Changed, CreateWorkflow, Moved, PatchWorkflow, PortableWorkflow, Publish, Report, StartRun,
    ValidateBody, VersionRow, WorkflowCommand, WorkflowView,
};
use serde_json::Value;

pub const LIST: &str = "/v1/workflows";

/// The address of the list, at most 500 of them.
pub fn list_path(archived: bool) -> String {
    let archived = if archived { "true" } else { "" };
    crate::routes::with_query(LIST, &[("archived", archived), ("limit", "500")])
}

pub fn path(workflow: &WorkflowId) -> String {
    format!("{LIST}/{workflow}")
}

/// The address of the versions, newest first.
pub fn versions_path(workflow: &WorkflowId) -> String {
    format!("{LIST}/{workflow}/versions?limit=200")
}

/// The address of one version's document.
pub fn version_path(workflow: &WorkflowId, version: u32) -> String {
    format!("{LIST}/{workflow}/versions/{version}")
}

/// Where the portable document of a workflow is; a link that carries no headers needs [`Api::direct`].
pub fn export_path(workflow: &WorkflowId, draft: bool) -> String {
    format!(
        "{LIST}/{workflow}/export{}",
        if draft { "?draft=true" } else { "" }
    )
}

pub async fn create(
    api: Api,
    draft: Value,
    key: &ActionKey,
) -> Result<Changed<WorkflowView>, ApiError> {
    api.post(LIST, &CreateWorkflow { draft }, Guard::once(key))
        .await
}

pub async fn import(
    api: Api,
    portable: &PortableWorkflow,
    key: &ActionKey,
) -> Result<Changed<WorkflowView>, ApiError> {
    api.post(&format!("{LIST}/import"), portable, Guard::once(key))
        .await
}

/// Saves the draft, if it still is as it was at revision `seen`.
pub async fn save(
    api: Api,
    workflow: &WorkflowId,
    draft: Value,
    key: &ActionKey,
    seen: u64,
) -> Result<Changed<WorkflowView>, ApiError> {
    let body = PatchWorkflow {
        draft: Some(draft),
        archived: None,
    };
    api.patch(&path(workflow), &body, Guard::seen(key, seen))
        .await
}

/// Archives a workflow or brings it back.
pub async fn archive(
    api: Api,
    workflow: &WorkflowId,
    archived: bool,
    key: &ActionKey,
    seen: u64,
) -> Result<Changed<WorkflowView>, ApiError> {
    let body = PatchWorkflow {
        draft: None,
        archived: Some(archived),
    };
    api.patch(&path(workflow), &body, Guard::seen(key, seen))
        .await
}

/// Everything wrong with a document.
pub async fn validate(
    api: Api,
    workflow: &WorkflowId,
    document: Value,
) -> Result<Report, ApiError> {
    let body = ValidateBody {
        document: Some(document),
    };
    api.post(
        &format!("{}/validate", path(workflow)),
        &body,
        Guard::default(),
    )
    .await
}

/// Makes the saved draft the next version, if it still is as it was at revision `seen`.
pub async fn publish(
    api: Api,
    workflow: &WorkflowId,
    note: Option<String>,
    key: &ActionKey,
    seen: u64,
) -> Result<Changed<VersionRow>, ApiError> {
    api.post(
        &format!("{}/versions", path(workflow)),
        &Publish { note },
        Guard::seen(key, seen),
    )
    .await
}

/// Starts a run of the newest version.
pub async fn start(
    api: Api,
    workflow: &WorkflowId,
    params: StartRun,
    key: &ActionKey,
) -> Result<Moved, ApiError> {
    api.post(
        &format!("{}/command", path(workflow)),
        &WorkflowCommand::Start(params),
        Guard::once(key),
    )
    .await
}

/// A document as the runtime keeps it once it is published; `None` for one that is no workflow. Two documents that mean the
/// same are the same in this form.
pub fn canonical(document: &Value) -> Option<Value> {
    let workflow = engine::parse_workflow(document).ok()?;
    // By way of text: the program already writes and reads workflows as text.
    let text = serde_json::to_string(&workflow).ok()?;
    serde_json::from_str(&text).ok()
}
