//! The workflow document an author writes and a run executes. Its JSON Schema is [`SCHEMA`].

mod templates;

use crate::id::StepId;
use crate::run::Labels;
use crate::words::words;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
pub use templates::Template;

/// The JSON Schema (draft 2020-12) of a workflow document, for editors and the API.
pub const SCHEMA: &str = include_str!("workflow.schema.json");

/// A workflow document.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Workflow {
    pub name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The queue its runs wait in.
    #[serde(default = "default_queue")]
    pub queue: String,
    /// The longest working time of one attempt, in seconds; waiting does not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_s: Option<u64>,
    /// A run that has not started after this many seconds expires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl_s: Option<u64>,
    /// What happens when something outside held a run and is resolved.
    #[serde(default, skip_serializing_if = "ResumeMode::is_manual")]
    pub resume: ResumeMode,
    /// JSON Schema of the input; the Run form is made from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Object>))]
    pub input_schema: Option<Value>,
    #[serde(default, skip_serializing_if = "Labels::is_empty")]
    pub labels: Labels,
    /// What a run is about, as templates over the input: `{type: rfq, id: "{{input.rfq}}", label: "{{input.customer}}"}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<AboutTemplate>,
    /// The run's result as a template; without it, the outputs of the last steps by id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Object>))]
    pub output: Option<Value>,
    #[cfg_attr(feature = "schema", schema(value_type = Vec<Object>))]
    pub steps: Vec<Step>,
}

words! {
    /// How a run goes on after something outside held it.
    #[derive(Default)]
    ResumeMode {
        /// A person makes the move Resume.
        #[default]
        Manual = "manual", "when a person resumes it";
        /// By itself.
        Auto = "auto", "by itself";
    }
}

impl ResumeMode {
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde asks for a reference"
    )]
    const fn is_manual(&self) -> bool {
        matches!(self, Self::Manual)
    }
}

fn default_queue() -> String {
    "default".into()
}

/// The business record a run is about, as templates over the input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AboutTemplate {
    #[serde(rename = "type")]
    pub kind: String,
    pub id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// One step. Its own fields stand beside those of its type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    pub id: StepId,
    /// The name people read; the id when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<StepId>,
    /// An expression; the step is skipped when it is false: `steps.price.result.total > 1000`. Of a `while` it is the
    /// loop's own condition: `index` counts from 0, `steps` sees the previous iteration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub enabled: bool,
    /// How many more tries a temporary failure gets.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub retry_count: u32,
    /// Seconds before the second try; doubles with each further one, at most an hour. 1 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_backoff_s: Option<f64>,
    /// The longest time of one try, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_s: Option<u64>,
    #[serde(default, skip_serializing_if = "OnFailure::is_fail")]
    pub on_failure: OnFailure,
    /// What the step does to the outside; an MCP tool's annotations are the default for `mcp_call`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
    #[serde(flatten)]
    pub kind: StepKind,
}

const fn yes() -> bool {
    true
}
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
const fn is_yes(b: &bool) -> bool {
    *b
}
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
const fn is_zero(n: &u32) -> bool {
    *n == 0
}

impl Step {
    /// The name people read.
    pub fn shown(&self) -> &str {
        self.name.as_deref().unwrap_or(self.id.as_str())
    }

    /// The steps inside a loop; empty for the others.
    pub fn body(&self) -> &[Step] {
        match &self.kind {
            StepKind::ForEach(ForEach { steps, .. }) | StepKind::While(While { steps, .. }) => {
                steps
            }
            StepKind::McpCall(_)
            | StepKind::LlmCall(_)
            | StepKind::AgentCall(_)
            | StepKind::LuaScript(_)
            | StepKind::HumanTask(_)
            | StepKind::Waitpoint(_)
            | StepKind::Timer(_)
            | StepKind::WorkflowCall(_) => &[],
        }
    }

    /// The declared effect, or what its type implies: scripts, model calls, waits and loops change nothing outside. An MCP
    /// call, an agent and a child run count as writing until a declaration or the tool's annotations say otherwise.
    pub fn effect_or_default(&self) -> Effect {
        self.effect.unwrap_or(match &self.kind {
            StepKind::McpCall(_) | StepKind::AgentCall(_) | StepKind::WorkflowCall(_) => {
                Effect::Write
            }
            StepKind::LlmCall(_)
            | StepKind::LuaScript(_)
            | StepKind::HumanTask(_)
            | StepKind::Waitpoint(_)
            | StepKind::Timer(_)
            | StepKind::ForEach(_)
            | StepKind::While(_) => Effect::Read,
        })
    }
}

words! {
    /// What a step does to the outside, and so whether it may run again by itself.
    Effect {
        Read = "read", "reads";
        /// Repeating it changes nothing more.
        Idempotent = "idempotent", "idempotent";
        Write = "write", "writes";
    }
}

