//! How providers and MCP servers are set up, as the step runners ask for it.

use super::keyring::Keyring;
use crate::health::{Binding, bind};
use crate::host::Platform;
use crate::host::ids::Ids;
use crate::steps::llm::{ProviderConfig, Providers};
use crate::steps::mcp::{McpServerConfig, McpServers, McpSetup, Secrets};
use crate::steps::net::Reach;
use crate::steps::sandbox::GitCredentials;
use crate::store::record::ProviderRecord;
use crate::store::{Place, Store};
use async_trait::async_trait;
use model::api::McpTransport;
use model::{Failure, FailureCode, ProjectId, TenantId, Timestamp, WorkflowId};
use secrecy::SecretString;
use std::sync::Arc;

/// The records of the store, with their keys opened.
pub struct Setups {
    store: Arc<dyn Store>,
    keyring: Keyring,
    /// MCP servers may start programs on this machine.
    programs: bool,
    reach: Reach,
    platform: Arc<dyn Platform>,
    ids: Ids,
    renewing: tokio::sync::Mutex<()>,
}

impl Setups {
    /// `programs`: the operator lets MCP servers start programs on this machine. `reach`: where addresses that people typed may
    /// lead.
    pub fn new(
        store: Arc<dyn Store>,
        keyring: Keyring,
        programs: bool,
        reach: Reach,
        platform: Arc<dyn Platform>,
    ) -> Self {
        Self {
            store,
            keyring,
            programs,
            reach,
            platform,
            ids: Ids::default(),
            renewing: tokio::sync::Mutex::default(),
        }
    }

    pub fn now(&self) -> Timestamp {
        self.platform.now()
    }

    pub fn new_id(&self, prefix: &str) -> String {
        self.ids.next(prefix, &*self.platform)
    }

    /// Held by whoever renews a token.
    pub fn renewing(&self) -> &tokio::sync::Mutex<()> {
        &self.renewing
    }

    /// Where addresses that people typed may lead.
    pub fn reach(&self) -> Reach {
        self.reach
    }

    /// Where addresses of model providers may lead: they often run on this machine.
    pub fn near(&self) -> Reach {
        match self.reach {
            Reach::Anywhere => Reach::Anywhere,
            Reach::Local | Reach::Public => Reach::Local,
        }
    }

    pub fn programs(&self) -> bool {
        self.programs
    }

    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    pub fn keyring(&self) -> &Keyring {
        &self.keyring
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
        workflow: Option<&WorkflowId>,
        name: &str,
    ) -> Result<Option<McpSetup>, Failure> {
        let place = place(tenant, project);
        match bind(&*self.store, &place, workflow, name).await {
            Ok(Some(binding)) => self.wired(&place, binding).await.map(Some),
            Ok(None) => Ok(None),
            Err(error) => {
                tracing::error!(server = name, %error, "an MCP server's set-up cannot be read");
                Err(Failure::new(
                    FailureCode::DependencyUnavailable,
                    format!("The set-up of the MCP server “{name}” cannot be read now."),
                ))
            }
        }
    }
}

#[async_trait]
impl GitCredentials for Setups {
    async fn basic(&self, place: &Place, connection: &str) -> Result<SecretString, Failure> {
        let credential = self.credential(place, connection).await?;
        // Forges take a token as the password of any user.
        let word = if credential.bare.contains(':') {
            credential.bare
        } else {
            format!("x-access-token:{}", credential.bare)
        };
        Ok(word.into())
    }
}

/// Why a server that starts a program is not used, with who can change it.
pub const NO_PROGRAMS: &str = "This runtime starts no programs for MCP servers. Whoever operates it allows that with \
    `signalbox serve --allow-mcp-programs`; a server reached by address needs no permission.";

impl Setups {
    /// A server with its credentials put where it expects them.
    async fn wired(&self, place: &Place, binding: Binding) -> Result<McpSetup, Failure> {
        let mut secrets = Vec::new();
        let mut config = match binding.server.config {
            McpTransport::Http { url, headers } => McpServerConfig::Http { url, headers },
            McpTransport::Stdio { command, args, env } if self.programs => {
                McpServerConfig::Stdio { command, args, env }
            }
            McpTransport::Stdio { .. } => {
                return Err(Failure::new(FailureCode::EnvironmentBlocked, NO_PROGRAMS));
            }
        };
        for wire in binding.wires {
            let credential = self.credential(place, &wire.connection).await?;
            match &mut config {
                McpServerConfig::Http { headers, .. } => {
                    let header = wire.header.unwrap_or_else(|| credential.header.clone());
                    let value = credential.value_in(&header).to_owned();
                    headers.insert(header, value);
                }
                McpServerConfig::Stdio { env, .. } => {
                    if let Some(name) = wire.env {
                        env.insert(name, credential.bare.clone());
                    }
                }
            }
            secrets.extend(credential.secrets);
        }
        Ok(McpSetup {
            config,
            variant: binding.variant,
            secrets: Secrets(secrets),
        })
    }
}
