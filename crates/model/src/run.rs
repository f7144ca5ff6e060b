//! What a run is about and where it came from.

use crate::id::{MissionId, TaskId, WorkflowId};
use crate::words::words;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

words! {
    /// What started a run.
    Trigger {
        Manual = "manual", "started by hand";
        Api = "api", "the API";
        Schedule = "schedule", "a schedule";
        Webhook = "webhook", "a webhook";
        /// Run again.
        Retry = "retry", "run again";
        Replay = "replay", "a replay";
        /// A `workflow_call` step of another run.
        Parent = "parent", "another run";
    }
}

/// The business record a run is about: `{type: rfq, id: "2231", label: "Metro Equipment"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct EntityRef {
    #[serde(rename = "type")]
    pub kind: String,
    pub id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// The published version a run executes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct WorkflowRef {
    pub id: WorkflowId,
    /// Counts from 1.
    pub version: u32,
    pub name: String,
}

/// Labels an author or a caller puts on a run: at most 32, keys of at most 64 and values of at most 256 characters.
pub type Labels = BTreeMap<String, String>;

/// What groups a run: its mission and the task it belongs to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Belongs {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mission: Option<MissionId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskId>,
}
