//! What comes with Rust itself. A toolchain file alone may install nothing, so rustup is called here.

use std::path::Path;
use std::process::Command;

use crate::paths::Paths;
use crate::problem::Problem;
use crate::process::{ask, find, must};

pub const WASM: &str = "wasm32-unknown-unknown";

/// The standard library for the browser.
pub fn target(paths: &Paths) -> Result<(), Problem> {
    let installed = ask("rustc", &["--print", "sysroot"])
        .is_some_and(|sysroot| Path::new(&sysroot).join("lib/rustlib").join(WASM).is_dir());
    if installed {
        return Ok(());
    }
    rustup(
        paths,
        "Installing Rust's WebAssembly target",
        &["target", "add", WASM],
    )
}

/// The formatter and the linter; a minimal Rust has neither.
pub fn components(paths: &Paths) -> Result<(), Problem> {
    if ask("cargo", &["fmt", "--version"]).is_some()
        && ask("cargo", &["clippy", "--version"]).is_some()
    {
        return Ok(());
    }
    rustup(
        paths,
        "Installing Rust's formatter and linter",
        &["component", "add", "rustfmt", "clippy"],
    )
}

fn rustup(paths: &Paths, what: &str, arguments: &[&str]) -> Result<(), Problem> {
    let command = format!("rustup {}", arguments.join(" "));
    let Some(rustup) = find("rustup") else {
        return Err(Problem::NoRustup {
            needs: arguments.last().copied().unwrap_or_default().to_owned(),
            command,
        });
    };
    must(paths, what, "20 s", Command::new(rustup).args(arguments)).map(|_| ())
}
