//! The backends behind a tool: looked at when a call of the tool failed, for a tool cannot say what its backend keeps from it.

use super::{Binding, Checks, Oldest, Subject, bind};
use crate::steps::{Notes, StepCall, StepDone, StepError, StepNote, StepRunner};
use crate::store::record::{CheckRecord, EntityRecord};
use crate::store::{Place, Store, StoreError};
use async_trait::async_trait;
use futures_util::future::{self, Either};
use model::workflow::McpCall;
use model::{
    CheckKind, CheckState, Effect, Failure, FailureCode, ProjectId, RunId, SandboxId, Step,
    StepKind, TenantId, TranscriptEntry,
};
use std::sync::Arc;

const ALL: usize = 10_000;

/// The backends that `tool` of the server or instance `name` needs, or any of its tools. `binding` is what the name means, where it is set up.
pub async fn behind(
    store: &dyn Store,
    place: &Place,
    name: &str,
    binding: Option<&Binding>,
    tool: Option<&str>,
) -> Result<Vec<Subject>, StoreError> {
    let found = store
        .list::<EntityRecord>(&place.group(), None, ALL)
        .await?;
    let is_server = |server: &str| {
        server == name || binding.is_some_and(|binding| binding.server.name == server)
    };
    let needed = found
        .into_iter()
        .map(|stored| stored.value)
        .filter(|entity| {
            entity.tools.iter().any(|tools| {
                is_server(&tools.server)
                    && tool.is_none_or(|tool| {
                        tools.names.is_empty() || tools.names.iter().any(|name| name == tool)
                    })
            })
        });
    Ok(needed
        .map(|entity| Subject::new(CheckKind::Entity, entity.id))
        .collect())
}

/// Runs steps; where a tool failed and a backend behind it is offline, that is what is reported.
pub struct BackedRunner {
    runner: Arc<dyn StepRunner>,
    checks: Arc<Checks>,
}

impl BackedRunner {
    pub fn new(runner: Arc<dyn StepRunner>, checks: Arc<Checks>) -> Self {
        Self { runner, checks }
    }

    /// The backend that is offline. Nothing is waited for longer than one look may take.
    async fn offline(&self, call: &StepCall, step: &McpCall) -> Option<CheckRecord> {
        let platform = self.checks.platform();
        let late = platform.sleep_until(platform.now().plus_ms(super::PATIENCE_MS));
        let looks = std::pin::pin!(self.looks(call, step));
        let found = match future::select(looks, late).await {
            Either::Left((found, _)) => found,
            Either::Right(_) => return None,
        };
        found.unwrap_or_else(|error| {
            tracing::warn!(run = %call.run, %error, "the backends behind a tool could not be looked at");
            None
        })
    }

    async fn looks(
        &self,
        call: &StepCall,
        step: &McpCall,
    ) -> Result<Option<CheckRecord>, StoreError> {
        let Some(name) = &step.server else {
            return Ok(None);
        };
        let place = Place {
            tenant: call.tenant.clone(),
            project: call.project.clone(),
        };
        let store = &**self.checks.store();
        let binding = bind(store, &place, call.workflow.as_ref(), name).await?;
        let backends = behind(store, &place, name, binding.as_ref(), Some(&step.tool_name)).await?;
        let looks = backends
            .iter()
            .map(|subject| self.checks.look(&place, subject, Oldest::Now));
        let found = future::try_join_all(looks).await?;
        Ok(found.into_iter().find(|check| {
            check.state == CheckState::Failing && check.code == Some(FailureCode::EntityOffline)
        }))
    }
}

/// Whether a dead backend may be behind it: other failures were found before the tool did anything.
const fn may_come_from_behind(code: FailureCode) -> bool {
    matches!(
        code,
        FailureCode::McpToolFailed
            | FailureCode::UpstreamError
            | FailureCode::DependencyUnavailable
    )
}

#[async_trait]
impl StepRunner for BackedRunner {
    async fn run(&self, call: &StepCall, notes: &dyn Notes) -> Result<StepDone, StepError> {
        let error = match self.runner.run(call, notes).await {
            Ok(done) => return Ok(done),
            Err(error) => error,
        };
        let StepKind::McpCall(step) = &call.step.kind else {
            return Err(error);
        };
        if !may_come_from_behind(error.failure.code) {
            return Err(error);
        }
        let Some(check) = self.offline(call, step).await else {
            return Err(error);
        };
        let text = check.message.clone();
        let entries = vec![TranscriptEntry::Error { text }];
        notes.note(StepNote::Transcript(entries)).await;
        Err(StepError {
            failure: Failure {
                code: FailureCode::EntityOffline,
                message: format!("{} {}", check.message, error.failure.message),
                ..error.failure
            },
            usage: error.usage,
        })
    }

    async fn effect(&self, tenant: &TenantId, project: &ProjectId, step: &Step) -> Option<Effect> {
        self.runner.effect(tenant, project, step).await
    }

    async fn release(&self, run: &RunId, sandbox: &SandboxId) {
        self.runner.release(run, sandbox).await;
    }
}
