//! One open connection to one server.

use super::config::{McpServerConfig, McpSetup, Target};
use super::outcome::{self, Trouble};
use super::program::Program;
use super::tools::ToolInfo;
use super::words::Words;
use crate::steps::MAX_MESSAGE;
use crate::steps::net::{self, Scrub};
use model::{Failure, FailureCode};
use reqwest::header::{HeaderName, HeaderValue};
use rmcp::ClientHandler;
use rmcp::model::{ClientCapabilities, ClientConfig, Implementation};
use rmcp::service::{
    ClientInitializeError, NotificationContext, Peer, RoleClient, RunningService, serve_client,
};
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::common::client_side_sse::ExponentialBackoff;
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::process::Command;

/// The longest a server may take to start and shake hands: some fetch their program first.
const START_TIMEOUT: Duration = Duration::from_mins(1);
const CLOSE_TIMEOUT: Duration = Duration::from_secs(10);
/// Variables that a program may need to run at all; nothing else of the runtime's environment is passed on.
const PASSED_ON: [&str; 10] = [
    "HOME",
    "LANG",
    "LC_ALL",
    "LOGNAME",
    "PATH",
    "SHELL",
    "SYSTEMROOT",
    "TEMP",
    "TMPDIR",
    "USER",
];

pub(super) struct Connection {
    service: RunningService<RoleClient, Client>,
    setup: McpSetup,
    name: String,
    scrub: Scrub,
    tools: Arc<ToolCache>,
    last_used: Mutex<Instant>,
    said: Arc<Words>,
}

/// The tools once asked for, until the server says that they changed.
type ToolCache = Mutex<Option<Arc<Vec<ToolInfo>>>>;

/// Our side of the connection: it offers nothing.
struct Client {
    tools: Arc<ToolCache>,
}

impl ClientHandler for Client {
    fn get_info(&self) -> ClientConfig {
        let own = Implementation::new("signalbox", env!("CARGO_PKG_VERSION"));
        ClientConfig::new(ClientCapabilities::default(), own)
    }

