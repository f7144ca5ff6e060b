//! Tools that come from crates.io: used from the PATH in the right version, else installed for this project only.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::paths::Paths;
use crate::problem::Problem;
use crate::process::{ask, find, must, watch};

/// Newer ones need a newer Rust than this workspace asks for.
const TRUNK: &str = "0.21.14";

pub struct Tool {
    package: &'static str,
    program: &'static str,
    version: String,
    /// Whether the lock file inside the package can be used.
    locked: bool,
    usual: &'static str,
}

pub fn trunk() -> Tool {
    Tool {
        package: "trunk",
        program: "trunk",
        version: TRUNK.to_owned(),
        locked: true,
        usual: "5 to 8 minutes, once",
    }
}

/// Its version must be the one of the library in the lock file.
pub fn wasm_bindgen(paths: &Paths) -> Result<Tool, Problem> {
    let lock = paths.root.join("Cargo.lock");
    let text = fs::read_to_string(&lock).map_err(Problem::file("read", &lock))?;
    let version = locked_version(&text, "wasm-bindgen")
        .ok_or_else(|| Problem::Wrong("Cargo.lock names no wasm-bindgen.".into()))?;
    Ok(Tool {
        package: "wasm-bindgen-cli",
        program: "wasm-bindgen",
        version,
        // Its own lock names a version that the registry no longer has.
        locked: false,
        usual: "2 to 3 minutes, once",
    })
}

/// The program's path. Another version on the PATH is left alone.
pub fn ensure(paths: &Paths, tool: &Tool) -> Result<PathBuf, Problem> {
    let home = paths
        .tools
        .join(format!("{}-{}", tool.package, tool.version));
    let own = home
        .join("bin")
        .join(format!("{}{}", tool.program, std::env::consts::EXE_SUFFIX));
    if let Some(found) = find(tool.program).filter(|path| is_version(path, tool)) {
        return Ok(found);
    }
    if is_version(&own, tool) {
        return Ok(own);
    }
    install(paths, tool, &home)?;
    if is_version(&own, tool) {
        return Ok(own);
    }
    Err(Problem::Wrong(format!(
        "{} {} was installed, but {} does not start.",
        tool.package,
        tool.version,
        own.display()
    )))
}

fn is_version(program: &Path, tool: &Tool) -> bool {
    ask(program, &["--version"])
        .is_some_and(|said| said.split_whitespace().nth(1) == Some(tool.version.as_str()))
}

fn install(paths: &Paths, tool: &Tool, home: &Path) -> Result<(), Problem> {
    let what = format!("Installing {} {}", tool.package, tool.version);
    if find("cargo-binstall").is_some() {
        let mut binstall = Command::new("cargo");
        binstall
            .args([
                "binstall",
                "--no-confirm",
                "--disable-strategies",
                "compile",
            ])
            .arg("--root")
            .arg(home)
            .arg(format!("{}@{}", tool.package, tool.version));
        // Without a binary for this machine it fails, and the source is next.
        if watch(paths, &what, "20 s", &mut binstall)?.status.success() {
            return Ok(());
        }
    }
    let mut install = Command::new("cargo");
    install.arg("install").arg("--root").arg(home);
    if tool.locked {
        install.arg("--locked");
    }
    install
        .args([tool.package, "--version", &tool.version])
        // The tools are slow to build as their authors release them; half the effort makes them no slower to use.
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "2")
        .env_remove("CARGO_TARGET_DIR");
    must(paths, &what, tool.usual, &mut install).map(|_| ())
}

/// The version of a package in a lock file; the first one where there are several.
fn locked_version(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    lines.next()?;
    let version = lines.next()?.strip_prefix("version = \"")?;
    Some(version.trim_end_matches('"').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_from_the_lock_file() {
        let lock = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.1\"\n\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(
            locked_version(lock, "wasm-bindgen").as_deref(),
            Some("0.2.130")
        );
        assert_eq!(locked_version(lock, "leptos"), None);
    }
}
