//! MCP servers, their instances and what they are told about who asks.

use crate::{Actor, Timestamp, WorkflowId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How an MCP server is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum McpTransport {
    /// Streamable HTTP.
    Http {
        url: String,
        /// Sent with every request; not for secrets, which come from connections.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        headers: BTreeMap<String, String>,
    },
    /// A program that speaks MCP on its standard input and output.
    Stdio {
        command: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        args: Vec<String>,
        /// Not for secrets, which come from connections.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        env: BTreeMap<String, String>,
    },
}

/// A connection's credential, wired to where a server expects it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Wire {
    pub connection: String,
    /// The header of an HTTP server; the connection's own when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
    /// The environment variable of a program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub env: Option<String>,
}

/// One of `GET /v1/mcp/servers`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct McpServer {
    /// What `mcp_call` names.
    pub name: String,
    pub transport: McpTransport,
    pub wires: Vec<Wire>,
    pub updated_at: Timestamp,
    pub updated_by: Actor,
}

/// `POST /v1/mcp/servers`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateMcpServer {
    /// A slug that no other server or instance of the project has.
    pub name: String,
    pub transport: McpTransport,
    #[serde(default)]
    pub wires: Vec<Wire>,
}

/// `PATCH /v1/mcp/servers/{server}`; absent fields stay.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct McpServerPatch {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transport: Option<McpTransport>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wires: Option<Vec<Wire>>,
}

/// One way an instance is wired: `production`, `staging`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct McpProfile {
    pub name: String,
    #[serde(default)]
    pub wires: Vec<Wire>,
}

/// A server as it is used under a name of its own, wired by one of its profiles. `GET /v1/mcp/instances`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct McpInstance {
    /// What `mcp_call` names.
    pub name: String,
    /// The server it is an instance of.
    pub server: String,
    pub profiles: Vec<McpProfile>,
    /// The profile in use.
    pub active: String,
    pub updated_at: Timestamp,
    pub updated_by: Actor,
}

/// `POST /v1/mcp/instances`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateMcpInstance {
    /// A slug that no other server or instance of the project has.
    pub name: String,
    pub server: String,
    /// At least one; their names differ.
    pub profiles: Vec<McpProfile>,
    /// The first one when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active: Option<String>,
}

/// `PATCH /v1/mcp/instances/{instance}`; the profile in use is among the new ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct McpInstancePatch {
    pub profiles: Vec<McpProfile>,
    /// The profile in use from now on; the one that is in use stays so when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active: Option<String>,
}

/// `GET, PUT /v1/workflows/{id}/connection-overrides`: connections that runs of this workflow use instead of others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ConnectionOverrides {
    /// `{"github": "github-staging"}`: the second is used where the first is wired.
    pub overrides: BTreeMap<String, String>,
}

/// One of `GET /v1/connection-overrides`: a workflow whose runs use connections instead of others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct WorkflowOverrides {
    pub workflow: WorkflowId,
    pub workflow_name: String,
    /// As in [`ConnectionOverrides`]; not empty.
    pub overrides: BTreeMap<String, String>,
}
