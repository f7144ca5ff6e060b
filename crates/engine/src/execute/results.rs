//! What runners report. A stale or repeated key changes nothing.

use super::work::Work;
use model::event::{Artifact, TryKey, Wait};
use model::{
    BlockedBy, EventKind, Failure, RunId, RunStatus, SandboxId, StepKind, StepPath, StepStatus,
    TranscriptEntry, Usage,
};
use serde_json::Value;

impl Work<'_> {
    pub fn completed(&mut self, key: TryKey, output: Value, usage: Option<Usage>) {
        if self.is_current(&key) {
            self.emit(EventKind::StepCompleted { key, output, usage });
        }
    }

    pub fn failed(&mut self, key: &TryKey, failure: Failure, usage: Option<Usage>) {
        if self.is_current(key) {
            self.fail(&key.path, failure, usage);
        }
    }

    pub fn child_started(&mut self, key: &TryKey, run: RunId) {
        let waits = self
            .step(&key.path)
            .filter(|s| s.status == StepStatus::Waiting);
        let known = waits.and_then(|s| s.wait.as_ref()?.child());
        if self.is_current(key) && self.calls_workflow(&key.path) && known != Some(&run) {
            self.emit(EventKind::StepWaiting {
                path: key.path.clone(),
                wait: Wait::ChildRun { run },
            });
        }
    }

    pub fn asked(&mut self, key: TryKey, question: String) {
        if self.is_current(&key) && self.run.is_agent(&key.path) {
            self.emit(EventKind::StepWaiting {
                path: key.path,
                wait: Wait::Chat { question },
            });
        }
    }

    pub fn sandbox_opened(&mut self, key: &TryKey, sandbox: SandboxId, replaces: Option<String>) {
        if self.is_current(key) {
            self.emit(EventKind::SandboxOpened {
                sandbox,
                step: key.path.clone(),
                replaces,
            });
        }
    }

    pub fn noted(&mut self, key: TryKey, entries: Vec<TranscriptEntry>) {
        if self.is_current(&key) && !entries.is_empty() {
            self.emit(EventKind::StepTranscript { key, entries });
        }
    }

    pub fn artifact(&mut self, key: &TryKey, artifact: Artifact) {
        if self.is_current(key) {
            self.emit(EventKind::ArtifactWritten { artifact });
        }
    }

    /// The key names the try that is in flight now, with a runner or as a child run.
    fn is_current(&self, key: &TryKey) -> bool {
        self.step(&key.path).is_some_and(|step| {
            let in_flight = match step.status {
                StepStatus::Running => self.has_runner(&key.path) || self.calls_workflow(&key.path),
                StepStatus::Waiting => matches!(step.wait, Some(Wait::ChildRun { .. })),
                StepStatus::Pending
                | StepStatus::Retrying
                | StepStatus::Completed
                | StepStatus::Failed
                | StepStatus::Cancelled
                | StepStatus::Skipped => false,
            };
            in_flight && step.attempt == key.attempt && step.tries == key.try_no
        })
    }

    pub fn calls_workflow(&self, path: &StepPath) -> bool {
        let definition = self.definition(path);
        definition
            .as_ref()
            .and_then(|d| d.get())
            .is_some_and(|s| matches!(s.kind, StepKind::WorkflowCall(_)))
    }

    /// Something outside holds the run. The step whose call has not gone out goes back to pending.
    pub fn block(
        &mut self,
        by: BlockedBy,
        check: Option<String>,
        reason: String,
        clears: String,
        step: Option<StepPath>,
    ) {
        if let Some(path) = &step {
            let held = self.has_runner(path) || self.calls_workflow(path);
            if !held || self.step(path).map(|s| s.status) != Some(StepStatus::Running) {
                return;
            }
        }
        match self.run.status {
            RunStatus::Draining => {
                if let Some(path) = step {
                    self.emit(EventKind::StepCancelled {
                        path,
                        caused_by_step_id: None,
                    });
                }
            }
            RunStatus::Queued
            | RunStatus::Starting
            | RunStatus::Running
            | RunStatus::Waiting
            | RunStatus::Paused
            | RunStatus::Blocked => {
                let known = self.run.block.as_ref().is_some_and(|b| {
                    !b.cleared && b.by == by && b.reason == reason && b.clears == clears
                });
                if step.is_some() || !known {
                    self.emit(EventKind::RunBlocked {
                        by,
                        check,
                        reason,
                        clears,
                        step,
                    });
                }
            }
            RunStatus::Interrupted
            | RunStatus::Completed
            | RunStatus::Failed
            | RunStatus::Cancelled
            | RunStatus::Rejected
            | RunStatus::Expired => {}
        }
    }
}
