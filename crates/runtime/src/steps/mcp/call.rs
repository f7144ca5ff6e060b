//! One tool call from its arguments to its result.

use super::McpRunner;
use super::config::Target;
use super::connection::Connection;
use super::outcome::Trouble;
use super::result::{complete, first_line, said, shortened};
use crate::steps::{Notes, StepCall, StepNote, artifact};
use model::workflow::McpCall;
use model::{Effect, Failure, FailureCode, TranscriptEntry};
use rmcp::model::{CallToolRequestParams, ErrorCode};
use rmcp::service::ServiceError;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::time::Instant;

impl McpRunner {
    pub(super) async fn call(
        &self,
        call: &StepCall,
        step: &McpCall,
        notes: &dyn Notes,
    ) -> Result<Value, Failure> {
        let (target, connection, arguments) = match self.prepare(call, step).await {
            Ok(ready) => ready,
            Err(failure) => {
                let text = failure.message.clone();
                let entries = vec![TranscriptEntry::Error { text }];
                notes.note(StepNote::Transcript(entries)).await;
                return Err(failure);
            }
        };
        let id = format!("{}#{}.{}", call.key.path, call.key.attempt, call.key.try_no);
        let entry = TranscriptEntry::ToolCall {
            id: id.clone(),
            server: target.name.clone(),
            tool: step.tool_name.clone(),
            arguments: connection.scrub().value(Value::Object(arguments.clone())),
        };
        notes.note(StepNote::Transcript(vec![entry])).await;

        let started = Instant::now();
        let result = self
            .request(&target, connection, step, arguments, call.effect)
            .await;
        let duration_ms = started.elapsed().as_millis() as u64;
        let shown = match &result {
            Ok(value) => shortened(value),
            Err(failure) => json!(failure.detail.as_ref().unwrap_or(&failure.message)),
        };
        let mut entries = vec![TranscriptEntry::ToolResult {
            id,
            result: shown,
            is_error: result.is_err(),
            duration_ms,
        }];
        if let Err(failure) = &result {
            let text = failure.message.clone();
            entries.push(TranscriptEntry::Error { text });
        }
        notes.note(StepNote::Transcript(entries)).await;
        if let (Ok(value), Some(name)) = (&result, &step.artifact) {
            notes.note(artifact(name, value, false)).await;
        }
        result
    }

    /// One call of a tool for an agent, which keeps the transcript itself.
    pub(in crate::steps) async fn call_tool(
        &self,
        call: &StepCall,
        step: &McpCall,
        arguments: Map<String, Value>,
        effect: Effect,
    ) -> Result<Value, Failure> {
        let (target, connection) = self.ready(call, step).await?;
        let result = self
            .request(&target, connection, step, arguments, effect)
            .await?;
        said(result, step, &target.name)
    }

    /// Everything that can be known before anything goes out.
    async fn prepare(
        &self,
        call: &StepCall,
        step: &McpCall,
    ) -> Result<(Target, Arc<Connection>, Map<String, Value>), Failure> {
        let arguments = match call.field("arguments") {
            Value::Object(arguments) => arguments.clone(),
            Value::Null => Map::new(),
            _ => return Err(invalid("The tool's arguments are no JSON object.")),
        };
        if step.tool_name.is_empty() {
            return Err(invalid("The step names no tool."));
        }
        let (target, connection) = self.ready(call, step).await?;
        Ok((target, connection, arguments))
    }

    /// The server, connected, with the tool among those it has.
    async fn ready(
        &self,
        call: &StepCall,
        step: &McpCall,
    ) -> Result<(Target, Arc<Connection>), Failure> {
        let target = self
            .target(&call.tenant, &call.project, call.workflow.as_ref(), step)
            .await?;
        let (connection, reused) = self.connect(&target).await?;
        let connection = match known_tool(&connection, step).await {
            Err(failure) if reused && failure.code == FailureCode::DependencyUnavailable => {
                self.pool.forget(&target, &connection).await;
                let (fresh, _) = self.connect(&target).await?;
                known_tool(&fresh, step).await?;
                fresh
            }
            checked => checked.map(|()| connection)?,
        };
        Ok((target, connection))
    }

