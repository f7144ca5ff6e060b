//! The runs of `workflow_call` steps: begun once, told to their parent once, ended with it. Everything here looks at how both
//! runs stand and does what is missing, so that it can be done again after a crash.

use super::wanted::Child;
use super::{HostError, Inner, Meta};
use crate::store::record::{VersionRecord, WorkflowRecord};
use crate::store::{Place, StoreError};
use engine::{Command, CreateRun, Effect, Run};
use futures_util::FutureExt;
use model::event::{Parent, TryKey, Wait};
use model::run::{Trigger, WorkflowRef};
use model::{Actor, Failure, FailureCode, Move, RunId, RunStatus, StepStatus};
use serde_json::Value;
use std::sync::Arc;

/// How deep runs may call each other.
const MOST_PARENTS: usize = 16;

/// A `workflow_call` that has no run yet.
struct NewChild {
    key: TryKey,
    workflow: String,
    input: Value,
}

impl Inner {
    /// Begins or continues the run of a `workflow_call`.
    pub(super) fn look_after_child(
        self: &Arc<Self>,
        place: &Place,
        parent: &Run,
        key: &TryKey,
        child: &Child,
    ) {
        let inner = Arc::clone(self);
        let (place, parent) = (place.clone(), parent.id.clone());
        let known = child.run.clone();
        let new = NewChild {
            key: key.clone(),
            workflow: child.workflow.clone(),
            input: child.input.clone(),
        };
        self.platform.spawn(
            async move {
                let mut pause_ms = 100;
                loop {
                    let done = inner.child(&place, &parent, &new, known.as_ref()).await;
                    match done {
                        Err(HostError::Store(error)) if error.is_temporary() => {
                            tracing::warn!(run = %parent, %error, "a called run waits for the store");
                        }
                        Err(HostError::Stale { .. }) => {}
                        Err(HostError::Refused(_) | HostError::NotFound | HostError::NoWorkflow(_) | HostError::Stopping | HostError::Store(_))
                        | Ok(()) => return,
                    }
                    inner
                        .platform
                        .sleep_until(inner.platform.now().plus_ms(pause_ms))
                        .await;
                    pause_ms = (pause_ms * 2).min(5_000);
                }
            }
            .boxed(),
        );
    }

    async fn child(
        self: &Arc<Self>,
        place: &Place,
        parent: &RunId,
        new: &NewChild,
        known: Option<&RunId>,
    ) -> Result<(), HostError> {
        let child = match known {
            Some(child) => child.clone(),
            None => match self.create_child(place, parent, new).await {
                Ok(child) => child,
                Err(HostError::NoWorkflow(message)) => {
                    self.fail_call(place, parent, new, message).await;
                    return Ok(());
                }
                Err(HostError::Refused(refusal)) => {
                    self.fail_call(place, parent, new, refusal.to_string())
                        .await;
                    return Ok(());
                }
                Err(error) => return Err(error),
            },
        };
        if !waits_for(&self.snapshot(place, parent).await?.run, &new.key, &child) {
            let started = Command::ChildStarted {
                key: new.key.clone(),
                run: child.clone(),
            };
            self.deliver(place, parent, started).await;
        }
        let stands = self.snapshot(place, parent).await?;
        let Some(key) = called_by(&stands.run, &child) else {
            // The parent has gone on without it in the meantime.
            self.stop_child(place, &stands.run, &child).await;
            return Ok(());
        };
        self.go_on(place, &stands.run, &key, &child).await
    }

    /// What the parent waits for from `child`, as it stands now.
    async fn go_on(
        self: &Arc<Self>,
        place: &Place,
        parent: &Run,
        key: &TryKey,
        child: &RunId,
    ) -> Result<(), HostError> {
        let child = self.snapshot(place, child).await?.run;
        let reason = tried_again(parent, key);
        match child.status {
            RunStatus::Failed | RunStatus::Cancelled | RunStatus::Interrupted
                if !answers(&child, parent, key, &reason) =>
            {
                let retry = Command::Move {
                    actor: Actor::system(),
                    what: Move::Retry,
                    reason: Some(reason),
                };
                match self
                    .act(
                        place.clone(),
                        child.id.clone(),
                        super::decide::Act::Command(retry),
                        Meta::default(),
                    )
                    .await
                {
                    Ok(_) | Err(HostError::Refused(_)) => Ok(()),
                    Err(error) => Err(error),
                }
            }
            _ => {
                if let Some(command) = ended(&child, key) {
                    self.deliver(place, &parent.id, command).await;
                }
                Ok(())
            }
        }
    }

