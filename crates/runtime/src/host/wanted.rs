//! What should be in flight for a run, and how far each of it is.

use crate::store::Stage;
use engine::{Call, Effect, Run};
use futures_util::future::AbortHandle;
use model::event::TryKey;
use model::{Event, EventKind, RunId, RunStatus, StepPath};
use std::collections::BTreeMap;

/// One thing that should be in flight for a step.
pub(super) struct Wanted {
    pub(super) key: TryKey,
    pub(super) kind: Kind,
}

pub(super) enum Kind {
    /// A call that has not begun.
    Call(Call),
    /// A call that is under way.
    Calling(AbortHandle),
    Child(Child),
}

/// The run of a `workflow_call`.
pub(super) struct Child {
    pub(super) workflow: String,
    pub(super) input: serde_json::Value,
    pub(super) run: Option<RunId>,
    /// Somebody looks after it already.
    pub(super) begun: bool,
}

impl Wanted {
    fn of(effect: Effect) -> Option<Self> {
        match effect {
            Effect::Call(call) => Some(Self {
                key: call.key.clone(),
                kind: Kind::Call(call),
            }),
            Effect::ChildRun {
                key,
                workflow,
                input,
                child,
            } => Some(Self {
                key,
                kind: Kind::Child(Child {
                    workflow,
                    input,
                    run: child,
                    begun: false,
                }),
            }),
            Effect::Queue { .. } | Effect::Timer { .. } => None,
        }
    }

    pub(super) const fn is_call(&self) -> bool {
        match self.kind {
            Kind::Call(_) | Kind::Calling(_) => true,
            Kind::Child(_) => false,
        }
    }
}

/// What a decision changes in what is wanted: the effect of each step it touched, `None` where there is none any more.
pub(super) struct Changes(BTreeMap<StepPath, Option<Wanted>>);

impl Changes {
    /// By the steps that `events` name.
    pub(super) fn of(run: &Run, events: &[Event]) -> Self {
        let mut changes = BTreeMap::new();
        let mut look = |path: &StepPath| {
            if !changes.contains_key(path) {
                changes.insert(
                    path.clone(),
                    engine::effect_of(run, path).and_then(Wanted::of),
                );
            }
        };
        for event in events {
            if let EventKind::StepsSkipped { paths, .. } = &event.event {
                paths.iter().for_each(&mut look);
            }
            if let Some(path) = event.event.step() {
                look(path);
            }
        }
        Self(changes)
    }

    /// By the whole run, for one that was just loaded.
    pub(super) fn of_all(run: &Run, wanted: &BTreeMap<StepPath, Wanted>) -> Self {
        let mut changes: BTreeMap<_, _> = wanted.keys().map(|path| (path.clone(), None)).collect();
        for one in engine::effects(run).into_iter().filter_map(Wanted::of) {
            changes.insert(one.key.path.clone(), Some(one));
        }
        Self(changes)
    }

    /// What the runtime would have to do after a crash, once these changes are made.
    pub(super) fn stage(&self, run: &Run, wanted: &BTreeMap<StepPath, Wanted>) -> Stage {
        if run.status.is_terminal() {
            return Stage::Ended;
        }
        let (mut calls, mut children) = (false, false);
        let changed = self.0.values().flatten();
        let kept = wanted
            .iter()
            .filter(|(path, _)| !self.0.contains_key(*path))
            .map(|(_, wanted)| wanted);
        for one in changed.chain(kept) {
            calls |= one.is_call();
            children |= !one.is_call();
            if calls {
                break;
            }
        }
        match run.status {
            RunStatus::Queued => Stage::Queued,
            _ if calls => Stage::Working,
            _ if children => Stage::Child,
            // Begun, and nothing to wait for: the engine has more to say.
            RunStatus::Starting | RunStatus::Running if engine::next_timer(run).is_none() => {
                Stage::Working
            }
            _ => Stage::Idle,
        }
    }

    /// Makes the changes. What is gone is answered, so that it can be ended.
    pub(super) fn apply(self, wanted: &mut BTreeMap<StepPath, Wanted>) -> Vec<Wanted> {
        let mut gone = Vec::new();
        for (path, next) in self.0 {
            let old = match next {
                // The same try: it goes on.
                Some(next) if wanted.get(&path).is_some_and(|old| old.key == next.key) => {
                    if let (
                        Some(Wanted {
                            kind: Kind::Child(old),
                            ..
                        }),
                        Kind::Child(next),
                    ) = (wanted.get_mut(&path), next.kind)
                    {
                        old.run = next.run;
                    }
                    None
                }
                Some(next) => wanted.insert(path, next),
                None => wanted.remove(&path),
            };
            gone.extend(old);
        }
        gone
    }
}
