//! A journal from elsewhere, checked event by event as it is folded.

use crate::apply::apply;
use crate::state::Run;
use crate::validate::{Catalog, validate};
use model::event::Imported;
use model::run::Belongs;
use model::{Event, EventKind, RunId, RunStatus, StepStatus, Timestamp};

/// Why a journal cannot be taken in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    #[error("A journal begins with `run_created`; this one begins with `{0}`.")]
    Beginning(&'static str),
    #[error("The workflow in the journal cannot be read here: {0}")]
    Definition(String),
    #[error("Event {expected} is missing: event {found} stands in its place.")]
    Gap { expected: u64, found: u64 },
    #[error("The journal is empty.")]
    Empty,
    #[error(
        "The journal ends while the run is {0}. Only a run that has ended can be imported: until then it belongs to the runtime that executes it."
    )]
    NotEnded(RunStatus),
    #[error("The run has ended, but its step {0} has not: the journal contradicts itself.")]
    StepOpen(String),
}

/// A journal that is being taken in.
#[derive(Debug)]
pub struct Import {
    run: Run,
}

impl Import {
    /// Begins with a journal's first event. It is kept as the first event of `run`, a new one, that remembers where it came from:
    /// its mission, caller and predecessor are runs of another house and are cut off.
    pub fn begin(
        mut first: Event,
        run: RunId,
        now: Timestamp,
    ) -> Result<(Self, Event), ImportError> {
        if first.seq != 1 {
            return Err(ImportError::Gap {
                expected: 1,
                found: first.seq,
            });
        }
        let name = first.event.name();
        let EventKind::RunCreated(created) = &mut first.event else {
            return Err(ImportError::Beginning(name));
        };
        // What follows from a definition, its graph and its loops, is only sound when the definition is.
        let document = serde_json::to_value(&*created.definition)
            .map_err(|error| ImportError::Definition(error.to_string()))?;
        if let Some(issue) = validate(&document, &Catalog::default()).errors.first() {
            return Err(ImportError::Definition(format!(
                "{} ({})",
                issue.message, issue.pointer
            )));
        }
        created.imported = Some(Imported {
            run: std::mem::replace(&mut created.run, run),
            at: now,
        });
        created.parent = None;
        created.again_of = None;
        created.belongs = Belongs::default();
        match Run::fold_first(&first) {
            Some(run) => Ok((Self { run }, first)),
            None => Err(ImportError::Beginning(name)),
        }
    }

    pub fn next(&mut self, event: &Event) -> Result<(), ImportError> {
        let expected = self.run.seq + 1;
        if event.seq != expected {
            return Err(ImportError::Gap {
                expected,
                found: event.seq,
            });
        }
        apply(&mut self.run, event);
        Ok(())
    }

    /// The run as far as it is known.
    pub const fn run(&self) -> &Run {
        &self.run
    }

    /// The whole run, which has ended and leaves nothing to do.
    pub fn finish(self) -> Result<Run, ImportError> {
        if !self.run.status.is_terminal() {
            return Err(ImportError::NotEnded(self.run.status));
        }
        let open = self.run.steps.values().find(|step| match step.status {
            StepStatus::Running | StepStatus::Retrying | StepStatus::Waiting => true,
            StepStatus::Pending
            | StepStatus::Completed
            | StepStatus::Failed
            | StepStatus::Cancelled
            | StepStatus::Skipped => false,
        });
        match open {
            Some(step) => Err(ImportError::StepOpen(step.path.to_string())),
            None => Ok(self.run),
        }
    }
}
