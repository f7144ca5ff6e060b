//! What a step did, entry by entry, in the order it happened.

use crate::actor::Actor;
use crate::money::Usage;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What stands as the server of the tool by which an agent asks a person.
pub const ASK: &str = "chat";
/// What stands as the server of the tools for the files of a run's sandbox.
pub const SANDBOX: &str = "sandbox";

/// One entry of a step's transcript. All text in it is untrusted: it came from a model, a tool or a script.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "entry", rename_all = "snake_case")]
pub enum TranscriptEntry {
    /// A message sent to or received from a model.
    Message {
        /// `system`, `user`, `assistant` or `tool`.
        role: String,
        text: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        usage: Option<Usage>,
        /// The person who wrote it to an agent; absent for a workflow's own prompts and for models.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<Actor>,
    },
    /// What a model thought before it answered.
    Thinking { text: String },
    ToolCall {
        id: String,
        server: String,
        tool: String,
        arguments: Value,
    },
    ToolResult {
        id: String,
        result: Value,
        is_error: bool,
        duration_ms: u64,
    },
    /// A file written or edited, as a unified diff.
    FileEdit {
        path: String,
        diff: String,
        added: u32,
        removed: u32,
    },
    /// What a script or a server printed.
    Log { text: String },
    /// The error that ended the try.
    Error { text: String },
}
