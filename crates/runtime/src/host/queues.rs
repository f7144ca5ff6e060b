//! Which runs wait, which work, and whose turn it is. Kept in memory: it follows from how the runs stand.

use super::QueueView;
use crate::store::Place;
use crate::store::record::{QueuePause, QueueRecord};
use engine::QueueState;
use model::{QueuedReason, RunId, RunStatus, Timestamp};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct QueueKey {
    pub(super) place: Place,
    pub(super) name: String,
}

/// All queues and the workers that pull from them.
pub(super) struct Queues {
    by_key: BTreeMap<QueueKey, Queue>,
    /// The queue of every run that is in one or works.
    runs: HashMap<RunId, QueueKey>,
    /// Queues in which runs wait; the first is asked first, so that each gets its turn.
    turns: VecDeque<QueueKey>,
    workers: u32,
    default_limit: u32,
    /// Runs that work.
    busy: usize,
}

struct Queue {
    limit: u32,
    paused: Option<QueuePause>,
    /// By id, which is by creation.
    waiting: BTreeSet<RunId>,
    delayed: HashMap<RunId, Timestamp>,
    working: HashSet<RunId>,
    /// Those of `working` that were taken and have not begun.
    reserved: HashSet<RunId>,
    last_dequeue_at: Option<Timestamp>,
    /// It stands in [`Queues::turns`].
    has_turn: bool,
}

/// Whether a run in this status has a place among those that work.
const fn works(status: RunStatus) -> bool {
    match status {
        RunStatus::Starting | RunStatus::Running | RunStatus::Draining => true,
        RunStatus::Queued
        | RunStatus::Waiting
        | RunStatus::Paused
        | RunStatus::Blocked
        | RunStatus::Interrupted
        | RunStatus::Completed
        | RunStatus::Failed
        | RunStatus::Cancelled
        | RunStatus::Rejected
        | RunStatus::Expired => false,
    }
}

impl Queues {
    pub(super) fn new(workers: u32, default_limit: u32) -> Self {
        Self {
            by_key: BTreeMap::new(),
            runs: HashMap::new(),
            turns: VecDeque::new(),
            workers,
            default_limit,
            busy: 0,
        }
    }

    fn queue(&mut self, key: &QueueKey) -> &mut Queue {
        let limit = self.default_limit;
        self.by_key.entry(key.clone()).or_insert_with(|| Queue {
            limit,
            paused: None,
            waiting: BTreeSet::new(),
            delayed: HashMap::new(),
            working: HashSet::new(),
            reserved: HashSet::new(),
            last_dequeue_at: None,
            has_turn: false,
        })
    }

    pub(super) fn set(&mut self, record: QueueRecord) {
        let key = QueueKey {
            place: record.place,
            name: record.name,
        };
        let queue = self.queue(&key);
        queue.limit = record.limit;
        queue.paused = record.paused;
    }

    /// The queue's settings as a record.
    pub(super) fn record(&mut self, key: &QueueKey) -> QueueRecord {
        let queue = self.queue(key);
        QueueRecord {
            place: key.place.clone(),
            name: key.name.clone(),
            limit: queue.limit,
            paused: queue.paused.clone(),
        }
    }

    /// Takes in how a run stands now. Answers with the moment its delay ends, where it is delayed.
    pub(super) fn update(
        &mut self,
        place: &Place,
        name: &str,
        run: &RunId,
        status: RunStatus,
        not_before: Option<Timestamp>,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let key = QueueKey {
            place: place.clone(),
            name: name.to_owned(),
        };
        if status == RunStatus::Queued {
            let delay = not_before.filter(|at| *at > now);
            self.wait(&key, run, delay);
            return delay;
        }
        if !works(status) && !self.runs.contains_key(run) {
            return None;
        }
        let queue = self.queue(&key);
        queue.waiting.remove(run);
        queue.delayed.remove(run);
        queue.reserved.remove(run);
        if works(status) {
            if queue.working.insert(run.clone()) {
                self.busy += 1;
            }
            self.runs.insert(run.clone(), key);
        } else {
            if queue.working.remove(run) {
                self.busy -= 1;
            }
            self.runs.remove(run);
        }
        None
    }

    fn wait(&mut self, key: &QueueKey, run: &RunId, delay: Option<Timestamp>) {
        let queue = self.queue(key);
        let worked = queue.working.remove(run);
        queue.reserved.remove(run);
        if let Some(until) = delay {
            queue.waiting.remove(run);
            queue.delayed.insert(run.clone(), until);
        } else {
            queue.delayed.remove(run);
            queue.waiting.insert(run.clone());
            if !queue.has_turn {
                queue.has_turn = true;
                self.turns.push_back(key.clone());
            }
        }
        if worked {
            self.busy -= 1;
        }
        self.runs.insert(run.clone(), key.clone());
    }

