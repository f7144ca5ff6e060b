//! Everything put together, from the data folder to the answer of a request.

use super::console::Console;
use super::courier::Courier;
use super::first_start::{self, FirstStartError};
use super::keyring::{AuditKey, Keyring, KeyringError};
use super::limits::Limits;
use super::probes::NativeProbes;
use super::services::{Services, random};
use super::setups::Setups;
use crate::api::context::Origin;
use crate::api::problem::Error;
use crate::api::workflows::FILES;
use crate::api::{Api, ApiConfig};
use crate::audit;
use crate::auth::{COOKIE, people, sign_in};
use crate::bulk::Bulk;
use crate::health::{BackedRunner, CheckedEnvironment, Checks};
use crate::host::{Host, HostConfig, HostSetup, Platform, StoredEnvironment, TokioPlatform};
use crate::mcp_files::Quota;
use crate::notify::Notifier;
use crate::steps::Runners;
use crate::steps::agent::AgentRunner;
use crate::steps::llm::LlmRunner;
use crate::steps::lua::LuaRunner;
use crate::steps::mcp::{McpRunner, McpSettings};
use crate::steps::net::{NetError, Reach};
use crate::steps::sandbox::{Git, Sandboxes};
use crate::store::sqlite::SqliteStore;
use crate::store::{Change, ChangeSet, Store, StoreError};
use model::{Actor, SandboxId, UserId};
use secrecy::{ExposeSecret, SecretString};
use std::io;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// The database's name in a data folder.
pub const DATABASE: &str = "signalbox.db";
/// How long calls in flight may take when the runtime stops.
const GRACE_MS: u64 = 5_000;

/// What a runtime is started with.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The data folder; it exists.
    pub data: PathBuf,
    /// The built console.
    pub console: Option<PathBuf>,
    /// Examples to install into a new data folder.
    pub examples: Option<PathBuf>,
    pub host: HostConfig,
    /// Requests a second for one caller.
    pub rate: NonZeroU32,
    /// Addresses that people type may lead into this machine and its network.
    pub allow_private_urls: bool,
    /// MCP servers may start programs on this machine.
    pub allow_mcp_programs: bool,
    /// The time between two rounds of health checks.
    pub check_every: Duration,
    /// How much may lie in the sandbox of a run.
    pub sandbox: Quota,
    /// What secrets are sealed with, as hexadecimal digits; a key file in the data folder when absent.
    pub secret_key: Option<SecretString>,
    /// `0.1.0+<commit>`.
    pub build: String,
    /// The `signalbox` that serves files to runs; this program when absent.
    pub program: Option<PathBuf>,
}

