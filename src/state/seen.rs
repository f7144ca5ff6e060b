//! What this tab has seen of runs: a report is made of it while the runtime does not answer.

use engine::{Run, World, bundle};
use leptos::prelude::*;
use model::api::TranscriptLine;
use model::{Event, RunId, StepPath};
use std::collections::{BTreeMap, VecDeque};

/// The runs that are kept: those seen last.
const RUNS: usize = 4;

/// From context; lives as long as the project is open.
#[derive(Clone, Copy)]
pub struct Seen(StoredValue<VecDeque<SeenRun>>);

#[derive(Clone)]
pub struct SeenRun {
    id: RunId,
    /// As it was last; `None` while its page has only asked for events.
    pub run: Option<(Run, World)>,
    journal: BTreeMap<u64, Event>,
    transcripts: BTreeMap<StepPath, BTreeMap<(u64, usize), TranscriptLine>>,
}

impl Seen {
    pub fn provide() {
        provide_context(Self(StoredValue::new(VecDeque::new())));
    }

    pub fn get() -> Option<Self> {
        use_context()
    }

    pub fn find(self, id: &RunId) -> Option<SeenRun> {
        self.0
            .with_value(|all| all.iter().find(|seen| seen.id == *id).cloned())
    }

    pub fn run(self, run: Run, world: World) {
        self.change(&run.id.clone(), |seen| seen.run = Some((run, world)));
    }

    pub fn events(self, id: &RunId, events: &[Event]) {
        self.change(id, |seen| seen.add(events));
    }

    pub fn transcript(self, id: &RunId, step: &StepPath, lines: &[TranscriptLine]) {
        self.change(id, |seen| {
            let own = seen.transcripts.entry(step.clone()).or_default();
            let mut within = 0;
            let mut last = None;
            for line in lines {
                within = if last == Some(line.seq) {
                    within + 1
                } else {
                    0
                };
                last = Some(line.seq);
                own.insert((line.seq, within), line.clone());
                if own.len() > bundle::TRANSCRIPT {
                    own.pop_first();
                }
            }
        });
    }

    fn change(self, id: &RunId, change: impl FnOnce(&mut SeenRun)) {
        self.0.try_update_value(|all| {
            if let Some(seen) = all.iter_mut().find(|seen| seen.id == *id) {
                change(seen);
                return;
            }
            let mut seen = SeenRun::new(id.clone());
            change(&mut seen);
            all.push_front(seen);
            all.truncate(RUNS);
        });
    }
}

impl SeenRun {
    fn new(id: RunId) -> Self {
        Self {
            id,
            run: None,
            journal: BTreeMap::new(),
            transcripts: BTreeMap::new(),
        }
    }

    fn add(&mut self, events: &[Event]) {
        for event in events {
            self.journal.insert(event.seq, event.clone());
            if self.journal.len() > bundle::JOURNAL {
                self.journal.pop_first();
            }
        }
    }

    /// The journal's end, oldest first, as far back as nothing in between is missing.
    pub fn journal(&self) -> Vec<Event> {
        let mut end: Vec<Event> = Vec::new();
        for event in self.journal.values().rev() {
            if end.last().is_some_and(|later| later.seq != event.seq + 1) {
                break;
            }
            end.push(event.clone());
        }
        end.reverse();
        end
    }

    /// What is known of a step's transcript, oldest first.
    pub fn transcript(&self, step: &StepPath) -> Vec<TranscriptLine> {
        let read = self
            .transcripts
            .get(step)
            .map(|lines| lines.values().cloned());
        let mut lines: Vec<TranscriptLine> = read.into_iter().flatten().collect();
        let last = lines.last().map_or(0, |line| line.seq);
        let newer = self.journal.range(last + 1..).map(|(_, event)| event);
        lines.extend(newer.flat_map(|event| TranscriptLine::of(event, step)));
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{EventKind, Timestamp};

    #[test]
    fn the_journals_end_has_no_holes() {
        let event = |seq| Event {
            seq,
            at: Timestamp::default(),
            actor: None,
            event: EventKind::RunResumed,
        };
        let mut seen = SeenRun::new("run_1".into());
        seen.add(&[event(1), event(2), event(7), event(8), event(9)]);
        let seqs: Vec<u64> = seen.journal().iter().map(|event| event.seq).collect();
        assert_eq!(seqs, [7, 8, 9]);
        let many: Vec<Event> = (10..=500).map(event).collect();
        seen.add(&many);
        assert_eq!(seen.journal().len(), bundle::JOURNAL);
    }
}
