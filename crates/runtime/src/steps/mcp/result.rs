//! From a tool's answer to the step's result.

use crate::steps::{MAX_RESULT, MAX_SAID};
use model::workflow::McpCall;
use model::{Failure, FailureCode};
use rmcp::model::{CallToolResponse, CallToolResult, ContentBlock, ResourceContents};
use serde_json::{Value, json};

/// The most of a result that the transcript keeps, in bytes.
const MAX_TRANSCRIPT: usize = 64 * 1024;

/// The tool's result, or what it says went wrong.
pub(super) fn complete(
    response: CallToolResponse,
    step: &McpCall,
    server: &str,
) -> Result<Value, Failure> {
    let tool = &step.tool_name;
    let CallToolResponse::Complete(result) = response else {
        return Err(Failure::new(
            FailureCode::McpToolFailed,
            format!(
                "The tool {tool} of “{server}” asks for more input or time, which a step cannot give."
            ),
        ));
    };
    if result.is_error == Some(true) {
        let text = text_of(&result.content);
        let message = format!(
            "The tool {tool} of “{server}” failed: {}",
            first_line(&text)
        );
        return Err(Failure::new(FailureCode::McpToolFailed, message).detail(text));
    }
    let value = value_of(result);
    let size = size(&value);
    if size > MAX_RESULT {
        return Err(Failure::new(
            FailureCode::McpToolFailed,
            format!(
                "The tool {tool} of “{server}” succeeded, but its result has {size} bytes; a step's result may have {MAX_RESULT}."
            ),
        ));
    }
    Ok(value)
}

/// Bytes of a text itself, of anything else as JSON.
fn size(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        other => other.to_string().len(),
    }
}

/// The result, where it is small enough for a model to read.
pub(super) fn said(value: Value, step: &McpCall, server: &str) -> Result<Value, Failure> {
    let size = size(&value);
    if size <= MAX_SAID {
        return Ok(value);
    }
    let tool = &step.tool_name;
    Err(Failure::new(
        FailureCode::McpToolFailed,
        format!(
            "The tool {tool} of “{server}” succeeded, but its result has {size} bytes; a model is given at most {MAX_SAID}."
        ),
    ))
}

/// The structured content, or the text; other kinds of content as MCP describes them.
fn value_of(result: CallToolResult) -> Value {
    if let Some(structured) = result.structured_content {
        return structured;
    }
    let is_text = |block: &ContentBlock| matches!(block, ContentBlock::Text(_));
    if result.content.iter().all(is_text) {
        Value::String(text_of(&result.content))
    } else {
        json!({ "content": result.content })
    }
}

fn text_of(content: &[ContentBlock]) -> String {
    let texts = content.iter().filter_map(|block| match block {
        ContentBlock::Text(text) => Some(text.text.as_str()),
        ContentBlock::Resource(resource) => match &resource.resource {
            ResourceContents::TextResourceContents { text, .. } => Some(text.as_str()),
            _ => None,
        },
        _ => None,
    });
    texts.collect::<Vec<_>>().join("\n")
}

/// The first line of what a tool said, fit to end a sentence.
pub(super) fn first_line(text: &str) -> String {
    let line = text.lines().find(|line| !line.trim().is_empty());
    let line = line.unwrap_or("it gave no reason").trim();
    let cut = line.floor_char_boundary(300);
    let (shown, more) = (&line[..cut], if cut < line.len() { "…" } else { "" });
    let stop = if more.is_empty() && !shown.ends_with(['.', '!', '?']) {
        "."
    } else {
        ""
    };
    format!("{shown}{more}{stop}")
}

/// A result as the transcript keeps it.
pub(in crate::steps) fn shortened(value: &Value) -> Value {
    let text = match value {
        Value::String(text) if text.len() > MAX_TRANSCRIPT => text.clone(),
        Value::String(_) => return value.clone(),
        other => {
            let text = other.to_string();
            if text.len() <= MAX_TRANSCRIPT {
                return other.clone();
            }
            text
        }
    };
    let cut = text.floor_char_boundary(MAX_TRANSCRIPT);
    json!(format!(
        "{}… (cut; {} bytes in all)",
        &text[..cut],
        text.len()
    ))
}
