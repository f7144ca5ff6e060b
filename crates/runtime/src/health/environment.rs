//! Holds a run before a step whose surroundings fail.

use super::{Checks, Oldest, Subject, behind, bind};
use crate::host::{Environment, Missing, StoredEnvironment};
use crate::store::record::CheckRecord;
use crate::store::{Place, StoreError};
use async_trait::async_trait;
use model::{BlockedBy, CheckKind, CheckState, Step, WorkflowId};
use std::sync::Arc;

/// What is set up, and whether it works.
pub struct CheckedEnvironment {
    stored: StoredEnvironment,
    checks: Arc<Checks>,
}

impl CheckedEnvironment {
    pub fn new(stored: StoredEnvironment, checks: Arc<Checks>) -> Self {
        Self { stored, checks }
    }

    /// What of a server's surroundings fails: credentials first, for they are the cause of much else; then the backends
    /// behind the tool; then the server itself.
    async fn of_server(
        &self,
        place: &Place,
        workflow: Option<&WorkflowId>,
        name: &str,
        tool: Option<&str>,
    ) -> Result<Option<Missing>, StoreError> {
        let store = self.checks.store();
        let Some(binding) = bind(&**store, place, workflow, name).await? else {
            return Ok(None);
        };
        for wire in &binding.wires {
            for kind in [CheckKind::Credential, CheckKind::Connection] {
                let subject = Subject::new(kind, &wire.connection);
                if let Some(missing) = self.failing(place, &subject, BlockedBy::Credential).await? {
                    return Ok(Some(missing));
                }
            }
        }
        let needed = behind(&**store, place, name, Some(&binding), tool).await?;
        for subject in needed {
            if let Some(missing) = self.failing(place, &subject, BlockedBy::Entity).await? {
                return Ok(Some(missing));
            }
        }
        let variant = workflow
            .filter(|_| !binding.variant.is_empty())
            .map(|workflow| (workflow.clone(), binding.variant));
        let subject = Subject {
            variant,
            ..Subject::new(CheckKind::McpServer, name)
        };
        self.failing(place, &subject, BlockedBy::Environment).await
    }

    async fn failing(
        &self,
        place: &Place,
        subject: &Subject,
        by: BlockedBy,
    ) -> Result<Option<Missing>, StoreError> {
        let check = self.checks.look(place, subject, Oldest::Fresh).await?;
        Ok((check.state == CheckState::Failing).then(|| missing(check, by)))
    }
}

fn missing(check: CheckRecord, by: BlockedBy) -> Missing {
    Missing {
        by,
        clears: check
            .clears
            .unwrap_or_else(|| "Look at it on Health".to_owned()),
        reason: check.message.trim_end_matches('.').to_owned(),
        check: Some(check.id),
    }
}

#[async_trait]
impl Environment for CheckedEnvironment {
    async fn missing(
        &self,
        place: &Place,
        workflow: Option<&WorkflowId>,
        step: &Step,
    ) -> Result<Option<Missing>, StoreError> {
        if let Some(missing) = self.stored.missing(place, workflow, step).await? {
            return Ok(Some(missing));
        }
        // A provider that does not answer is a failure of the step, which tries again by itself; see the decisions.
        for (name, tool) in self.stored.servers_of(step) {
            if let Some(missing) = self.of_server(place, workflow, name, tool).await? {
                return Ok(Some(missing));
            }
        }
        Ok(None)
    }
}
