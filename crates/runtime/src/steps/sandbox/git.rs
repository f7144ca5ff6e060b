//! A repository as a sandbox's first content, fetched by the `git` of the machine.

use crate::steps::StepCall;
use crate::steps::net::{self, Reach};
use crate::store::Place;
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::workflow::GitSource;
use model::{Failure, FailureCode};
use secrecy::{ExposeSecret, SecretString};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use tokio::process::Command;

/// The longest a repository may take.
const PATIENCE: Duration = Duration::from_mins(5);
/// The most of git's own words that a failure keeps.
const MOST_WORDS: usize = 2_000;

/// Where the credentials of connections are kept.
#[async_trait]
pub trait GitCredentials: Send + Sync {
    /// `user:password` of a connection; the failure says why it cannot be used.
    async fn basic(&self, place: &Place, connection: &str) -> Result<SecretString, Failure>;
}

/// Fetches repositories for one project's runs.
#[derive(Clone)]
pub struct Git {
    pub reach: Reach,
    pub credentials: Arc<dyn GitCredentials>,
}

impl Git {
    /// Checks a repository out into the empty folder `at`, without its history.
    pub async fn check_out(
        &self,
        call: &StepCall,
        source: &GitSource,
        at: &Path,
    ) -> Result<(), Failure> {
        let invalid = |message: String| Failure::new(FailureCode::InvalidInput, message);
        let url = net::parse_url(&source.url, self.reach)
            .map_err(|error| invalid(format!("The repository cannot be fetched: {error}.")))?;
        if source
            .reference
            .as_deref()
            .is_some_and(|r| r.starts_with('-'))
        {
            return Err(invalid("A branch or a tag does not begin with “-”.".into()));
        }
        let credential = match &source.connection {
            Some(connection) => {
                let (tenant, project) = (call.tenant.clone(), call.project.clone());
                let place = Place { tenant, project };
                Some(self.credentials.basic(&place, connection).await?)
            }
            None => None,
        };
        let mut git = Command::new("git");
        git.current_dir(at)
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            // Nothing of this machine's own settings and nobody to ask.
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_ALLOW_PROTOCOL", "https:http")
            .args([
                "-c",
                "http.followRedirects=false",
                "-c",
                "core.hooksPath=/dev/null",
            ])
            .args(["-c", "core.symlinks=false", "clone", "--quiet", "--depth=1"])
            .args(["--no-recurse-submodules", "--single-branch"])
            .args(source.reference.iter().map(|r| format!("--branch={r}")))
            .args(["--", url.as_str(), "."])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        if let Some(credential) = &credential {
            let coded = STANDARD.encode(credential.expose_secret());
            let header = format!("Authorization: Basic {coded}");
            // Not among the arguments, where other programs would see it.
            git.env("GIT_CONFIG_COUNT", "1")
                .env("GIT_CONFIG_KEY_0", "http.extraHeader")
                .env("GIT_CONFIG_VALUE_0", header);
        }
        let failed = |message: String| Failure::new(FailureCode::SandboxFailed, message);
        let ended = tokio::time::timeout(PATIENCE, git.output()).await;
        let ended =
            ended.map_err(|_| failed("The repository was not there within 5 minutes.".into()))?;
        let ended = ended.map_err(|error| {
            match error.kind() {
            std::io::ErrorKind::NotFound => failed(
                "There is no git on the machine of the runtime; whoever runs Signalbox installs it."
                    .into(),
            ),
            _ => failed(format!("git could not be started: {error}.")),
        }
        })?;
        if !ended.status.success() {
            let words = String::from_utf8_lossy(&ended.stderr);
            let secret = credential.iter().flat_map(|credential| {
                let whole = credential.expose_secret();
                let password = whole
                    .split_once(':')
                    .map(|(_, password)| password.to_owned());
                [STANDARD.encode(whole)].into_iter().chain(password)
            });
            let words = net::Scrub::new(secret).text(words.trim().to_owned());
            let cut = words.floor_char_boundary(MOST_WORDS);
            let last = words.lines().last().unwrap_or("it gave no reason");
            let message = format!(
                "The repository {} could not be fetched: {}.",
                source.url,
                last.trim_start_matches("fatal: ").trim_end_matches('.')
            );
            return Err(failed(message).detail(&words[..cut]));
        }
        std::fs::remove_dir_all(at.join(".git"))
            .map_err(|error| failed(format!("The repository cannot be used: {error}.")))
    }
}
