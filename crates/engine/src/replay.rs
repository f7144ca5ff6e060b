//! A run at any event of its journal.

mod moments;

pub use moments::{KeyMoment, MomentKind, NothingBlocks};

use crate::apply::{Noted, apply};
use crate::state::Run;
use model::{Event, EventKind, StepPath, Timestamp};
use serde_json::Value;
use std::sync::Arc;

/// Events between two kept runs at first, and how many runs are kept before every other one goes: as long as a run of
/// many steps is light enough to copy, and a stretch between two short enough to fold.
const SPACING: u64 = 512;
const KEPT: usize = 64;

/// A journal that was folded, and can be asked for the run as it was at each of its events. Like [`crate::RunView`] it holds
/// no inputs, outputs, items of loops or transcripts: what those weigh is not bounded.
#[derive(Debug)]
pub struct Track {
    /// The event `n` stands at `n - 1`.
    beats: Vec<Beat>,
    /// The fold of all of them.
    head: Option<Run>,
    /// Runs on the way, in order, at the multiples of `spacing`; the first event stands in front of them.
    kept: Vec<Run>,
    spacing: u64,
    most_kept: usize,
    moments: Vec<KeyMoment>,
}

/// An event without what the run it makes does not hold.
#[derive(Debug)]
struct Beat {
    event: Box<Event>,
    /// What its transcript entries change, which it does not hold itself.
    noted: Option<Box<Noted>>,
}

impl Default for Track {
    fn default() -> Self {
        Self::with_spacing(SPACING, KEPT)
    }
}

impl Track {
    /// Keeps a run at every `spacing` events, and at every other of those whenever there are more than `most_kept`.
    pub fn with_spacing(spacing: u64, most_kept: usize) -> Self {
        Self {
            beats: Vec::new(),
            head: None,
            kept: Vec::new(),
            spacing: spacing.max(1),
            most_kept,
            moments: Vec::new(),
        }
    }

    /// Takes the next event. One that does not follow the last, or a first one that creates no run, is refused with `false`.
    pub fn push(&mut self, event: Event) -> bool {
        if event.seq != self.last() + 1 {
            return false;
        }
        let beat = Beat::of(event);
        let Some(head) = &mut self.head else {
            let Some(run) = Run::fold_first(&beat.event) else {
                return false;
            };
            self.head = Some(run);
            self.beats.push(beat);
            return true;
        };
        let first = self.moments.iter().rev();
        let first = first.take_while(|moment| moment.kind != MomentKind::Attempt);
        let failed_before = first
            .into_iter()
            .any(|moment| moment.kind == MomentKind::FirstFailure);
        self.moments
            .extend(moments::moment(head, &beat.event, failed_before));
        beat.apply(head);
        if head.seq % self.spacing == 0 {
            self.kept.push(head.clone());
        }
        self.beats.push(beat);
        if self.kept.len() > self.most_kept {
            self.spacing *= 2;
            let spacing = self.spacing;
            self.kept.retain(|run| run.seq % spacing == 0);
        }
        true
    }

    /// The last event taken; 0 before the first.
    pub fn last(&self) -> u64 {
        self.beats.len() as u64
    }

    /// The run as it was at the event `seq`; `None` when there is no such event.
    pub fn at(&self, seq: u64) -> Option<Run> {
        if seq == 0 || seq > self.last() {
            return None;
        }
        let mut run = match self.kept_before(seq) {
            Some(run) => run.clone(),
            None => Run::fold_first(&self.beats.first()?.event)?,
        };
        self.forward(&mut run, seq);
        Some(run)
    }

    /// Takes a run that came from here to the event `seq`, by the shorter way. `false` when there is no such event; the run
    /// is then left as it is.
    pub fn carry(&self, run: &mut Run, seq: u64) -> bool {
        let nearer = self.kept_before(seq).map_or(1, |kept| kept.seq);
        if seq <= self.last() && (nearer..=seq).contains(&run.seq) {
            self.forward(run, seq);
            return true;
        }
        match self.at(seq) {
            Some(there) => {
                *run = there;
                true
            }
            None => false,
        }
    }

    /// The event `seq`, without inputs, outputs, items and transcript entries.
    pub fn event(&self, seq: u64) -> Option<&Event> {
        let index = usize::try_from(seq.checked_sub(1)?).ok()?;
        self.beats.get(index).map(|beat| &*beat.event)
    }

    /// When the event `seq` was written.
    pub fn time(&self, seq: u64) -> Option<Timestamp> {
        self.event(seq).map(|event| event.at)
    }

    /// What a person looks for in the journal, in order.
    pub fn moments(&self) -> &[KeyMoment] {
        &self.moments
    }

    /// The event that decided how the run stands at the journal's end.
    pub fn blocking(&self) -> Result<u64, NothingBlocks> {
        let head = self.head.as_ref().ok_or(NothingBlocks::UnderWay)?;
        moments::blocking(head, self.beats.iter().rev().map(|beat| &*beat.event))
    }

    fn kept_before(&self, seq: u64) -> Option<&Run> {
        let after = self.kept.partition_point(|run| run.seq <= seq);
        self.kept.get(after.checked_sub(1)?)
    }

    fn forward(&self, run: &mut Run, seq: u64) {
        let (from, to) = (run.seq as usize, seq as usize);
        for beat in self.beats.get(from..to).unwrap_or_default() {
            beat.apply(run);
        }
    }
}

impl Beat {
    fn of(mut event: Event) -> Self {
        let mut noted = None;
        match &mut event.event {
            EventKind::StepStarted { input, .. } => *input = Value::Null,
            EventKind::StepCompleted { output, .. } => *output = Value::Null,
            EventKind::AttemptStarted { input, .. } => {
                *input = input.take().map(|_| Value::Null);
            }
            EventKind::ItemsListed { items, .. } => {
                items.fill(Value::Null);
            }
            EventKind::StepTranscript { entries, .. } => {
                noted = Some(Box::new(Noted::of(&std::mem::take(entries))));
            }
            EventKind::RunCreated(_)
            | EventKind::RunQueued { .. }
            | EventKind::RunDequeued { .. }
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
            | EventKind::StepRetrying { .. }
            | EventKind::StepWaiting { .. }
            | EventKind::StepDecided { .. }
            | EventKind::StepFailed { .. }
            | EventKind::StepCancelled { .. }
            | EventKind::StepsSkipped { .. }
            | EventKind::IterationStarted { .. }
            | EventKind::ArtifactWritten { .. }
            | EventKind::SandboxOpened { .. } => {}
        }
        Self {
            event: Box::new(event),
            noted,
        }
    }

    /// As [`apply`], of a run that holds no values.
    fn apply(&self, run: &mut Run) {
        apply(run, &self.event);
        match &self.event.event {
            EventKind::StepTranscript { key, .. } => {
                if let Some(noted) = &self.noted {
                    run.note(key, noted);
                }
            }
            EventKind::StepStarted { key, .. } | EventKind::StepCompleted { key, .. } => {
                run.forget_values(&key.path);
            }
            EventKind::ItemsListed { path, .. }
            | EventKind::AttemptStarted {
                from: Some(path), ..
            } => run.forget_values(path),
            _ => {}
        }
    }
}

impl Run {
    fn forget_values(&mut self, path: &StepPath) {
        if let Some(step) = self.steps.get_mut(path) {
            Arc::make_mut(step).forget_values();
        }
    }
}
