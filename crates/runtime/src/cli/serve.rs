//! `signalbox serve`: everything put together, from the data folder to the listener.

use super::words::default_data;
use super::{CliError, data};
use crate::host::HostConfig;
use crate::mcp_files::Quota;
use crate::serve::keyring;
use crate::serve::running::{Running, Setup};
use lexopt::Arg::Long;
use lexopt::ValueExt;
use std::fs;
use std::io::{ErrorKind, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use tokio::net::TcpListener;

const PORT: u16 = 4317;
/// Requests a second for one caller.
const RATE: NonZeroU32 = NonZeroU32::new(1000).unwrap();
/// Seconds between two rounds of health checks.
const CHECK_EVERY: NonZeroU32 = NonZeroU32::new(60).unwrap();
/// Where the port in use is written, for `signalbox sign-in-link`.
const PORT_FILE: &str = "port";

/// What `signalbox serve` was told.
#[derive(Debug)]
pub struct Options {
    port: u16,
    data: PathBuf,
    console: Option<PathBuf>,
    examples: Option<PathBuf>,
    workers: Option<u32>,
    rate: NonZeroU32,
    allow_private_urls: bool,
    allow_mcp_programs: bool,
    check_every: NonZeroU32,
    sandbox: Quota,
}

impl Options {
    pub fn parse(mut args: lexopt::Parser) -> Result<Self, CliError> {
        let mut options = Self {
            port: PORT,
            data: default_data(),
            console: None,
            examples: None,
            workers: None,
            rate: RATE,
            allow_private_urls: false,
            allow_mcp_programs: false,
            check_every: CHECK_EVERY,
            sandbox: Quota::default(),
        };
        while let Some(arg) = args.next()? {
            match arg {
                Long("port") => options.port = args.value()?.parse()?,
                Long("data") => options.data = args.value()?.into(),
                Long("console") => options.console = Some(args.value()?.into()),
                Long("examples") => options.examples = Some(args.value()?.into()),
                Long("workers") => options.workers = Some(args.value()?.parse()?),
                Long("rate") => options.rate = args.value()?.parse()?,
                Long("allow-private-urls") => options.allow_private_urls = true,
                Long("check-every") => options.check_every = args.value()?.parse()?,
                Long("sandbox-mib") => {
                    let mib: NonZeroU32 = args.value()?.parse()?;
                    options.sandbox.bytes = u64::from(mib.get()) * 1024 * 1024;
                }
                Long("sandbox-files") => {
                    let files: NonZeroU32 = args.value()?.parse()?;
                    options.sandbox.files = files.get().into();
                }
                Long("allow-mcp-programs") => options.allow_mcp_programs = true,
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(options)
    }
}

/// Which build this is: the version, and what tells two builds of it apart.
pub fn build() -> String {
    let version = env!("CARGO_PKG_VERSION");
    match option_env!("SIGNALBOX_COMMIT") {
        Some(commit) => format!("{version}+{commit}"),
        None => format!("{version}+{}", binary().unwrap_or_else(|| "dev".into())),
    }
}

/// The moment this program was built, as a short word.
fn binary() -> Option<String> {
    let modified = fs::metadata(std::env::current_exe().ok()?)
        .ok()?
        .modified()
        .ok()?;
    let since = modified.duration_since(std::time::UNIX_EPOCH).ok()?;
    Some(format!("{:x}", since.as_secs()))
}

pub fn run(options: Options) -> Result<ExitCode, CliError> {
    log();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::Wrong(format!("No runtime could be started: {error}.")))?;
    let outcome = runtime.block_on(serve(options));
    // What is still running has had its time.
    runtime.shutdown_timeout(Duration::from_secs(1));
    outcome.map(|()| ExitCode::SUCCESS)
}

fn log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("SIGNALBOX_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info,rmcp=warn,hyper=warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .with_writer(std::io::stderr)
        .with_target(false)
        .init();
}

async fn serve(options: Options) -> Result<(), CliError> {
    // The port first: it is the most usual thing to be wrong, and nothing has been touched yet.
    let (listener, port) = bind(options.port).await?;
    data::folder(&options.data)?;
    let running = Running::start(Setup {
        data: options.data.clone(),
        console: options.console,
        examples: options.examples,
        host: options
            .workers
            .map_or_else(HostConfig::default, |workers| HostConfig {
                workers,
                ..HostConfig::default()
            }),
        rate: options.rate,
        allow_private_urls: options.allow_private_urls,
        allow_mcp_programs: options.allow_mcp_programs,
        check_every: Duration::from_secs(options.check_every.get().into()),
        sandbox: options.sandbox,
        secret_key: std::env::var(keyring::VARIABLE).ok().map(Into::into),
        build: build(),
        program: None,
    })
    .await?;
    let port_file = options.data.join(PORT_FILE);
    fs::write(&port_file, port.to_string()).map_err(|error| {
        CliError::Wrong(format!(
            "{} cannot be written: {error}.",
            port_file.display()
        ))
    })?;
    announce(port, &running.owner_code().await?);
    let served = running.serve(listener, signals()).await;
    // The next start writes its own.
    let _ = fs::remove_file(port_file);
    Ok(served?)
}

async fn bind(port: u16) -> Result<(TcpListener, u16), CliError> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .map_err(|error| {
            CliError::Wrong(match error.kind() {
                ErrorKind::AddrInUse => format!(
                    "Port {port} is in use by another program. Stop it, or choose another one with --port; --port 0 takes a free one."
                ),
                ErrorKind::PermissionDenied => {
                    format!("Port {port} is not allowed for this user. Choose one above 1023 with --port.")
                }
                _ => format!("Port {port} cannot be listened on: {error}."),
            })
        })?;
    let address = listener
        .local_addr()
        .map_err(|error| CliError::Wrong(format!("The port cannot be told: {error}.")))?;
    Ok((listener, address.port()))
}

/// Says where it is and how to get in; other programs read these lines.
fn announce(port: u16, code: &str) {
    let mut out = std::io::stdout().lock();
    // A closed standard output is no reason not to serve.
    let _ = writeln!(out, "listening on http://127.0.0.1:{port}");
    let _ = writeln!(out, "sign-in link: {}", link(port, code));
    let _ = out.flush();
}

/// The address a code signs in at. What stands behind # is never sent to a server by itself and stays out of logs.
pub fn link(port: u16, code: &str) -> String {
    format!("http://127.0.0.1:{port}/sign-in#code={code}")
}

/// The port of the runtime that uses a data folder, if one is running.
pub fn port_of(data: &Path) -> Option<u16> {
    let port: u16 = fs::read_to_string(data.join(PORT_FILE))
        .ok()?
        .trim()
        .parse()
        .ok()?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpStream::connect_timeout(&address, Duration::from_secs(1)).ok()?;
    Some(port)
}

/// Until Ctrl+C or a request to terminate.
async fn signals() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
