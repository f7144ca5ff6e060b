//! Decisions of people and signals from outside.

use super::work::Work;
use crate::command::Refusal;
use crate::state::StepState;
use model::event::{Decision, StepMessage, Wait};
use model::workflow::OnReject;
use model::{EventKind, Failure, FailureCode, SkipReason, StepKind, StepPath, StepStatus, TaskId};
use serde_json::{Value, json};
use std::sync::Arc;

/// The longest message to an agent, in bytes.
const MAX_MESSAGE: usize = 64 * 1024;

impl Work<'_> {
    pub fn approve(
        &mut self,
        task: &TaskId,
        comment: Option<String>,
        result: Option<Value>,
    ) -> Result<(), Refusal> {
        let path = self.open_task(task)?;
        self.decide_task(&path, task, Decision::Approved, comment);
        self.complete_task(&path, true, result);
        Ok(())
    }

    pub fn reject(&mut self, task: &TaskId, comment: Option<String>) -> Result<(), Refusal> {
        let path = self.open_task(task)?;
        self.decide_task(&path, task, Decision::Rejected, comment);
        self.complete_task(&path, false, None);
        Ok(())
    }

    pub fn skip_task(&mut self, task: &TaskId, comment: Option<String>) -> Result<(), Refusal> {
        let path = self.open_task(task)?;
        self.decide_task(&path, task, Decision::Skipped, comment);
        self.skip(vec![path], SkipReason::Operator, None);
        Ok(())
    }

    fn decide_task(
        &mut self,
        path: &StepPath,
        task: &TaskId,
        decision: Decision,
        comment: Option<String>,
    ) {
        self.emit(EventKind::StepDecided {
            path: path.clone(),
            task: task.clone(),
            decision,
            comment,
        });
    }

    /// What follows from a decision.
    pub fn complete_task(&mut self, path: &StepPath, approved: bool, result: Option<Value>) {
        let comment = self.step(path).and_then(|s| s.comment.clone());
        self.emit(EventKind::StepCompleted {
            key: self.key(path),
            output: json!({ "approved": approved, "comment": comment, "result": result }),
            usage: None,
        });
        if !approved && self.rejection_ends_run(path) {
            self.reject_run(path);
        }
    }

    pub fn rejection_ends_run(&self, path: &StepPath) -> bool {
        let definition = self.definition(path);
        match definition.as_ref().and_then(|d| d.get()).map(|s| &s.kind) {
            Some(StepKind::HumanTask(task)) => task.on_reject == OnReject::Run,
            _ => false,
        }
    }

    pub fn reject_run(&mut self, path: &StepPath) {
        let comment = self.step(path).and_then(|s| s.comment.clone());
        self.clear(None, SkipReason::Rejected, Some(path));
        self.emit(EventKind::RunRejected {
            step: path.clone(),
            comment,
        });
    }

    fn open_task(&self, task: &TaskId) -> Result<StepPath, Refusal> {
        let is_it = |step: &&StepState| matches!(&step.wait, Some(Wait::HumanTask { task: t, .. }) if t == task);
        let Some(step) = self.run.steps.values().map(Arc::as_ref).find(is_it) else {
            return Err(Refusal::Invalid {
                pointer: "/task".into(),
                message: format!("This run has no open task {task}."),
            });
        };
        if step.status == StepStatus::Waiting && step.decision.is_none() {
            return Ok(step.path.clone());
        }
        let name = self.run.step_name(&step.path);
        Err(Refusal::NotLegal(match (step.decision, &step.decided_by) {
            (Some(decision), Some(by)) => format!(
                "{name} was {} by {} already.",
                decision.shown().to_lowercase(),
                by.name
            ),
            (Some(decision), None) => {
                format!("{name} was {} already.", decision.shown().to_lowercase())
            }
            (None, _) => format!(
                "{name} no longer waits for a decision; it is {}.",
                step.status.shown().to_lowercase()
            ),
        }))
    }

    pub fn complete_waitpoint(&mut self, path: &StepPath, body: Value) -> Result<(), Refusal> {
        let Some(step) = self.waitpoint(path)? else {
            self.emit(EventKind::StepCompleted {
                key: self.key(path),
                output: body,
                usage: None,
            });
            return Ok(());
        };
        // The second time: the same answer, nothing happens.
        if step == StepStatus::Completed {
            return Ok(());
        }
        Err(self.closed(path, step))
    }

    /// A person writes to an agent: the answer to its question, or a word to one whose failure ended the run.
    pub fn chat(
        &mut self,
        path: &StepPath,
        text: String,
        reason: Option<String>,
    ) -> Result<(), Refusal> {
        let invalid = |pointer: &str, message: String| {
            Err(Refusal::Invalid {
                pointer: pointer.into(),
                message,
            })
        };
        if text.trim().is_empty() {
            return invalid("/message", "The message is empty.".into());
        }
        if text.len() > MAX_MESSAGE {
            return invalid("/message", "A message has at most 64 KiB.".into());
        }
        let Some(step) = self.step(path) else {
            return invalid("/step", format!("This run has no step {path}."));
        };
        if !self.run.may_chat(step) {
            let what = if self.run.is_agent(path) {
                "waits for no answer"
            } else {
                "has no agent"
            };
            return Err(Refusal::NotLegal(format!(
                "{} {what}: the step is {}.",
                self.run.step_name(path),
                step.status.shown().to_lowercase()
            )));
        }
        if step.status == StepStatus::Failed {
            let message = StepMessage {
                step: path.clone(),
                text,
            };
            return self.retry(None, None, Some(message), reason);
        }
        let by = self.actor.clone();
        self.next_try(path, false);
        let key = self.key(path);
        self.tell_agent(key, text, by);
        Ok(())
    }

    pub fn force_timeout(&mut self, path: &StepPath) -> Result<(), Refusal> {
        if let Some(status) = self.waitpoint(path)? {
            return Err(self.closed(path, status));
        }
        let failure = Failure::new(
            FailureCode::WaitpointTimedOut,
            format!("{} was timed out by hand.", self.run.step_name(path)),
        );
        self.fail(path, failure, None);
        Ok(())
    }

    /// `None` when the step waits on its waitpoint; else its status.
    fn waitpoint(&self, path: &StepPath) -> Result<Option<StepStatus>, Refusal> {
        match self.step(path) {
            Some(step) if matches!(step.wait, Some(Wait::Waitpoint { .. })) => {
                Ok((step.status != StepStatus::Waiting).then_some(step.status))
            }
            Some(_) | None => Err(Refusal::Invalid {
                pointer: "/step".into(),
                message: format!("The step {path} of this run waits on no waitpoint."),
            }),
        }
    }

    fn closed(&self, path: &StepPath, status: StepStatus) -> Refusal {
        Refusal::NotLegal(format!(
            "The waitpoint of {} is closed: the step is {}.",
            self.run.step_name(path),
            status.shown().to_lowercase()
        ))
    }
}
