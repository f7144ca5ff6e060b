//! A repository as a sandbox's first content, fetched by the `git` of the machine.

use crate::steps::StepCall;
use crate::steps::net::{self, Reach, Url};
use crate::store::Place;
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::workflow::GitSource;
use model::{Failure, FailureCode};
use secrecy::{ExposeSecret, SecretString};
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use tokio::process::Command;

/// The first git that can be told the addresses of a host.
const PINS: (u32, u32) = (2, 37);
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
        let url = without_dot(url);
        if source
            .reference
            .as_deref()
            .is_some_and(|r| r.starts_with('-'))
        {
            return Err(invalid("A branch or a tag does not begin with “-”.".into()));
        }
        let found = self.resolved(&url).await?;
        let credential = match &source.connection {
            Some(connection) => {
                let (tenant, project) = (call.tenant.clone(), call.project.clone());
                let place = Place { tenant, project };
                Some(self.credentials.basic(&place, connection).await?)
            }
            None => None,
        };
        self.fetch(source, &url, found.as_deref(), credential, at)
            .await
    }

    /// The addresses that the host of a URL has, where it is given by name. Those of a name that leads where a fetch may not
    /// are none of them.
    async fn resolved(&self, url: &Url) -> Result<Option<Vec<SocketAddr>>, Failure> {
        let invalid = |why: String| {
            let message = format!("The repository cannot be fetched: {why}.");
            Failure::new(FailureCode::InvalidInput, message)
        };
        let (Some(host), Some(port)) = (url.domain(), url.port_or_known_default()) else {
            return Ok(None);
        };
        let found = net::resolve(self.reach, host, port).await;
        let found = found.unwrap_or_else(|_| Ok(Vec::new()));
        let found = found.map_err(|closed| invalid(closed.to_string()))?;
        if found.is_empty() {
            let message = format!(
                "The repository {url} could not be fetched: its host name could not be found."
            );
            return Err(Failure::new(FailureCode::SandboxFailed, message));
        }
        Ok(Some(found))
    }

    /// Fetches from `found`, where the URL's host is a name.
    async fn fetch(
        &self,
        source: &GitSource,
        url: &Url,
        found: Option<&[SocketAddr]>,
        credential: Option<SecretString>,
        at: &Path,
    ) -> Result<(), Failure> {
        let mut settings = Vec::new();
        if let Some(pin) = found.and_then(|found| pin(url, found)) {
            new_enough().await?;
            settings.push(("http.curloptResolve", pin));
        }
        if let Some(credential) = &credential {
            let coded = STANDARD.encode(credential.expose_secret());
            settings.push(("http.extraHeader", format!("Authorization: Basic {coded}")));
        }
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
        // Not among the arguments, where other programs would see a credential.
        git.env("GIT_CONFIG_COUNT", settings.len().to_string());
        for (at, (name, value)) in settings.iter().enumerate() {
            git.env(format!("GIT_CONFIG_KEY_{at}"), name)
                .env(format!("GIT_CONFIG_VALUE_{at}"), value);
        }
        let failed = |message: String| Failure::new(FailureCode::SandboxFailed, message);
        let ended = tokio::time::timeout(PATIENCE, git.output()).await;
        let ended =
            ended.map_err(|_| failed("The repository was not there within 5 minutes.".into()))?;
        let ended = ended.map_err(|error| not_started(&error))?;
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

/// A name may end with a dot, and programs do not agree on what it is then called.
fn without_dot(mut url: Url) -> Url {
    let bare = url.domain().and_then(|name| name.strip_suffix('.'));
    if let Some(bare) = bare.map(ToOwned::to_owned) {
        // Where it cannot be, it stays, and is looked up as it stands.
        let _ = url.set_host(Some(&bare));
    }
    url
}

/// The addresses in the words of curl: where git would look the name up itself, it could be answered otherwise than we were.
fn pin(url: &Url, found: &[SocketAddr]) -> Option<String> {
    let (name, port) = (url.domain()?, url.port_or_known_default()?);
    let addresses: Vec<String> = found
        .iter()
        .map(|address| match address.ip() {
            IpAddr::V4(v4) => v4.to_string(),
            IpAddr::V6(v6) => format!("[{v6}]"),
        })
        .collect();
    Some(format!("{name}:{port}:{}", addresses.join(",")))
}

/// An older git would pass over where it is to fetch from.
async fn new_enough() -> Result<(), Failure> {
    let mut git = Command::new("git");
    let asked = git.arg("version").stdin(Stdio::null()).output().await;
    let said = asked.map_err(|error| not_started(&error))?.stdout;
    let said = String::from_utf8_lossy(&said);
    if version(&said).is_some_and(|version| version >= PINS) {
        return Ok(());
    }
    let message = format!(
        "The git on the machine of the runtime is too old to fetch from a host by its name: it says “{}”, and 2.37 is needed. \
         Whoever runs Signalbox installs it.",
        said.trim()
    );
    Err(Failure::new(FailureCode::SandboxFailed, message))
}

/// "git version 2.47.3": 2 and 47.
fn version(said: &str) -> Option<(u32, u32)> {
    let mut parts = said.strip_prefix("git version ")?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

fn not_started(error: &std::io::Error) -> Failure {
    let message = match error.kind() {
        std::io::ErrorKind::NotFound => {
            "There is no git on the machine of the runtime; whoever runs Signalbox installs it."
                .to_owned()
        }
        _ => format!("git could not be started: {error}."),
    };
    Failure::new(FailureCode::SandboxFailed, message)
}

#[cfg(test)]
#[path = "../../../tests/support/git_http.rs"]
mod git_http;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::git_http::GitServer;
    use super::*;

    struct Nobody;

    #[async_trait]
    impl GitCredentials for Nobody {
        async fn basic(&self, _: &Place, connection: &str) -> Result<SecretString, Failure> {
            panic!("{connection} was asked for")
        }
    }

    fn git(reach: Reach) -> Git {
        Git {
            reach,
            credentials: Arc::new(Nobody),
        }
    }

    fn source(url: &str) -> GitSource {
        serde_json::from_value(serde_json::json!({ "url": url })).unwrap()
    }

    #[tokio::test]
    async fn a_repository_comes_from_the_address_that_was_checked() {
        let server = GitServer::start(None).await;
        // No resolver knows the name: git finds the server only where it is told.
        let address = Url::parse(&server.url).unwrap();
        let named = server.url.replace("127.0.0.1", "repository.invalid");
        let url = Url::parse(&named).unwrap();
        let found: SocketAddr = format!("127.0.0.1:{}", address.port().unwrap())
            .parse()
            .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let git = git(Reach::Anywhere);
        let named = source(&named);
        git.fetch(&named, &url, Some(&[found]), None, folder.path())
            .await
            .unwrap();
        assert!(folder.path().join("README.md").exists());
        assert!(!server.seen.lock().unwrap().is_empty());
        let empty = tempfile::tempdir().unwrap();
        let unpinned = git.fetch(&named, &url, None, None, empty.path()).await;
        assert!(unpinned.is_err());
    }

    #[tokio::test]
    async fn a_name_that_leads_to_this_machine_is_not_asked() {
        let near = Url::parse("http://localhost:9/repo.git").unwrap();
        let failure = git(Reach::Public).resolved(&near).await.unwrap_err();
        assert_eq!(failure.code, FailureCode::InvalidInput);
        assert!(
            failure.message.contains("--allow-private-urls"),
            "{}",
            failure.message
        );
        let found = git(Reach::Anywhere).resolved(&near).await.unwrap();
        assert!(
            found
                .unwrap()
                .iter()
                .all(|address| address.ip().is_loopback())
        );
        let address = Url::parse("http://127.0.0.1:9/repo.git").unwrap();
        assert!(
            git(Reach::Anywhere)
                .resolved(&address)
                .await
                .unwrap()
                .is_none()
        );
    }

    #[test]
    fn addresses_are_told_as_curl_reads_them() {
        let url = without_dot(Url::parse("https://Forge.example./x").unwrap());
        let found = ["93.184.216.34:443", "[2606:4700::1111]:443"];
        let found = found.map(|address| address.parse().unwrap());
        assert_eq!(
            pin(&url, &found).unwrap(),
            "forge.example:443:93.184.216.34,[2606:4700::1111]"
        );
    }

    #[test]
    fn a_version_is_read() {
        assert_eq!(version("git version 2.47.3\n"), Some((2, 47)));
        assert_eq!(
            version("git version 2.39.5 (Apple Git-154)\n"),
            Some((2, 39))
        );
        assert!(version("git version 2.9.1").unwrap() < PINS);
        assert_eq!(version("hg 6"), None);
    }
}
