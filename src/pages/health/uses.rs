//! What depends on what is set up, for the question before it is deleted.

use model::api::{Entity, McpInstance, McpServer, WorkflowOverrides};

/// What is told a connection's credential, as people say it.
pub fn of_connection(
    id: &str,
    servers: &[McpServer],
    instances: &[McpInstance],
    entities: &[Entity],
    overrides: &[WorkflowOverrides],
) -> Vec<String> {
    let servers = servers
        .iter()
        .filter(|server| server.wires.iter().any(|wire| wire.connection == id))
        .map(|server| format!("the MCP server {}", server.name));
    let profiles = instances.iter().flat_map(|instance| {
        let wired = instance
            .profiles
            .iter()
            .filter(|profile| profile.wires.iter().any(|wire| wire.connection == id));
        wired.map(|profile| {
            format!(
                "the profile {} of the instance {}",
                profile.name, instance.name
            )
        })
    });
    let entities = entities
        .iter()
        .filter(|entity| entity.entity.connection.as_deref() == Some(id))
        .map(|entity| format!("the wire test of the entity {}", entity.id));
    let workflows = overrides.iter().flat_map(|of| {
        let instead = of.overrides.iter().filter(|(_, to)| *to == id);
        instead.map(|(from, _)| format!("the workflow {}, instead of {from}", of.workflow_name))
    });
    servers
        .chain(profiles)
        .chain(entities)
        .chain(workflows)
        .collect()
}

/// The instances of a server.
pub fn instances_of<'a>(server: &str, instances: &'a [McpInstance]) -> Vec<&'a str> {
    instances
        .iter()
        .filter(|instance| instance.server == server)
        .map(|instance| instance.name.as_str())
        .collect()
}

/// The entities behind a server's or an instance's tools.
pub fn entities_of(server: &str, entities: &[Entity]) -> Vec<String> {
    entities
        .iter()
        .filter(|entity| {
            entity
                .entity
                .tools
                .iter()
                .any(|tools| tools.server == server)
        })
        .map(|entity| format!("the entity {}, which is behind its tools", entity.id))
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::{Value, from_value, json};

    fn made<T: serde::de::DeserializeOwned>(mut value: Value) -> T {
        value["updated_at"] = json!("2026-11-20T22:11:40Z");
        value["updated_by"] = json!(model::Actor::system());
        from_value(value).unwrap()
    }

    #[test]
    fn what_is_wired_to_a_connection_is_named() {
        let server = |name: &str, to: &str| {
            made::<McpServer>(json!({
                "name": name, "transport": { "url": "https://mcp.example.com" }, "wires": [{ "connection": to }],
            }))
        };
        let servers = [server("shop", "github"), server("mail", "smtp")];
        let instances = [made::<McpInstance>(json!({
            "name": "shop-eu", "server": "shop", "active": "live",
            "profiles": [
                { "name": "live", "wires": [{ "connection": "github" }] },
                { "name": "test", "wires": [{ "connection": "smtp" }] },
            ],
        }))];
        let entities = [made::<Entity>(json!({
            "id": "erp", "wire": "https://erp.example.com", "connection": "github",
            "tools": [{ "server": "shop-eu" }],
        }))];
        let overrides = [WorkflowOverrides {
            workflow: "wf_1".into(),
            workflow_name: "Nightly".to_owned(),
            overrides: [("smtp".to_owned(), "github".to_owned())].into(),
        }];
        assert_eq!(
            of_connection("github", &servers, &instances, &entities, &overrides),
            [
                "the MCP server shop",
                "the profile live of the instance shop-eu",
                "the wire test of the entity erp",
                "the workflow Nightly, instead of smtp",
            ]
        );
        assert!(of_connection("none", &servers, &instances, &entities, &overrides).is_empty());
        assert_eq!(instances_of("shop", &instances), ["shop-eu"]);
        assert!(instances_of("mail", &instances).is_empty());
        assert_eq!(entities_of("shop-eu", &entities).len(), 1);
        assert!(entities_of("shop", &entities).is_empty());
    }
}
