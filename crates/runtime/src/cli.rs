//! The commands of `signalbox`.

mod access;
mod audit;
mod data;
mod serve;
mod tokens;
mod words;

use crate::mcp_files::{FilesArgs, serve_stdio};
use lexopt::Arg::{Long, Short, Value};
use std::process::ExitCode;

/// Why a command ended early: one line that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    #[error("{0} See `signalbox help`.")]
    Usage(String),
    #[error("{0}")]
    Wrong(String),
}

impl From<lexopt::Error> for CliError {
    fn from(error: lexopt::Error) -> Self {
        let text = error.to_string();
        let mut letters = text.chars();
        let sentence = letters.next().map_or_else(String::new, |first| {
            first.to_uppercase().chain(letters).collect()
        });
        Self::Usage(format!("{sentence}."))
    }
}

impl From<crate::api::problem::Error> for CliError {
    fn from(error: crate::api::problem::Error) -> Self {
        Self::Wrong(error.to_string())
    }
}

impl From<crate::store::StoreError> for CliError {
    fn from(error: crate::store::StoreError) -> Self {
        match error {
            crate::store::StoreError::Unavailable { reason } => Self::Wrong(reason),
            other => Self::Wrong(other.to_string()),
        }
    }
}

impl From<crate::serve::running::StartError> for CliError {
    fn from(error: crate::serve::running::StartError) -> Self {
        Self::Wrong(error.to_string())
    }
}

/// Runs the command of this process.
pub fn run() -> ExitCode {
    match dispatch() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("signalbox: {}", error.to_string().replace('\n', " "));
            match error {
                CliError::Usage(_) => ExitCode::from(2),
                CliError::Wrong(_) => ExitCode::FAILURE,
            }
        }
    }
}

fn dispatch() -> Result<ExitCode, CliError> {
    let mut args = lexopt::Parser::from_env();
    let command = match args.next()? {
        None | Some(Short('h') | Long("help")) => "help".to_owned(),
        Some(Short('V') | Long("version")) => "version".to_owned(),
        Some(Value(word)) => word.to_string_lossy().into_owned(),
        Some(other) => return Err(other.unexpected().into()),
    };
    match command.as_str() {
        "serve" => serve::run(serve::Options::parse(args)?),
        "token" => tokens::run(&mut args),
        "tenant" => access::tenant(words::sub(&mut args, "tenant", "create")?),
        "project" => access::project(words::sub(&mut args, "project", "create")?),
        "user" => access::user(words::sub(&mut args, "user", "create")?),
        "sign-in-link" => access::sign_in_link(words::Words::read(args)?),
        "audit" => audit::run(&mut args),
        "mcp-files" => files(args),
        "openapi" => {
            print!("{}", crate::api::openapi::text());
            Ok(ExitCode::SUCCESS)
        }
        "version" => {
            println!("{}", serve::build());
            Ok(ExitCode::SUCCESS)
        }
        "help" => {
            print!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        other => Err(CliError::Usage(format!("There is no command {other:?}."))),
    }
}

/// Serves files to whoever started this process; standard output belongs to the protocol.
fn files(mut args: lexopt::Parser) -> Result<ExitCode, CliError> {
    let (mut root, mut call_log) = (None, None);
    while let Some(arg) = args.next()? {
        match arg {
            Long("root") => root = Some(args.value()?.into()),
            Long("call-log") => call_log = Some(args.value()?.into()),
            other => return Err(other.unexpected().into()),
        }
    }
    let root = root.ok_or_else(|| CliError::Usage("--root is missing.".into()))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::Wrong(format!("No runtime could be started: {error}.")))?;
    runtime
        .block_on(serve_stdio(FilesArgs { root, call_log }))
        .map_err(|error| CliError::Wrong(error.to_string()))?;
    Ok(ExitCode::SUCCESS)
}

const HELP: &str = "\
signalbox: runs agent workflows and shows why one stands.

  signalbox serve [--port N] [--data DIR] [--console DIR] [--examples DIR] [--workers N] [--rate N] [--allow-private-urls]
                  [--allow-mcp-programs] [--check-every SECONDS] [--sandbox-mib N] [--sandbox-files N]
      Serves the API and the console on 127.0.0.1. --port 0 takes a free one. --workers 0: nobody picks runs up.
      --sandbox-mib, --sandbox-files: how much the agents of a run may keep in its folder; 1024 and 100,000.
      --allow-mcp-programs: MCP servers may start programs on this machine. SIGNALBOX_SECRET_KEY: the key that secrets are
      sealed with, as 64 hexadecimal digits; without it, a file in the data folder.
  signalbox sign-in-link [--data DIR] [--port N] [--name NAME --role ROLE --tenant T --project P]
      A link that signs in once, for the owner or for a person with that name and role.
  signalbox token create --name NAME --role ROLE [--scope S]... [--tenant T] [--project P] [--expires-in DAYS] [--data DIR]
      A token for programs. Without --scope it has every scope. Prints the token and nothing else; it is shown once.
  signalbox token list [--tenant T] [--data DIR]
  signalbox token revoke ID [--data DIR]
      Takes a token back, at once, also while the runtime is running.
  signalbox user create --name NAME --role ROLE [--tenant T] [--project P] [--data DIR]
  signalbox tenant create --id T [--name NAME] [--data DIR]
  signalbox project create --id P [--tenant T] [--name NAME] [--data DIR]
  signalbox audit verify FILE [--key HEX]
      Checks an exported audit trail: what was changed, taken out or moved is named. --key: the key its heads must be signed with.
  signalbox mcp-files --root DIR [--call-log FILE]
      The built-in MCP server for files, on standard input and output.
  signalbox openapi
      The API's description.

Roles: project_viewer, project_contributor, project_admin, tenant_admin. The data folder is ./data when it is not given; these
commands also work while the runtime is running.
";