    /// The run whose turn it is now, which counts as working from here on.
    pub(super) fn take(&mut self, now: Timestamp) -> Option<(Place, RunId)> {
        if self.busy >= self.workers as usize {
            return None;
        }
        for _ in 0..self.turns.len() {
            let key = self.turns.pop_front()?;
            let Some(queue) = self.by_key.get_mut(&key) else {
                continue;
            };
            let free = queue.paused.is_none() && queue.working.len() < queue.limit as usize;
            let taken = if free {
                queue.waiting.pop_first()
            } else {
                None
            };
            let place = key.place.clone();
            if let Some(run) = &taken {
                queue.working.insert(run.clone());
                queue.reserved.insert(run.clone());
                queue.last_dequeue_at = Some(now);
                self.busy += 1;
            }
            queue.has_turn = !queue.waiting.is_empty();
            if queue.has_turn {
                self.turns.push_back(key);
            }
            if let Some(run) = taken {
                return Some((place, run));
            }
        }
        None
    }

    /// Why a run would have to wait in this queue, or does.
    pub(super) fn reason(&mut self, key: &QueueKey, delayed: bool) -> QueuedReason {
        if delayed {
            QueuedReason::Delayed
        } else if self.queue(key).paused.is_some() {
            QueuedReason::QueuePaused
        } else if self.workers == 0 {
            QueuedReason::NoWorkers
        } else {
            QueuedReason::Capacity
        }
    }

    /// The queue as `run` sees it; a run that is not in it would be its last.
    pub(super) fn state(&mut self, key: &QueueKey, run: &RunId) -> QueueState {
        let workers = u32::from(self.workers > 0);
        let queue = self.queue(key);
        let ahead = if queue.waiting.last().is_none_or(|last| last < run) {
            queue.waiting.len()
        } else {
            queue.waiting.range(..run.clone()).count()
        };
        QueueState {
            name: key.name.clone(),
            ahead: ahead as u64,
            limit: queue.limit,
            in_use: u32::try_from(queue.working.len()).unwrap_or(u32::MAX),
            workers,
            paused_by: queue.paused.as_ref().map(|pause| pause.by.name.clone()),
            paused_at: queue.paused.as_ref().map(|pause| pause.at),
            last_dequeue_at: queue.last_dequeue_at,
        }
    }

    /// The queue a run waits in.
    pub(super) fn waits_in(&self, run: &RunId) -> Option<QueueKey> {
        let key = self.runs.get(run)?;
        let queue = self.by_key.get(key)?;
        (queue.waiting.contains(run) || queue.delayed.contains_key(run)).then(|| key.clone())
    }

    /// Taken from its queue, and nothing has come of it.
    pub(super) fn is_reserved(&self, run: &RunId) -> bool {
        self.runs
            .get(run)
            .and_then(|key| self.by_key.get(key))
            .is_some_and(|queue| queue.reserved.contains(run))
    }

    /// A run that no longer exists.
    pub(super) fn forget(&mut self, run: &RunId) {
        if let Some(key) = self.runs.remove(run)
            && let Some(queue) = self.by_key.get_mut(&key)
        {
            queue.waiting.remove(run);
            queue.delayed.remove(run);
            queue.reserved.remove(run);
            if queue.working.remove(run) {
                self.busy -= 1;
            }
        }
    }

    /// Runs that wait in a queue, those whose turn comes first before the others.
    pub(super) fn waiting(&self, key: &QueueKey) -> Vec<RunId> {
        self.by_key
            .get(key)
            .map(|queue| queue.waiting.iter().cloned().collect())
            .unwrap_or_default()
    }

    pub(super) fn view(&mut self, key: &QueueKey) -> QueueView {
        let name = key.name.clone();
        let queue = self.queue(key);
        QueueView {
            name,
            limit: queue.limit,
            in_use: u32::try_from(queue.working.len()).unwrap_or(u32::MAX),
            depth: queue.waiting.len() as u64,
            delayed: queue.delayed.len() as u64,
            paused_by: queue.paused.as_ref().map(|pause| pause.by.clone()),
            paused_at: queue.paused.as_ref().map(|pause| pause.at),
            last_dequeue_at: queue.last_dequeue_at,
        }
    }

