//! Environment health: checks, what they found, and the runs that wait for them.

use super::CheckResult;
use crate::access::Role;
use crate::failure::FailureCode;
use crate::health::{CheckKind, CheckState};
use crate::id::{RunId, StepPath, WorkflowId};
use crate::status::BlockedBy;
use crate::{Actor, Timestamp};
use serde::{Deserialize, Serialize};

/// One thing that runs need from outside, and how it was when it was looked at last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Check {
    /// `mcp_server:github`: the kind and what it is about.
    pub id: String,
    pub kind: CheckKind,
    /// The name of what it is about.
    pub subject: String,
    pub state: CheckState,
    /// What was found, or what is not known yet.
    pub message: String,
    /// The failure this leads to, where it does not pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<FailureCode>,
    /// What clears it, where it does not pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clears: Option<String>,
    /// Who clears it where nobody can from within Signalbox: "whoever runs the backend “erp”".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outside: Option<String>,
    /// When it was looked at last; never, when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Since when it stands as it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// The last looks, newest first; at most 50.
    pub history: Vec<CheckPast>,
}

/// An earlier look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CheckPast {
    pub at: Timestamp,
    pub state: CheckState,
    pub message: String,
}

/// Something outside that holds runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Blocker {
    pub by: BlockedBy,
    /// The check that fails; absent where something is not set up at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<String>,
    pub code: FailureCode,
    /// The plain reason.
    pub reason: String,
    /// What clears it.
    pub clears: String,
    /// The role that can, or that looks again once it was cleared outside of Signalbox.
    pub who: Role,
    /// Who clears it where nobody can from within Signalbox: "whoever runs the backend “erp”".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outside: Option<String>,
    /// Since when the first of its runs is held.
    pub since: Timestamp,
    /// The runs it holds, the longest held first; at most 50.
    pub runs: Vec<HeldRun>,
    pub runs_count: u64,
}

/// A run that a blocker holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct HeldRun {
    pub run: RunId,
    pub title: String,
    pub workflow: WorkflowId,
    pub workflow_name: String,
    /// The step that would have begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<StepPath>,
    pub since: Timestamp,
}

/// `GET /v1/health`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Health {
    /// What holds runs, the longest held first.
    pub blockers: Vec<Blocker>,
    /// Every check, by kind and name.
    pub checks: Vec<Check>,
    /// Why no MCP server may start a program here; absent where one may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_programs: Option<String>,
}

/// What is said of a backend: `PUT /v1/entities/{entity}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct EntityBody {
    /// The wire test: `https://…` is asked with `GET`, `tcp://host:port` is connected to.
    pub wire: String,
    /// The status of a good answer; any below 500 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_status: Option<u16>,
    /// The connection whose credential goes with the wire test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<String>,
    /// The tools that need it.
    #[serde(default)]
    pub tools: Vec<EntityTools>,
}

/// A backend that tools talk to. One of `GET /v1/entities`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Entity {
    pub id: String,
    #[serde(flatten)]
    pub entity: EntityBody,
    pub updated_at: Timestamp,
    pub updated_by: Actor,
}

/// Tools of one server that need a backend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EntityTools {
    /// An MCP server or instance.
    pub server: String,
    /// Names of its tools; every one when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
}

/// `POST /v1/entities`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CreateEntity {
    /// A slug.
    pub id: String,
    #[serde(flatten)]
    pub entity: EntityBody,
}

/// One look at something, with what it found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Validation {
    /// Every check passed.
    pub ok: bool,
    pub at: Timestamp,
    /// In the order they were made; what could not be tried any more is left out.
    pub checks: Vec<ValidationCheck>,
    /// The names of the tools offered.
    pub tools: Vec<String>,
}

/// One of a validation's checks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ValidationCheck {
    /// `set_up`, `credential`, `handshake`, `tools`, `schema`.
    pub name: String,
    pub ok: bool,
    pub message: String,
}

impl From<&Validation> for CheckResult {
    /// The first check that failed, or the last word.
    fn from(validation: &Validation) -> Self {
        let telling = validation
            .checks
            .iter()
            .find(|check| !check.ok)
            .or(validation.checks.last());
        Self {
            ok: validation.ok,
            message: telling
                .map(|check| check.message.clone())
                .unwrap_or_default(),
            at: validation.at,
        }
    }
}
