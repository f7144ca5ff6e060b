//! What the events of steps change.

use crate::state::{Iterations, Run, StepState, TryState};
use model::event::{TryKey, Wait};
use model::transcript::ASK;
use model::{Event, EventKind, Failure, StepPath, StepStatus, Timestamp, TranscriptEntry, Usage};
use std::sync::Arc;

impl Run {
    pub(super) fn apply_to_step(&mut self, event: &Event) {
        let at = event.at;
        match &event.event {
            EventKind::StepStarted {
                key,
                input,
                effect,
                recovered,
                continues,
            } => {
                self.started_at.get_or_insert(at);
                if self.status == model::RunStatus::Starting {
                    self.set_status(model::RunStatus::Running, at);
                }
                self.with_step(&key.path, &mut |step| {
                    // An agent that was answered has done what it could; any other try that is still open was lost.
                    let answered = matches!(step.wait, Some(Wait::Chat { .. }));
                    let before = if answered {
                        StepStatus::Completed
                    } else {
                        StepStatus::Cancelled
                    };
                    step.end_try(before, at, None, None);
                    if answered {
                        step.wait = None;
                        step.waiting_since = None;
                    }
                    step.message = None;
                    step.open_calls = 0;
                    step.status = StepStatus::Running;
                    step.attempt = key.attempt;
                    step.tries = key.try_no;
                    step.max_tries += u32::from(*recovered || answered);
                    step.started_at.get_or_insert(at);
                    step.ended_at = None;
                    step.retry_at = None;
                    step.failure = None;
                    step.effect = *effect;
                    step.input = Some(input.clone());
                    step.history.push(TryState {
                        attempt: key.attempt,
                        try_no: key.try_no,
                        started_at: at,
                        ended_at: None,
                        waiting_since: None,
                        status: StepStatus::Running,
                        failure: None,
                        usage: None,
                        entries: 0,
                        continues: *continues,
                    });
                });
            }
            EventKind::StepRetrying {
                key,
                failure,
                until,
                usage,
            } => {
                self.spend(usage.as_ref());
                self.with_step(&key.path, &mut |step| {
                    step.end_try(StepStatus::Failed, at, Some(failure), usage.as_ref());
                    step.status = StepStatus::Retrying;
                    step.retry_at = Some(*until);
                    step.failure = Some(failure.clone());
                });
            }
            EventKind::StepWaiting { path, wait } => self.with_step(path, &mut |step| {
                step.status = StepStatus::Waiting;
                step.wait = Some(wait.clone());
                step.waiting_since = Some(at);
                if let Some(last) = step.history.last_mut() {
                    last.status = StepStatus::Waiting;
                    last.waiting_since = Some(at);
                }
            }),
            EventKind::StepDecided {
                path,
                decision,
                comment,
                ..
            } => self.with_step(path, &mut |step| {
                step.decision = Some(*decision);
                step.decided_by.clone_from(&event.actor);
                step.comment.clone_from(comment);
            }),
            EventKind::StepCompleted { key, output, usage } => {
                self.spend(usage.as_ref());
                self.with_step(&key.path, &mut |step| {
                    step.end_try(StepStatus::Completed, at, None, usage.as_ref());
                    step.settle(StepStatus::Completed, key.attempt, at);
                    step.failure = None;
                    step.output = Some(output.clone());
                });
            }
            EventKind::StepFailed {
                key,
                failure,
                handled,
                usage,
            } => {
                self.spend(usage.as_ref());
                self.with_step(&key.path, &mut |step| {
                    step.end_try(StepStatus::Failed, at, Some(failure), usage.as_ref());
                    step.settle(StepStatus::Failed, key.attempt, at);
                    step.failure = Some(failure.clone());
                    step.handled.clone_from(handled);
                });
            }
            EventKind::StepCancelled {
                path,
                caused_by_step_id,
            } => {
                let attempt = self.attempt;
                self.with_step(path, &mut |step| {
                    step.end_try(StepStatus::Cancelled, at, None, None);
                    step.settle(StepStatus::Cancelled, attempt, at);
                    step.caused_by.clone_from(caused_by_step_id);
                });
            }
            EventKind::StepsSkipped {
                paths,
                reason,
                caused_by_step_id,
            } => {
                let attempt = self.attempt;
                for path in paths {
                    self.with_step(path, &mut |step| {
                        step.end_try(StepStatus::Skipped, at, None, None);
                        step.settle(StepStatus::Skipped, attempt, at);
                        step.skip_reason = Some(*reason);
                        step.caused_by.clone_from(caused_by_step_id);
                    });
                }
            }
            EventKind::ItemsListed { path, items } => self.with_step(path, &mut |step| {
                step.iterations = Some(Iterations {
                    total: Some(items.len()),
                    begun: 0,
                });
                step.items = Some(items.clone());
            }),
            EventKind::IterationStarted { path, index } => self.begin_iteration(path, *index),
            EventKind::StepTranscript { key, entries } => {
                let noted = Noted::of(entries);
                self.note(key, &noted);
            }
            EventKind::RunCreated(_)
            | EventKind::RunQueued { .. }
            | EventKind::RunDequeued { .. }
            | EventKind::AttemptStarted { .. }
            | EventKind::RunPaused { .. }
            | EventKind::RunResumed
            | EventKind::RunBlocked { .. }
            | EventKind::RunUnblocked
            | EventKind::RunDraining { .. }
            | EventKind::RunInterrupted { .. }
            | EventKind::RunCompleted { .. }
            | EventKind::RunFailed { .. }
            | EventKind::RunCancelled { .. }
            | EventKind::RunRejected { .. }
            | EventKind::RunExpired
            | EventKind::ArtifactWritten { .. }
            | EventKind::SandboxOpened { .. } => {}
        }
    }

