//! What is sent to the API, beyond moves.

use super::{Price, ProviderMode};
use crate::id::{MissionId, RunId, TaskId, UserId};
use crate::run::{EntityRef, Labels};
use crate::status::StopMode;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// `POST /v1/session`: one of both.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// A personal access token, `pat_…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The code of a sign-in link, `sin_…`; good once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// `POST /v1/workflows/{id}/command`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "command", content = "params", rename_all = "snake_case")]
#[allow(
    clippy::large_enum_variant,
    reason = "one is read from each request and taken apart at once"
)]
pub enum WorkflowCommand {
    Start(StartRun),
    Pause(CommandOnRun),
    Resume(CommandOnRun),
    Stop(CommandOnRun),
}

/// What a new run gets.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StartRun {
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub input: Value,
    /// The record the run is about; the workflow's own template when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<EntityRef>,
    #[serde(default, skip_serializing_if = "Labels::is_empty")]
    pub labels: Labels,
    /// Another queue than the workflow's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mission: Option<MissionId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskId>,
    /// `production` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
}

/// The run a command is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CommandOnRun {
    pub run_id: RunId,
    /// `stop`: `graceful` (default) or `immediate`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<StopMode>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// `POST /v1/attention/{id}/snooze`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Snooze {
    pub until: Timestamp,
}

/// `POST /v1/attention/{id}/dismiss`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Dismiss {
    /// Kept in the audit trail; at least one word.
    pub reason: String,
}

/// `POST /v1/attention/{id}/assign`; to the caller when empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Assign {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// True: to nobody.
    #[serde(default)]
    pub nobody: bool,
}

/// `POST /v1/runs/{id}/tasks/{task}/skip`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SkipTask {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// `POST /v1/runs/{run}/steps/{step}/chat`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChatBody {
    /// At most 64 KiB.
    pub message: String,
}

/// `POST /v1/missions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateMission {
    pub title: String,
}

/// `POST /v1/workflows`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateWorkflow {
    /// The first draft; its `name` is the workflow's.
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub draft: Value,
}

/// `PATCH /v1/workflows/{id}`; absent fields stay.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PatchWorkflow {
    /// The whole draft; it may hold mistakes, but must be an object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Object>))]
    pub draft: Option<Value>,
    /// False brings an archived workflow back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archived: Option<bool>,
}

/// `POST /v1/workflows/{id}/versions`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Publish {
    /// What changed, for whoever reads the list of versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// `POST /v1/workflows/{id}/validate`; the draft when empty.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ValidateBody {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Object>))]
    pub document: Option<Value>,
}

/// A workflow outside of its project: `GET /v1/workflows/{id}/export`, and the body of `POST /v1/workflows/import`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PortableWorkflow {
    /// Always `signalbox.workflow/1`.
    pub format: String,
    pub name: String,
    /// The version that was exported; absent for a draft.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub document: Value,
    /// What the document expects of the project it is brought to.
    #[serde(default)]
    pub needs: Needs,
    /// On import: what to call instead, by the names in `needs`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub remap: BTreeMap<String, String>,
}

impl PortableWorkflow {
    pub const FORMAT: &'static str = "signalbox.workflow/1";
}

/// What a workflow uses by name, each with the pointers to where it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Needs {
    #[serde(default)]
    pub providers: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub servers: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub server_urls: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub workflows: BTreeMap<String, Vec<String>>,
}

/// `POST /v1/providers`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateProvider {
    /// What `llm_call` names; a slug.
    pub id: String,
    pub mode: ProviderMode,
    pub base_url: String,
    pub default_model: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_key: Option<String>,
    #[serde(default)]
    pub prices: BTreeMap<String, Price>,
}

/// `PUT /v1/audit/retention`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct KeepAudit {
    /// Days an entry is kept; without end when absent.
    pub keep_days: Option<u32>,
}
