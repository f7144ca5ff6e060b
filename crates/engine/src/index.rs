//! What is looked up all the time, kept beside the state: derived from it, never stored, never compared.

use crate::derive::is_answerable;
use crate::graph::Graph;
use crate::state::{Run, StepState};
use model::event::{Decision, Wait};
use model::{SkipReason, StepPath, StepStatus, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

/// Filled when first asked for.
#[derive(Debug, Default, Clone)]
pub(crate) struct Index {
    graph: OnceLock<Arc<Graph>>,
    live: OnceLock<Live>,
}

/// Two runs are equal when their states are; what is derived from them says nothing more.
impl PartialEq for Index {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

#[derive(Debug, Default, Clone)]
pub(crate) struct Live {
    /// Running, retrying or waiting, loops included.
    pub in_flight: BTreeSet<StepPath>,
    /// Steps that run or retry and are no loop: running ones first, then by the start of their try.
    pub busy: BTreeSet<(bool, Timestamp, StepPath)>,
    /// The longest waiting first.
    pub waiting: BTreeSet<(Timestamp, StepPath)>,
    /// Of those, what a person or the outside answers: few, where timers by the hundred wait too.
    pub answerable: BTreeSet<(Timestamp, StepPath)>,
    /// When something in flight is due: a backoff, a timeout, a timer, an expiry.
    pub deadlines: BTreeSet<(Timestamp, StepPath)>,
    /// Steps that have not settled, by iteration that has some; the top level is "".
    open: BTreeMap<String, usize>,
    /// Begun iterations with steps that have not settled, by loop.
    active: BTreeMap<StepPath, usize>,
    /// How many of a step's dependencies are known to have settled, from the first: so that a step with thousands of them
    /// is not counted anew each time one settles.
    settled_deps: BTreeMap<StepPath, usize>,
    /// Top-level steps that are behind the run.
    pub done: usize,
    /// How many top-level steps stand how, in the order of [`StepStatus::ALL`].
    stand: [u32; StepStatus::ALL.len()],
}

/// What the index knows of one step.
#[derive(Clone, Copy, Default)]
struct Facts {
    in_flight: bool,
    /// Whether it retries, and since when its try goes on.
    busy: Option<(bool, Timestamp)>,
    waiting: Option<Timestamp>,
    answerable: Option<Timestamp>,
    deadline: Option<Timestamp>,
    open: bool,
    done: bool,
    /// Absent where there is no step.
    status: Option<StepStatus>,
}

impl Run {
    pub(crate) fn graph(&self) -> &Arc<Graph> {
        self.index
            .graph
            .get_or_init(|| Arc::new(Graph::new(&self.definition)))
    }

    pub(crate) fn live(&self) -> &Live {
        self.index.live.get_or_init(|| Live::build(self))
    }

    pub(crate) fn forget_live(&mut self) {
        self.index.live = OnceLock::new();
    }

    /// Changes one step and keeps the index true. An unknown path changes nothing.
    pub(crate) fn with_step(&mut self, path: &StepPath, change: &mut dyn FnMut(&mut StepState)) {
        self.live();
        let graph = Arc::clone(self.graph());
        let planned = Planned::of(self, &graph, path);
        let Some(step) = self.steps.get_mut(path) else {
            return;
        };
        let step = Arc::make_mut(step);
        let before = facts(step, planned);
        change(step);
        let after = facts(step, planned);
        if let Some(live) = self.index.live.get_mut() {
            live.update(path, before, after);
        }
    }

    pub(crate) fn add_step(&mut self, step: StepState) {
        self.live();
        let after = facts(&step, Planned::default());
        if let Some(live) = self.index.live.get_mut() {
            live.update(&step.path, Facts::default(), after);
        }
        self.steps.insert(step.path.clone(), Arc::new(step));
    }

    pub(crate) fn set_settled_deps(&mut self, path: &StepPath, count: usize) {
        if let Some(live) = self.index.live.get_mut()
            && live.settled_deps(path) != count
        {
            live.settled_deps.insert(path.clone(), count);
        }
    }

    pub(crate) fn iteration_begun(&mut self, path: &StepPath, scope: &str) {
        self.live();
        if let Some(live) = self.index.live.get_mut()
            && live.open.get(scope).is_some_and(|n| *n > 0)
        {
            *live.active.entry(path.clone()).or_default() += 1;
        }
    }
}

impl Live {
    fn build(run: &Run) -> Self {
        let mut live = Self::default();
        let graph = run.graph();
        for (path, step) in &run.steps {
            // Most steps of a large run are not in flight, and it is built where somebody waits for a page.
            let in_flight = step.status.is_in_flight();
            let planned = in_flight.then(|| Planned::of(run, graph, path));
            let after = facts(step, planned.unwrap_or_default());
            live.update(path, Facts::default(), after);
        }
        live.active.clear();
        for (path, step) in &run.steps {
            let begun = step.iterations.map_or(0, |i| i.begun);
            let is_open = |i: &usize| live.open_in(&format!("{path}[{i}]")) > 0;
            let active = (0..begun).filter(is_open).count();
            if active > 0 {
                live.active.insert(path.clone(), active);
            }
        }
        live
    }

    /// Steps that have not settled in an iteration, or at the top level for "".
    pub fn open_in(&self, scope: &str) -> usize {
        self.open.get(scope).copied().unwrap_or(0)
    }

    /// Iterations of a loop under way.
    pub fn active_in(&self, path: &StepPath) -> usize {
        self.active.get(path).copied().unwrap_or(0)
    }

    pub fn settled_deps(&self, path: &StepPath) -> usize {
        self.settled_deps.get(path).copied().unwrap_or(0)
    }

    fn update(&mut self, path: &StepPath, before: Facts, after: Facts) {
        if before.in_flight != after.in_flight {
            if after.in_flight {
                self.in_flight.insert(path.clone());
            } else {
                self.in_flight.remove(path);
            }
        }
        if before.busy != after.busy {
            if let Some((retries, since)) = before.busy {
                self.busy.remove(&(retries, since, path.clone()));
            }
            if let Some((retries, since)) = after.busy {
                self.busy.insert((retries, since, path.clone()));
            }
        }
        if path.scope().is_empty() {
            self.done = self.done + usize::from(after.done) - usize::from(before.done);
            self.count(before.status, after.status);
        }
        for (set, before, after) in [
            (&mut self.waiting, before.waiting, after.waiting),
            (&mut self.answerable, before.answerable, after.answerable),
            (&mut self.deadlines, before.deadline, after.deadline),
        ] {
            if before != after {
                if let Some(at) = before {
                    set.remove(&(at, path.clone()));
                }
                if let Some(at) = after {
                    set.insert((at, path.clone()));
                }
            }
        }
        if before.open != after.open {
            let scope = path.scope();
            if !self.open.contains_key(scope) {
                self.open.insert(scope.to_owned(), 0);
            }
            if let Some(open) = self.open.get_mut(scope) {
                if after.open {
                    *open += 1;
                } else {
                    *open -= 1;
                    if *open == 0 {
                        self.open.remove(scope);
                        if let Some((parent, _)) = path.parent()
                            && let Some(active) = self.active.get_mut(&parent)
                        {
                            *active = active.saturating_sub(1);
                        }
                    }
                }
            }
        }
    }

    fn count(&mut self, before: Option<StepStatus>, after: Option<StepStatus>) {
        if let Some(before) = before {
            self.stand[before as usize] -= 1;
        }
        if let Some(after) = after {
            self.stand[after as usize] += 1;
        }
    }

    /// How many top-level steps stand how; a status that none has is absent.
    pub fn by_status(&self) -> BTreeMap<StepStatus, u32> {
        let counts = StepStatus::ALL.iter().copied().zip(self.stand);
        counts.filter(|(_, count)| *count > 0).collect()
    }
}

/// What the definition says of a step that counts while it is in flight.
#[derive(Clone, Copy, Default)]
struct Planned {
    is_loop: bool,
    timeout_s: Option<u64>,
}

impl Planned {
    fn of(run: &Run, graph: &Graph, path: &StepPath) -> Self {
        let Some(node) = graph.node(path) else {
            return Self::default();
        };
        Self {
            is_loop: graph.nodes[node].is_loop,
            timeout_s: graph
                .step(&run.definition, node)
                .and_then(|step| step.timeout_s),
        }
    }
}

fn facts(step: &StepState, planned: Planned) -> Facts {
    let running = step.status == StepStatus::Running;
    let retrying = step.status == StepStatus::Retrying;
    let waiting = step.status == StepStatus::Waiting;
    Facts {
        in_flight: step.status.is_in_flight(),
        busy: (!planned.is_loop && (running || retrying)).then(|| {
            let last = step.history.last();
            (
                retrying,
                last.map_or(Timestamp::default(), |t| t.started_at),
            )
        }),
        waiting: step.waiting_since.filter(|_| waiting),
        answerable: step.waiting_since.filter(|_| {
            waiting
                && step
                    .wait
                    .as_ref()
                    .is_some_and(|wait| is_answerable(wait.kind()))
        }),
        deadline: deadline(step, planned.timeout_s),
        open: !step.status.is_settled(),
        done: is_done(step),
        status: Some(step.status),
    }
}

/// When something happens to a step in flight by itself.
pub(crate) fn deadline(step: &StepState, timeout_s: Option<u64>) -> Option<Timestamp> {
    let timeout = || {
        let started = step.history.last()?.started_at;
        Some(started.plus_s(timeout_s?))
    };
    match step.status {
        StepStatus::Retrying => step.retry_at,
        StepStatus::Running => timeout(),
        StepStatus::Waiting => match &step.wait {
            Some(Wait::HumanTask { expires_at, .. } | Wait::Waitpoint { expires_at, .. }) => {
                *expires_at
            }
            Some(Wait::Timer { until }) => Some(*until),
            Some(Wait::ChildRun { .. }) => timeout(),
            Some(Wait::Chat { .. }) | None => None,
        },
        StepStatus::Pending
        | StepStatus::Completed
        | StepStatus::Failed
        | StepStatus::Cancelled
        | StepStatus::Skipped => None,
    }
}

/// The step is behind the run: it finished, or the run goes on without it.
pub(crate) fn is_done(step: &StepState) -> bool {
    match step.status {
        StepStatus::Completed => true,
        StepStatus::Failed => step.handled.is_some(),
        StepStatus::Skipped => match step.skip_reason {
            Some(SkipReason::Condition | SkipReason::StepDisabled | SkipReason::OutOfScope) => true,
            Some(SkipReason::Operator) => step.decision == Some(Decision::Skipped),
            Some(SkipReason::Rejected | SkipReason::Blocked) | None => false,
        },
        StepStatus::Pending
        | StepStatus::Running
        | StepStatus::Retrying
        | StepStatus::Waiting
        | StepStatus::Cancelled => false,
    }
}
