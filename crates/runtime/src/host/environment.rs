//! What a step needs from the project it runs in, looked at before the step begins.

use crate::store::record::{McpServerRecord, ProviderRecord};
use crate::store::{Place, Store, StoreError};
use async_trait::async_trait;
use model::{Step, StepKind};
use std::sync::Arc;

/// Something outside of the run is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The plain reason: "The provider “default” is not set up in this project".
    pub reason: String,
    /// What clears it.
    pub clears: String,
}

/// Knows what is set up where.
#[async_trait]
pub trait Environment: Send + Sync {
    /// What `step` needs and does not find; `None` when it may begin.
    async fn missing(&self, place: &Place, step: &Step) -> Result<Option<Missing>, StoreError>;
}

/// The environment as the store's records describe it.
pub struct StoredEnvironment {
    store: Arc<dyn Store>,
    /// MCP servers that are there without a record, as `files`.
    built_in: Vec<String>,
}

impl StoredEnvironment {
    pub fn new(store: Arc<dyn Store>, built_in: Vec<String>) -> Self {
        Self { store, built_in }
    }
}

#[async_trait]
impl Environment for StoredEnvironment {
    async fn missing(&self, place: &Place, step: &Step) -> Result<Option<Missing>, StoreError> {
        match &step.kind {
            StepKind::LlmCall(call) => {
                let id = call.provider.as_deref().unwrap_or("default");
                let found = self.store.get::<ProviderRecord>(&place.key(id)).await?;
                Ok(found.is_none().then(|| Missing {
                    reason: format!("The provider “{id}” is not set up in this project"),
                    clears: format!("Set up the provider “{id}” on Health"),
                }))
            }
            StepKind::McpCall(call) => {
                let Some(name) = call
                    .server
                    .as_ref()
                    .filter(|name| !self.built_in.contains(name))
                else {
                    return Ok(None);
                };
                let found = self.store.get::<McpServerRecord>(&place.key(name)).await?;
                Ok(found.is_none().then(|| Missing {
                    reason: format!("The MCP server “{name}” is not set up in this project"),
                    clears: format!("Set up the MCP server “{name}” on Health"),
                }))
            }
            StepKind::LuaScript(_)
            | StepKind::HumanTask(_)
            | StepKind::Waitpoint(_)
            | StepKind::Timer(_)
            | StepKind::ForEach(_)
            | StepKind::While(_)
            | StepKind::WorkflowCall(_) => Ok(None),
        }
    }
}
