//! Building the console into `dist/`: small, compressed, and with no script in its page.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::paths::{Paths, files};
use crate::problem::Problem;
use crate::process::{ask, cargo, must};
use crate::stamp::Stamp;
use crate::tools::ConsoleTools;
use crate::tools::shrink::Shrink;
use crate::{compress, css};

const INPUTS: [&str; 12] = [
    "src",
    "style",
    "public",
    "crates/model",
    "crates/engine",
    "index.html",
    "Trunk.toml",
    "Cargo.toml",
    "Cargo.lock",
    ".cargo",
    "xtask/src/console.rs",
    "xtask/src/tools",
];
/// The oldest browsers the console is for: newer syntax and colours are left as they are written.
const BROWSERS: &str = "--target=es2022,chrome125,firefox128,safari17.5";
/// What Rust emits for this target beyond the first WebAssembly; wasm-opt must be told.
const WASM_FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Builds the console where its sources changed, and says where it stands.
pub fn build(paths: &Paths) -> Result<PathBuf, Problem> {
    let dist = paths.dist();
    let stamp = Stamp::of(paths, "console", &INPUTS);
    if stamp.is_kept() && dist.join("index.html").is_file() {
        return Ok(dist);
    }
    let tools = ConsoleTools::ensure(paths)?;
    let shrink = Shrink::ensure(paths)?;
    css::join(paths)?;
    must(
        paths,
        "Fetching the console's dependencies",
        "30 s, once",
        cargo(paths).arg("fetch"),
    )?;
    let mut trunk = trunk(paths, &tools);
    trunk
        .args(["build", "--release", "--offline", "--dist"])
        .arg(&dist)
        .env("CARGO_ENCODED_RUSTFLAGS", flags(paths));
    must(
        paths,
        "Building the console",
        "4 minutes the first time",
        &mut trunk,
    )?;
    if let Some(tools) = shrink {
        make_smaller(paths, &tools, &dist)?;
    }
    compress::folder(&dist)?;
    stamp.keep()?;
    Ok(dist)
}

/// Trunk, with the tools it needs on its PATH and nothing to download.
pub fn trunk(paths: &Paths, tools: &ConsoleTools) -> Command {
    let mut trunk = Command::new(&tools.trunk);
    trunk
        .current_dir(&paths.root)
        .env("PATH", tools.path())
        .env("CARGO_TARGET_DIR", &paths.target)
        .env("TRUNK_SKIP_VERSION_CHECK", "true")
        // Where it failed is in what it says; where in its own code helps nobody.
        .env("RUST_BACKTRACE", "0")
        // Trunk reads this as a setting of its own, and takes only "true" or "false".
        .env_remove("NO_COLOR");
    trunk
}

/// The page's main files, by kind.
pub struct Bundle {
    pub wasm: Vec<PathBuf>,
    pub glue: Vec<PathBuf>,
    pub styles: Vec<PathBuf>,
    pub page: PathBuf,
}

impl Bundle {
    pub fn of(dist: &Path) -> Self {
        let kind = |kind: &str| {
            files(dist)
                .into_iter()
                .filter(|file| file.extension().is_some_and(|found| found == kind))
                .collect()
        };
        Self {
            wasm: kind("wasm"),
            glue: kind("js"),
            styles: kind("css"),
            page: dist.join("index.html"),
        }
    }
}

/// The names keep the hash of what went in: the same input and the same tools give the same files.
fn make_smaller(paths: &Paths, tools: &Shrink, dist: &Path) -> Result<(), Problem> {
    let bundle = Bundle::of(dist);
    for wasm in bundle.wasm {
        let smaller = wasm.with_extension("smaller");
        must(
            paths,
            "Optimising the console",
            "1 minute",
            Command::new("node")
                .arg(&tools.wasm_opt)
                .arg("-Oz")
                .args(WASM_FEATURES)
                .arg(&wasm)
                .arg("-o")
                .arg(&smaller),
        )?;
        fs::rename(&smaller, &wasm).map_err(Problem::file("replaced", &wasm))?;
    }
    for file in bundle.glue.iter().chain(&bundle.styles) {
        let mut outfile = OsString::from("--outfile=");
        outfile.push(file);
        must(
            paths,
            "Minifying the console",
            "1 s",
            Command::new("node")
                .arg(&tools.esbuild)
                .args([
                    "--minify",
                    "--log-level=warning",
                    "--allow-overwrite",
                    BROWSERS,
                ])
                .arg(file)
                .arg(outfile),
        )?;
    }
    Ok(())
}

/// Compiler flags: views without their types spelled out, a tenth smaller in an application of this size; and this
/// machine's folders kept out of the texts of panics.
fn flags(paths: &Paths) -> OsString {
    let mut flags = vec![OsString::from("--cfg"), OsString::from("erase_components")];
    let mut remap = |from: &Path, to: &str| {
        let mut flag = OsString::from("--remap-path-prefix=");
        flag.push(from);
        flag.push("=");
        flag.push(to);
        flags.push(flag);
    };
    remap(&paths.root, "signalbox");
    if let Some(sysroot) = ask("rustc", &["--print", "sysroot"]) {
        remap(&Path::new(&sysroot).join("lib/rustlib/src/rust"), "rust");
    }
    let cargo_home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
    if let Some(home) = cargo_home {
        let registries = fs::read_dir(home.join("registry/src"));
        for registry in registries.into_iter().flatten().flatten() {
            remap(&registry.path(), "crates");
        }
    }
    // Cargo's own separator for flags that may hold spaces.
    flags.join(OsStr::new("\x1f"))
}
