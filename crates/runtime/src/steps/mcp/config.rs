//! How servers are set up.

use crate::steps::net::{Reach, Scrub};
use async_trait::async_trait;
use model::id::is_slug;
use model::{Failure, ProjectId, TenantId, WorkflowId};
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// How a server is reached.
#[derive(Clone, PartialEq, Eq)]
pub enum McpServerConfig {
    /// A program that speaks MCP on its standard input and output. It sees `env` and the few variables every program needs.
    Stdio {
        command: String,
        args: Vec<String>,
        env: BTreeMap<String, String>,
    },
    Http {
        url: String,
        /// Sent with every request: `Authorization` and the like.
        headers: BTreeMap<String, String>,
    },
}

/// Environment variables and headers may be secret: only their names are shown.
impl fmt::Debug for McpServerConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdio { command, args, env } => f
                .debug_struct("Stdio")
                .field("command", command)
                .field("args", args)
                .field("env", &env.keys())
                .finish(),
            Self::Http { url, headers } => f
                .debug_struct("Http")
                .field("url", url)
                .field("headers", &headers.keys())
                .finish(),
        }
    }
}

impl McpServerConfig {
    /// What must not be shown of it.
    fn scrub(&self, secrets: &[String]) -> Scrub {
        let secrets = secrets.iter().cloned();
        match self {
            Self::Stdio { env, .. } => {
                let secret = |name: &str| {
                    let name = name.to_ascii_uppercase();
                    ["KEY", "TOKEN", "SECRET", "PASS", "AUTH", "CREDENTIAL"]
                        .iter()
                        .any(|word| name.contains(word))
                };
                let found = env.iter().filter(|(name, _)| secret(name));
                Scrub::new(found.map(|(_, value)| value.clone()).chain(secrets))
            }
            Self::Http { headers, .. } => {
                // `Bearer abc`: the token alone is as secret as the whole.
                let words = headers.values().flat_map(|value| value.split(' '));
                Scrub::new(
                    headers
                        .values()
                        .cloned()
                        .chain(words.map(str::to_owned))
                        .chain(secrets),
                )
            }
        }
    }
}

/// A server as it is to be called now: its credentials stand in the headers or variables of `config`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct McpSetup {
    pub config: McpServerConfig,
    /// Tells the connections of one name apart, where workflows use credentials of their own; empty for the project's.
    pub variant: String,
    /// What of `config` must appear nowhere.
    pub secrets: Secrets,
}

impl From<McpServerConfig> for McpSetup {
    fn from(config: McpServerConfig) -> Self {
        Self {
            config,
            variant: String::new(),
            secrets: Secrets::default(),
        }
    }
}

/// Texts that are never shown.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secrets(pub Vec<String>);

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} secrets", self.0.len())
    }
}

impl McpSetup {
    pub(super) fn scrub(&self) -> Scrub {
        self.config.scrub(&self.secrets.0)
    }
}

/// Where the set-up of servers is kept.
#[async_trait]
pub trait McpServers: Send + Sync {
    /// The server that `name` means in a project, for runs of `workflow` where that is given; `None` when it is not set up.
    /// The failure says why its credentials cannot be used.
    async fn server(
        &self,
        tenant: &TenantId,
        project: &ProjectId,
        workflow: Option<&WorkflowId>,
        name: &str,
    ) -> Result<Option<McpSetup>, Failure>;
}

/// What all servers share.
#[derive(Debug, Clone)]
pub struct McpSettings {
    /// The runtime's data folder; the built-in `files` server keeps each project's files in `files/<tenant>/<project>` of it.
    pub data: PathBuf,
    /// The program that is started as `… mcp-files` for the built-in server: this one.
    pub program: PathBuf,
    /// Where addresses may lead, a step's `server_url` as well as those that are set up.
    pub reach: Reach,
    /// A connection unused for this long is closed.
    pub idle: Duration,
}

impl McpSettings {
    /// The settings of a runtime with its data in `data`. Addresses lead to the public internet only.
    pub fn new(data: PathBuf) -> std::io::Result<Self> {
        Ok(Self {
            data,
            program: std::env::current_exe()?,
            reach: Reach::Public,
            idle: Duration::from_mins(5),
        })
    }

    /// The built-in server for files; `None` for ids that are no plain names, since they become folders.
    pub(super) fn files(&self, tenant: &TenantId, project: &ProjectId) -> Option<McpServerConfig> {
        if !is_slug(tenant.as_str()) || !is_slug(project.as_str()) {
            return None;
        }
        let folder = self.data.join("files").join(tenant.as_str());
        let root = folder.join(project.as_str());
        let log = folder.join(format!("{project}.calls.ndjson"));
        let path = |path: PathBuf| path.to_string_lossy().into_owned();
        Some(McpServerConfig::Stdio {
            command: path(self.program.clone()),
            args: vec![
                "mcp-files".into(),
                "--root".into(),
                path(root),
                "--call-log".into(),
                path(log),
            ],
            env: BTreeMap::new(),
        })
    }
}

/// One server of one project.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub tenant: TenantId,
    pub project: ProjectId,
    /// Its name, or its address.
    pub name: String,
    pub setup: McpSetup,
    pub reach: Reach,
}
