//! Running the steps that work outside the engine: one runner a step type.
//!
//! The host hands a [`StepCall`] to a [`StepRunner`] and reports what comes back to the engine under the call's key. Dropping
//! the future cancels the try: requests are aborted, an MCP server is told, a script stops.

#[cfg(feature = "native")]
pub mod agent;
#[cfg(feature = "native")]
pub mod llm;
#[cfg(feature = "native")]
pub mod lua;
#[cfg(feature = "native")]
pub mod mcp;
#[cfg(feature = "native")]
pub mod net;
#[cfg(feature = "native")]
mod runners;
#[cfg(feature = "native")]
pub mod sandbox;
#[cfg(feature = "native")]
pub use runners::Runners;

use async_trait::async_trait;
use model::api::{SoFar, TranscriptLine};
use model::event::TryKey;
use model::{
    Effect, Failure, ProjectId, RunId, SandboxId, Step, TenantId, TranscriptEntry, Usage,
    WorkflowId,
};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

/// The largest result of one step, in bytes of JSON.
pub const MAX_RESULT: usize = 32 * 1024 * 1024;

/// The largest message of an MCP server, in bytes: it may say a result twice, as text and in its own shape, and writes one of
/// them inside the other's quotes.
pub const MAX_MESSAGE: usize = 3 * MAX_RESULT;

/// The largest text or tool result that goes to or comes from a model, in bytes.
pub const MAX_SAID: usize = 1024 * 1024;

/// One try of a step that runs outside the engine.
#[derive(Debug, Clone)]
pub struct StepCall {
    pub tenant: TenantId,
    pub project: ProjectId,
    pub run: RunId,
    /// Whose connections hold; the project's own when absent.
    pub workflow: Option<WorkflowId>,
    pub key: TryKey,
    /// Tries of this step before this one, over all attempts: Mock Mode plays its script by it.
    pub tries_before: u32,
    pub step: Arc<Step>,
    /// The step's fields that may hold templates, resolved, under their own names: `{arguments}` for `mcp_call`,
    /// `{system, prompt}` for `llm_call`, `{input}` for `lua_script`.
    pub input: Value,
    /// An agent goes on with the conversation of its last try.
    pub continues: bool,
    /// The sandbox that the run has.
    pub sandbox: Option<SandboxId>,
    /// What this try counts as: a lost answer of a writing call is reported as `outcome_unknown`.
    pub effect: Effect,
    /// The longest time of this try. Whoever drives the future drops it then; scripts also stop by themselves.
    pub timeout: Option<Duration>,
}

impl StepCall {
    /// A resolved field, `null` when absent.
    pub fn field(&self, name: &str) -> &Value {
        self.input.get(name).unwrap_or(&Value::Null)
    }
}

/// A try that succeeded.
#[derive(Debug, Clone, PartialEq)]
pub struct StepDone {
    pub output: Value,
    pub usage: Option<Usage>,
}

/// A try that failed. What it used all the same is counted.
#[derive(Debug, Clone, PartialEq)]
pub struct StepError {
    pub failure: Failure,
    pub usage: Option<Usage>,
}

impl From<Failure> for StepError {
    fn from(failure: Failure) -> Self {
        Self {
            failure,
            usage: None,
        }
    }
}

/// What a step leaves behind while it runs.
#[derive(Debug, Clone, PartialEq)]
pub enum StepNote {
    Transcript(Vec<TranscriptEntry>),
    /// As `Transcript`, of an agent's call that may change something: the audit trail has it too, as done by an AI.
    Act(Vec<TranscriptEntry>),
    Artifact {
        name: String,
        media_type: String,
        bytes: Vec<u8>,
        /// The step had not finished when it was written.
        partial: bool,
    },
    /// The try opened the run's sandbox; `replaces` says why the one before could not be used again.
    Sandbox {
        id: SandboxId,
        replaces: Option<String>,
    },
    /// The agent asks a person. The try is over with it: nothing that it reports afterwards counts.
    Asks(String),
}

/// Where a runner writes its notes.
#[async_trait]
pub trait Notes: Send + Sync {
    /// The note is durable when this returns.
    async fn note(&self, note: StepNote);

    /// A model's answer is coming in. `so_far` is asked when somebody looks and some time has passed; nothing is kept of it.
    fn saying(&self, _so_far: &dyn Fn() -> SoFar) {}

    /// The step's transcript over all attempts and tries, oldest first.
    async fn transcript(&self) -> Result<Vec<TranscriptLine>, Failure>;
}

/// Runs the steps of one type.
#[async_trait]
pub trait StepRunner: Send + Sync {
    async fn run(&self, call: &StepCall, notes: &dyn Notes) -> Result<StepDone, StepError>;

    /// What the step's tool says about its effect, asked before the step starts; `None` when nothing better is known than the
    /// step's own default.
    async fn effect(&self, tenant: &TenantId, project: &ProjectId, step: &Step) -> Option<Effect>;

    /// The run does not need its sandbox any more. Only agents have one.
    async fn release(&self, _run: &RunId, _sandbox: &SandboxId) {}
}

/// The media type of an artifact, by its name's extension.
pub fn media_type(name: &str) -> &'static str {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    match extension.to_ascii_lowercase().as_str() {
        "md" | "markdown" => "text/markdown",
        "json" => "application/json",
        "ndjson" | "jsonl" => "application/x-ndjson",
        "csv" => "text/csv",
        "tsv" => "text/tab-separated-values",
        "html" | "htm" => "text/html",
        "xml" => "application/xml",
        "yaml" | "yml" => "application/yaml",
        _ => "text/plain",
    }
}

/// The note that keeps `value` under `name`: text as it is, anything else as indented JSON.
pub fn artifact(name: &str, value: &Value, partial: bool) -> StepNote {
    let bytes = match value {
        Value::String(text) => text.clone().into_bytes(),
        other => format!("{other:#}").into_bytes(),
    };
    StepNote::Artifact {
        name: name.to_owned(),
        media_type: media_type(name).to_owned(),
        bytes,
        partial,
    }
}
