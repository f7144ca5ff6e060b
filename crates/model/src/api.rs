//! The shapes of the API that are neither the model's words nor a folded run. The runtime writes them, the console reads them.

mod access;
mod bodies;
mod bulk;
mod connections;
mod health;
mod mcp;
mod reads;

pub use access::*;
pub use bodies::*;
pub use bulk::*;
pub use connections::*;
pub use health::*;
pub use mcp::*;
pub use reads::*;

use crate::access::{Role, Scope};
use crate::actor::Actor;
use crate::failure::{Failure, FailureCode};
use crate::id::{MissionId, ProjectId, RunId, StepPath, TaskId, TenantId, WorkflowId};
use crate::money::Cost;
use crate::moves::MoveKind;
use crate::run::{EntityRef, Labels, Trigger};
use crate::status::{RunStatus, StepStatus, WaitKind};
use crate::time::Timestamp;
use crate::why::Why;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// An error as `application/problem+json` (RFC 9457).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Problem {
    /// `/problems/{code}`.
    #[serde(rename = "type", default)]
    pub kind: String,
    pub title: String,
    pub status: u16,
    /// What happened and what to do, for a person.
    #[serde(default)]
    pub detail: String,
    /// A stable word for programs: `missing_scope`, `run_not_found`, `stale_sequence`.
    pub code: String,
    /// The header, role, scope or context that is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// On a lost race (409): what stands now, a `RunRow` or a `WorkflowRow`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Object>))]
    pub current: Option<Value>,
}

/// One thing wrong in a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// JSON pointer into the body: `/steps/2/depends_on/0`.
    pub pointer: String,
    pub message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Give it back as `cursor` for the next page; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// How many match in all, up to 1,000.
    pub count: u64,
    /// False: there are more than `count`.
    pub count_is_exact: bool,
}

/// `GET /v1/me`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Me {
    pub actor: Actor,
    pub scopes: Vec<Scope>,
    pub tenants: Vec<TenantAccess>,
    /// The runtime's build: `0.1.0+<commit>`.
    pub build: String,
    pub server_time: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TenantAccess {
    pub id: TenantId,
    pub name: String,
    pub projects: Vec<ProjectAccess>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ProjectAccess {
    pub id: ProjectId,
    pub name: String,
    pub role: Role,
}

/// One row of `GET /v1/runs`; also what the `runs` topic of the stream sends when a run changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RunRow {
    pub id: RunId,
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<EntityRef>,
    pub workflow_id: WorkflowId,
    pub workflow_name: String,
    pub workflow_version: u32,
    pub status: RunStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait_kind: Option<WaitKind>,
    /// Why it stands where it stands; absent on a completed run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Why>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// The step that failed, waits or runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<StepPath>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step_name: Option<String>,
    pub steps_done: u32,
    pub steps_total: u32,
    /// How many of them stand how; a loop is one step.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub steps_by_status: BTreeMap<StepStatus, u32>,
    pub attempt: u32,
    pub queue: String,
    pub environment: String,
    pub trigger: Trigger,
    pub created_by: Actor,
    #[serde(default, skip_serializing_if = "Labels::is_empty")]
    pub labels: Labels,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mission: Option<MissionId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<RunId>,
    /// It was executed elsewhere; only its journal is here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub imported: bool,
    pub created_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    pub updated_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Cost>,
    /// Some output was played from a Mock Mode script.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mock: bool,
    /// The primary move in this state.
    pub primary_move: MoveKind,
    /// The journal's last event.
    pub seq: u64,
}

impl RunRow {
    /// A button's words for a move on this run.
    pub fn label(&self, kind: MoveKind) -> &'static str {
        kind.label(
            self.status,
            self.failure.as_ref().map(|failure| failure.code),
        )
    }
}

