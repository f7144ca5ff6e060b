//! Text that was written and not saved, kept in this browser until it is.

use crate::state::storage;
use model::WorkflowId;
use serde::{Deserialize, Serialize};

/// An unsaved text, and the revision it was written on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    pub revision: u64,
    pub text: String,
}

fn name(workflow: &WorkflowId) -> String {
    format!("signalbox.draft.{workflow}")
}

pub fn read(workflow: &WorkflowId) -> Option<Kept> {
    serde_json::from_str(&storage::read(&name(workflow))?).ok()
}

pub fn write(workflow: &WorkflowId, revision: u64, text: &str) {
    let kept = Kept {
        revision,
        text: text.to_owned(),
    };
    storage::write(
        &name(workflow),
        serde_json::to_string(&kept).ok().as_deref(),
    );
}

pub fn forget(workflow: &WorkflowId) {
    storage::write(&name(workflow), None);
}
