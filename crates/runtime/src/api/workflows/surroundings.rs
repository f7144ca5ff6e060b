//! What a document's steps would not find if they began now, by the same checks that hold runs.

use crate::api::Api;
use crate::api::context::Ctx;
use crate::api::problem::{Error, Result};
use crate::health::{Subject, behind, bind};
use crate::store::record::CheckRecord;
use model::api::Issue;
use model::{CheckKind, CheckState, Step, StepKind, WorkflowId};
use serde_json::Value;
use std::collections::BTreeSet;

/// Steps that are looked at; a document with more is told of these.
const LOOKED_AT: usize = 200;

/// A warning for each step that something outside would hold or fail.
pub async fn warnings(
    api: &Api,
    ctx: &Ctx,
    workflow: &WorkflowId,
    document: &Value,
) -> Result<Vec<Issue>> {
    let mut steps = Vec::new();
    collect(document, "", &mut steps);
    let mut found = Vec::new();
    for (pointer, step) in steps.into_iter().take(LOOKED_AT) {
        let issue = |message: String, suggestion: Option<String>| Issue {
            code: "environment".to_owned(),
            pointer: pointer.clone(),
            step: Some(step.id.clone()),
            message,
            suggestion,
        };
        let missing = api
            .host()
            .missing(&ctx.place, Some(workflow), &step)
            .await?;
        // What is not set up at all is an error of the document's own validation.
        if let Some(missing) = missing.filter(|missing| missing.check.is_some()) {
            found.push(issue(
                format!("A run would wait here: {}.", missing.reason),
                Some(missing.clears),
            ));
        } else if let StepKind::LlmCall(call) = &step.kind {
            let provider = call.provider.as_deref().unwrap_or("default");
            let id = Subject::new(CheckKind::Provider, provider).id();
            let known = api
                .store()
                .get::<CheckRecord>(&ctx.place.key(&id))
                .await?
                .map(|stored| stored.value);
            if let Some(check) = known.filter(|check| check.state == CheckState::Failing) {
                found.push(issue(check.message, check.clears));
            }
        }
    }
    Ok(found)
}

/// The ids of the checks that runs of a workflow depend on: of its published version, or of the draft before the first.
pub async fn check_ids(api: &Api, ctx: &Ctx, id: &WorkflowId) -> Result<BTreeSet<String>> {
    let record = super::find(api, ctx, id).await?.value;
    let document = match super::latest(api, &record).await? {
        Some(version) => {
            serde_json::to_value(&version.definition).map_err(|error| Error::internal(&error))?
        }
        None => record.draft,
    };
    needed_ids(api, ctx, id, &document).await
}

/// The ids of the checks that the steps of `document` depend on in runs of the workflow `id`.
pub async fn needed_ids(
    api: &Api,
    ctx: &Ctx,
    id: &WorkflowId,
    document: &Value,
) -> Result<BTreeSet<String>> {
    let store = &**api.store();
    let mut steps = Vec::new();
    collect(document, "", &mut steps);
    let mut ids = BTreeSet::new();
    for (_, step) in steps {
        if let Some(provider) = step.kind.provider() {
            ids.insert(Subject::new(CheckKind::Provider, provider).id());
        }
        for (name, tool) in step.kind.server_tools() {
            let Some(binding) = bind(store, &ctx.place, Some(id), name).await? else {
                continue;
            };
            for wire in &binding.wires {
                ids.insert(Subject::new(CheckKind::Credential, &wire.connection).id());
                ids.insert(Subject::new(CheckKind::Connection, &wire.connection).id());
            }
            for backend in behind(store, &ctx.place, name, Some(&binding), tool).await? {
                ids.insert(backend.id());
            }
            let variant = (!binding.variant.is_empty()).then(|| (id.clone(), binding.variant));
            let server = Subject {
                variant,
                ..Subject::new(CheckKind::McpServer, name)
            };
            ids.insert(server.id());
        }
    }
    Ok(ids)
}

/// The steps that can be read, with their pointers, loops' bodies too.
fn collect(holder: &Value, at: &str, into: &mut Vec<(String, Step)>) {
    let steps = holder.get("steps").and_then(Value::as_array);
    for (index, step) in steps.into_iter().flatten().enumerate() {
        let pointer = format!("{at}/steps/{index}");
        collect(step, &pointer, into);
        if let Ok(step) = serde_json::from_value::<Step>(step.clone())
            && step.enabled
        {
            into.push((pointer, step));
        }
    }
}