/// `GET /v1/command-center`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CommandCenter {
    pub needs_decision: Section,
    pub blocked: Section,
    /// The last 24 hours, or all unresolved ones with `?unresolved=true`.
    pub failed: Section,
    pub draining: Section,
    /// Stalled ones first.
    pub running: Section,
    /// The stream position this was read at: subscribe from here.
    pub position: u64,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Section {
    /// The first 50.
    pub items: Vec<AttentionItem>,
    pub count: u64,
    pub count_is_exact: bool,
}

/// A run that needs a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AttentionItem {
    /// For snooze, dismiss and assign; the run's id.
    pub id: String,
    pub run: RunRow,
    pub since: Timestamp,
    /// The decision asked for, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<PendingTask>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assigned_to: Option<Actor>,
}

/// One open decision; `GET /v1/tasks/pending`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PendingTask {
    pub task: TaskId,
    pub run: RunId,
    pub run_title: String,
    pub step: StepPath,
    pub step_name: String,
    pub title: String,
    #[serde(default)]
    pub instructions: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<String>,
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub data: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Object>))]
    pub result_schema: Option<Value>,
    pub checkpoint: bool,
    pub since: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// An open or closed wait that the outside resolves; `GET /v1/waitpoints/tokens`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct WaitpointToken {
    pub token: String,
    pub run: RunId,
    pub run_title: String,
    pub step: StepPath,
    pub step_name: String,
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Object>))]
    pub schema: Option<Value>,
    pub since: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// `open`, `completed`, `timed_out` or `cancelled`.
    pub state: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
}

/// The answer to every move and change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Moved {
    /// The run, or for "Run again" the new one.
    pub run: RunRow,
    /// The audit entry that records it.
    pub audit: crate::id::AuditId,
}

/// The body of `retry`, `resume`, `pause`, `stop`, `cancel`, `run-again`; every field is optional.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct MoveBody {
    /// `retry`: the step to start from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<StepPath>,
    /// `retry` with `step`: its new input. `run-again`: the run's new input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Object>))]
    pub input: Option<Value>,
    /// `stop`: `graceful` (default) or `immediate`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<crate::status::StopMode>,
    /// `stop`: how long steps in flight may take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_s: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// `POST /v1/runs/{id}/tasks/{task}/complete`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TaskBody {
    pub approved: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Object>))]
    pub result: Option<Value>,
}

/// One attempt of a run; `GET /v1/runs/{id}/attempts`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Attempt {
    pub attempt: u32,
    pub status: RunStatus,
    pub started_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// The step it started from, when it was chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<StepPath>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_step: Option<StepPath>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Actor>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// One row of `GET /v1/workflows`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct WorkflowRow {
    pub id: WorkflowId,
    pub name: String,
    pub description: String,
    /// The latest published version; absent before the first publish.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// The draft differs from the latest version.
    pub has_draft: bool,
    pub archived: bool,
    pub steps: u32,
    pub queue: String,
    pub updated_at: Timestamp,
    pub updated_by: Actor,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_run: Option<LastRun>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct LastRun {
    pub id: RunId,
    pub status: RunStatus,
    pub created_at: Timestamp,
}

/// `GET /v1/workflows/{id}`: the row with the draft's document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct WorkflowView {
    #[serde(flatten)]
    pub row: WorkflowRow,
    /// The draft, as written: it may hold mistakes.
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub draft: Value,
    /// The latest published document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Object>))]
    pub published: Option<Value>,
    /// For `If-Match` on changes.
    pub revision: u64,
}

/// One published version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct VersionRow {
    pub version: u32,
    pub published_at: Timestamp,
    pub published_by: Actor,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    pub steps: u32,
}

/// What Validate found. Errors stop publishing; warnings do not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Report {
    pub errors: Vec<Issue>,
    pub warnings: Vec<Issue>,
}

impl Report {
    pub fn is_publishable(&self) -> bool {
        self.errors.is_empty()
    }
}

