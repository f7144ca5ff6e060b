//! What makes the built console smaller, from the npm packages that its authors publish.

use std::fs;
use std::path::PathBuf;

use crate::paths::Paths;
use crate::problem::Problem;
use crate::process::{must, npm};

const BINARYEN: &str = "132.0.0";
const ESBUILD: &str = "0.28.2";

/// Scripts, to be run with Node.js.
pub struct Shrink {
    /// Saves parse time more than bytes over the wire.
    pub wasm_opt: PathBuf,
    /// Trunk's own way cannot read what wasm-bindgen writes today.
    pub esbuild: PathBuf,
}

impl Shrink {
    /// Nothing where there is no Node.js: the console is then as right, and a little larger.
    pub fn ensure(paths: &Paths) -> Result<Option<Self>, Problem> {
        let home = paths
            .tools
            .join(format!("binaryen-{BINARYEN}-esbuild-{ESBUILD}"));
        let modules = home.join("node_modules");
        let tools = Self {
            wasm_opt: modules.join("binaryen/bin/wasm-opt"),
            esbuild: modules.join("esbuild/bin/esbuild"),
        };
        if tools.wasm_opt.is_file() && tools.esbuild.is_file() {
            return Ok(Some(tools));
        }
        let Some(mut npm) = npm() else {
            eprintln!("  Node.js is not installed: the console works, and starts a little slower.");
            return Ok(None);
        };
        fs::create_dir_all(&home).map_err(Problem::file("made", &home))?;
        npm.args([
            "install",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            "--prefix",
        ])
        .arg(&home)
        .arg(format!("binaryen@{BINARYEN}"))
        .arg(format!("esbuild@{ESBUILD}"));
        must(
            paths,
            "Installing wasm-opt and esbuild",
            "15 s, once",
            &mut npm,
        )?;
        Ok(Some(tools))
    }
}
