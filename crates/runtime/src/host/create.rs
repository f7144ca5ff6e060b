//! New runs.

use super::cells::Cell;
use super::{HostError, Inner, Meta, Outcome};
use crate::store::Place;
use engine::{CreateRun, Refusal};
use futures_util::FutureExt;
use futures_util::future::{self, Either};
use model::run::{Trigger, WorkflowRef};
use model::workflow::{ForEach, While};
use model::{Actor, Effect, MoveKind, RunId, Step, StepKind, Workflow};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How long tools may take to say what they do to the outside. A slow one counts as writing.
const ASK_MS: u64 = 3_000;

impl Inner {
    pub(super) async fn create(
        self: &Arc<Self>,
        place: Place,
        mut create: CreateRun,
        meta: Meta,
    ) -> Result<Outcome, HostError> {
        create.definition = self.with_effects(&place, create.definition).await;
        let now = self.platform.now();
        let (run, events) = engine::create(&create, now)?;
        let inner = Arc::clone(self);
        self.detached(async move {
            let id = run.id.clone();
            let slot = inner.cells.get(&id);
            let mut cell = slot.lock().await;
            let result = inner.begin(&mut cell, place, run, events, meta).await;
            let used = Cell::used(&cell);
            drop(cell);
            drop(slot);
            inner.cells.put_back(&id, used);
            inner.dispatch();
            result
        })
        .await
    }

    /// A new run of the workflow's latest version, about the same.
    pub(super) async fn run_again(
        self: &Arc<Self>,
        place: Place,
        run: &RunId,
        input: Option<Value>,
        actor: Actor,
        meta: Meta,
    ) -> Result<Outcome, HostError> {
        let old = self.snapshot(&place, run).await?.run;
        if let Some(expected) = meta.expected_seq
            && expected != old.seq
        {
            return Err(HostError::Stale { current: old.seq });
        }
        engine::check_move(&old, MoveKind::RunAgain).map_err(Refusal::NotLegal)?;
        let (workflow, version) = self.latest(&place, old.workflow.id.as_str()).await?;
        let same_input = input.is_none();
        let create = CreateRun {
            run: RunId::new(self.new_id(RunId::PREFIX)),
            actor,
            workflow: WorkflowRef {
                id: workflow.id,
                version: version.version,
                name: version.definition.name.clone(),
            },
            definition: Arc::new(version.definition),
            input: input.unwrap_or_else(|| old.input.clone()),
            about: old.about.clone().filter(|_| same_input),
            environment: old.environment.clone(),
            trigger: Trigger::Retry,
            labels: old.labels.clone(),
            belongs: old.belongs.clone(),
            not_before: None,
            again_of: Some(old.id.clone()),
            parent: None,
        };
        let meta = Meta {
            expected_seq: None,
            ..meta
        };
        self.create(place, create, meta).await
    }

    /// Writes into the definition what tools say about steps that do not declare their effect, so that the journal tells by
    /// itself what may be repeated.
    async fn with_effects(&self, place: &Place, definition: Arc<Workflow>) -> Arc<Workflow> {
        let mut unknown = Vec::new();
        collect(&definition.steps, &mut unknown);
        if unknown.is_empty() {
            return definition;
        }
        let asked = future::join_all(unknown.into_iter().map(|step| async move {
            let effect = self
                .runner
                .effect(&place.tenant, &place.project, step)
                .await?;
            Some((step.id.to_string(), effect))
        }));
        let late = self
            .platform
            .sleep_until(self.platform.now().plus_ms(ASK_MS));
        let known: BTreeMap<String, Effect> = match future::select(asked.boxed(), late).await {
            Either::Left((answers, _)) => answers.into_iter().flatten().collect(),
            Either::Right(_) => BTreeMap::new(),
        };
        if known.is_empty() {
            return definition;
        }
        let mut definition = Arc::unwrap_or_clone(definition);
        fill(&mut definition.steps, &known);
        Arc::new(definition)
    }
}

/// The steps whose effect only their tool knows. Ids are unique in a workflow, loops included.
fn collect<'a>(steps: &'a [Step], unknown: &mut Vec<&'a Step>) {
    for step in steps {
        if step.effect.is_none() && matches!(step.kind, StepKind::McpCall(_)) {
            unknown.push(step);
        }
        collect(step.body(), unknown);
    }
}

fn fill(steps: &mut [Step], known: &BTreeMap<String, Effect>) {
    for step in steps {
        if step.effect.is_none() {
            step.effect = known.get(step.id.as_str()).copied();
        }
        match &mut step.kind {
            StepKind::ForEach(ForEach { steps, .. }) | StepKind::While(While { steps, .. }) => {
                fill(steps, known);
            }
            StepKind::McpCall(_)
            | StepKind::LlmCall(_)
            | StepKind::AgentCall(_)
            | StepKind::LuaScript(_)
            | StepKind::HumanTask(_)
            | StepKind::Waitpoint(_)
            | StepKind::Timer(_)
            | StepKind::WorkflowCall(_) => {}
        }
    }
}