    async fn on_tool_list_changed(&self, _: NotificationContext<RoleClient>) {
        *lock(&self.tools) = None;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Connection {
    pub async fn open(target: &Target) -> Result<Self, Failure> {
        let tools = Arc::new(ToolCache::default());
        let said: Arc<Words> = Arc::default();
        let client = Client {
            tools: Arc::clone(&tools),
        };
        let scrub = target.setup.scrub();
        let opening = async {
            match &target.setup.config {
                McpServerConfig::Stdio { command, args, env } => {
                    let child = start(command, args, env, &said)?;
                    Ok(serve_client(client, child).await?)
                }
                McpServerConfig::Http { url, headers } => {
                    let transport = http(url, headers, target)?;
                    Ok(serve_client(client, transport).await?)
                }
            }
        };
        let opened = tokio::time::timeout(START_TIMEOUT, opening).await;
        let service = match opened.unwrap_or(Err(OpenError::Slow)) {
            Ok(service) => service,
            Err(error) => {
                let failure = error.failure(&target.name);
                return Err(scrubbed(&scrub, with_words(failure, &said).await));
            }
        };
        Ok(Self {
            service,
            setup: target.setup.clone(),
            name: target.name.clone(),
            scrub,
            tools,
            last_used: Mutex::new(Instant::now()),
            said,
        })
    }

    pub fn is_usable(&self, setup: &McpSetup) -> bool {
        !self.service.is_closed() && !self.service.is_transport_closed() && self.setup == *setup
    }

    pub fn touch(&self) {
        *lock(&self.last_used) = Instant::now();
    }

    pub fn unused_for(&self) -> Duration {
        lock(&self.last_used).elapsed()
    }

    pub fn peer(&self) -> &Peer<RoleClient> {
        self.service.peer()
    }

    pub fn scrub(&self) -> &Scrub {
        &self.scrub
    }

    /// The server's tools, asked for once.
    pub async fn tools(&self) -> Result<Arc<Vec<ToolInfo>>, Failure> {
        if let Some(known) = lock(&self.tools).clone() {
            return Ok(known);
        }
        self.refreshed_tools().await
    }

    pub async fn refreshed_tools(&self) -> Result<Arc<Vec<ToolInfo>>, Failure> {
        let listed = match self.peer().list_all_tools().await {
            Ok(listed) => listed,
            Err(error) => {
                let trouble = Trouble::of(&error);
                return Err(self.explain(trouble.failure(&self.name)).await);
            }
        };
        let tools: Arc<Vec<ToolInfo>> = Arc::new(listed.into_iter().map(ToolInfo::from).collect());
        *lock(&self.tools) = Some(Arc::clone(&tools));
        Ok(tools)
    }

    /// A failure with what the server last said on its error output, without secrets.
    pub async fn explain(&self, failure: Failure) -> Failure {
        scrubbed(&self.scrub, with_words(failure, &self.said).await)
    }

    pub async fn close(self) {
        let mut service = self.service;
        if let Err(error) = service.close_with_timeout(CLOSE_TIMEOUT).await {
            tracing::warn!(server = %self.name, %error, "an MCP connection did not close");
        }
    }
}

async fn with_words(failure: Failure, said: &Words) -> Failure {
    match (&failure.detail, said.last().await) {
        (None, Some(words)) => failure.detail(words),
        _ => failure,
    }
}

fn scrubbed(scrub: &Scrub, mut failure: Failure) -> Failure {
    failure.message = scrub.text(failure.message);
    failure.detail = failure.detail.map(|detail| scrub.text(detail));
    failure
}

#[derive(Debug, thiserror::Error)]
enum OpenError {
    #[error("the program {0} was not found")]
    NoProgram(String),
    #[error("the program {0} could not be started: {1}")]
    Program(String, std::io::Error),
    #[error("the header {0} cannot be sent")]
    Header(String),
    #[error("it did not answer in time")]
    Slow,
    #[error(transparent)]
    Net(#[from] net::NetError),
    #[error(transparent)]
    Handshake(#[from] Box<ClientInitializeError>),
}

impl From<ClientInitializeError> for OpenError {
    fn from(error: ClientInitializeError) -> Self {
        Self::Handshake(Box::new(error))
    }
}

impl OpenError {
    fn failure(&self, name: &str) -> Failure {
        match self {
            Self::Handshake(error) => outcome::handshake(name, error),
            Self::Net(net::NetError::Private(_)) => Failure::new(
                FailureCode::PolicyBlocked,
                format!("The MCP server at {name} may not be called: {self}."),
            ),
            Self::NoProgram(_)
            | Self::Program(..)
            | Self::Header(_)
            | Self::Slow
            | Self::Net(_) => outcome::unreachable(name, &self.to_string()),
        }
    }
}

fn start(
    command: &str,
    args: &[String],
    env: &BTreeMap<String, String>,
    said: &Arc<Words>,
) -> Result<Program, OpenError> {
    let mut program = Command::new(command);
    let passed_on = PASSED_ON
        .iter()
        .filter_map(|name| Some((name, std::env::var_os(name)?)));
    program.args(args).env_clear().envs(passed_on).envs(env);
    let (child, stderr) = Program::start(program).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => OpenError::NoProgram(command.to_owned()),
        _ => OpenError::Program(command.to_owned(), error),
    })?;
    if let Some(stderr) = stderr {
        said.listen(stderr);
    }
    Ok(child)
}

fn http(
    url: &str,
    headers: &BTreeMap<String, String>,
    target: &Target,
) -> Result<StreamableHttpClientTransport<reqwest::Client>, OpenError> {
    net::parse_url(url, target.reach)?;
    let client = net::client(target.reach, None)?;
    let mut custom = HashMap::new();
    for (name, value) in headers {
        let bad = || OpenError::Header(name.clone());
        let header: HeaderName = name.parse().map_err(|_| bad())?;
        let mut value: HeaderValue = value.parse().map_err(|_| bad())?;
        value.set_sensitive(true);
        custom.insert(header, value);
    }
    let mut config = StreamableHttpClientTransportConfig::with_uri(url)
        .custom_headers(custom)
        .max_concurrent_requests(64);
    // Without an end, a server that is gone for good would keep its calls open for ever.
    let mut retry = ExponentialBackoff::default();
    retry.max_times = Some(3);
    retry.base_duration = Duration::from_millis(200);
    retry.max_delay = Some(Duration::from_secs(2));
    config.retry_config = Arc::new(retry);
    config.max_sse_event_size = MAX_MESSAGE;
    Ok(StreamableHttpClientTransport::with_client(client, config))
}
