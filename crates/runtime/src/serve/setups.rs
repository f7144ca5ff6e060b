//! How providers and MCP servers are set up, as the step runners ask for it.

use super::keyring::Keyring;
use crate::steps::llm::{ProviderConfig, Providers};
use crate::steps::mcp::{McpServerConfig, McpServers};
use crate::store::record::{McpServerRecord, ProviderRecord};
use crate::store::{Place, Store};
use async_trait::async_trait;
use model::{ProjectId, TenantId};
use secrecy::SecretString;
use std::sync::Arc;

/// The records of the store, with their keys opened.
pub struct Setups {
    store: Arc<dyn Store>,
    keyring: Keyring,
}

impl Setups {
    pub fn new(store: Arc<dyn Store>, keyring: Keyring) -> Self {
        Self { store, keyring }
    }

    pub fn seal(&self, key: &str) -> Result<String, String> {
        self.keyring.seal(key).map_err(|error| error.to_string())
    }

    pub fn unseal(&self, sealed: &str) -> Result<String, String> {
        self.keyring
            .unseal(sealed)
            .map_err(|error| error.to_string())
    }

    /// A provider as it is called.
    pub fn config(&self, record: ProviderRecord) -> ProviderConfig {
        let api_key = record.sealed_key.and_then(|sealed| match self.keyring.unseal(&sealed) {
            Ok(key) => Some(SecretString::from(key)),
            Err(error) => {
                tracing::error!(provider = record.id, %error, "a provider's key cannot be used");
                None
            }
        });
        ProviderConfig {
            id: record.id,
            mode: record.mode,
            base_url: record.base_url,
            api_key,
            default_model: record.default_model,
            prices: record.prices,
        }
    }
}

fn place(tenant: &TenantId, project: &ProjectId) -> Place {
    Place {
        tenant: tenant.clone(),
        project: project.clone(),
    }
}

#[async_trait]
impl Providers for Setups {
    async fn provider(
        &self,
        tenant: &TenantId,
        project: &ProjectId,
        id: &str,
    ) -> Option<ProviderConfig> {
        let key = place(tenant, project).key(id);
        match self.store.get::<ProviderRecord>(&key).await {
            Ok(found) => found.map(|stored| self.config(stored.value)),
            Err(error) => {
                tracing::error!(provider = id, %error, "a provider's set-up cannot be read");
                None
            }
        }
    }
}

#[async_trait]
impl McpServers for Setups {
    async fn server(
        &self,
        tenant: &TenantId,
        project: &ProjectId,
        name: &str,
    ) -> Option<McpServerConfig> {
        let key = place(tenant, project).key(name);
        match self.store.get::<McpServerRecord>(&key).await {
            Ok(found) => found.and_then(|stored| server(&stored.value)),
            Err(error) => {
                tracing::error!(server = name, %error, "an MCP server's set-up cannot be read");
                None
            }
        }
    }
}

/// `{"url": …, "headers": {…}}` or `{"command": …, "args": […], "env": {…}}`.
fn server(record: &McpServerRecord) -> Option<McpServerConfig> {
    #[derive(serde::Deserialize)]
    #[serde(untagged)]
    enum Config {
        Http {
            url: String,
            #[serde(default)]
            headers: std::collections::BTreeMap<String, String>,
        },
        Stdio {
            command: String,
            #[serde(default)]
            args: Vec<String>,
            #[serde(default)]
            env: std::collections::BTreeMap<String, String>,
        },
    }
    match serde::Deserialize::deserialize(&record.config) {
        Ok(Config::Http { url, headers }) => Some(McpServerConfig::Http { url, headers }),
        Ok(Config::Stdio { command, args, env }) => {
            Some(McpServerConfig::Stdio { command, args, env })
        }
        Err(error) => {
            tracing::error!(server = record.name, %error, "an MCP server's set-up is wrong");
            None
        }
    }
}
