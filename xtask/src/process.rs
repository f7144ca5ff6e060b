//! Other programs: found, started, watched, and heard when they fail.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use crate::paths::Paths;
use crate::problem::Problem;
use crate::progress::Progress;

/// How many lines of a failed step are worth showing at once; the log has the rest.
const SHOWN_LINES: usize = 60;

/// What a finished program left behind.
pub struct Ended {
    pub status: ExitStatus,
    /// Both of its outputs, in the order they were written.
    pub said: String,
    pub log: PathBuf,
}

/// Runs a program to its end with no input, its outputs in a log, and a progress line when it takes long.
pub fn watch(
    paths: &Paths,
    what: &str,
    usual: &str,
    command: &mut Command,
) -> Result<Ended, Problem> {
    let folder = paths.notes().join("logs");
    fs::create_dir_all(&folder).map_err(Problem::file("made", &folder))?;
    let log = folder.join(format!("{}.log", slug(what)));
    let file = File::create(&log).map_err(Problem::file("written", &log))?;
    let copy = file.try_clone().map_err(Problem::file("written", &log))?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(file)
        .stderr(copy)
        .spawn()
        .map_err(|source| Problem::Start {
            program: command.get_program().to_string_lossy().into_owned(),
            source,
        })?;
    let mut progress = Progress::new(what, usual);
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) => {
                progress.tick();
                thread::sleep(Duration::from_millis(30));
            }
            Err(source) => {
                return Err(Problem::Start {
                    program: what.to_owned(),
                    source,
                });
            }
        }
    };
    progress.end(if status.success() { "done" } else { "failed" });
    let said = fs::read(&log).map_err(Problem::file("read", &log))?;
    Ok(Ended {
        status,
        said: String::from_utf8_lossy(&said).into_owned(),
        log,
    })
}

/// As [`watch`], and a program that fails is a problem.
pub fn must(
    paths: &Paths,
    what: &str,
    usual: &str,
    command: &mut Command,
) -> Result<Ended, Problem> {
    let ended = watch(paths, what, usual, command)?;
    if ended.status.success() {
        return Ok(ended);
    }
    Err(explain(what, &ended))
}

/// Why a step failed, in one line where the cause is a known one.
pub fn explain(what: &str, ended: &Ended) -> Problem {
    if is_network(&ended.said) {
        return Problem::NoNetwork {
            doing: lower_first(what),
        };
    }
    if is_full(&ended.said) {
        return Problem::DiskFull {
            doing: lower_first(what),
        };
    }
    if ended.said.contains("linker `cc` not found")
        || ended.said.contains("failed to find tool \"cc\"")
    {
        return Problem::NoCompiler;
    }
    Problem::Step {
        what: what.to_owned(),
        said: last_lines(&ended.said, SHOWN_LINES),
        log: ended.log.clone(),
    }
}

/// What a short program says on its standard output, or nothing when it is missing or fails.
pub fn ask(program: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The cargo that started this command, for the repository.
pub fn cargo(paths: &Paths) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .current_dir(&paths.root)
        .env("CARGO_TARGET_DIR", &paths.target);
    // What cargo told this program about itself would make the crates below look changed.
    for name in [
        "CARGO_MANIFEST_DIR",
        "CARGO_MANIFEST_PATH",
        "CARGO_PKG_NAME",
    ] {
        command.env_remove(name);
    }
    command
}

/// Where a program stands on the PATH.
pub fn find(program: &str) -> Option<PathBuf> {
    let name = format!("{program}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(&name))
        .find(|path| is_program(path))
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata()
        .is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

/// npm's name differs where programs end in `.exe`.
pub fn npm() -> Option<Command> {
    let name = if cfg!(windows) { "npm.cmd" } else { "npm" };
    ask(name, &["--version"]).map(|_| Command::new(name))
}

fn is_network(said: &str) -> bool {
    const SIGNS: [&str; 9] = [
        "Could not resolve host",
        "Couldn't resolve host",
        "could not resolve host",
        "Temporary failure resolving",
        "failed to lookup address",
        "dns error",
        "ENOTFOUND",
        "EAI_AGAIN",
        "Network is unreachable",
    ];
    SIGNS.iter().any(|sign| said.contains(sign))
}

fn is_full(said: &str) -> bool {
    said.contains("No space left on device") || said.contains("ENOSPC")
}

fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(letters).collect()
    })
}

fn slug(text: &str) -> String {
    text.to_lowercase()
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_network_is_told_apart() {
        let curl = "warning: spurious network error: [6] Couldn't resolve host name (Could not resolve host: example.org)";
        assert!(is_network(curl));
        assert!(is_network("npm error code EAI_AGAIN"));
        assert!(!is_network("error[E0432]: unresolved import `net`"));
    }

    #[test]
    fn a_full_disk_is_told_apart() {
        let rustc = "error: failed to write to `target/debug/full.rmeta`: No space left on device (os error 28)";
        assert!(is_full(rustc));
        assert!(is_full("npm error code ENOSPC"));
        assert!(!is_full("error: the spacing of the devices"));
    }

    #[test]
    fn only_the_end_of_a_long_log_is_shown() {
        assert_eq!(last_lines("a\nb\nc", 2), "b\nc");
        assert_eq!(last_lines("a", 2), "a");
    }

    #[test]
    fn a_log_is_named_after_its_step() {
        assert_eq!(
            slug("Building the console (release)"),
            "building-the-console-release"
        );
    }
}
