//! Environment health: checks, what holds runs, and what is set up outside.

use super::{
    error::ApiError,
    transport::{ActionKey, Api, Guard},
};
use crate::routes::segment;
use model::WorkflowId;
use model::api::{
    Authorize, Changed, Check, Connection, ConnectionOverrides, ConnectionPatch, CreateConnection,
    CreateEntity, CreateMcpInstance, CreateMcpServer, Entity, EntityBody, McpInstance,
    McpInstancePatch, McpServer, McpServerPatch, Reconnect, Validation,
};
use serde_json::json;

pub const HEALTH: &str = "/v1/health";
pub const CONNECTIONS: &str = "/v1/connections";
pub const SERVERS: &str = "/v1/mcp/servers";
pub const INSTANCES: &str = "/v1/mcp/instances";
pub const ENTITIES: &str = "/v1/entities";
/// Which workflows use connections instead of others.
pub const OVERRIDES: &str = "/v1/connection-overrides";

/// Looks at one thing now.
pub async fn recheck(api: Api, check: &str, key: &ActionKey) -> Result<Changed<Check>, ApiError> {
    let path = format!("{HEALTH}/checks/{}/recheck", segment(check));
    api.post(&path, &json!({}), Guard::once(key)).await
}

/// Where a person goes to allow a connection.
pub async fn reconnect(
    api: Api,
    connection: &str,
    key: &ActionKey,
) -> Result<Changed<Reconnect>, ApiError> {
    let path = format!("{CONNECTIONS}/{connection}/reconnect");
    api.post(&path, &json!({}), Guard::once(key)).await
}

/// Gives back what an authorization server sent.
pub async fn authorize(
    api: Api,
    connection: &str,
    body: &Authorize,
    key: &ActionKey,
) -> Result<Changed<Connection>, ApiError> {
    let path = format!("{CONNECTIONS}/{}/authorize", segment(connection));
    api.post(&path, body, Guard::once(key)).await
}

pub async fn create_connection(
    api: Api,
    body: &CreateConnection,
    key: &ActionKey,
) -> Result<Changed<Connection>, ApiError> {
    api.post(CONNECTIONS, body, Guard::once(key)).await
}

pub async fn change_connection(
    api: Api,
    connection: &str,
    patch: &ConnectionPatch,
    key: &ActionKey,
) -> Result<Changed<Connection>, ApiError> {
    api.patch(
        &format!("{CONNECTIONS}/{connection}"),
        patch,
        Guard::once(key),
    )
    .await
}

pub async fn create_server(
    api: Api,
    body: &CreateMcpServer,
    key: &ActionKey,
) -> Result<Changed<McpServer>, ApiError> {
    api.post(SERVERS, body, Guard::once(key)).await
}

pub async fn change_server(
    api: Api,
    server: &str,
    patch: &McpServerPatch,
    key: &ActionKey,
) -> Result<Changed<McpServer>, ApiError> {
    api.patch(&format!("{SERVERS}/{server}"), patch, Guard::once(key))
        .await
}

/// Looks at an MCP server or instance, one check after the other.
pub async fn validate(api: Api, server: &str, key: &ActionKey) -> Result<Validation, ApiError> {
    let path = format!("{SERVERS}/{server}/validate");
    api.post(&path, &json!({}), Guard::once(key)).await
}

/// From now on, `profile` wires the instance.
pub async fn set_active(
    api: Api,
    instance: &str,
    profile: &str,
    key: &ActionKey,
) -> Result<Changed<McpInstance>, ApiError> {
    let path = format!("{INSTANCES}/{instance}/profiles/{profile}/set-active");
    api.post(&path, &json!({}), Guard::once(key)).await
}

pub async fn create_instance(
    api: Api,
    body: &CreateMcpInstance,
    key: &ActionKey,
) -> Result<Changed<McpInstance>, ApiError> {
    api.post(INSTANCES, body, Guard::once(key)).await
}

pub async fn change_instance(
    api: Api,
    instance: &str,
    patch: &McpInstancePatch,
    key: &ActionKey,
) -> Result<Changed<McpInstance>, ApiError> {
    let path = format!("{INSTANCES}/{instance}");
    api.patch(&path, patch, Guard::once(key)).await
}

pub async fn create_entity(
    api: Api,
    body: &CreateEntity,
    key: &ActionKey,
) -> Result<Changed<Entity>, ApiError> {
    api.post(ENTITIES, body, Guard::once(key)).await
}

pub async fn change_entity(
    api: Api,
    entity: &str,
    body: &EntityBody,
    key: &ActionKey,
) -> Result<Changed<Entity>, ApiError> {
    let path = format!("{ENTITIES}/{entity}");
    api.put(&path, body, Guard::once(key)).await
}

pub fn overrides_path(workflow: &WorkflowId) -> String {
    format!("/v1/workflows/{workflow}/connection-overrides")
}

/// Replaces all of a workflow's overrides.
pub async fn set_overrides(
    api: Api,
    workflow: &WorkflowId,
    body: &ConnectionOverrides,
    key: &ActionKey,
) -> Result<Changed<ConnectionOverrides>, ApiError> {
    api.put(&overrides_path(workflow), body, Guard::once(key))
        .await
}
