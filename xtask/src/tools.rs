//! What the builds and tests need from outside, installed when it is missing and silent when it is not.

pub mod chromium;
pub mod compiler;
pub mod crates;
pub mod rust;
pub mod shrink;

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::paths::Paths;
use crate::problem::Problem;

/// The tools that build the console.
pub struct ConsoleTools {
    pub trunk: PathBuf,
    wasm_bindgen: PathBuf,
}

impl ConsoleTools {
    pub fn ensure(paths: &Paths) -> Result<Self, Problem> {
        rust::target(paths)?;
        Ok(Self {
            trunk: crates::ensure(paths, &crates::trunk())?,
            wasm_bindgen: crates::ensure(paths, &crates::wasm_bindgen(paths)?)?,
        })
    }

    /// A PATH on which Trunk finds the right wasm-bindgen first.
    pub fn path(&self) -> OsString {
        let first = self.wasm_bindgen.parent().map(Path::to_owned);
        let old = env::var_os("PATH").unwrap_or_default();
        let folders = first.into_iter().chain(env::split_paths(&old));
        env::join_paths(folders).unwrap_or(old)
    }
}
