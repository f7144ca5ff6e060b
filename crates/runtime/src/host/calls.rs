//! Calls of runners: begun, ended, and what they leave behind.

use super::cells::Cell;
use super::decide::Act;
use super::meta::AuditDraft;
use super::saying::Saying;
use super::wanted::{Kind, Wanted};
use super::{HostError, Inner, Meta};
use crate::steps::{Notes, StepCall, StepDone, StepError, StepNote};
use crate::store::{EventQuery, Place};
use async_trait::async_trait;
use engine::{Call, Command, Run};
use futures_util::FutureExt;
use futures_util::future::{AbortHandle, Abortable};
use model::api::{SoFar, TranscriptLine};
use model::event::{Artifact, TryKey};
use model::{
    Actor, ActorKind, ArtifactId, Failure, FailureCode, RunId, Timestamp, TranscriptEntry,
};
use serde_json::{Value, json};
use std::panic::AssertUnwindSafe;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Events of a transcript read at once.
const TRANSCRIPT_AT_ONCE: usize = 1_000;
/// Between two pieces of an answer that is coming in, in milliseconds.
const SAYING_EVERY_MS: u64 = 150;
/// The largest artifact.
const MAX_ARTIFACT: usize = 10 * 1024 * 1024;

impl Inner {
    /// Begins what should be in flight and is not.
    pub(super) fn begin_planned(self: &Arc<Self>, cell: &mut Cell) {
        let Some(loaded) = cell.loaded.clone() else {
            return;
        };
        // What was in flight when the runtime ended must not be begun as if it were new.
        if self.stopping.load(Ordering::Acquire) || self.cells.is_lost(&loaded.run.id) {
            return;
        }
        for wanted in cell.wanted.values_mut() {
            match &mut wanted.kind {
                Kind::Call(call) => {
                    if let Some(abort) = self.call(&loaded.place, &loaded.run, call) {
                        wanted.kind = Kind::Calling(abort);
                    }
                }
                Kind::Child(child) if !child.begun => {
                    child.begun = true;
                    self.look_after_child(&loaded.place, &loaded.run, &wanted.key, child);
                }
                Kind::Child(_) | Kind::Calling(_) => {}
            }
        }
    }

    /// Ends what should no longer be in flight.
    pub(super) fn end(self: &Arc<Self>, place: &Place, run: &Arc<Run>, gone: Wanted) {
        match gone.kind {
            Kind::Calling(abort) => abort.abort(),
            Kind::Child(child) => {
                if let Some(child) = child.run {
                    self.drop_child(place, run, child);
                }
            }
            Kind::Call(_) => {}
        }
    }

    fn call(self: &Arc<Self>, place: &Place, run: &Run, call: &Call) -> Option<AbortHandle> {
        let step = Arc::new(run.step_def(&call.key.path)?.clone());
        let tries = run
            .steps
            .get(&call.key.path)
            .map_or(0, |step| step.history.len());
        let now = self.platform.now();
        let step_call = StepCall {
            tenant: place.tenant.clone(),
            project: place.project.clone(),
            run: run.id.clone(),
            workflow: Some(run.workflow.id.clone()),
            key: call.key.clone(),
            tries_before: u32::try_from(tries.saturating_sub(1)).unwrap_or(u32::MAX),
            step,
            input: call.input.clone(),
            continues: call.continues,
            sandbox: run.sandbox.as_ref().map(|sandbox| sandbox.id.clone()),
            effect: call.effect,
            timeout: call.deadline.map(|at| Duration::from_millis(at.since(now))),
        };
        let notes = HostNotes {
            inner: Arc::clone(self),
            place: place.clone(),
            run: run.id.clone(),
            key: call.key.clone(),
            step_name: run.step_name(&call.key.path),
            told: Mutex::new(Timestamp::default()),
        };
        let (abort, registration) = AbortHandle::new_pair();
        let inner = Arc::clone(self);
        let in_flight = self.in_flight.enter();
        self.platform.spawn(
            async move {
                let ended = {
                    let work =
                        AssertUnwindSafe(inner.runner.run(&step_call, &notes)).catch_unwind();
                    Abortable::new(work, registration).await
                };
                if let Ok(ended) = ended {
                    let command = command(
                        &step_call,
                        ended.unwrap_or_else(|_| Err(crashed(&step_call))),
                    );
                    inner.deliver(&notes.place, &notes.run, command).await;
                }
                drop(in_flight);
            }
            .boxed(),
        );
        Some(abort)
    }

