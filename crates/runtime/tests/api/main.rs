//! The API over real HTTP, on a real `SQLite` file.
#![allow(clippy::unwrap_used)]

#[path = "../support/receivers.rs"]
mod receivers;
mod support;

mod access;
mod audit;
mod changes;
mod channels;
mod each_change;
mod errors;
mod events;
mod moves;
mod notifications;
mod openapi;
mod people;
mod providers;
mod reports;
mod runs;
mod session;
mod site;
mod stream;
mod tasks;
mod waitpoints;
mod workflows;
