//! Where templates stand in a step.

use super::{Step, StepKind};
use serde_json::Value;

/// What may hold templates: a text, or a value with texts anywhere inside.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Template<'a> {
    Text(&'a str),
    Value(&'a Value),
}

impl Template<'_> {
    /// Reads each text in it.
    pub fn texts(self, read: &mut dyn FnMut(&str)) {
        match self {
            Self::Text(text) => read(text),
            Self::Value(value) => texts(value, read),
        }
    }
}

fn texts(value: &Value, read: &mut dyn FnMut(&str)) {
    match value {
        Value::String(text) => read(text),
        Value::Array(items) => items.iter().for_each(|item| texts(item, read)),
        Value::Object(fields) => fields.values().for_each(|field| texts(field, read)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

impl Step {
    /// Reads what of the step may hold templates, each with the names that lead to it: `["arguments", "path"]`. Its condition
    /// is an expression and is not among them, nor are the steps inside a loop.
    pub fn templates(&self, read: &mut dyn FnMut(&[&str], Template)) {
        let mut text = |name: &str, text: Option<&str>| {
            if let Some(text) = text {
                read(&[name], Template::Text(text));
            }
        };
        match &self.kind {
            StepKind::McpCall(call) => {
                for (name, value) in &call.arguments {
                    read(&["arguments", name], Template::Value(value));
                }
            }
            StepKind::LlmCall(call) => {
                text("system", call.system.as_deref());
                text("prompt", Some(&call.prompt));
            }
            StepKind::AgentCall(agent) => {
                text("system", agent.system.as_deref());
                text("prompt", Some(&agent.prompt));
                if let Some(sandbox) = &agent.sandbox {
                    let sandbox = serde_json::to_value(sandbox).unwrap_or_default();
                    read(&["sandbox"], Template::Value(&sandbox));
                }
            }
            StepKind::LuaScript(script) => read(&["input"], Template::Value(&script.input)),
            StepKind::HumanTask(task) => {
                text("title", task.title.as_deref());
                text("instructions", Some(&task.instructions));
                text("assignee", task.assignee.as_deref());
                read(&["data"], Template::Value(&task.data));
            }
            StepKind::Waitpoint(point) => text("title", point.title.as_deref()),
            StepKind::Timer(timer) => read(&["seconds"], Template::Value(&timer.seconds)),
            StepKind::ForEach(each) => read(&["items"], Template::Value(&each.items)),
            StepKind::While(_) => {}
            StepKind::WorkflowCall(call) => read(&["input"], Template::Value(&call.input)),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    /// What leads to each text with a template, and the text.
    fn found(step: Value) -> Vec<String> {
        let step: Step = serde_json::from_value(step).unwrap();
        let mut found = Vec::new();
        step.templates(&mut |names, template| {
            template.texts(&mut |text| found.push(format!("{}: {text}", names.join("/"))));
        });
        found
    }

    #[test]
    fn templates_stand_where_a_step_takes_values() {
        let agent = json!({"id": "a", "type": "agent_call", "system": "You count.", "prompt": "Count {{input.what}}",
            "mock": ["{{no}}"], "sandbox": {"folder": "{{input.folder}}"}});
        assert_eq!(
            found(agent),
            [
                "system: You count.",
                "prompt: Count {{input.what}}",
                "sandbox: {{input.folder}}"
            ]
        );
        let call = json!({"id": "a", "type": "mcp_call", "tool_name": "{{no}}",
            "arguments": {"lines": [1, {"from": "{{steps.a.result}}"}], "path": "{{input.path}}"}});
        assert_eq!(
            found(call),
            [
                "arguments/lines: {{steps.a.result}}",
                "arguments/path: {{input.path}}"
            ]
        );
        let script = json!({"id": "a", "type": "lua_script", "script": "return '{{no}}'", "condition": "input.no",
            "input": "{{input.rows}}"});
        assert_eq!(found(script), ["input: {{input.rows}}"]);
        let model = json!({"id": "a", "type": "llm_call", "model": "{{no}}", "system": "{{input.tone}}", "prompt": "{{input.what}}"});
        assert_eq!(
            found(model),
            ["system: {{input.tone}}", "prompt: {{input.what}}"]
        );
        let task = json!({"id": "a", "type": "human_task", "title": "{{input.title}}", "instructions": "{{input.why}}",
            "assignee": "{{input.who}}", "data": {"total": "{{steps.a.total}}"}});
        assert_eq!(
            found(task),
            [
                "title: {{input.title}}",
                "instructions: {{input.why}}",
                "assignee: {{input.who}}",
                "data: {{steps.a.total}}"
            ]
        );
        let wait = json!({"id": "a", "type": "waitpoint", "title": "{{input.title}}"});
        assert_eq!(found(wait), ["title: {{input.title}}"]);
        let call = json!({"id": "a", "type": "workflow_call", "workflow": "{{no}}", "input": {"to": "{{input.to}}"}});
        assert_eq!(found(call), ["input: {{input.to}}"]);
    }

    #[test]
    fn a_loop_has_its_items_and_not_what_its_steps_have() {
        let body = json!([{"id": "b", "type": "timer", "seconds": "{{item.rest}}"}]);
        let each =
            json!({"id": "a", "type": "for_each", "items": "{{input.items}}", "steps": body});
        assert_eq!(found(each), ["items: {{input.items}}"]);
        assert!(found(json!({"id": "a", "type": "while", "steps": body})).is_empty());
    }
}
