//! The first event: a run with all its steps pending.

use crate::state::{AttemptState, Run, StepState};
use model::event::RunCreated;
use model::{
    Actor, Event, EventKind, QueuedReason, RunStatus, Step, StepPath, StepStatus, Timestamp,
};
use std::sync::Arc;

impl Run {
    /// The run as its first event tells it; `None` when that is not `run_created`.
    pub fn fold_first(event: &Event) -> Option<Self> {
        let EventKind::RunCreated(created) = &event.event else {
            return None;
        };
        let RunCreated {
            run,
            workflow,
            definition,
            input,
            title,
            about,
            queue,
            environment,
            trigger,
            labels,
            belongs,
            not_before,
            again_of,
            parent,
            imported,
        } = &**created;
        let at = event.at;
        let created_by = event.actor.clone().unwrap_or_else(Actor::system);
        let starts = not_before.map_or(at, |t| t.max(at));
        let steps = definition.steps.iter();
        let steps: Vec<_> = steps
            .map(|s| StepState::pending(s, StepPath::from(&s.id), 1))
            .collect();
        Some(Self {
            id: run.clone(),
            seq: event.seq,
            workflow: workflow.clone(),
            definition: definition.clone(),
            title: title.clone(),
            about: about.clone(),
            input: input.clone(),
            queue: queue.clone(),
            environment: environment.clone(),
            trigger: *trigger,
            labels: labels.clone(),
            belongs: belongs.clone(),
            parent: parent.clone(),
            again_of: again_of.clone(),
            imported: imported.clone(),
            created_by: created_by.clone(),
            created_at: at,
            not_before: *not_before,
            expires_at: definition.ttl_s.map(|s| starts.plus_s(s)),
            status: RunStatus::Queued,
            status_since: at,
            queued_reason: Some(if starts > at {
                QueuedReason::Delayed
            } else {
                QueuedReason::Capacity
            }),
            wait_kind: None,
            block: None,
            stop: None,
            last_move_by: event.actor.clone(),
            holds: Vec::new(),
            attempt: 1,
            attempts: vec![AttemptState::new(1, event.seq, at, Some(created_by))],
            dequeued_at: None,
            worker: None,
            started_at: None,
            ended_at: None,
            last_event_at: at,
            worked_ms: 0,
            working_since: None,
            failure: None,
            failed_step: None,
            output: None,
            cost: None,
            mock: false,
            artifacts: Vec::new(),
            sandbox: None,
            order: steps.iter().map(|s| s.path.clone()).collect(),
            steps: steps
                .into_iter()
                .map(|s| (s.path.clone(), Arc::new(s)))
                .collect(),
            index: crate::index::Index::default(),
        })
    }
}

impl AttemptState {
    pub(super) fn new(attempt: u32, seq: u64, started_at: Timestamp, by: Option<Actor>) -> Self {
        Self {
            attempt,
            seq,
            started_at,
            ended_at: None,
            status: RunStatus::Queued,
            from: None,
            failed_step: None,
            failure: None,
            by,
            reason: None,
            worked_ms: 0,
            cost: None,
        }
    }
}

impl StepState {
    pub(crate) fn pending(step: &Step, path: StepPath, attempt: u32) -> Self {
        Self {
            path,
            status: StepStatus::Pending,
            attempt,
            tries: 0,
            max_tries: step.retry_count.saturating_add(1),
            effect: step.effect_or_default(),
            started_at: None,
            ended_at: None,
            retry_at: None,
            wait: None,
            waiting_since: None,
            decision: None,
            decided_by: None,
            comment: None,
            skip_reason: None,
            caused_by: None,
            failure: None,
            handled: None,
            reused: false,
            usage: None,
            output: None,
            input: None,
            input_override: None,
            last_input: None,
            message: None,
            open_calls: 0,
            items: None,
            iterations: None,
            history: Vec::new(),
        }
    }
}
