//! Commands in, events out.

mod begin;
mod fail;
mod loops;
mod ready;
mod recover;
pub(crate) mod reset;
mod results;
mod settle;
mod stop;
mod tasks;
mod timers;
mod work;

use crate::command::{Command, Refusal};
use crate::legal;
use crate::state::Run;
use model::{Actor, Event, EventKind, Move, MoveKind, QueuedReason, RunStatus, Timestamp};
use work::Work;

/// What `command` does to `run`, without changing it. Copies the run: for a plan, a test or a single question.
pub fn decide(run: &Run, command: Command, now: Timestamp) -> Result<Vec<Event>, Refusal> {
    execute(&mut run.clone(), command, now)
}

/// Does `command`: the events are applied to `run` and returned, numbered without gaps. On a refusal the run is unchanged.
/// A stale or repeated result gives no events.
pub fn execute(run: &mut Run, command: Command, now: Timestamp) -> Result<Vec<Event>, Refusal> {
    Work::new(run, now, false).command(command)
}

/// As [`execute`] on a copy, for a plan: values that are not at hand count as `null`, so that a run without its outputs
/// can be planned too.
pub(crate) fn rehearse(
    run: &Run,
    command: Command,
    now: Timestamp,
) -> Result<(Run, Vec<Event>), Refusal> {
    let mut copy = run.clone();
    let events = Work::new(&mut copy, now, true).command(command)?;
    Ok((copy, events))
}

impl Work<'_> {
    fn command(mut self, command: Command) -> Result<Vec<Event>, Refusal> {
        match command {
            Command::Create(_) => {
                return Err(Refusal::NotLegal("This run exists already.".into()));
            }
            Command::Dequeue { worker } => self.dequeue(worker)?,
            Command::Requeue { reason } => self.requeue(reason),
            Command::Move {
                actor,
                what,
                reason,
            } => self.make_move(actor, what, reason)?,
            Command::Completed { key, output, usage } => self.completed(key, output, usage),
            Command::Failed {
                key,
                failure,
                usage,
            } => self.failed(&key, failure, usage),
            Command::Asked { key, question } => self.asked(key, question),
            Command::SandboxOpened {
                key,
                sandbox,
                replaces,
            } => self.sandbox_opened(&key, sandbox, replaces),
            Command::ChildStarted { key, run } => self.child_started(&key, run),
            Command::Noted { key, entries } => self.noted(key, entries),
            Command::Artifact { key, artifact } => self.artifact(&key, artifact),
            Command::TimerDue => self.timer_due(),
            Command::Block {
                by,
                check,
                reason,
                clears,
                step,
            } => self.block(by, check, reason, clears, step),
            Command::Unblock => {
                if self.run.block.as_ref().is_some_and(|b| !b.cleared) {
                    self.emit(EventKind::RunUnblocked);
                }
            }
            Command::Recover => self.recover(),
        }
        self.settle();
        Ok(self.events)
    }

    fn dequeue(&mut self, worker: String) -> Result<(), Refusal> {
        if self.run.status != RunStatus::Queued {
            return Err(Refusal::NotLegal(format!(
                "Only a queued run can be taken from its queue; this one is {}.",
                self.run.status
            )));
        }
        if self.run.not_before.is_some_and(|t| t > self.now) {
            return Err(Refusal::NotLegal(
                "The run is delayed and its start time has not come.".into(),
            ));
        }
        self.emit(EventKind::RunDequeued { worker });
        self.look_at_all();
        Ok(())
    }

    fn requeue(&mut self, reason: QueuedReason) {
        if self.run.status == RunStatus::Queued && self.run.queued_reason != Some(reason) {
            self.emit(EventKind::RunQueued { reason });
        }
    }

    fn make_move(
        &mut self,
        actor: Actor,
        what: Move,
        reason: Option<String>,
    ) -> Result<(), Refusal> {
        let kind = what.kind();
        // A repeated answer to an open wait has a better sentence than "nothing is open".
        let answers = matches!(
            kind,
            MoveKind::Approve
                | MoveKind::Reject
                | MoveKind::Skip
                | MoveKind::Complete
                | MoveKind::ContinueInChat
        );
        if !answers {
            legal::check(self.run, kind).map_err(Refusal::NotLegal)?;
        }
        self.actor = Some(actor);
        match what {
            Move::Retry => self.retry(None, None, None, reason)?,
            Move::RetryFromStep { step, input } => self.retry(Some(step), input, None, reason)?,
            Move::Resume => {
                self.emit(EventKind::RunResumed);
                self.look_at_all();
            }
            Move::Approve {
                task,
                comment,
                result,
            } => self.approve(&task, comment, result)?,
            Move::Reject { task, comment } => self.reject(&task, comment)?,
            Move::Skip { task, comment } => self.skip_task(&task, comment)?,
            Move::Complete { step, body } => self.complete_waitpoint(&step, body)?,
            Move::ForceTimeout { step } => self.force_timeout(&step)?,
            Move::ContinueInChat { step, message } => self.chat(&step, message, reason)?,
            Move::Pause => self.emit(EventKind::RunPaused { reason }),
            Move::StopGracefully { timeout_s } => self.drain(timeout_s, reason),
            Move::Cancel => self.cancel(reason),
            // The new run is the caller's to create; nothing happens to this one.
            Move::RunAgain { .. } => {}
        }
        self.actor = None;
        Ok(())
    }
}