/// Why a runtime did not start or ended badly, with what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("{}", reason(.0))]
    Store(#[from] StoreError),
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    #[error(transparent)]
    FirstStart(#[from] FirstStartError),
    #[error("No model or tool could be called: {0}.")]
    Net(#[from] NetError),
    #[error("This program cannot find itself: {0}.")]
    Program(io::Error),
    #[error("The listener failed: {0}.")]
    Listener(io::Error),
    #[error(transparent)]
    Wrong(#[from] Error),
}

/// The store says what to do by itself where something outside is the cause.
fn reason(error: &StoreError) -> String {
    match error {
        StoreError::Unavailable { reason } => reason.clone(),
        StoreError::Stale { .. }
        | StoreError::Exists(_)
        | StoreError::Missing(_)
        | StoreError::Unreadable(_) => error.to_string(),
    }
}

/// A runtime that drives its runs; requests are answered once it listens.
pub struct Running {
    host: Host,
    runners: Arc<Runners>,
    notifier: Notifier,
    bulk: Bulk,
    site: axum::Router,
    stopping: watch::Sender<bool>,
}

fn sandboxes(data: &Path, setups: &Arc<Setups>, reach: Reach, quota: Quota) -> Sandboxes {
    let git = Git {
        reach,
        credentials: Arc::clone(setups) as _,
    };
    let setups = Arc::clone(setups);
    let new_id = Arc::new(move || SandboxId::new(setups.new_id(SandboxId::PREFIX)));
    Sandboxes::new(data.join("sandboxes"), new_id, Some(git)).with_quota(quota)
}

/// Removes the sandboxes that no run needs, left behind where the runtime ended before it could.
async fn sweep(sandboxes: Arc<Sandboxes>, host: Host) {
    for (run, sandbox) in sandboxes.all() {
        match host.store().run(&run).await {
            Ok(Some(stored)) if stored.row.status.keeps_sandbox() => {}
            Ok(_) => sandboxes.release(&run, &sandbox).await,
            Err(error) => tracing::warn!(%run, %error, "a sandbox was not looked at"),
        }
    }
}

impl Running {
    /// Opens the data folder, fills a new one, and takes up its runs where they were left.
    pub async fn start(setup: Setup) -> Result<Self, StartError> {
        let store = SqliteStore::open(&setup.data.join(DATABASE))?;
        let audit_key = AuditKey::open(&setup.data)?;
        let cookie = format!("{COOKIE}_{}", &audit_key.public()[..8]);
        let store: Arc<dyn Store> = Arc::new(store.signed_by(Arc::new(audit_key)));
        let platform: Arc<dyn Platform> = Arc::new(TokioPlatform::current());
        let keyring = match &setup.secret_key {
            Some(key) => Keyring::given(key.expose_secret())?,
            None => Keyring::open(&setup.data)?,
        };
        let programs = setup.allow_mcp_programs;
        let reach = if setup.allow_private_urls {
            Reach::Anywhere
        } else {
            Reach::Public
        };
        let setups = Arc::new(Setups::new(
            Arc::clone(&store),
            keyring,
            programs,
            reach,
            Arc::clone(&platform),
        ));
        let mut mcp = McpSettings::new(setup.data.clone()).map_err(StartError::Program)?;
        if let Some(program) = setup.program {
            mcp.program = program;
        }
        mcp.reach = reach;
        let llm = Arc::new(LlmRunner::new(Arc::clone(&setups) as _, setups.near())?);
        let mcp = Arc::new(McpRunner::new(Arc::clone(&setups) as _, mcp));
        let sandboxes = Arc::new(sandboxes(&setup.data, &setups, reach, setup.sandbox));
        let runners = Arc::new(Runners {
            lua: LuaRunner::default(),
            llm: Arc::clone(&llm),
            mcp: Arc::clone(&mcp),
            agent: AgentRunner {
                llm,
                mcp,
                sandboxes: Arc::clone(&sandboxes),
            },
        });
        let probes = NativeProbes::new(Arc::clone(&setups), Arc::clone(&runners));
        let checks = Arc::new(Checks::new(
            Arc::clone(&store),
            Arc::clone(&platform),
            Arc::new(probes),
        ));
        let stored = StoredEnvironment::new(Arc::clone(&store), vec![FILES.to_owned()]);
        let host = Host::start(HostSetup {
            environment: Arc::new(CheckedEnvironment::new(stored, Arc::clone(&checks))),
            store,
            platform: Arc::clone(&platform),
            runner: Arc::new(BackedRunner::new(
                Arc::clone(&runners) as _,
                Arc::clone(&checks),
            )),
            config: setup.host,
        })
        .await?;
        first_start::prepare(&host, &setup.data, setup.examples.as_deref()).await?;
        tokio::spawn(sweep(sandboxes, host.clone()));
        let notifier = Notifier::start(
            host.clone(),
            Arc::new(Courier::new(Arc::clone(&setups), reach)?),
        );
        let bulk = Bulk::start(host.clone()).await?;
        let api = Api::new(
            host.clone(),
            platform,
            Arc::new(Services::new(setups, Arc::clone(&runners))),
            notifier.clone(),
            Arc::clone(&checks),
            bulk.clone(),
            ApiConfig {
                build: setup.build,
                cookie,
                secure_cookies: false,
            },
        );
        let (stopping, ended) = watch::channel(false);
        tokio::spawn(super::rounds::watch(
            host.clone(),
            checks,
            setup.check_every,
            ended.clone(),
        ));
        let site = super::site(
            api,
            Console::new(setup.console),
            Limits::new(setup.rate),
            true,
            ended,
        );
        Ok(Self {
            host,
            runners,
            notifier,
            bulk,
            site,
            stopping,
        })
    }

    pub fn host(&self) -> &Host {
        &self.host
    }

    pub fn notifier(&self) -> &Notifier {
        &self.notifier
    }

    /// A code that signs the owner in once.
    pub async fn owner_code(&self) -> Result<String, StartError> {
        let (store, now) = (self.host.store(), self.host.now());
        let id = UserId::new(self.host.new_id(UserId::PREFIX));
        let (owner, _) = people::by_name(store, id, people::OWNER, now).await?;
        let place = people::home(store, &owner).await?;
        let entry = audit::entry_of(
            &self.host,
            Actor::system(),
            &place,
            &Origin::default(),
            sign_in::LINK_MADE,
            owner.as_str(),
        );
        let (secret, link) = sign_in::link(&random, owner, now)?;
        store
            .change(ChangeSet::new(Change::create(&link)?).audited(entry))
            .await?;
        Ok(secret.reveal().to_owned())
    }

    /// Answers requests until `stop` is done; then lets requests and calls in flight finish.
    pub async fn serve(
        self,
        listener: TcpListener,
        stop: impl Future<Output = ()>,
    ) -> Result<(), StartError> {
        let stopping = self.stopping;
        let stop = async move {
            stop.await;
            tracing::info!("stopping");
            // Nobody listening is fine.
            let _ = stopping.send(true);
        };
        let served = super::listen(listener, self.site, stop).await;
        self.bulk.shutdown().await;
        let stopped = self.host.shutdown(GRACE_MS).await;
        self.notifier.shutdown().await;
        self.runners.mcp.shutdown().await;
        served.map_err(StartError::Listener)?;
        Ok(stopped?)
    }
}
