//! What a step's server name means: a server or an instance of one, with the credentials that go with it.

use crate::store::record::{McpInstanceRecord, McpServerRecord, OverridesRecord};
use crate::store::{Place, Store, StoreError};
use model::WorkflowId;
use model::api::Wire;

/// A server as a workflow's runs use it.
#[derive(Debug, Clone, PartialEq)]
pub struct Binding {
    pub server: McpServerRecord,
    /// The server's own, then those of the instance's active profile, each with the connection that is used.
    pub wires: Vec<Wire>,
    /// The connections used instead of the project's, joined; empty where there are none.
    pub variant: String,
}

/// What `name` means in `place`, for runs of `workflow` where that is given; `None` when it is not set up.
pub async fn bind(
    store: &dyn Store,
    place: &Place,
    workflow: Option<&WorkflowId>,
    name: &str,
) -> Result<Option<Binding>, StoreError> {
    let instance = store.get::<McpInstanceRecord>(&place.key(name)).await?;
    let server = instance
        .as_ref()
        .map_or(name, |instance| instance.value.server.as_str());
    let Some(server) = store.get::<McpServerRecord>(&place.key(server)).await? else {
        return Ok(None);
    };
    let server = server.value;
    let mut wires = server.wires.clone();
    if let Some(instance) = instance {
        let active = instance.value.active;
        let profiles = instance.value.profiles.into_iter();
        wires.extend(
            profiles
                .filter(|profile| profile.name == active)
                .flat_map(|profile| profile.wires),
        );
    }
    let mut variant = String::new();
    if let Some(workflow) = workflow.filter(|_| !wires.is_empty())
        && let Some(own) = store
            .get::<OverridesRecord>(&place.key(workflow.as_str()))
            .await?
    {
        for wire in &mut wires {
            if let Some(instead) = own.value.overrides.get(&wire.connection) {
                wire.connection.clone_from(instead);
                variant = format!(
                    "{variant}{}{instead}",
                    if variant.is_empty() { "" } else { "+" }
                );
            }
        }
    }
    Ok(Some(Binding {
        server,
        wires,
        variant,
    }))
}
