#![allow(clippy::unwrap_used)]
//! The one door to all runners.

#[path = "support/step.rs"]
mod step;

use async_trait::async_trait;
use model::api::ProviderMode;
use model::{Effect, Failure, FailureCode, ProjectId, SandboxId, TenantId, WorkflowId};
use runtime::steps::agent::AgentRunner;
use runtime::steps::llm::{LlmRunner, ProviderConfig, Providers};
use runtime::steps::lua::LuaRunner;
use runtime::steps::mcp::{McpRunner, McpServers, McpSettings, McpSetup};
use runtime::steps::net::Reach;
use runtime::steps::sandbox::Sandboxes;
use runtime::steps::{Runners, StepRunner};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use step::{call, run};

struct SetUp;

#[async_trait]
impl Providers for SetUp {
    async fn provider(&self, _: &TenantId, _: &ProjectId, id: &str) -> Option<ProviderConfig> {
        Some(ProviderConfig {
            id: id.into(),
            mode: ProviderMode::Mock,
            base_url: String::new(),
            api_key: None,
            default_model: "small".into(),
            prices: BTreeMap::new(),
        })
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

#[tokio::test]
async fn each_step_type_finds_its_runner() {
    let data = tempfile::tempdir().unwrap();
    let settings = McpSettings {
        program: env!("CARGO_BIN_EXE_signalbox").into(),
        ..McpSettings::new(data.path().into()).unwrap()
    };
    let llm = Arc::new(LlmRunner::new(Arc::new(SetUp), Reach::Anywhere).unwrap());
    let mcp = Arc::new(McpRunner::new(Arc::new(SetUp), settings));
    let new_id = Arc::new(|| SandboxId::new("sbx_1"));
    let sandboxes = Arc::new(Sandboxes::new(data.path().join("sandboxes"), new_id, None));
    let runners = Runners {
        lua: LuaRunner::default(),
        llm: Arc::clone(&llm),
        mcp: Arc::clone(&mcp),
        agent: AgentRunner {
            llm,
            mcp,
            sandboxes,
        },
    };
    let outputs = [
        (
            json!({"type": "lua_script", "script": "return input + 1"}),
            json!({"input": 1}),
            json!(2),
        ),
        (
            json!({"type": "llm_call", "mock": ["Hello."]}),
            json!({"prompt": "Hi"}),
            json!({"text": "Hello."}),
        ),
        (
            json!({"type": "agent_call", "mock": ["Done."]}),
            json!({"prompt": "Do it."}),
            json!({"text": "Done."}),
        ),
        (
            json!({"type": "mcp_call", "server": "files", "tool_name": "list_files"}),
            json!({"arguments": {}}),
            json!({"files": [], "cut": false}),
        ),
    ];
    for (step, input, output) in outputs {
        let (result, _) = run(&runners, &call(step, input)).await;
        assert_eq!(result.unwrap().output, output);
    }
    let list = call(
        json!({"type": "mcp_call", "server": "files", "tool_name": "list_files"}),
        Value::Null,
    );
    let effect = runners
        .effect(&list.tenant, &list.project, &list.step)
        .await;
    assert_eq!(effect, Some(Effect::Read));

    for step in [
        "human_task",
        "waitpoint",
        "timer",
        "for_each",
        "while",
        "workflow_call",
    ] {
        let (result, _) = run(&runners, &call(json!({ "type": step }), Value::Null)).await;
        let failure = result.unwrap_err().failure;
        assert_eq!(failure.code, FailureCode::DispatchFailed);
        assert_eq!(
            failure.message,
            format!("A {step} step was handed to the wrong runner.")
        );
    }
}
