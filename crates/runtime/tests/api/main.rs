//! The API over real HTTP, on a real `SQLite` file.
#![allow(clippy::unwrap_used)]

mod outside;
mod support;
#[path = "../support/mcp_http.rs"]
mod test_mcp;

mod access;
mod changes;
mod connections;
mod errors;
mod events;
mod health;
mod mcp;
mod moves;
mod oauth;
mod openapi;
mod providers;
mod runs;
mod session;
mod site;
mod stream;
mod tasks;
mod waitpoints;
mod workflows;