    /// Gives a run what it has to know, until that is durable: the disk may be full for a while.
    pub(super) async fn deliver(self: &Arc<Self>, place: &Place, run: &RunId, command: Command) {
        self.deliver_audited(place, run, command, None).await;
    }

    async fn deliver_audited(
        self: &Arc<Self>,
        place: &Place,
        run: &RunId,
        command: Command,
        audit: Option<AuditDraft>,
    ) {
        let mut pause_ms = 100;
        loop {
            let act = Act::Command(command.clone());
            let meta = Meta {
                audit: audit.clone(),
                ..Meta::default()
            };
            let done = self.act(place.clone(), run.clone(), act, meta).await;
            match done {
                Err(HostError::Store(error)) if error.is_temporary() => {
                    tracing::warn!(%run, %error, "a result waits for the store");
                }
                Err(HostError::Stale { .. }) => {}
                Err(error) => {
                    tracing::debug!(%run, %error, "a result came too late");
                    return;
                }
                Ok(_) => return,
            }
            self.platform
                .sleep_until(self.platform.now().plus_ms(pause_ms))
                .await;
            pause_ms = (pause_ms * 2).min(5_000);
        }
    }
}

fn command(call: &StepCall, ended: Result<StepDone, StepError>) -> Command {
    let key = call.key.clone();
    match ended {
        Ok(StepDone { output, usage }) => Command::Completed { key, output, usage },
        Err(StepError { failure, usage }) => Command::Failed {
            key,
            failure,
            usage,
        },
    }
}

fn crashed(call: &StepCall) -> StepError {
    let failure = Failure::new(
        FailureCode::WorkerCrashed,
        "The step's runner broke down. This is a mistake in Signalbox.",
    );
    if call.effect.is_safe_to_repeat() {
        failure.into()
    } else {
        failure.outcome_unknown().into()
    }
}

/// Writes what a call leaves behind into its run's journal.
struct HostNotes {
    inner: Arc<Inner>,
    place: Place,
    run: RunId,
    key: TryKey,
    /// The name people read.
    step_name: String,
    /// When something was last told of an answer that is coming in.
    told: Mutex<Timestamp>,
}

/// What an agent calls; its arguments stand in the transcript.
fn acted(entry: &TranscriptEntry) -> Option<Value> {
    match entry {
        TranscriptEntry::ToolCall {
            id, server, tool, ..
        } => Some(json!({ "call": id, "server": server, "tool": tool })),
        _ => None,
    }
}

impl Drop for HostNotes {
    fn drop(&mut self) {
        self.inner.sayings.end(&self.run, &self.key.path);
    }
}

#[async_trait]
impl Notes for HostNotes {
    fn saying(&self, so_far: &dyn Fn() -> SoFar) {
        let now = self.inner.platform.now();
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if now.since(*told) < SAYING_EVERY_MS {
            return;
        }
        *told = now;
        self.inner.sayings.say(Saying {
            place: self.place.clone(),
            run: self.run.clone(),
            key: self.key.clone(),
            so_far: so_far(),
        });
    }