impl Effect {
    /// May run again without a person.
    pub const fn is_safe_to_repeat(self) -> bool {
        match self {
            Self::Read | Self::Idempotent => true,
            Self::Write => false,
        }
    }
}

/// What happens to the run when a step fails for good.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnFailure {
    /// The run fails.
    #[default]
    Fail,
    /// The run goes on without this step's result.
    Skip,
    /// The run goes on with the result of another step, which runs only when it is needed.
    Fallback(StepId),
}

impl OnFailure {
    fn is_fail(&self) -> bool {
        *self == Self::Fail
    }
}

/// A step's type with its own fields. Strings in `arguments`, `prompt`, `input` and the like may hold templates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum StepKind {
    McpCall(McpCall),
    LlmCall(LlmCall),
    AgentCall(Box<AgentCall>),
    LuaScript(LuaScript),
    HumanTask(HumanTask),
    Waitpoint(Waitpoint),
    Timer(Timer),
    ForEach(ForEach),
    While(While),
    WorkflowCall(WorkflowCall),
}

impl StepKind {
    /// The words of `type`.
    pub const TYPES: &'static [&'static str] = &[
        "mcp_call",
        "llm_call",
        "agent_call",
        "lua_script",
        "human_task",
        "waitpoint",
        "timer",
        "for_each",
        "while",
        "workflow_call",
    ];

    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::McpCall(_) => "mcp_call",
            Self::LlmCall(_) => "llm_call",
            Self::AgentCall(_) => "agent_call",
            Self::LuaScript(_) => "lua_script",
            Self::HumanTask(_) => "human_task",
            Self::Waitpoint(_) => "waitpoint",
            Self::Timer(_) => "timer",
            Self::ForEach(_) => "for_each",
            Self::While(_) => "while",
            Self::WorkflowCall(_) => "workflow_call",
        }
    }
}

impl StepKind {
    /// The provider of models that it asks.
    pub fn provider(&self) -> Option<&str> {
        let provider = match self {
            Self::LlmCall(call) => &call.provider,
            Self::AgentCall(agent) => &agent.provider,
            Self::McpCall(_)
            | Self::LuaScript(_)
            | Self::HumanTask(_)
            | Self::Waitpoint(_)
            | Self::Timer(_)
            | Self::ForEach(_)
            | Self::While(_)
            | Self::WorkflowCall(_) => return None,
        };
        Some(provider.as_deref().unwrap_or("default"))
    }

    /// The MCP servers that it names, each with the tool it calls; without one where it may call any.
    pub fn server_tools(&self) -> Vec<(&str, Option<&str>)> {
        match self {
            Self::McpCall(call) => {
                let server = call.server.as_deref().into_iter();
                server.map(|s| (s, Some(call.tool_name.as_str()))).collect()
            }
            Self::AgentCall(agent) => {
                let servers = agent.tools.iter();
                let named = servers.filter_map(|t| Some((t.server.as_deref()?, &t.only)));
                let each = named.flat_map(|(server, only)| {
                    let any = only.is_empty().then_some((server, None));
                    any.into_iter()
                        .chain(only.iter().map(move |tool| (server, Some(tool.as_str()))))
                });
                each.collect()
            }
            Self::LlmCall(_)
            | Self::LuaScript(_)
            | Self::HumanTask(_)
            | Self::Waitpoint(_)
            | Self::Timer(_)
            | Self::ForEach(_)
            | Self::While(_)
            | Self::WorkflowCall(_) => Vec::new(),
        }
    }
}

/// Calls one tool of an MCP server. Result: the tool's structured content, or its text.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct McpCall {
    /// A server set up in the runtime: `files` is the built-in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// A server by address (streamable HTTP), instead of `server`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_url: Option<String>,
    #[serde(default)]
    pub tool_name: String,
    #[serde(default)]
    pub arguments: Map<String, Value>,
    /// The name of an artifact to keep the result under: `quote.md`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact: Option<String>,
}

/// One request to a model. Result: `{text}`, or the parsed object where `output_schema` is given.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LlmCall {
    /// A provider set up in the runtime; `default` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// The provider's default model when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    #[serde(default)]
    pub prompt: String,
    /// JSON Schema the answer must satisfy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_schema: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u32>,
    /// What Mock Mode answers, one entry a try, the last one repeated: text, an object, or `{"error": "…"}`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mock: Vec<Value>,
    /// The name of an artifact to keep the answer under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact: Option<String>,
}

