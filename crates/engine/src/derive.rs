//! What follows from a run's state and is never stored.

use crate::graph::{Graph, NodeId};
use crate::state::{Run, StepState};
use crate::view::World;
use crate::why::why;
use model::api::RunRow;
use model::event::Wait;
use model::{MoveKind, RunStatus, Step, StepKind, StepPath, StepStatus, Timestamp, WaitKind};
use std::sync::Arc;

/// No event for this long, with nothing that allows more, makes a running run stalled: five minutes.
pub const STALL_MS: u64 = 300_000;

/// How far a run is: top-level steps behind it, and all of them. A step that was skipped by its condition, disabled or
/// skipped by a person counts as behind; one that never ran because the run ended does not.
pub fn progress(run: &Run) -> (usize, usize) {
    (run.live().done, run.definition.steps.len())
}

/// Running or starting, and no event for longer than the steps in flight or the engine allow. A waiting run never is.
pub fn is_stalled(run: &Run, now: Timestamp) -> bool {
    match run.status {
        RunStatus::Running | RunStatus::Starting => {}
        RunStatus::Queued
        | RunStatus::Waiting
        | RunStatus::Paused
        | RunStatus::Blocked
        | RunStatus::Draining
        | RunStatus::Interrupted
        | RunStatus::Completed
        | RunStatus::Failed
        | RunStatus::Cancelled
        | RunStatus::Rejected
        | RunStatus::Expired => return false,
    }
    let last_due = run.live().deadlines.last().map(|(at, _)| *at);
    now.since(run.last_event_at) > STALL_MS && last_due.is_none_or(|at| now > at)
}

/// Whether a person has to do something: decide, resolve, retry.
pub fn needs_attention(run: &Run) -> bool {
    match run.status {
        _ if run.imported.is_some() => false,
        RunStatus::Failed | RunStatus::Interrupted | RunStatus::Blocked => true,
        RunStatus::Waiting | RunStatus::Running | RunStatus::Starting | RunStatus::Paused => {
            run.open_waits(is_answerable).next().is_some()
        }
        RunStatus::Queued
        | RunStatus::Draining
        | RunStatus::Completed
        | RunStatus::Cancelled
        | RunStatus::Rejected
        | RunStatus::Expired => false,
    }
}

/// The one recommended move in the run's state.
pub fn primary_move(run: &Run) -> MoveKind {
    match run.status {
        RunStatus::Waiting => {
            if run.open_waits(is_decision).next().is_some() {
                MoveKind::Approve
            } else if run.open_waits(is_signal).next().is_some() {
                MoveKind::Complete
            } else if run.open_waits(is_question).next().is_some() {
                MoveKind::ContinueInChat
            } else {
                MoveKind::Cancel
            }
        }
        RunStatus::Paused | RunStatus::Blocked => MoveKind::Resume,
        RunStatus::Failed | RunStatus::Interrupted | RunStatus::Cancelled
            if run.imported.is_some() =>
        {
            MoveKind::RunAgain
        }
        RunStatus::Failed | RunStatus::Interrupted | RunStatus::Cancelled => MoveKind::Retry,
        RunStatus::Queued | RunStatus::Starting | RunStatus::Running | RunStatus::Draining => {
            MoveKind::Cancel
        }
        RunStatus::Completed | RunStatus::Rejected | RunStatus::Expired => MoveKind::RunAgain,
    }
}

pub(crate) fn is_decision(kind: WaitKind) -> bool {
    matches!(kind, WaitKind::HumanTask | WaitKind::Checkpoint)
}

pub(crate) fn is_signal(kind: WaitKind) -> bool {
    kind == WaitKind::Waitpoint
}

/// An agent asked a person.
pub(crate) fn is_question(kind: WaitKind) -> bool {
    kind == WaitKind::Chat
}

/// A person or the outside answers it.
pub(crate) fn is_answerable(kind: WaitKind) -> bool {
    is_decision(kind) || is_signal(kind) || is_question(kind)
}