    async fn note(&self, note: StepNote) {
        self.inner.sayings.end(&self.run, &self.key.path);
        match note {
            StepNote::Transcript(entries) => self.entries(entries, None).await,
            StepNote::Act(entries) => {
                let detail = entries.iter().find_map(acted);
                let audit = self.by_agent("agent.call", detail);
                self.entries(entries, Some(audit)).await;
            }
            StepNote::Artifact { name, bytes, .. } if bytes.len() > MAX_ARTIFACT => {
                let text = format!(
                    "The artifact {name} was not kept: it has {} bytes, more than 10 MiB.",
                    bytes.len()
                );
                self.entries(vec![TranscriptEntry::Log { text }], None)
                    .await;
            }
            StepNote::Artifact {
                name,
                media_type,
                bytes,
                partial,
            } => {
                let artifact = Artifact {
                    id: ArtifactId::new(self.inner.new_id(ArtifactId::PREFIX)),
                    name,
                    step: self.key.path.clone(),
                    attempt: self.key.attempt,
                    media_type,
                    bytes: bytes.len() as u64,
                    created_at: self.inner.platform.now(),
                    partial,
                };
                self.artifact(artifact, bytes).await;
            }
            StepNote::Sandbox { id, replaces } => {
                let command = Command::SandboxOpened {
                    key: self.key.clone(),
                    sandbox: id,
                    replaces,
                };
                self.deliver(command, None).await;
            }
            StepNote::Asks(question) => {
                let command = Command::Asked {
                    key: self.key.clone(),
                    question,
                };
                let audit = self.by_agent("agent.ask", None);
                self.deliver(command, Some(audit)).await;
            }
        }
    }

    async fn transcript(&self) -> Result<Vec<TranscriptLine>, Failure> {
        let mut lines = Vec::new();
        let mut after = 0;
        loop {
            let query = EventQuery {
                after,
                types: vec!["step_transcript".into()],
                step: Some(self.key.path.clone()),
                limit: TRANSCRIPT_AT_ONCE,
                ..EventQuery::all(self.run.clone())
            };
            let events = self.inner.store.events(query).await.map_err(|error| {
                let code = FailureCode::DispatchFailed;
                Failure::new(code, "The step's transcript could not be read.")
                    .detail(error.to_string())
            })?;
            let each = events.iter();
            lines.extend(each.flat_map(|event| TranscriptLine::of(event, &self.key.path)));
            match events.last() {
                Some(last) if events.len() == TRANSCRIPT_AT_ONCE => after = last.seq,
                _ => return Ok(lines),
            }
        }
    }
}

impl HostNotes {
    async fn entries(&self, entries: Vec<TranscriptEntry>, audit: Option<AuditDraft>) {
        let command = Command::Noted {
            key: self.key.clone(),
            entries,
        };
        self.deliver(command, audit).await;
    }

    async fn deliver(&self, command: Command, audit: Option<AuditDraft>) {
        let (place, run) = (&self.place, &self.run);
        self.inner.deliver_audited(place, run, command, audit).await;
    }

    /// What the step's agent did, for the audit trail.
    fn by_agent(&self, action: &str, detail: Option<Value>) -> AuditDraft {
        let actor = Actor {
            kind: ActorKind::Ai,
            id: self.key.path.to_string(),
            name: self.step_name.clone(),
        };
        let mut own = json!({ "step": self.key.path });
        if let (Some(own), Some(Value::Object(more))) = (own.as_object_mut(), detail) {
            own.extend(more);
        }
        AuditDraft {
            detail: Some(own),
            ..AuditDraft::new(actor, action)
        }
    }

    async fn artifact(&self, artifact: Artifact, content: Vec<u8>) {
        let mut pause_ms = 100;
        loop {
            let id = artifact.id.clone();
            let command = Command::Artifact {
                key: self.key.clone(),
                artifact: artifact.clone(),
            };
            let act = Act::Artifact(command, id, content.clone());
            let done = self
                .inner
                .act(self.place.clone(), self.run.clone(), act, Meta::default())
                .await;
            match done {
                Err(HostError::Store(error)) if error.is_temporary() => {
                    tracing::warn!(run = %self.run, %error, "an artifact waits for the store");
                }
                Ok(_) | Err(_) => return,
            }
            let platform = &self.inner.platform;
            platform.sleep_until(platform.now().plus_ms(pause_ms)).await;
            pause_ms = (pause_ms * 2).min(5_000);
        }
    }
}