/// A model that works with tools, turn by turn, until it has an answer. Result: `{text}`, or the parsed object where
/// `output_schema` is given. A try goes on with the conversation of the one before (`docs/decisions/020-agents.md`).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AgentCall {
    /// A provider set up in the runtime; `default` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// The provider's default model when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// The task.
    #[serde(default)]
    pub prompt: String,
    /// The MCP servers whose tools the agent may call.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<AgentTools>,
    /// Gives the agent files to work on, with tools to read, write, edit, list and search them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sandbox: Option<AgentSandbox>,
    /// The agent may ask a person: the run then waits for chat.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub chat: bool,
    #[serde(default, skip_serializing_if = "AgentLimits::is_default")]
    pub limits: AgentLimits,
    /// JSON Schema the answer must satisfy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_schema: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// The most tokens of one turn's answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u32>,
    /// What Mock Mode plays, one entry a turn of the whole conversation, the last one repeated: text, or `{text, thinking,
    /// tool_calls: [{tool, arguments}], input_tokens, output_tokens, dollars, seconds, error}`. The tools are really called.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mock: Vec<Value>,
    /// The name of an artifact to keep the answer under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact: Option<String>,
}

/// Tools of one MCP server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentTools {
    /// A server set up in the runtime: `files` is the built-in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// A server by address (streamable HTTP), instead of `server`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_url: Option<String>,
    /// Only these of its tools; all when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<String>,
}

/// The files an agent works on. A run has one sandbox, which its agents share; what stands here is put into it once, when
/// the folder is first used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentSandbox {
    /// The folder in the run's sandbox that the agent sees; the whole of it when absent. Agents at work side by side take one
    /// each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// Files to begin with, by path.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, String>,
    /// A repository to begin with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub git: Option<GitSource>,
}

/// A git repository that is checked out, without its history.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GitSource {
    /// `https://…`
    #[serde(default)]
    pub url: String,
    /// A branch or a tag; the repository's own default when absent.
    #[serde(default, rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// A connection whose token opens the repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<String>,
}

/// How far an agent goes in one try. Beyond it the step fails with `AGENT_LIMIT_REACHED`; a retry goes on with as much again.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AgentLimits {
    /// Answers of the model; 50 when absent, 1,000 at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turns: Option<u32>,
    /// Tokens in and out together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dollars: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u64>,
}

impl AgentLimits {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Runs a Lua 5.4 script without I/O. `input` is a global; the script's return value is the result.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LuaScript {
    /// At most 64 KiB; not a template.
    #[serde(default)]
    pub script: String,
    #[serde(default)]
    pub input: Value,
}

/// Waits for a person. Result: `{approved, comment, result}`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct HumanTask {
    /// What to decide, in a few words; the step's name when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What the person should know, as markdown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub instructions: String,
    /// Who should decide, as people say it: `anyone in Sales`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<String>,
    /// What to show for review.
    #[serde(default)]
    pub data: Value,
    /// JSON Schema of the result; the form is made from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result_schema: Option<Value>,
    #[serde(default)]
    pub on_reject: OnReject,
    /// Shown and counted as a checkpoint rather than a task.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub checkpoint: bool,
}

/// What a rejection ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnReject {
    #[default]
    Run,
    /// Only the steps that depend on this one.
    Branch,
}

/// Waits until the outside completes its token. Result: the body it was completed with.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Waitpoint {
    /// What is awaited, as people say it: `the carrier's confirmation`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// JSON Schema of the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<Value>,
    /// Fails with `WAITPOINT_TIMED_OUT` after this many seconds; never when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in_s: Option<u64>,
}

/// Waits for a length of time. Result: `null`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Timer {
    /// Seconds, as a number or a template.
    #[serde(default)]
    pub seconds: Value,
}

/// Runs its steps once an item. Result: `{items: [result of the body's last step, or null], errors: [{index, code, message}]}`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ForEach {
    /// A list, or a template that gives one; at most 10,000 items.
    #[serde(default)]
    pub items: Value,
    /// How many items run at once; 1 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<u32>,
    #[serde(default)]
    pub on_item_error: OnItemError,
    #[serde(default)]
    pub steps: Vec<Step>,
}

/// What a failing item does to its loop.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnItemError {
    /// The loop fails.
    #[default]
    Stop,
    /// The item's result is `null`; the loop goes on and succeeds.
    Skip,
    /// As `skip`, and the loop fails at its end when any item failed.
    Collect,
}

/// Runs its steps while the step's `condition` holds. Result: `{iterations, last}` with the result of the body's last step.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct While {
    /// The loop fails with `INVALID_INPUT` beyond it; 100 when absent, 10,000 at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_iterations: Option<u32>,
    #[serde(default)]
    pub steps: Vec<Step>,
}

/// Starts another workflow's latest version as a run of its own and waits for it. Result: that run's result.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct WorkflowCall {
    /// The workflow's id or its name in the same project.
    #[serde(default)]
    pub workflow: String,
    #[serde(default)]
    pub input: Value,
}