/// The run as a row of a list.
pub fn row(run: &Run, world: &World, now: Timestamp) -> RunRow {
    let (done, total) = progress(run);
    let step = run
        .failed_step
        .clone()
        .or_else(|| run.first_in_flight().map(|s| s.path.clone()));
    RunRow {
        id: run.id.clone(),
        title: run.title.clone(),
        about: run.about.clone(),
        workflow_id: run.workflow.id.clone(),
        workflow_name: run.workflow.name.clone(),
        workflow_version: run.workflow.version,
        status: run.status,
        wait_kind: run.wait_kind,
        why: why(run, world, now),
        failure: run.failure.clone(),
        step_name: step.as_ref().map(|p| run.step_name(p)),
        step,
        steps_done: done as u32,
        steps_total: total as u32,
        steps_by_status: run.live().by_status(),
        attempt: run.attempt,
        queue: run.queue.clone(),
        environment: run.environment.clone(),
        trigger: run.trigger,
        created_by: run.created_by.clone(),
        labels: run.labels.clone(),
        mission: run.belongs.mission.clone(),
        parent: run.parent.as_ref().map(|p| p.run.clone()),
        imported: run.imported.is_some(),
        created_at: run.created_at,
        started_at: run.started_at,
        ended_at: run.ended_at,
        updated_at: run.last_event_at,
        cost: run.cost,
        mock: run.mock,
        primary_move: primary_move(run),
        seq: run.seq,
    }
}

impl Run {
    /// The run without its steps' inputs, outputs and items: what [`crate::RunView`] carries.
    pub fn lean(&self) -> Self {
        let mut run = self.clone();
        for step in run.steps.values_mut() {
            *step = Arc::new(step.without_values());
        }
        run
    }

    /// The step as it stands; `None` where it does not exist (yet).
    pub fn step(&self, path: &StepPath) -> Option<&StepState> {
        self.steps.get(path).map(Arc::as_ref)
    }

    /// The step's definition; `None` for a path the workflow does not have.
    pub fn step_def(&self, path: &StepPath) -> Option<&Step> {
        let graph = self.graph();
        graph.step(&self.definition, graph.node(path)?)
    }

    /// The name people read, with its iteration inside a loop: "Look up (item 4)", "Ask (iteration 2)".
    pub fn step_name(&self, path: &StepPath) -> String {
        let own = self.step_def(path).map_or(path.as_str(), Step::shown);
        match path.parent() {
            None => own.to_owned(),
            Some((around, index)) => {
                let kind = self.step_def(&around).map(|s| &s.kind);
                let part = match kind {
                    Some(StepKind::While(_)) => "iteration",
                    _ => "item",
                };
                format!("{own} ({part} {})", index + 1)
            }
        }
    }

    /// The steps directly inside a loop, of all iterations that exist, in order.
    pub fn children(&self, path: &StepPath) -> Vec<&StepState> {
        let graph = self.graph();
        let inside = self.descendants(path);
        let is_child = |p: &StepPath| p.parent().is_some_and(|(around, _)| around == *path);
        let children = inside.filter(|(p, _)| is_child(p)).map(|(_, step)| step);
        let mut children: Vec<_> = children.collect();
        children.sort_by_cached_key(|s| graph.order_key(&s.path));
        children
    }

    /// How many steps directly inside a loop failed, over all iterations: as counting [`Self::children`], without
    /// putting them in order.
    pub fn failed_inside(&self, path: &StepPath) -> usize {
        let inside = self.descendants(path);
        let failed = inside.filter(|(_, step)| step.status == StepStatus::Failed);
        failed
            .filter(|(p, _)| p.parent().is_some_and(|(around, _)| around == *path))
            .count()
    }

    /// Every step beside this one that it depends on, directly or through others, and what may stand in for them.
    pub fn upstream(&self, path: &StepPath) -> Vec<StepPath> {
        self.reachable(path, &|graph, node| {
            let own = &graph.nodes[node];
            let stand_ins = own.deps.iter().filter_map(|d| graph.nodes[*d].fallback);
            let stand_ins = stand_ins.filter(|f| *f != node);
            let before = own.deps.iter().chain(&own.primaries).copied();
            before.chain(stand_ins).collect()
        })
    }

    /// Every step beside this one that comes after it, directly or through others.
    pub fn downstream(&self, path: &StepPath) -> Vec<StepPath> {
        self.reachable(path, &|graph, node| graph.nodes[node].wakes.clone())
    }