    /// Tells the run that called `child` how it ended.
    pub(super) fn tell_parent(self: &Arc<Self>, place: Place, child: Arc<Run>) {
        let Some(link) = child.parent.clone() else {
            return;
        };
        let inner = Arc::clone(self);
        self.platform.spawn(
            async move {
                let mut pause_ms = 100;
                loop {
                    match inner.snapshot(&place, &link.run).await {
                        Ok(parent) => {
                            let command = called_by(&parent.run, &child.id)
                                .and_then(|key| ended(&child, &key));
                            if let Some(command) = command {
                                inner.deliver(&place, &link.run, command).await;
                            }
                            return;
                        }
                        Err(HostError::Store(error)) if error.is_temporary() => {}
                        Err(_) => return,
                    }
                    inner
                        .platform
                        .sleep_until(inner.platform.now().plus_ms(pause_ms))
                        .await;
                    pause_ms = (pause_ms * 2).min(5_000);
                }
            }
            .boxed(),
        );
    }

    async fn create_child(
        self: &Arc<Self>,
        place: &Place,
        parent: &RunId,
        new: &NewChild,
    ) -> Result<RunId, HostError> {
        if let Some(child) = self.child_of(parent, &new.key).await? {
            return Ok(child);
        }
        let from = self.snapshot(place, parent).await?.run;
        self.check_depth(&from).await?;
        let (workflow, version) = self.latest(place, &new.workflow).await?;
        let create = CreateRun {
            run: RunId::new(self.new_id(RunId::PREFIX)),
            actor: from.created_by.clone(),
            workflow: WorkflowRef {
                id: workflow.id,
                version: version.version,
                name: version.definition.name.clone(),
            },
            definition: Arc::new(version.definition),
            input: new.input.clone(),
            about: None,
            environment: from.environment.clone(),
            trigger: Trigger::Parent,
            labels: model::run::Labels::new(),
            belongs: from.belongs.clone(),
            not_before: None,
            again_of: None,
            parent: Some(Parent {
                run: parent.clone(),
                key: new.key.clone(),
            }),
        };
        let id = create.run.clone();
        match self.create(place.clone(), create, Meta::default()).await {
            Ok(_) => Ok(id),
            Err(HostError::Store(StoreError::Exists(what))) => self
                .child_of(parent, &new.key)
                .await?
                .ok_or(HostError::Store(StoreError::Exists(what))),
            Err(error) => Err(error),
        }
    }

    async fn child_of(&self, parent: &RunId, key: &TryKey) -> Result<Option<RunId>, HostError> {
        let children = self.store.children(parent).await?;
        Ok(children
            .into_iter()
            .find(|child| child.parent.as_ref().is_some_and(|link| link.key == *key))
            .map(|child| child.row.id))
    }

    async fn check_depth(&self, run: &Run) -> Result<(), HostError> {
        let mut above = run.parent.as_ref().map(|link| link.run.clone());
        for _ in 0..MOST_PARENTS {
            let Some(run) = above else {
                return Ok(());
            };
            let stored = self.store.run(&run).await?;
            above = stored.and_then(|stored| stored.parent).map(|link| link.run);
        }
        Err(HostError::NoWorkflow(format!(
            "Workflows may call each other {MOST_PARENTS} deep; this run stands deeper."
        )))
    }

    /// A workflow by its id or its name in the project, with its latest published version.
    pub(super) async fn latest(
        &self,
        place: &Place,
        workflow: &str,
    ) -> Result<(WorkflowRecord, VersionRecord), HostError> {
        let by_id = self
            .store
            .get::<WorkflowRecord>(workflow)
            .await?
            .filter(|stored| stored.value.place == *place);
        let found = match by_id {
            Some(stored) => Some(stored),
            None => self
                .store
                .by_side::<WorkflowRecord>(&place.key(workflow))
                .await?
                .into_iter()
                .find(|stored| !stored.value.archived),
        };
        let none = |what: &str| HostError::NoWorkflow(format!("The workflow “{workflow}” {what}."));
        let record = found.ok_or_else(|| none("does not exist in this project"))?;
        if record.value.archived {
            return Err(none("is archived"));
        }
        let version = record
            .value
            .version
            .ok_or_else(|| none("has no published version"))?;
        let key = VersionRecord::key_of(&record.value.id, version);
        let version = self
            .store
            .get::<VersionRecord>(&key)
            .await?
            .ok_or_else(|| none("has no published version"))?;
        Ok((record.value, version.value))
    }