    /// A try wrote entries of its transcript. What the turns of an agent used is counted from them; other steps report
    /// theirs at their end.
    pub(crate) fn note(&mut self, key: &TryKey, noted: &Noted) {
        let used = noted.used.as_ref().filter(|_| self.is_agent(&key.path));
        self.spend(used);
        self.with_step(&key.path, &mut |step| step.note(key, noted, used));
    }

    /// The steps of the iteration exist from here on; those an earlier attempt left stay as they are.
    fn begin_iteration(&mut self, path: &StepPath, index: usize) {
        if !self.steps.contains_key(path) {
            return;
        }
        let graph = Arc::clone(self.graph());
        let Some(node) = graph.node(path) else { return };
        self.with_step(path, &mut |step| {
            let known = step.iterations.unwrap_or(Iterations {
                total: None,
                begun: 0,
            });
            step.iterations = Some(Iterations {
                begun: known.begun.max(index + 1),
                ..known
            });
        });
        let definition = Arc::clone(&self.definition);
        let mut place = None;
        for &child in &graph.nodes[node].body.order {
            let child_path = path.child(index, &graph.nodes[child].id);
            if self.steps.contains_key(&child_path) {
                continue;
            }
            let Some(step) = graph.step(&definition, child) else {
                continue;
            };
            let at = place.unwrap_or_else(|| {
                let key = graph.order_key(&child_path);
                let before = |p: &StepPath| graph.order(p).lt(key.iter().copied());
                // Most begin behind all there is.
                if self.order.last().is_some_and(before) {
                    self.order.len()
                } else {
                    self.order.partition_point(before)
                }
            });
            self.order.insert(at, child_path.clone());
            place = Some(at + 1);
            self.add_step(StepState::pending(step, child_path, self.attempt));
        }
        self.iteration_begun(path, &format!("{path}[{index}]"));
    }

    /// A step whose call did not go out: as if it had not been started.
    pub(super) fn take_back(&mut self, path: &StepPath) {
        self.with_step(path, &mut |step| {
            if step.status == StepStatus::Running {
                step.status = StepStatus::Pending;
                step.history.pop();
                step.tries -= step.tries.min(1);
                if step.tries == 0 {
                    step.started_at = None;
                }
            }
        });
    }
}

