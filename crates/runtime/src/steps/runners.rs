//! One door for the host: the right runner for each step type.

use super::agent::AgentRunner;
use super::llm::LlmRunner;
use super::lua::LuaRunner;
use super::mcp::McpRunner;
use super::{Notes, StepCall, StepDone, StepError, StepRunner};
use async_trait::async_trait;
use model::{Effect, Failure, FailureCode, ProjectId, RunId, SandboxId, Step, StepKind, TenantId};
use std::sync::Arc;

/// All runners.
pub struct Runners {
    pub lua: LuaRunner,
    pub llm: Arc<LlmRunner>,
    pub mcp: Arc<McpRunner>,
    pub agent: AgentRunner,
}

impl Runners {
    fn runner(&self, kind: &StepKind) -> Option<&dyn StepRunner> {
        match kind {
            StepKind::McpCall(_) => Some(&*self.mcp),
            StepKind::LlmCall(_) => Some(&*self.llm),
            StepKind::AgentCall(_) => Some(&self.agent),
            StepKind::LuaScript(_) => Some(&self.lua),
            StepKind::HumanTask(_)
            | StepKind::Waitpoint(_)
            | StepKind::Timer(_)
            | StepKind::ForEach(_)
            | StepKind::While(_)
            | StepKind::WorkflowCall(_) => None,
        }
    }
}

#[async_trait]
impl StepRunner for Runners {
    async fn run(&self, call: &StepCall, notes: &dyn Notes) -> Result<StepDone, StepError> {
        match self.runner(&call.step.kind) {
            Some(runner) => runner.run(call, notes).await,
            None => Err(not_here(&call.step.kind).into()),
        }
    }

    async fn effect(&self, tenant: &TenantId, project: &ProjectId, step: &Step) -> Option<Effect> {
        match self.runner(&step.kind) {
            Some(runner) => runner.effect(tenant, project, step).await,
            None => None,
        }
    }

    async fn release(&self, run: &RunId, sandbox: &SandboxId) {
        self.agent.release(run, sandbox).await;
    }
}

/// A step came to a runner that does not run its type.
pub(super) fn not_here(kind: &StepKind) -> Failure {
    Failure::new(
        FailureCode::DispatchFailed,
        format!("A {} step was handed to the wrong runner.", kind.as_str()),
    )
}
