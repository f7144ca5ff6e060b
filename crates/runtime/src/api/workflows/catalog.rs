//! What a project offers to a workflow: its servers with their tools, its providers, its other workflows.

use crate::api::Api;
use crate::api::context::Ctx;
use crate::api::problem::Result;
use crate::store::record::{McpInstanceRecord, McpServerRecord, ProviderRecord, WorkflowRecord};
use engine::Tool;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The server that every project has.
pub const FILES: &str = "files";
const ALL: usize = 10_000;

/// What is there, as the engine's validation wants it.
#[derive(Default)]
pub struct Offered {
    pub servers: BTreeMap<String, Option<Vec<Tool>>>,
    pub providers: BTreeSet<String>,
    pub workflows: Vec<(String, String)>,
}

/// Asks the servers that `document` uses for their tools; the others are only named.
pub async fn of(api: &Api, ctx: &Ctx, document: &Value) -> Result<Offered> {
    let group = ctx.place.group();
    let store = api.store();
    let mut offered = Offered::default();
    for provider in store.list::<ProviderRecord>(&group, None, ALL).await? {
        offered.providers.insert(provider.value.id);
    }
    for workflow in store.list::<WorkflowRecord>(&group, None, ALL).await? {
        if !workflow.value.archived {
            offered
                .workflows
                .push((workflow.value.id.into_string(), workflow.value.name));
        }
    }
    let mut names = vec![FILES.to_owned()];
    for server in store.list::<McpServerRecord>(&group, None, ALL).await? {
        names.push(server.value.name);
    }
    for instance in store.list::<McpInstanceRecord>(&group, None, ALL).await? {
        names.push(instance.value.name);
    }
    let used = super::transfer::needs(document).servers;
    for name in names {
        let tools = if used.contains_key(&name) {
            api.services().tools(&ctx.place, &name).await
        } else {
            None
        };
        offered.servers.insert(name, tools);
    }
    Ok(offered)
}
