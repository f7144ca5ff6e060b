//! One entry of a transcript. All of its text is untrusted: it is shown as text, or as markdown without markup of its own.

use crate::ui::{
    chip::Tag,
    code::CodeBlock,
    diff::UnifiedDiff,
    fmt,
    icon::{Icon, IconRef, lucide},
    json_view::JsonView,
    markdown::Markdown,
    status::Tone,
    time::Time,
};
use leptos::prelude::*;
use model::api::TranscriptLine;
use model::transcript::ASK;
use model::{TranscriptEntry, Usage};
use serde_json::Value;
use std::sync::Arc;

/// Text longer than this many bytes is folded.
const LONG: usize = 1_500;

pub fn entry(line: TranscriptLine) -> AnyView {
    let (icon, class): (IconRef, &str) = match &line.entry {
        TranscriptEntry::Message { role, .. } => match role.as_str() {
            "assistant" => (lucide::LuBot, "talk__turn talk--answer"),
            "system" => (lucide::LuSettings2, "talk__turn talk--quiet"),
            _ => (lucide::LuUser, "talk__turn"),
        },
        TranscriptEntry::Thinking { .. } => (lucide::LuLightbulb, "talk__turn talk--quiet"),
        TranscriptEntry::ToolCall { .. } => (lucide::LuWrench, "talk__turn"),
        TranscriptEntry::ToolResult {
            is_error: false, ..
        } => (lucide::LuCornerDownRight, "talk__turn"),
        TranscriptEntry::ToolResult { is_error: true, .. } | TranscriptEntry::Error { .. } => {
            (lucide::LuTriangleAlert, "talk__turn talk--error tone-fail")
        }
        TranscriptEntry::FileEdit { .. } => (lucide::LuFilePen, "talk__turn"),
        TranscriptEntry::Log { .. } => (lucide::LuTerminal, "talk__turn talk--quiet"),
    };
    view! {
        <li class=class>
            <span class="talk__icon"><Icon icon /></span>
            <div class="talk__body">{body(line.entry)}</div>
            <span class="talk__at"><Time at=line.at /></span>
        </li>
    }
    .into_any()
}

fn body(entry: TranscriptEntry) -> AnyView {
    match entry {
        TranscriptEntry::Message {
            role,
            text,
            usage,
            by,
        } => {
            let name = match role.as_str() {
                _ if by.is_some() => by.map(|by| by.name).unwrap_or_default(),
                "assistant" if text.is_empty() => "Turn".to_owned(),
                "assistant" => "Answer".to_owned(),
                "system" => "System prompt".to_owned(),
                "user" => "Prompt".to_owned(),
                "tool" => "Tool".to_owned(),
                _ => "Message".to_owned(),
            };
            let markdown = role == "assistant";
            view! { {head(name, usage.as_ref())} {text_view(text, markdown)} }.into_any()
        }
        TranscriptEntry::Thinking { text } => folded("Thinking", text),
        TranscriptEntry::ToolCall { server, arguments, .. } if server == ASK => view! {
            <p class="talk__head"><b>"Asks a person"</b></p>
            {text_view(question(&arguments), true)}
        }
        .into_any(),
        TranscriptEntry::ToolCall { server, tool, arguments, .. } => view! {
            <p class="talk__head"><b>"Calls "<code>{tool}</code></b><span class="dim">" on "{server}</span></p>
            {value("Arguments", arguments)}
        }
        .into_any(),
        TranscriptEntry::ToolResult { result, is_error, duration_ms, .. } => view! {
            <p class="talk__head">
                <b>{if is_error { "The tool failed" } else { "Result" }}</b>
                <span class="dim">" after "{fmt::duration(duration_ms)}</span>
            </p>
            {value("Result", result)}
        }
        .into_any(),
        TranscriptEntry::FileEdit { path, diff, added, removed } => view! {
            <p class="talk__head">
                <b>"Writes "<code>{path.clone()}</code></b>
                <span class="dim">{format!(" +{added} −{removed}")}</span>
            </p>
            <UnifiedDiff diff label=format!("Changes of {path}") />
        }
        .into_any(),
        TranscriptEntry::Log { text } => view! { <p class="talk__head"><b>"Log"</b></p> {text_view(text, false)} }.into_any(),
        TranscriptEntry::Error { text } => view! {
            <p class="talk__head"><b>"Error"</b></p>
            <CodeBlock text label="Error" tone=Tone::Fail />
        }
        .into_any(),
    }
}

fn question(arguments: &Value) -> String {
    let question = arguments.get("question").and_then(Value::as_str);
    question.unwrap_or_default().to_owned()
}

/// "Answer · 1,204 tokens · $0.012", marked where no model answered.
fn head(name: String, usage: Option<&Usage>) -> AnyView {
    let tokens = usage
        .map(|usage| usage.input_tokens + usage.output_tokens)
        .filter(|tokens| *tokens > 0);
    let cost = usage
        .and_then(|usage| usage.cost)
        .filter(|cost| cost.amount.0 > 0);
    let mock = usage.is_some_and(|usage| usage.mock);
    view! {
        <p class="talk__head">
            <b>{name}</b>
            {mock.then(|| view! { " "<Tag>"Mock Mode"</Tag> })}
            <span class="dim">
                {tokens.map(|tokens| format!(" · {} tokens", fmt::count(tokens)))}
                {cost.map(|cost| format!(" · {}", fmt::money_fine(cost.amount)))}
            </span>
        </p>
    }
    .into_any()
}

fn text_view(text: String, markdown: bool) -> AnyView {
    let long = text.len() > LONG;
    let whole = move |text: String| {
        if markdown {
            view! { <Markdown text /> }.into_any()
        } else {
            view! { <div class="talk__text">{text}</div> }.into_any()
        }
    };
    if !long {
        return whole(text);
    }
    let end = (0..=LONG)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0);
    let begin = format!("{}…", &text[..end]);
    let open = RwSignal::new(false);
    let shown = move || {
        if open.get() {
            whole(text.clone())
        } else {
            whole(begin.clone())
        }
    };
    view! {
        {shown}
        <button type="button" class="link-button" on:click=move |_| open.update(|open| *open = !*open)>
            {move || if open.get() { "Show less" } else { "Show all" }}
        </button>
    }
    .into_any()
}

fn folded(name: &'static str, text: String) -> AnyView {
    view! {
        <details class="talk__fold">
            <summary>{name}</summary>
            <div class="talk__text">{text}</div>
        </details>
    }
    .into_any()
}

/// Plain text as text, everything else as a tree.
fn value(label: &'static str, value: Value) -> AnyView {
    match value {
        Value::Null => ().into_any(),
        Value::String(text) => text_view(text, false),
        Value::Object(fields) if fields.is_empty() => ().into_any(),
        other => view! { <div class="talk__value"><JsonView label value=Arc::new(other) levels=1 /></div> }.into_any(),
    }
}
