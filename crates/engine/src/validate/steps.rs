//! What each type of step needs.

use super::suggest::closest;
use super::{Check, Found, Tool};
use crate::template;
use model::workflow::{McpCall, Template};
use model::{Step, StepKind};
use serde_json::Value;

/// The longest Lua script, in bytes.
const LONGEST_SCRIPT: usize = 64 * 1024;

impl Check<'_> {
    pub(super) fn step(&self, step: &Step, at: &str, found: &mut Found) {
        let id = Some(&step.id);
        let field = |name: &str| format!("{at}/{name}");
        let name = step.shown();
        match &step.kind {
            StepKind::McpCall(call) => self.mcp_call(step, call, at, found),
            StepKind::LlmCall(call) => {
                self.asks_model(
                    step,
                    &call.prompt,
                    call.provider.as_deref(),
                    call.output_schema.as_ref(),
                    at,
                    found,
                );
            }
            StepKind::AgentCall(agent) => self.agent_call(step, agent, at, found),
            StepKind::LuaScript(script) => {
                let (at, text) = (field("script"), script.script.as_str());
                if text.trim().is_empty() {
                    found.error("missing_script", at, id, format!("{name} needs a script."));
                } else if text.len() > LONGEST_SCRIPT {
                    let message = format!(
                        "A script has at most 64 KiB; this one has {} bytes.",
                        text.len()
                    );
                    found.error("script_too_long", at, id, message);
                } else if let Some(compile) = self.catalog.lua
                    && let Err((line, message)) = compile(text)
                {
                    found.error("lua_syntax", at, id, format!("Line {line}: {message}"));
                }
            }
            StepKind::HumanTask(task) => {
                if let Some(schema) = &task.result_schema {
                    self.json_schema(schema, &field("result_schema"), id, found);
                }
            }
            StepKind::Waitpoint(point) => {
                if let Some(schema) = &point.schema {
                    self.json_schema(schema, &field("schema"), id, found);
                }
            }
            StepKind::Timer(timer) => {
                let fits = match &timer.seconds {
                    Value::Number(n) => n
                        .as_f64()
                        .is_some_and(|s| (0.0..=31_536_000.0).contains(&s)),
                    Value::String(text) => template::has_template(text),
                    Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => false,
                };
                if !fits {
                    let message = format!(
                        "{name} needs seconds: a number from 0 to 31536000, or a template that gives one."
                    );
                    found.error("invalid_seconds", field("seconds"), id, message);
                }
            }
            StepKind::ForEach(each) => {
                let fits = match &each.items {
                    Value::Array(list) => list.len() <= 10_000,
                    Value::String(text) => template::has_template(text),
                    Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => false,
                };
                if !fits {
                    let message = format!(
                        "{name} needs items: a list of at most 10,000, or a template that gives one."
                    );
                    found.error("missing_items", field("items"), id, message);
                }
            }
            StepKind::While(_) => {
                if step
                    .condition
                    .as_deref()
                    .is_none_or(|c| c.trim().is_empty())
                {
                    let message = format!("{name} needs a condition.");
                    found.error("missing_condition", field("condition"), id, message);
                }
            }
            StepKind::WorkflowCall(call) => {
                let wanted = call.workflow.as_str();
                if wanted.trim().is_empty() {
                    let message = format!("{name} needs the id or the name of a workflow.");
                    found.error("missing_workflow", field("workflow"), id, message);
                } else if let Some(known) = self.catalog.workflows {
                    let called = known.iter().find(|(id, n)| id == wanted || n == wanted);
                    if called.is_none() && wanted != self.workflow.name {
                        let message = format!("There is no workflow {wanted} in this project.");
                        found.error("unknown_workflow", field("workflow"), id, message);
                        found.suggest(closest(wanted, known.iter().map(|(_, n)| n.as_str())));
                    }
                }
                if wanted == self.workflow.name || self.catalog.own_id == Some(wanted) {
                    let message = format!(
                        "{name} calls this workflow itself; without a condition it never ends."
                    );
                    found.warning("calls_itself", field("workflow"), id, message);
                }
            }
        }
        let is_loop = matches!(step.kind, StepKind::ForEach(_) | StepKind::While(_));
        if is_loop && step.body().is_empty() {
            let message = format!("{name} has no steps to repeat.");
            found.error("empty_loop", field("steps"), id, message);
        }
        if is_loop && step.retry_count > 0 {
            let message = format!(
                "A loop is not retried as a whole; give retry_count to the steps of {name}."
            );
            found.warning("no_effect", field("retry_count"), id, message);
        }
    }

    fn mcp_call(&self, step: &Step, call: &McpCall, at: &str, found: &mut Found) {
        let id = Some(&step.id);
        let name = step.shown();
        if call.tool_name.trim().is_empty() {
            let message = format!("{name} needs the name of a tool.");
            found.error("missing_tool_name", format!("{at}/tool_name"), id, message);
        }
        let server = (call.server.as_deref(), call.server_url.as_deref());
        let Some((server, tools)) = self.tools_of(step, server, at, found) else {
            return;
        };
        let Some(tool) = tools.iter().find(|t| t.name == call.tool_name) else {
            if !call.tool_name.trim().is_empty() {
                let message = format!("The MCP server {server} has no tool {}.", call.tool_name);
                found.error("unknown_tool", format!("{at}/tool_name"), id, message);
                found.suggest(closest(
                    &call.tool_name,
                    tools.iter().map(|t| t.name.as_str()),
                ));
            }
            return;
        };
        if let (Some(schema), Some(check)) = (&tool.input_schema, self.catalog.schema) {
            let arguments = Value::Object(call.arguments.clone());
            for (pointer, message) in check(schema, Some(&arguments)) {
                if !is_hidden(&arguments, schema, &pointer) {
                    found.error(
                        "invalid_arguments",
                        format!("{at}/arguments{pointer}"),
                        id,
                        format!("The tool {} does not take this: {message}", tool.name),
                    );
                }
            }
        }
    }

    /// The tools of the server that a step names, where they are known; what is wrong with the name is found.
    pub(super) fn tools_of<'c>(
        &'c self,
        step: &Step,
        named: (Option<&'c str>, Option<&str>),
        at: &str,
        found: &mut Found,
    ) -> Option<(&'c str, &'c [Tool])> {
        let id = Some(&step.id);
        let name = step.shown();
        let server = match named {
            (None, None) => {
                let message = format!(
                    "{name} needs a server: its name in server, or its address in server_url."
                );
                found.error("missing_server", format!("{at}/server"), id, message);
                return None;
            }
            (Some(_), Some(_)) => {
                let message = format!("{name} has both server and server_url; keep one.");
                found.error("two_servers", format!("{at}/server_url"), id, message);
                return None;
            }
            (None, Some(url)) => {
                let host = url
                    .strip_prefix("https://")
                    .or_else(|| url.strip_prefix("http://"));
                if host.is_none_or(str::is_empty) {
                    let message =
                        format!("{url:?} is no address; one begins with https:// or http://.");
                    let at = format!("{at}/server_url");
                    found.error("invalid_server_url", at, id, message);
                }
                return None;
            }
            (Some(server), None) => server,
        };
        let servers = self.catalog.servers?;
        let Some(tools) = servers.get(server) else {
            let message = format!("There is no MCP server {server}; it is set up on Health.");
            found.error("unknown_server", format!("{at}/server"), id, message);
            found.suggest(closest(server, servers.keys().map(String::as_str)));
            return None;
        };
        let Some(tools) = tools else {
            let message =
                format!("The MCP server {server} does not answer, so its tools were not checked.");
            found.warning("server_unavailable", format!("{at}/server"), id, message);
            return None;
        };
        Some((server, tools))
    }

    pub(super) fn json_schema(
        &self,
        schema: &Value,
        at: &str,
        step: Option<&model::StepId>,
        found: &mut Found,
    ) {
        if let Some(check) = self.catalog.schema {
            for (pointer, message) in check(schema, None) {
                let message = format!("This is no valid JSON Schema: {message}");
                found.error("invalid_schema", format!("{at}{pointer}"), step, message);
            }
        }
    }
}

/// Whether a template stands where the error points, so that the value is known only in a run.
fn is_hidden(arguments: &Value, schema: &Value, pointer: &str) -> bool {
    match arguments.pointer(pointer) {
        Some(Value::String(text)) => template::has_template(text),
        Some(object) => {
            // A choice between schemas fails as a whole when a part of it is unknown.
            let chooses = ["anyOf", "oneOf", "allOf", "not", "if"]
                .iter()
                .any(|word| contains_key(schema, word));
            chooses && contains_template(object)
        }
        None => false,
    }
}

fn contains_template(value: &Value) -> bool {
    let mut found = false;
    Template::Value(value).texts(&mut |text| found |= template::has_template(text));
    found
}

fn contains_key(value: &Value, key: &str) -> bool {
    match value {
        Value::Array(list) => list.iter().any(|v| contains_key(v, key)),
        Value::Object(object) => {
            object.contains_key(key) || object.values().any(|v| contains_key(v, key))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}
