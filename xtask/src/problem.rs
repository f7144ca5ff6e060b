//! What can go wrong in a command, each as one line that says what to do.

use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum Problem {
    #[error("{0}")]
    Usage(String),
    #[error(
        "Port {port} is in use by another program. Stop that program, or choose another port: cargo xtask run --port {}",
        port.wrapping_add(1)
    )]
    PortInUse { port: u16 },
    #[error(
        "Port {port} cannot be used: {source}. Choose another port: cargo xtask run --port 4317"
    )]
    PortRefused { port: u16, source: std::io::Error },
    #[error("There is no C compiler (cc). Install one: {}", compiler_advice())]
    NoCompiler,
    #[error(
        "There is no network, and {doing} needs it once. Connect, then run the same command again."
    )]
    NoNetwork { doing: String },
    #[error(
        "The disk became full while {doing}. Make room (`cargo clean` deletes all that was built here), then run the same command again."
    )]
    DiskFull { doing: String },
    #[error(
        "{needs} is missing, and rustup is not installed. Install rustup from https://rustup.rs, then: {command}"
    )]
    NoRustup { needs: String, command: String },
    #[error(
        "Node.js is missing, and {doing} needs it. Install Node.js 20 or newer, then run the same command again."
    )]
    NoNode { doing: String },
    #[error("There is no Chromium or Chrome, and the end-to-end tests need one. {advice}")]
    NoChromium { advice: String },
    #[error(
        "{} is not a Signalbox data folder: it has files, but no signalbox.db. Nothing was deleted; choose another folder with --data.",
        .0.display()
    )]
    NotADataFolder(PathBuf),
    #[error("{program} could not be started: {source}")]
    Start {
        program: String,
        source: std::io::Error,
    },
    #[error("{} could not be {verb}: {source}", path.display())]
    File {
        verb: &'static str,
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{what} failed. What it said:\n\n{said}\n\nAll of it: {}", log.display())]
    Step {
        what: String,
        said: String,
        log: PathBuf,
    },
    #[error("{0}")]
    Wrong(String),
}

impl Problem {
    pub fn file(verb: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { verb, path, source }
    }
}

impl From<lexopt::Error> for Problem {
    fn from(error: lexopt::Error) -> Self {
        Self::Usage(format!("{error}. See: cargo xtask --help"))
    }
}

fn compiler_advice() -> &'static str {
    if cfg!(target_os = "macos") {
        "xcode-select --install"
    } else if cfg!(windows) {
        "the Visual Studio Build Tools with \"Desktop development with C++\""
    } else {
        "apt-get install build-essential (Debian, Ubuntu) or dnf install gcc (Fedora)"
    }
}