    async fn fail_call(
        self: &Arc<Self>,
        place: &Place,
        parent: &RunId,
        new: &NewChild,
        message: String,
    ) {
        let command = Command::Failed {
            key: new.key.clone(),
            failure: Failure::new(FailureCode::InvalidInput, message),
            usage: None,
        };
        self.deliver(place, parent, command).await;
    }

    /// Stops the run of a call that is no longer wanted.
    pub(super) fn drop_child(self: &Arc<Self>, place: &Place, parent: &Arc<Run>, child: RunId) {
        let inner = Arc::clone(self);
        let (place, parent) = (place.clone(), Arc::clone(parent));
        self.platform
            .spawn(async move { inner.stop_child(&place, &parent, &child).await }.boxed());
    }

    /// As gently as its parent was stopped.
    pub(super) async fn stop_child(self: &Arc<Self>, place: &Place, parent: &Run, child: &RunId) {
        let Ok(stands) = self.snapshot(place, child).await else {
            return;
        };
        if stands.run.status.is_terminal() {
            return;
        }
        let gently = parent.status == RunStatus::Draining
            && engine::check_move(&stands.run, model::MoveKind::StopGracefully).is_ok();
        let command = Command::Move {
            actor: Actor::system(),
            what: if gently {
                Move::StopGracefully { timeout_s: None }
            } else {
                Move::Cancel
            },
            reason: Some(format!("{} no longer waits for it", parent.title)),
        };
        self.deliver(place, child, command).await;
    }
}

/// Whether the step of a call knows its run and waits for it.
fn waits_for(parent: &Run, key: &TryKey, child: &RunId) -> bool {
    parent.steps.get(&key.path).is_some_and(|step| {
        step.status == StepStatus::Waiting
            && step.wait.as_ref().and_then(Wait::child) == Some(child)
    })
}

/// Why a called run is retried: names the try that asks for it.
fn tried_again(parent: &Run, key: &TryKey) -> String {
    format!(
        "Called again by {} (attempt {}, try {})",
        parent.title, key.attempt, key.try_no
    )
}

/// Whether the last attempt of `child` was made for the try `key` of its parent's step, or by a person since then; else it
/// ended in an earlier try.
fn answers(child: &Run, parent: &Run, key: &TryKey, reason: &str) -> bool {
    let try_began = parent
        .steps
        .get(&key.path)
        .and_then(|step| step.history.last())
        .map(|last| last.started_at);
    let first = child.parent.as_ref().is_some_and(|link| link.key == *key);
    child.attempts.last().is_some_and(|attempt| {
        first || attempt.reason.as_deref() == Some(reason) || Some(attempt.started_at) > try_began
    })
}

/// The call of `parent` that waits for `child`.
pub(super) fn called_by(parent: &Run, child: &RunId) -> Option<TryKey> {
    engine::effects(parent)
        .into_iter()
        .find_map(|effect| match effect {
            Effect::ChildRun {
                key,
                child: Some(run),
                ..
            } if run == *child => Some(key),
            Effect::ChildRun { .. }
            | Effect::Call(_)
            | Effect::Queue { .. }
            | Effect::Timer { .. } => None,
        })
}

/// What a call hears of its run's end; `None` while that has not ended.
fn ended(child: &Run, key: &TryKey) -> Option<Command> {
    let key = key.clone();
    let failed = |code, message: String| {
        Some(Command::Failed {
            key: key.clone(),
            failure: Failure::new(code, message),
            usage: None,
        })
    };
    let title = &child.title;
    match child.status {
        RunStatus::Completed => Some(Command::Completed {
            key: key.clone(),
            output: child.output.clone().unwrap_or_default(),
            usage: None,
        }),
        RunStatus::Failed => match &child.failure {
            Some(failure) => failed(failure.code, format!("{title} failed: {}", failure.message)),
            None => failed(FailureCode::UpstreamError, format!("{title} failed.")),
        },
        RunStatus::Cancelled => failed(FailureCode::RunStopped, format!("{title} was cancelled.")),
        RunStatus::Rejected => failed(FailureCode::RunStopped, format!("{title} was rejected.")),
        RunStatus::Expired => failed(
            FailureCode::DispatchFailed,
            format!("{title} expired before it started."),
        ),
        RunStatus::Queued
        | RunStatus::Starting
        | RunStatus::Running
        | RunStatus::Waiting
        | RunStatus::Paused
        | RunStatus::Blocked
        | RunStatus::Draining
        | RunStatus::Interrupted => None,
    }
}
