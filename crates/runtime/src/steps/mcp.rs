//! `mcp_call`: one call of one tool of an MCP server, over stdio or streamable HTTP.

mod call;
mod config;
mod connection;
mod outcome;
mod pool;
mod program;
mod result;
mod tools;
mod words;

pub use config::{McpServerConfig, McpServers, McpSettings, McpSetup, Secrets};
pub(super) use result::shortened;
pub use tools::ToolInfo;

use super::{Notes, StepCall, StepDone, StepError, StepRunner, runners};
use async_trait::async_trait;
use config::Target;
use connection::Connection;
use model::workflow::McpCall;
use model::{Effect, Failure, FailureCode, ProjectId, Step, StepKind, TenantId, WorkflowId};
use pool::Pool;
use std::sync::Arc;
use std::time::Duration;

/// Calls tools. Connections are shared by the runs of a project and kept open; a dead one is opened again.
pub struct McpRunner {
    servers: Arc<dyn McpServers>,
    settings: McpSettings,
    pool: Arc<Pool>,
}

impl McpRunner {
    pub fn new(servers: Arc<dyn McpServers>, settings: McpSettings) -> Self {
        Self {
            servers,
            settings,
            pool: Arc::default(),
        }
    }

    /// The tools of a server, for validation and Health. Asks a connected server once.
    pub async fn tools(
        &self,
        tenant: &TenantId,
        project: &ProjectId,
        server: &str,
    ) -> Result<Arc<Vec<ToolInfo>>, Failure> {
        let step = McpCall {
            server: Some(server.to_owned()),
            ..McpCall::default()
        };
        let target = self.target(tenant, project, None, &step).await?;
        self.connect(&target).await?.0.tools().await
    }

    /// The tools of the server that a step names, for runs of its workflow.
    pub(super) async fn tools_for(
        &self,
        call: &StepCall,
        step: &McpCall,
    ) -> Result<Arc<Vec<ToolInfo>>, Failure> {
        let target = self
            .target(&call.tenant, &call.project, call.workflow.as_ref(), step)
            .await?;
        self.connect(&target).await?.0.tools().await
    }

    /// Shakes hands with a server and asks for its tools anew, whatever is remembered. The outer failure is of the handshake,
    /// the inner one of the list.
    pub async fn look(
        &self,
        tenant: &TenantId,
        project: &ProjectId,
        workflow: Option<&WorkflowId>,
        server: &str,
    ) -> Result<Result<Arc<Vec<ToolInfo>>, Failure>, Failure> {
        let step = McpCall {
            server: Some(server.to_owned()),
            ..McpCall::default()
        };
        let target = self.target(tenant, project, workflow, &step).await?;
        let (connection, reused) = self.connect(&target).await?;
        let tools = connection.refreshed_tools().await;
        if tools.is_ok() {
            return Ok(tools);
        }
        self.pool.forget(&target, &connection).await;
        if !reused {
            return Ok(tools);
        }
        drop(connection);
        let (connection, _) = self.connect(&target).await?;
        let tools = connection.refreshed_tools().await;
        if tools.is_err() {
            self.pool.forget(&target, &connection).await;
        }
        Ok(tools)
    }

    /// Closes what has not been used for `idle`. A server in use stays.
    pub async fn close_idle(&self, idle: Duration) {
        self.pool.close_idle(idle).await;
    }

    /// Closes all connections; server processes are told to end.
    pub async fn shutdown(&self) {
        self.pool.shutdown().await;
    }

    /// The server a step means, with its set-up.
    async fn target(
        &self,
        tenant: &TenantId,
        project: &ProjectId,
        workflow: Option<&WorkflowId>,
        step: &McpCall,
    ) -> Result<Target, Failure> {
        let blocked = |message: String| Failure::new(FailureCode::EnvironmentBlocked, message);
        let (name, setup, reach) = match (&step.server, &step.server_url) {
            (Some(name), None) => {
                let known = self.servers.server(tenant, project, workflow, name).await?;
                let own = || Some(self.settings.files(tenant, project)?.into());
                let setup = known.or_else(|| (name == "files").then(own).flatten());
                let setup = setup.ok_or_else(|| {
                    blocked(format!(
                        "The MCP server “{name}” is not set up in this project."
                    ))
                })?;
                (name.clone(), setup, self.settings.reach)
            }
            (None, Some(url)) => {
                let config = McpServerConfig::Http {
                    url: url.clone(),
                    headers: std::collections::BTreeMap::new(),
                };
                (url.clone(), config.into(), self.settings.reach)
            }
            (None, None) => {
                return Err(Failure::new(
                    FailureCode::InvalidInput,
                    "The step names no MCP server.",
                ));
            }
            (Some(_), Some(_)) => {
                return Err(Failure::new(
                    FailureCode::InvalidInput,
                    "The step names both a server and a server_url; give one of them.",
                ));
            }
        };
        Ok(Target {
            tenant: tenant.clone(),
            project: project.clone(),
            name,
            setup,
            reach,
        })
    }

    /// An open connection, and whether it was open before.
    async fn connect(&self, target: &Target) -> Result<(Arc<Connection>, bool), Failure> {
        self.pool.get(target, self.settings.idle).await
    }
}

#[async_trait]
impl StepRunner for McpRunner {
    async fn run(&self, call: &StepCall, notes: &dyn Notes) -> Result<StepDone, StepError> {
        match &call.step.kind {
            StepKind::McpCall(step) => Ok(StepDone {
                output: self.call(call, step, notes).await?,
                usage: None,
            }),
            other => Err(runners::not_here(other).into()),
        }
    }

    async fn effect(&self, tenant: &TenantId, project: &ProjectId, step: &Step) -> Option<Effect> {
        let StepKind::McpCall(mcp) = &step.kind else {
            return None;
        };
        let target = self.target(tenant, project, None, mcp).await.ok()?;
        let (connection, _) = self.connect(&target).await.ok()?;
        let tools = connection.tools().await.ok()?;
        let tool = tools.iter().find(|tool| tool.name == mcp.tool_name)?;
        Some(tool.effect)
    }
}
