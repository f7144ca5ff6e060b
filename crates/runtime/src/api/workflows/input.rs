//! Checking values that come in against the schemas that authors wrote.

use super::{find, latest};
use crate::api::Api;
use crate::api::context::Ctx;
use crate::api::problem::{Error, Result};
use model::WorkflowId;
use serde_json::Value;

/// Checks an input against the schema of the workflow's newest version.
pub async fn check_input(
    api: &Api,
    ctx: &Ctx,
    id: &WorkflowId,
    input: &Value,
    pointer: &str,
) -> Result<()> {
    let record = find(api, ctx, id).await?.value;
    match latest(api, &record).await? {
        Some(version) => fits(
            api,
            version.definition.input_schema.as_ref(),
            input,
            pointer,
        ),
        None => Ok(()),
    }
}

/// Checks a value that came in against a schema that an author wrote.
pub fn fits(api: &Api, schema: Option<&Value>, value: &Value, pointer: &str) -> Result<()> {
    let Some(schema) = schema else {
        return Ok(());
    };
    let mut errors = api.services().misfits(schema, value);
    if errors.is_empty() {
        return Ok(());
    }
    for error in &mut errors {
        error.pointer.insert_str(0, pointer);
    }
    let shown = errors.first().map_or("", |error| error.message.as_str());
    Err(Error::unprocessable(
        "does_not_fit_schema",
        format!("The value does not fit its schema: {shown}"),
        errors,
    ))
}
