//! What a run of a workflow uses, connection by connection.

use model::api::{Connection, McpInstance, McpServer};
use std::collections::{BTreeMap, BTreeSet};

/// A connection as runs of the workflow meet it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Used {
    pub id: String,
    /// The servers, and the instances by their profile in use, that are told its credential.
    pub wired_to: Vec<String>,
    /// What runs use instead.
    pub instead: Option<String>,
    /// It is not set up any more.
    pub gone: bool,
    pub instead_gone: bool,
}

/// Every connection that is set up, and those that only an override names; the ones with an override first.
pub fn used(
    connections: &[Connection],
    servers: &[McpServer],
    instances: &[McpInstance],
    overrides: &BTreeMap<String, String>,
) -> Vec<Used> {
    let there: BTreeSet<&str> = connections.iter().map(|one| one.id.as_str()).collect();
    let mut names = there.clone();
    names.extend(overrides.keys().map(String::as_str));
    let mut all: Vec<Used> = names
        .into_iter()
        .map(|id| {
            let instead = overrides.get(id);
            Used {
                id: id.to_owned(),
                wired_to: wired_to(id, servers, instances),
                gone: !there.contains(id),
                instead_gone: instead.is_some_and(|to| !there.contains(to.as_str())),
                instead: instead.cloned(),
            }
        })
        .collect();
    all.sort_by_key(|one| one.instead.is_none());
    all
}

fn wired_to(id: &str, servers: &[McpServer], instances: &[McpInstance]) -> Vec<String> {
    let servers = servers
        .iter()
        .filter(|server| server.wires.iter().any(|wire| wire.connection == id))
        .map(|server| server.name.clone());
    let instances = instances.iter().filter_map(|instance| {
        let active = instance
            .profiles
            .iter()
            .find(|one| one.name == instance.active)?;
        let wired = active.wires.iter().any(|wire| wire.connection == id);
        wired.then(|| instance.name.clone())
    });
    servers.chain(instances).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::{from_value, json};

    #[test]
    fn a_run_uses_what_is_wired_or_what_stands_instead() {
        let by = json!(model::Actor::system());
        let at = "2026-11-20T22:11:40Z";
        let connection = |id: &str| -> Connection {
            from_value(json!({
                "id": id, "auth": { "type": "bearer" }, "has_secret": true, "connected": false,
                "updated_at": at, "updated_by": by,
            }))
            .unwrap()
        };
        let instance: McpInstance = from_value(json!({
            "name": "shop-eu", "server": "shop", "active": "live", "updated_at": at, "updated_by": by,
            "profiles": [
                { "name": "live", "wires": [{ "connection": "live" }] },
                { "name": "test", "wires": [{ "connection": "test" }] },
            ],
        }))
        .unwrap();
        let connections = [connection("live"), connection("test")];
        let overrides = [("live", "test"), ("old", "older")]
            .map(|(from, to)| (from.to_owned(), to.to_owned()))
            .into();
        let all = used(&connections, &[], &[instance], &overrides);
        let names: Vec<&str> = all.iter().map(|one| one.id.as_str()).collect();
        assert_eq!(names, ["live", "old", "test"]);
        assert_eq!(all[0].wired_to, ["shop-eu"]);
        assert_eq!(all[0].instead.as_deref(), Some("test"));
        assert!(!all[0].gone && !all[0].instead_gone);
        assert!(all[1].gone && all[1].instead_gone);
        assert!(all[2].wired_to.is_empty(), "its profile is not in use");
        assert_eq!(all[2].instead, None);
    }
}
