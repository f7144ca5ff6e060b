//! What a server offers.

use model::Effect;
use rmcp::model::{Tool, ToolAnnotations};
use serde_json::Value;

/// One tool of a server.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolInfo {
    pub name: String,
    pub description: Option<String>,
    /// JSON Schema of the arguments.
    pub input_schema: Value,
    pub effect: Effect,
}

impl From<Tool> for ToolInfo {
    fn from(tool: Tool) -> Self {
        Self {
            effect: effect(tool.annotations.as_ref()),
            input_schema: Value::Object(tool.input_schema.as_ref().clone()),
            description: tool.description.map(String::from),
            name: tool.name.into_owned(),
        }
    }
}

/// What the annotations say; a tool without any counts as writing, as MCP's own defaults do.
fn effect(annotations: Option<&ToolAnnotations>) -> Effect {
    let Some(annotations) = annotations else {
        return Effect::Write;
    };
    if annotations.read_only_hint == Some(true) {
        Effect::Read
    } else if annotations.idempotent_hint == Some(true) {
        Effect::Idempotent
    } else {
        Effect::Write
    }
}
