//! The host on both stores, with a scripted runner and a clock that is moved by hand.
#![allow(clippy::unwrap_used)]

#[path = "host_runtime/audit.rs"]
mod audit;
#[path = "host_runtime/children.rs"]
mod children;
#[path = "host_runtime/driving.rs"]
mod driving;
#[path = "host_runtime/feed.rs"]
mod feed;
#[path = "host_runtime/imports.rs"]
mod imports;
#[path = "host_runtime/kit.rs"]
mod kit;
#[path = "host_runtime/lists.rs"]
mod lists;
#[path = "host_runtime/queues.rs"]
mod queues;
#[path = "host_runtime/restarts.rs"]
mod restarts;
#[path = "host_runtime/retention.rs"]
mod retention;
#[path = "host_runtime/snapshots.rs"]
mod snapshots;
#[path = "host_runtime/surroundings.rs"]
mod surroundings;
