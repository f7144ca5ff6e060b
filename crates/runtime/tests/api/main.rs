//! The API over real HTTP, on a real `SQLite` file.
#![allow(clippy::unwrap_used)]

mod outside;
#[path = "../support/receivers.rs"]
mod receivers;
mod support;
#[path = "../support/mcp_http.rs"]
mod test_mcp;
#[path = "../support/provider.rs"]
mod test_provider;

mod access;
mod addresses;
mod agents;
mod audit;
mod bulk;
mod changes;
mod channels;
mod connections;
mod each_change;
mod errors;
mod events;
mod health;
mod journal;
mod mcp;
mod moves;
mod notifications;
mod oauth;
mod openapi;
mod outputs;
mod people;
mod providers;
mod reports;
mod runs;
mod session;
mod site;
mod stream;
mod tasks;
mod values;
mod waitpoints;
mod workflows;
