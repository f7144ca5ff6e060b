//! The runtime as a process: what it is told, and what it says when it is ready.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, ExitCode, Stdio};

use crate::problem::Problem;

/// The runtime announces the way in with this; the link follows.
const SIGN_IN: &str = "sign-in link: ";

pub struct Server {
    pub binary: PathBuf,
    pub port: u16,
    pub data: PathBuf,
    pub console: PathBuf,
    pub examples: PathBuf,
}

impl Server {
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .arg("serve")
            .args(["--port", &self.port.to_string()])
            .arg("--data")
            .arg(&self.data)
            .arg("--console")
            .arg(&self.console)
            .arg("--examples")
            .arg(&self.examples);
        command
    }

    /// Replaces this process by the runtime: signals, output and exit code are its own.
    #[cfg(unix)]
    pub fn become_it(&self) -> Result<ExitCode, Problem> {
        use std::os::unix::process::CommandExt;
        Err(self.not_started(self.command().exec()))
    }

    #[cfg(not(unix))]
    pub fn become_it(&self) -> Result<ExitCode, Problem> {
        self.stay(|_| ())
    }

    /// Starts the runtime, repeats what it says, hands its sign-in link to `ready`, and ends when it ends.
    pub fn stay(&self, ready: impl FnOnce(&str)) -> Result<ExitCode, Problem> {
        outlive_interrupts()?;
        let (mut child, said) = self.start()?;
        let mut ready = Some(ready);
        for line in said.lines().map_while(Result::ok) {
            println!("{line}");
            if let Some(link) = sign_in_link(&line)
                && let Some(ready) = ready.take()
            {
                ready(link);
            }
        }
        let status = child.wait().map_err(|source| self.not_started(source))?;
        Ok(if status.success() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }

    /// Starts the runtime; what it says is to be read.
    pub fn start(&self) -> Result<(Child, BufReader<ChildStdout>), Problem> {
        let mut child = self
            .command()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|source| self.not_started(source))?;
        let said = child
            .stdout
            .take()
            .ok_or_else(|| Problem::Wrong("The runtime's output cannot be read.".into()))?;
        Ok((child, BufReader::new(said)))
    }

    fn not_started(&self, source: std::io::Error) -> Problem {
        Problem::Start {
            program: self.binary.display().to_string(),
            source,
        }
    }
}

pub fn sign_in_link(line: &str) -> Option<&str> {
    let (_, link) = line.split_once(SIGN_IN)?;
    Some(link.trim())
}

/// Ctrl+C reaches the runtime as well, which then ends in its own order; this process waits for it.
fn outlive_interrupts() -> Result<(), Problem> {
    let seen = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    signal_hook::flag::register(signal_hook::consts::SIGINT, seen)
        .map(|_| ())
        .map_err(|error| Problem::Wrong(format!("Ctrl+C cannot be listened to: {error}.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_link_is_found_in_its_line() {
        let line = "sign-in link: http://127.0.0.1:4317/sign-in#token=pat_1";
        assert_eq!(
            sign_in_link(line),
            Some("http://127.0.0.1:4317/sign-in#token=pat_1")
        );
        assert_eq!(sign_in_link("listening on http://127.0.0.1:4317"), None);
    }
}