    /// Sends the request. One that was lost with its connection is sent once more over a new one, if it did not go out or may
    /// be repeated.
    async fn request(
        &self,
        target: &Target,
        mut connection: Arc<Connection>,
        step: &McpCall,
        arguments: Map<String, Value>,
        effect: Effect,
    ) -> Result<Value, Failure> {
        let params = CallToolRequestParams::new(step.tool_name.clone()).with_arguments(arguments);
        let mut again = true;
        loop {
            let answered = connection.peer().call_tool_once(params.clone()).await;
            connection.touch();
            let error = match answered {
                Ok(response) => {
                    let result = complete(response, step, &target.name);
                    return match result {
                        Ok(value) => Ok(connection.scrub().value(value)),
                        Err(failure) => Err(without_secrets(&connection, failure)),
                    };
                }
                Err(error) => error,
            };
            let trouble = Trouble::of(&error);
            if !matches!(error, ServiceError::McpError(_)) {
                self.pool.forget(target, &connection).await;
            }
            let repeatable = match trouble {
                Trouble::NotSent(_) => true,
                Trouble::Lost(_) => effect.is_safe_to_repeat(),
                _ => false,
            };
            if again && repeatable {
                again = false;
                connection = self.connect(target).await?.0;
                continue;
            }
            let failure = failed(&trouble, step, &target.name, effect);
            return Err(match trouble {
                Trouble::Refused { .. } => without_secrets(&connection, failure),
                _ => connection.explain(failure).await,
            });
        }
    }
}

fn invalid(message: impl Into<String>) -> Failure {
    Failure::new(FailureCode::InvalidInput, message)
}

fn without_secrets(connection: &Connection, mut failure: Failure) -> Failure {
    failure.message = connection.scrub().text(failure.message);
    failure.detail = failure.detail.map(|detail| connection.scrub().text(detail));
    failure
}

/// Whether the server has the tool. One that cannot list its tools is believed.
async fn known_tool(connection: &Connection, step: &McpCall) -> Result<(), Failure> {
    let has = |tools: &[super::ToolInfo]| tools.iter().any(|tool| tool.name == step.tool_name);
    let tools = match connection.tools().await {
        Ok(tools) => tools,
        Err(failure) if failure.code == FailureCode::McpToolFailed => return Ok(()),
        Err(failure) => return Err(failure),
    };
    if has(&tools) {
        return Ok(());
    }
    let tools = connection.refreshed_tools().await?;
    if has(&tools) {
        return Ok(());
    }
    let names: Vec<&str> = tools.iter().map(|tool| tool.name.as_str()).collect();
    let server = step.server.as_ref().or(step.server_url.as_ref());
    Err(invalid(format!(
        "The MCP server “{}” has no tool “{}”. It has: {}.",
        server.map_or("", String::as_str),
        step.tool_name,
        names.join(", ")
    )))
}

/// The failure of a request that may have changed something.
fn failed(trouble: &Trouble, step: &McpCall, server: &str, effect: Effect) -> Failure {
    let tool = &step.tool_name;
    match trouble {
        Trouble::Lost(reason) if !effect.is_safe_to_repeat() => Failure::new(
            FailureCode::DependencyUnavailable,
            format!(
                "The MCP server “{server}” was lost while its tool {tool} was running: {reason}. Whether the call took effect is not known."
            ),
        )
        .outcome_unknown(),
        Trouble::Lost(reason) => Failure::new(
            FailureCode::DependencyUnavailable,
            format!("The MCP server “{server}” was lost while its tool {tool} was running: {reason}."),
        ),
        Trouble::Refused { code, message } => {
            let first = first_line(message);
            match *code {
                ErrorCode::INVALID_PARAMS => invalid(format!(
                    "The tool {tool} of “{server}” did not accept its arguments: {first}"
                )),
                _ => Failure::new(
                    FailureCode::McpToolFailed,
                    format!("The tool {tool} of “{server}” failed: {first}"),
                ),
            }
            .detail(message.clone())
        }
        Trouble::NotSent(_)
        | Trouble::Credential(_)
        | Trouble::Closed(_)
        | Trouble::Busy(_)
        | Trouble::Nonsense(_) => trouble.failure(server),
    }
}