    fn reachable(
        &self,
        path: &StepPath,
        next: &dyn Fn(&Graph, NodeId) -> Vec<NodeId>,
    ) -> Vec<StepPath> {
        let graph = self.graph();
        let Some(start) = graph.node(path) else {
            return Vec::new();
        };
        let mut found = vec![false; graph.nodes.len()];
        let mut queue = vec![start];
        while let Some(node) = queue.pop() {
            for other in next(graph, node) {
                if other != start && !std::mem::replace(&mut found[other], true) {
                    queue.push(other);
                }
            }
        }
        let body = graph.siblings(path).order.iter();
        body.filter(|n| found[**n])
            .map(|n| crate::graph::beside(path, &graph.nodes[*n].id))
            .collect()
    }

    pub(crate) fn is_agent(&self, path: &StepPath) -> bool {
        let step = self.step_def(path);
        step.is_some_and(|step| matches!(step.kind, StepKind::AgentCall(_)))
    }

    /// The agents that a person can write to now.
    pub(crate) fn open_chats(&self) -> impl Iterator<Item = &StepState> {
        let stopped = matches!(self.status, RunStatus::Failed | RunStatus::Interrupted);
        let ended = self.order.iter().filter(move |_| stopped);
        let ended = ended.filter_map(|path| self.step(path));
        let steps = self.open_waits(is_question).chain(ended);
        steps.filter(|step| self.may_chat(step))
    }

    /// Whether the step is an agent that a person can write to: it waits for an answer, or its failure ended the run.
    pub(crate) fn may_chat(&self, step: &StepState) -> bool {
        match step.status {
            StepStatus::Waiting => {
                let goes_on = matches!(self.status, RunStatus::Running | RunStatus::Waiting);
                goes_on && matches!(step.wait, Some(Wait::Chat { .. }))
            }
            StepStatus::Failed => {
                matches!(self.status, RunStatus::Failed | RunStatus::Interrupted)
                    && step.attempt == self.attempt
                    && step.handled.is_none()
                    && self.is_agent(&step.path)
            }
            StepStatus::Pending
            | StepStatus::Running
            | StepStatus::Retrying
            | StepStatus::Completed
            | StepStatus::Cancelled
            | StepStatus::Skipped => false,
        }
    }

    /// The step in flight that says most about the run: the longest running one, else one that retries, else the one that
    /// waits longest. Never a loop.
    pub fn first_in_flight(&self) -> Option<&StepState> {
        let live = self.live();
        let busy = live.busy.first().map(|(_, _, path)| path);
        let path = busy.or_else(|| live.waiting.first().map(|(_, path)| path));
        self.step(path?)
    }

    /// Steps that wait for what is answered ([`is_answerable`]), by what that is, the longest waiting first.
    pub(crate) fn open_waits(&self, of: fn(WaitKind) -> bool) -> impl Iterator<Item = &StepState> {
        let waiting = self.live().answerable.iter();
        waiting
            .filter_map(|(_, path)| self.step(path))
            .filter(move |s| s.wait.as_ref().is_some_and(|w| of(w.kind())))
    }

    /// When the run expires if it has not started by then.
    pub(crate) fn expiry(&self) -> Option<Timestamp> {
        let may_expire = match self.status {
            RunStatus::Queued | RunStatus::Paused | RunStatus::Blocked => {
                self.started_at.is_none() && self.attempt == 1
            }
            RunStatus::Starting
            | RunStatus::Running
            | RunStatus::Waiting
            | RunStatus::Draining
            | RunStatus::Interrupted
            | RunStatus::Completed
            | RunStatus::Failed
            | RunStatus::Cancelled
            | RunStatus::Rejected
            | RunStatus::Expired => false,
        };
        self.expires_at.filter(|_| may_expire)
    }

    /// When the graceful stop that is under way gives up.
    pub(crate) fn drain_deadline(&self) -> Option<Timestamp> {
        let stop = self.stop.as_ref()?;
        stop.deadline.filter(|_| self.status == RunStatus::Draining)
    }

    /// When the attempt's working time is used up, while it works.
    pub(crate) fn work_deadline(&self) -> Option<Timestamp> {
        let limit_ms = self.definition.timeout_s?.saturating_mul(1000);
        if self.status == RunStatus::Draining {
            return None;
        }
        let left = limit_ms.saturating_sub(self.worked_ms);
        self.working_since.map(|since| since.plus_ms(left))
    }
}
