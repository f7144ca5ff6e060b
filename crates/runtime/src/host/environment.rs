//! What a step needs from the project it runs in, looked at before the step begins.

use crate::health::bind;
use crate::store::record::ProviderRecord;
use crate::store::{Place, Store, StoreError};
use async_trait::async_trait;
use model::workflow::McpCall;
use model::{BlockedBy, Step, StepKind, WorkflowId};
use std::sync::Arc;

/// Something outside of the run is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    pub by: BlockedBy,
    /// The plain reason: "The provider “default” is not set up in this project".
    pub reason: String,
    /// What clears it.
    pub clears: String,
    /// The check that fails; absent where something is not set up at all.
    pub check: Option<String>,
}

/// Knows what is set up where.
#[async_trait]
pub trait Environment: Send + Sync {
    /// What `step` of a run of `workflow` needs and does not find; `None` when it may begin.
    async fn missing(
        &self,
        place: &Place,
        workflow: Option<&WorkflowId>,
        step: &Step,
    ) -> Result<Option<Missing>, StoreError>;
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

    /// The server a call names, where that has to be set up.
    pub fn server_of<'a>(&self, call: &'a McpCall) -> Option<&'a str> {
        call.server
            .as_ref()
            .filter(|name| !self.built_in.contains(name))
            .map(String::as_str)
    }
}

#[async_trait]
impl Environment for StoredEnvironment {
    async fn missing(
        &self,
        place: &Place,
        workflow: Option<&WorkflowId>,
        step: &Step,
    ) -> Result<Option<Missing>, StoreError> {
        match &step.kind {
            StepKind::LlmCall(call) => {
                let id = call.provider.as_deref().unwrap_or("default");
                let found = self.store.get::<ProviderRecord>(&place.key(id)).await?;
                Ok(found.is_none().then(|| Missing {
                    by: BlockedBy::Environment,
                    reason: format!("The provider “{id}” is not set up in this project"),
                    clears: format!("Set up the provider “{id}” on Health"),
                    check: None,
                }))
            }
            StepKind::McpCall(call) => {
                let Some(name) = self.server_of(call) else {
                    return Ok(None);
                };
                let found = bind(&*self.store, place, workflow, name).await?;
                Ok(found.is_none().then(|| Missing {
                    by: BlockedBy::Environment,
                    reason: format!("The MCP server “{name}” is not set up in this project"),
                    clears: format!("Set up the MCP server “{name}” on Health"),
                    check: None,
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