impl StepState {
    fn settle(&mut self, status: StepStatus, attempt: u32, at: Timestamp) {
        self.status = status;
        self.attempt = attempt;
        self.ended_at = Some(at);
        self.retry_at = None;
    }

    fn end_try(
        &mut self,
        status: StepStatus,
        at: Timestamp,
        failure: Option<&Failure>,
        usage: Option<&Usage>,
    ) {
        self.use_up(usage);
        if let Some(last) = self.history.last_mut().filter(|t| t.ended_at.is_none()) {
            last.status = status;
            last.ended_at = Some(at);
            last.failure = failure.cloned();
            if usage.is_some() {
                last.usage = usage.cloned();
            }
        }
    }

    /// The try wrote entries of its transcript.
    fn note(&mut self, key: &TryKey, noted: &Noted, used: Option<&Usage>) {
        self.open_calls = (self.open_calls + noted.went_out).saturating_sub(noted.came_back);
        self.use_up(used);
        if let Some(known) = self.find_try(key) {
            known.entries += noted.entries;
            known.use_up(used);
        }
    }

    /// What only the whole step holds.
    pub(crate) fn forget_values(&mut self) {
        self.input = None;
        self.input_override = None;
        self.last_input = None;
        self.output = None;
        self.items = None;
    }

    /// A copy as after [`Self::forget_values`]; values may be large, and are not copied first.
    pub(crate) fn without_values(&self) -> Self {
        Self {
            path: self.path.clone(),
            status: self.status,
            attempt: self.attempt,
            tries: self.tries,
            max_tries: self.max_tries,
            effect: self.effect,
            started_at: self.started_at,
            ended_at: self.ended_at,
            retry_at: self.retry_at,
            wait: self.wait.clone(),
            waiting_since: self.waiting_since,
            decision: self.decision,
            decided_by: self.decided_by.clone(),
            comment: self.comment.clone(),
            skip_reason: self.skip_reason,
            caused_by: self.caused_by.clone(),
            failure: self.failure.clone(),
            handled: self.handled.clone(),
            reused: self.reused,
            usage: self.usage.clone(),
            output: None,
            input: None,
            input_override: None,
            last_input: None,
            message: self.message.clone(),
            open_calls: self.open_calls,
            items: None,
            iterations: self.iterations,
            history: self.history.clone(),
        }
    }

    fn use_up(&mut self, usage: Option<&Usage>) {
        add(&mut self.usage, usage);
    }

    fn find_try(&mut self, key: &TryKey) -> Option<&mut TryState> {
        let tries = self.history.iter_mut().rev();
        tries
            .take_while(|t| t.attempt >= key.attempt)
            .find(|t| t.attempt == key.attempt && t.try_no == key.try_no)
    }
}

impl TryState {
    fn use_up(&mut self, usage: Option<&Usage>) {
        add(&mut self.usage, usage);
    }
}

fn add(sum: &mut Option<Usage>, more: Option<&Usage>) {
    if let Some(more) = more {
        *sum = Some(match sum.take() {
            None => more.clone(),
            Some(known) => known.plus(more),
        });
    }
}

/// What entries of a transcript change in the run.
#[derive(Debug, Default)]
pub(crate) struct Noted {
    entries: u64,
    used: Option<Usage>,
    /// Calls of tools that went out, and results that came back.
    went_out: u32,
    came_back: u32,
}

impl Noted {
    pub(crate) fn of(entries: &[TranscriptEntry]) -> Self {
        let mut noted = Self {
            entries: entries.len() as u64,
            ..Self::default()
        };
        for entry in entries {
            match entry {
                TranscriptEntry::Message { usage, .. } => add(&mut noted.used, usage.as_ref()),
                TranscriptEntry::ToolCall { server, .. } if server != ASK => noted.went_out += 1,
                TranscriptEntry::ToolResult { .. } => noted.came_back += 1,
                TranscriptEntry::ToolCall { .. }
                | TranscriptEntry::Thinking { .. }
                | TranscriptEntry::FileEdit { .. }
                | TranscriptEntry::Log { .. }
                | TranscriptEntry::Error { .. } => {}
            }
        }
        noted
    }
}