/// One issue, at the step and field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Issue {
    /// A stable word: `dependency_cycle`, `unknown_dependency`, `missing_tool_name`, `lua_syntax`, `invalid_template`, …
    pub code: String,
    /// JSON pointer into the document.
    pub pointer: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<crate::id::StepId>,
    pub message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
}

/// A model provider; its key is never sent back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Provider {
    /// What `llm_call` names: `default`.
    pub id: String,
    /// `live` calls the address; `mock` plays the workflow's scripts and spends nothing.
    pub mode: ProviderMode,
    /// An OpenAI-compatible base address: `https://api.example.com/v1`.
    pub base_url: String,
    pub default_model: String,
    pub has_key: bool,
    /// Micro-dollars per million tokens, by model.
    pub prices: std::collections::BTreeMap<String, Price>,
    /// The result of the last check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<CheckResult>,
    pub updated_at: Timestamp,
    pub updated_by: Actor,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProviderMode {
    Live,
    Mock,
}

/// Micro-dollars per million tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Price {
    pub input: i64,
    pub output: i64,
}

/// `PATCH /v1/providers/{id}`; absent fields stay.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ProviderPatch {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<ProviderMode>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_model: Option<String>,
    /// A new key; an empty string removes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prices: Option<std::collections::BTreeMap<String, Price>>,
}

/// What a check found, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CheckResult {
    pub ok: bool,
    /// "Answered in 41 ms with 3 models." or what went wrong.
    pub message: String,
    pub at: Timestamp,
}

/// One row of `GET /v1/missions`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct MissionRow {
    pub id: MissionId,
    pub title: String,
    pub runs: u64,
    /// Runs by status.
    pub by_status: Vec<(RunStatus, u64)>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// The end of what a model has thought and said in an answer that is still coming.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SoFar {
    pub thinking: String,
    pub text: String,
}

/// A message of `GET /v1/stream`, in `data`; its SSE id is the position to resume from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "topic", rename_all = "snake_case")]
pub enum StreamMessage {
    /// `run:{id}`: the run's next events, in order.
    Run {
        run: RunId,
        events: Vec<crate::event::Event>,
    },
    /// `run:{id}`: what a model has said so far in an answer that is still coming. It is kept nowhere and resumed from nowhere;
    /// the whole answer follows as an event.
    Saying {
        run: RunId,
        #[serde(flatten)]
        key: crate::event::TryKey,
        #[serde(flatten)]
        so_far: SoFar,
    },
    /// `runs` and `command-center`: a run changed.
    Runs { row: Box<RunRow> },
    /// `notifications`: how the caller's inbox stands; also sent when a stream begins, so that nothing is missed in between.
    Notifications {
        unread: u64,
        /// The message that changed, where one did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        newest: Option<Box<crate::notify::Notification>>,
    },
    /// `health`: a check or what is set up changed; load it again.
    Health,
    /// `audit`: the tenant's trail has new entries; load them.
    Audit,
    /// `deliveries:{log}`: a message of the log is new, or came further; load it again.
    Deliveries,
    /// `bulk`: how a bulk job stands now; without one, any of them may have changed.
    Bulk {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        job: Option<Box<BulkJob>>,
    },
    /// The position asked for is too old: load again.
    Reset,
}

/// Filters of `GET /v1/runs`; each list means "any of". Query parameters repeat or are comma-separated.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RunFilter {
    pub status: Vec<RunStatus>,
    pub workflow: Vec<WorkflowId>,
    pub queue: Vec<String>,
    pub trigger: Vec<Trigger>,
    pub actor: Vec<String>,
    /// `key:value` or `key`.
    pub label: Vec<String>,
    pub failure_code: Vec<FailureCode>,
    pub since: Option<Timestamp>,
    pub until: Option<Timestamp>,
    /// Failed, interrupted, blocked or waiting, and neither dismissed nor resolved.
    pub unresolved: bool,
    pub mission: Option<MissionId>,
    /// Text in the title, the record, the workflow's name or the run's id.
    pub q: Option<String>,
}
