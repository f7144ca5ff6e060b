//! What follows a decision that is written: sandbox, queue, timer and parent.

use crate::host::Inner;
use crate::store::Place;
use engine::Run;
use futures_util::FutureExt;
use model::{RunStatus, Timestamp};
use std::sync::Arc;

impl Inner {
    /// A run that no longer needs its sandbox gives it up.
    pub(super) fn let_go(self: &Arc<Self>, run: &Run, before: Option<RunStatus>) {
        let kept = before.is_some_and(RunStatus::keeps_sandbox);
        let Some(sandbox) = run
            .sandbox
            .as_ref()
            .filter(|_| kept && !run.status.keeps_sandbox())
        else {
            return;
        };
        let (inner, run, sandbox) = (Arc::clone(self), run.id.clone(), sandbox.id.clone());
        let in_flight = self.in_flight.enter();
        self.platform.spawn(
            async move {
                inner.runner.release(&run, &sandbox).await;
                drop(in_flight);
            }
            .boxed(),
        );
    }

    /// Queue, timer and parent follow how a run stands. `before` is how it stood; absent when that is not known.
    pub(super) fn follow(
        self: &Arc<Self>,
        place: &Place,
        run: &Arc<Run>,
        before: Option<RunStatus>,
    ) {
        let now = self.platform.now();
        let delay =
            self.queues()
                .update(place, &run.queue, &run.id, run.status, run.not_before, now);
        self.set_delay(place, &run.id, delay);
        self.set_timer(place, &run.id, timer_of(run));
        let ended = run.status.is_terminal() && !before.is_some_and(RunStatus::is_terminal);
        if ended && run.parent.is_some() {
            self.tell_parent(place.clone(), Arc::clone(run));
        }
    }

    /// A timer that found nothing to do is not set to the past again.
    pub(super) fn rearm(&self, place: &Place, run: &Run, now: Timestamp) {
        let at = timer_of(run).map(|at| at.max(now.plus_s(1)));
        self.set_timer(place, &run.id, at);
    }
}

pub(super) fn timer_of(run: &Run) -> Option<Timestamp> {
    match engine::next_timer(run) {
        Some(engine::Effect::Timer { at, .. }) => Some(at),
        Some(
            engine::Effect::Queue { .. }
            | engine::Effect::Call(_)
            | engine::Effect::ChildRun { .. },
        )
        | None => None,
    }
}
