//! The runtime: the host that drives runs, the store that keeps their journals, the runners of their steps.

pub mod api;
pub mod audit;
pub mod auth;
pub mod bulk;
#[cfg(feature = "native")]
pub mod cli;
pub mod health;
pub mod host;
#[cfg(feature = "native")]
pub mod mcp_files;
pub mod notify;
pub mod report;
#[cfg(feature = "native")]
pub mod serve;
pub mod steps;
pub mod store;