    /// The queues of a place, by name.
    pub(super) fn of(&self, place: &Place) -> Vec<QueueKey> {
        self.by_key
            .keys()
            .filter(|key| key.place == *place)
            .cloned()
            .collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn place() -> Place {
        Place::new("acme", "quotes")
    }
    fn run(n: u32) -> RunId {
        RunId::new(format!("run_{n:04}"))
    }
    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millis(ms)
    }
    fn enqueue(queues: &mut Queues, name: &str, n: u32) {
        queues.update(&place(), name, &run(n), RunStatus::Queued, None, at(0));
    }
    fn take(queues: &mut Queues) -> Option<RunId> {
        queues.take(at(0)).map(|(_, run)| run)
    }

    #[test]
    fn the_oldest_run_goes_first_up_to_the_limit() {
        let mut queues = Queues::new(64, 2);
        for n in [3, 1, 2] {
            enqueue(&mut queues, "default", n);
        }
        assert_eq!(take(&mut queues), Some(run(1)));
        assert_eq!(take(&mut queues), Some(run(2)));
        assert_eq!(take(&mut queues), None);
        queues.update(
            &place(),
            "default",
            &run(1),
            RunStatus::Completed,
            None,
            at(0),
        );
        assert_eq!(take(&mut queues), Some(run(3)));
    }

    #[test]
    fn a_waiting_run_gives_its_place_to_the_next() {
        let mut queues = Queues::new(64, 1);
        enqueue(&mut queues, "default", 1);
        enqueue(&mut queues, "default", 2);
        assert_eq!(take(&mut queues), Some(run(1)));
        queues.update(
            &place(),
            "default",
            &run(1),
            RunStatus::Running,
            None,
            at(0),
        );
        assert_eq!(take(&mut queues), None);
        queues.update(
            &place(),
            "default",
            &run(1),
            RunStatus::Waiting,
            None,
            at(0),
        );
        assert_eq!(take(&mut queues), Some(run(2)));
    }

    #[test]
    fn queues_take_turns_and_share_the_workers() {
        let mut queues = Queues::new(3, 10);
        for n in 1..=4 {
            enqueue(&mut queues, "a", n);
        }
        enqueue(&mut queues, "b", 5);
        let taken: Vec<_> = std::iter::from_fn(|| take(&mut queues)).collect();
        assert_eq!(taken, [run(1), run(5), run(2)]);
    }

    #[test]
    fn a_paused_queue_keeps_its_runs_and_says_so() {
        let mut queues = Queues::new(64, 10);
        enqueue(&mut queues, "default", 1);
        let key = queues.waits_in(&run(1)).unwrap();
        let mut record = queues.record(&key);
        record.paused = Some(QueuePause {
            by: model::Actor::system(),
            at: at(7),
        });
        queues.set(record.clone());
        assert_eq!(take(&mut queues), None);
        assert_eq!(queues.reason(&key, false), QueuedReason::QueuePaused);
        assert_eq!(queues.state(&key, &run(1)).paused_at, Some(at(7)));
        record.paused = None;
        queues.set(record);
        assert_eq!(take(&mut queues), Some(run(1)));
    }

    #[test]
    fn a_delayed_run_is_not_taken_before_its_time() {
        let mut queues = Queues::new(64, 10);
        let until = queues.update(
            &place(),
            "default",
            &run(1),
            RunStatus::Queued,
            Some(at(50)),
            at(0),
        );
        assert_eq!(until, Some(at(50)));
        assert_eq!(take(&mut queues), None);
        let until = queues.update(
            &place(),
            "default",
            &run(1),
            RunStatus::Queued,
            Some(at(50)),
            at(50),
        );
        assert_eq!(until, None);
        assert_eq!(take(&mut queues), Some(run(1)));
    }

    #[test]
    fn without_workers_nobody_picks_up() {
        let mut queues = Queues::new(0, 10);
        enqueue(&mut queues, "default", 1);
        let key = queues.waits_in(&run(1)).unwrap();
        assert_eq!(take(&mut queues), None);
        assert_eq!(queues.reason(&key, false), QueuedReason::NoWorkers);
        assert_eq!(queues.state(&key, &run(1)).workers, 0);
    }

    #[test]
    fn a_run_counts_those_before_it() {
        let mut queues = Queues::new(0, 10);
        for n in 1..=3 {
            enqueue(&mut queues, "default", n);
        }
        let key = queues.waits_in(&run(1)).unwrap();
        assert_eq!(queues.state(&key, &run(1)).ahead, 0);
        assert_eq!(queues.state(&key, &run(3)).ahead, 2);
        assert_eq!(queues.state(&key, &run(9)).ahead, 3);
    }
}
