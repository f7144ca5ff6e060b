//! What a step needs from the project it runs in, looked at before the step begins.

use crate::health::bind;
use crate::store::record::ProviderRecord;
use crate::store::{Place, Store, StoreError};
use async_trait::async_trait;
use model::{BlockedBy, Step, WorkflowId};
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

    /// The servers a step names that have to be set up, with their tools.
    pub fn servers_of<'a>(&self, step: &'a Step) -> Vec<(&'a str, Option<&'a str>)> {
        let mut named = step.kind.server_tools();
        named.retain(|(name, _)| !self.built_in.iter().any(|own| own == name));
        named
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
        if let Some(id) = step.kind.provider()
            && self
                .store
                .get::<ProviderRecord>(&place.key(id))
                .await?
                .is_none()
        {
            return Ok(Some(Missing {
                by: BlockedBy::Environment,
                reason: format!("The provider “{id}” is not set up in this project"),
                clears: format!("Set up the provider “{id}” on Health"),
                check: None,
            }));
        }
        for (name, _) in self.servers_of(step) {
            if bind(&*self.store, place, workflow, name).await?.is_none() {
                return Ok(Some(Missing {
                    by: BlockedBy::Environment,
                    reason: format!("The MCP server “{name}” is not set up in this project"),
                    clears: format!("Set up the MCP server “{name}” on Health"),
                    check: None,
                }));
            }
        }
        Ok(None)
    }
}
