//! A runtime's agents, and the steps they are given.

use crate::step::{Kept, call};
use async_trait::async_trait;
use model::api::{Price, ProviderMode, TranscriptLine};
use model::{Failure, ProjectId, SandboxId, TenantId, TranscriptEntry, WorkflowId};
use runtime::mcp_files::Quota;
use runtime::steps::agent::AgentRunner;
use runtime::steps::llm::{LlmRunner, ProviderConfig, Providers};
use runtime::steps::mcp::{McpRunner, McpServers, McpSettings, McpSetup};
use runtime::steps::net::Reach;
use runtime::steps::sandbox::{Git, GitCredentials, Sandboxes};
use runtime::steps::{StepCall, StepDone, StepError, StepRunner};
use runtime::store::Place;
use secrecy::SecretString;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

struct SetUp(ProviderConfig);

#[async_trait]
impl Providers for SetUp {
    async fn provider(&self, _: &TenantId, _: &ProjectId, _: &str) -> Option<ProviderConfig> {
        Some(self.0.clone())
    }
}

#[async_trait]
impl McpServers for SetUp {
    async fn server(
        &self,
        _: &TenantId,
        _: &ProjectId,
        _: Option<&WorkflowId>,
        _: &str,
    ) -> Result<Option<McpSetup>, Failure> {
        Ok(None)
    }
}

struct Token;

#[async_trait]
impl GitCredentials for Token {
    async fn basic(&self, _: &Place, connection: &str) -> Result<SecretString, Failure> {
        assert_eq!(connection, "forge");
        Ok("x-access-token:t0psecret".into())
    }
}

/// A runtime's agents, with their data in a folder of the test.
pub struct House {
    pub data: tempfile::TempDir,
    pub runner: AgentRunner,
}

impl House {
    pub fn new(mode: ProviderMode, base_url: &str) -> Self {
        Self::with_reach(mode, base_url, Reach::Anywhere)
    }

    pub fn with_reach(mode: ProviderMode, base_url: &str, reach: Reach) -> Self {
        let data = tempfile::tempdir().unwrap();
        let set_up = Arc::new(SetUp(ProviderConfig {
            id: "default".into(),
            mode,
            base_url: base_url.into(),
            api_key: None,
            default_model: "small".into(),
            prices: BTreeMap::from([(
                "small".into(),
                Price {
                    input: 1_000_000,
                    output: 2_000_000,
                },
            )]),
        }));
        let settings = McpSettings {
            program: env!("CARGO_BIN_EXE_signalbox").into(),
            reach: Reach::Anywhere,
            ..McpSettings::new(data.path().into()).unwrap()
        };
        let ids = AtomicU32::new(0);
        let new_id =
            move || SandboxId::new(format!("sbx_{}", ids.fetch_add(1, Ordering::SeqCst) + 1));
        let root = data.path().join("sandboxes");
        let git = Git {
            reach,
            credentials: Arc::new(Token),
        };
        Self {
            runner: AgentRunner {
                llm: Arc::new(LlmRunner::new(Arc::clone(&set_up) as _, Reach::Anywhere).unwrap()),
                mcp: Arc::new(McpRunner::new(set_up, settings)),
                sandboxes: Arc::new(Sandboxes::new(root, Arc::new(new_id), Some(git))),
            },
            data,
        }
    }

    /// The same, with little room in a sandbox.
    pub fn cramped(bytes: u64) -> Self {
        let mut house = Self::mock();
        let ids = || SandboxId::new("sbx_1");
        let git = Git {
            reach: Reach::Anywhere,
            credentials: Arc::new(Token),
        };
        let root = house.data.path().join("sandboxes");
        let quota = Quota { bytes, files: 100 };
        let sandboxes = Sandboxes::new(root, Arc::new(ids), Some(git)).with_quota(quota);
        house.runner.sandboxes = Arc::new(sandboxes);
        house
    }

    pub fn mock() -> Self {
        Self::new(ProviderMode::Mock, "")
    }

    pub async fn run(&self, call: &StepCall) -> (Result<StepDone, StepError>, Kept) {
        self.run_after(call, Vec::new()).await
    }

    pub async fn run_after(
        &self,
        call: &StepCall,
        before: Vec<TranscriptLine>,
    ) -> (Result<StepDone, StepError>, Kept) {
        let notes = Kept::after(before, &call.key);
        let result = self.runner.run(call, &notes).await;
        (result, notes)
    }

    pub fn sandbox(&self, id: &str) -> std::path::PathBuf {
        self.data.path().join("sandboxes/run_1").join(id)
    }
}

pub fn agent(mut step: Value) -> StepCall {
    let sandbox = step.get("sandbox").cloned().unwrap_or_default();
    step["type"] = json!("agent_call");
    call(
        step,
        json!({"system": "Be brief.", "prompt": "Mend it.", "sandbox": sandbox}),
    )
}

/// The next try of a step.
pub fn again(mut call: StepCall) -> StepCall {
    call.key.try_no += 1;
    call.continues = true;
    call.sandbox = Some(SandboxId::new("sbx_1"));
    call
}

pub fn uses(tool: &str, arguments: Value) -> Value {
    json!({"tool_calls": [{"tool": tool, "arguments": arguments}], "input_tokens": 100, "output_tokens": 10})
}

pub fn short(entries: &[TranscriptEntry]) -> Vec<String> {
    let words = |entry: &TranscriptEntry| match entry {
        TranscriptEntry::Message { role, text, .. } => format!("{role}: {text}"),
        TranscriptEntry::Thinking { text } => format!("thinks: {text}"),
        TranscriptEntry::ToolCall { server, tool, .. } => format!("calls {server}.{tool}"),
        TranscriptEntry::ToolResult { is_error, .. } => {
            if *is_error {
                "error".to_owned()
            } else {
                "result".to_owned()
            }
        }
        TranscriptEntry::FileEdit {
            path,
            added,
            removed,
            ..
        } => format!("{path} +{added} -{removed}"),
        TranscriptEntry::Log { .. } => "log".to_owned(),
        TranscriptEntry::Error { text } => format!("failed: {text}"),
    };
    entries.iter().map(words).collect()
}

pub fn read(path: impl AsRef<Path>) -> String {
    std::fs::read_to_string(path).unwrap()
}
