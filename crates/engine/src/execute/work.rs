//! One command being executed: the run as it changes, the events so far, and the steps to look at next.

use crate::apply::apply;
use crate::graph::{Graph, beside};
use crate::state::{Run, StepState};
use model::event::TryKey;
use model::{
    Actor, Event, EventKind, RunStatus, SkipReason, Step, StepPath, StepStatus, Timestamp,
};
use std::collections::VecDeque;
use std::sync::Arc;

pub(super) struct Work<'r> {
    pub run: &'r mut Run,
    pub now: Timestamp,
    pub events: Vec<Event>,
    /// Who caused the events that follow; absent once the engine goes on by itself.
    pub actor: Option<Actor>,
    /// A rehearsal: values that are not at hand count as `null`.
    pub rehearsal: bool,
    pub graph: Arc<Graph>,
    /// Steps that may be ready.
    pub ready: VecDeque<StepPath>,
    /// Loops that may go on or end.
    pub loops: VecDeque<StepPath>,
}

impl<'r> Work<'r> {
    pub fn new(run: &'r mut Run, now: Timestamp, rehearsal: bool) -> Self {
        let graph = Arc::clone(run.graph());
        Self {
            // A clock that ran backwards must not make a journal that does.
            now: now.max(run.last_event_at),
            run,
            events: Vec::new(),
            actor: None,
            rehearsal,
            graph,
            ready: VecDeque::new(),
            loops: VecDeque::new(),
        }
    }

    /// Adds an event, applies it, and remembers what to look at because of it.
    pub fn emit(&mut self, kind: EventKind) {
        let event = Event {
            seq: self.run.seq + 1,
            at: self.now,
            actor: self.actor.clone(),
            event: kind,
        };
        apply(self.run, &event);
        match &event.event {
            EventKind::StepCompleted { key, .. } | EventKind::StepFailed { key, .. } => {
                self.wake(&key.path);
            }
            EventKind::StepsSkipped { paths, .. } => {
                for path in paths {
                    self.wake(path);
                }
            }
            _ => {}
        }
        self.events.push(event);
    }

    fn wake(&mut self, path: &StepPath) {
        if let Some(node) = self.graph.node(path) {
            for &waits in &self.graph.nodes[node].wakes {
                self.ready
                    .push_back(beside(path, &self.graph.nodes[waits].id));
            }
        }
        if let Some((around, _)) = path.parent()
            && self.run.live().open_in(path.scope()) == 0
        {
            self.loops.push_back(around);
        }
    }

    /// Whether steps may begin.
    pub fn schedules(&self) -> bool {
        match self.run.status {
            RunStatus::Starting | RunStatus::Running | RunStatus::Waiting => true,
            RunStatus::Queued
            | RunStatus::Paused
            | RunStatus::Blocked
            | RunStatus::Draining
            | RunStatus::Interrupted
            | RunStatus::Completed
            | RunStatus::Failed
            | RunStatus::Cancelled
            | RunStatus::Rejected
            | RunStatus::Expired => false,
        }
    }

    pub fn step(&self, path: &StepPath) -> Option<&StepState> {
        self.run.step(path)
    }

    /// The step's definition; the handle keeps it readable while the run changes.
    pub fn definition(&self, path: &StepPath) -> Option<StepRef> {
        Some(StepRef {
            definition: Arc::clone(&self.run.definition),
            graph: Arc::clone(&self.graph),
            node: self.graph.node(path)?,
        })
    }

    /// The key of the step's current try.
    pub fn key(&self, path: &StepPath) -> TryKey {
        TryKey {
            path: path.clone(),
            attempt: self.run.attempt,
            try_no: self.step(path).map_or(1, |s| s.tries.max(1)),
        }
    }

    pub fn skip(&mut self, paths: Vec<StepPath>, reason: SkipReason, cause: Option<StepPath>) {
        if !paths.is_empty() {
            self.emit(EventKind::StepsSkipped {
                paths,
                reason,
                caused_by_step_id: cause,
            });
        }
    }

    /// Paths in the order of the document, of the whole run or of what lies inside `around` (`loop` or `loop[2]`).
    pub fn paths(&self, around: Option<&str>, keep: fn(&StepState) -> bool) -> Vec<StepPath> {
        let wanted = |path: &&StepPath| {
            around.is_none_or(|around| {
                let inside = path.as_str().strip_prefix(around);
                inside.is_some_and(|rest| rest.starts_with(['[', '.']))
            }) && self.step(path).is_some_and(keep)
        };
        match around {
            None => self.run.order.iter().filter(wanted).cloned().collect(),
            Some(text) => {
                let (from, to) = (StepPath::new(text), StepPath::new(format!("{text}\\")));
                let inside = self.run.steps.range(from..to).map(|(path, _)| path);
                let mut paths: Vec<_> = inside.filter(wanted).cloned().collect();
                paths.sort_by_cached_key(|p| self.graph.order_key(p));
                paths
            }
        }
    }

    /// Cancels what is in flight and skips what has not begun, in the whole run or inside `around`.
    pub fn clear(&mut self, around: Option<&str>, reason: SkipReason, cause: Option<&StepPath>) {
        for path in self.paths(around, |s| s.status.is_in_flight()) {
            self.emit(EventKind::StepCancelled {
                path,
                caused_by_step_id: cause.cloned(),
            });
        }
        let pending = self.paths(around, |s| s.status == StepStatus::Pending);
        self.skip(pending, reason, cause.cloned());
    }
}

/// A step's definition, held apart from the run.
pub(super) struct StepRef {
    definition: Arc<model::Workflow>,
    graph: Arc<Graph>,
    node: usize,
}

impl StepRef {
    pub fn get(&self) -> Option<&Step> {
        self.graph.step(&self.definition, self.node)
    }
}
