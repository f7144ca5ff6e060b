//! The API over real HTTP, on a real `SQLite` file.
#![allow(clippy::unwrap_used)]

mod support;

mod access;
mod audit;
mod changes;
mod each_change;
mod errors;
mod events;
mod moves;
mod openapi;
mod people;
mod providers;
mod runs;
mod session;
mod site;
mod stream;
mod tasks;
mod waitpoints;
mod workflows;
