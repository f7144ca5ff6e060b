#![allow(clippy::unwrap_used)]
//! Agents at work: with files of their own, a real MCP server, a local provider over real HTTP, and Mock Mode.

#[path = "../support/git_http.rs"]
mod git_http;
#[path = "../support/mcp_http.rs"]
mod mcp_http;
#[path = "../support/provider.rs"]
mod provider;
#[path = "../support/step.rs"]
mod step;

mod from_git;
mod house;
mod live;
mod work;
