//! What is looked at, and what a look finds.

use crate::store::Place;
use crate::store::record::CheckRecord;
use model::{CheckKind, CheckState, FailureCode, Timestamp, WorkflowId};

/// What a look found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub state: CheckState,
    pub message: String,
    pub code: Option<FailureCode>,
    /// What clears it.
    pub clears: Option<String>,
    /// Who clears it, where that is nobody who could from within Signalbox.
    pub outside: Option<String>,
    /// When the credential ends, where that is near enough to tell people of.
    pub ends_at: Option<Timestamp>,
}

impl Finding {
    pub fn passing(message: impl Into<String>) -> Self {
        Self {
            state: CheckState::Passing,
            message: message.into(),
            code: None,
            clears: None,
            outside: None,
            ends_at: None,
        }
    }

    pub fn warning(message: impl Into<String>, clears: impl Into<String>) -> Self {
        Self {
            state: CheckState::Warning,
            clears: Some(clears.into()),
            ..Self::passing(message)
        }
    }

    /// It is cleared outside of Signalbox, by `who`.
    pub fn outside(self, who: impl Into<String>) -> Self {
        Self {
            outside: Some(who.into()),
            ..self
        }
    }

    pub fn failing(
        code: FailureCode,
        message: impl Into<String>,
        clears: impl Into<String>,
    ) -> Self {
        Self {
            state: CheckState::Failing,
            code: Some(code),
            clears: Some(clears.into()),
            ..Self::passing(message)
        }
    }
}

/// Who clears what only the operator's own commands and settings can.
pub const OPERATOR: &str = "whoever operates this runtime";

/// How old a look may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oldest {
    /// A new one is wanted.
    Now,
    /// Young enough to begin a step on.
    Fresh,
}

/// What a look is at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    pub kind: CheckKind,
    /// A name of the project.
    pub name: String,
    /// For a server: the workflow whose connections hold, and how they differ from the project's.
    pub variant: Option<(WorkflowId, String)>,
}

impl Subject {
    pub fn new(kind: CheckKind, name: impl Into<String>) -> Self {
        Self {
            kind,
            name: name.into(),
            variant: None,
        }
    }

    /// `github`, or `github@github-staging` with connections of a workflow's own.
    pub fn shown(&self) -> String {
        match &self.variant {
            Some((_, variant)) => format!("{}@{variant}", self.name),
            None => self.name.clone(),
        }
    }

    pub fn id(&self) -> String {
        CheckRecord::id_of(self.kind, &self.shown())
    }
}

/// Something about a project's health changed.
#[derive(Debug, Clone)]
pub struct HealthChanged {
    pub place: Place,
    /// What failed does not any more: runs may go on.
    pub cleared: bool,
    /// People are to hear of it: a cause was written.
    pub told: bool,
}
