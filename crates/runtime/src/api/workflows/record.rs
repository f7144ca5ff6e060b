//! Making and changing a workflow's record; the first start of a runtime does the same.

use crate::api::problem::{Error, Result};
use crate::store::Place;
use crate::store::record::{VersionRecord, WorkflowRecord};
use model::{Actor, Timestamp, Workflow, WorkflowId};
use serde::Deserialize;
use serde_json::Value;

const LONGEST_NAME: usize = 120;

/// A workflow that was never published.
pub fn new(
    id: WorkflowId,
    place: Place,
    draft: Value,
    by: Actor,
    now: Timestamp,
) -> Result<WorkflowRecord> {
    let mut record = WorkflowRecord {
        id,
        place,
        name: String::new(),
        draft: Value::Null,
        version: None,
        has_draft: true,
        archived: false,
        created_at: now,
        updated_at: now,
        updated_by: by,
    };
    set_draft(&mut record, draft)?;
    Ok(record)
}

/// Takes a draft as it is, mistakes included; only its name is needed, because the workflow is listed under it.
pub fn set_draft(record: &mut WorkflowRecord, draft: Value) -> Result<()> {
    let name = draft
        .get("name")
        .and_then(Value::as_str)
        .map(str::trim)
        .filter(|name| !name.is_empty() && name.chars().count() <= LONGEST_NAME)
        .ok_or_else(|| {
            Error::field(
                "not_a_workflow",
                "/draft/name",
                format!(
                    "A workflow is a JSON object with a name of 1 to {LONGEST_NAME} characters."
                ),
            )
        })?;
    name.clone_into(&mut record.name);
    record.draft = draft;
    Ok(())
}

/// Whether publishing the draft would change anything.
pub fn differs(draft: &Value, published: Option<&VersionRecord>) -> bool {
    published.is_none_or(|version| {
        Workflow::deserialize(draft).map_or(true, |workflow| workflow != version.definition)
    })
}

/// The next version of a workflow, and the record that names it.
pub fn publish(
    record: &mut WorkflowRecord,
    definition: Workflow,
    note: Option<String>,
    by: Actor,
    now: Timestamp,
) -> VersionRecord {
    let version = record.version.unwrap_or(0) + 1;
    record.version = Some(version);
    record.has_draft = false;
    record.updated_at = now;
    record.updated_by = by.clone();
    VersionRecord {
        workflow: record.id.clone(),
        version,
        definition,
        published_at: now,
        published_by: by,
        note,
    }
}
