//! Building the console into `dist/`: small, in parts, compressed, and with no script in its page.

mod page;

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::paths::{Paths, files};
use crate::problem::Problem;
use crate::process::{ask, cargo, must};
use crate::stamp::Stamp;
use crate::tools::ConsoleTools;
use crate::tools::rust;
use crate::tools::shrink::Shrink;
use crate::{compress, css};

const INPUTS: [&str; 15] = [
    "src",
    "style",
    "public",
    "crates/model",
    "crates/engine",
    "crates/layout",
    "crates/layout-worker",
    "index.html",
    "Cargo.toml",
    "Cargo.lock",
    ".cargo",
    "xtask/src/console.rs",
    "xtask/src/console",
    "xtask/bundle",
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
    rust::target(paths)?;
    let shrink = Shrink::ensure(paths)?;
    css::join(paths)?;
    must(
        paths,
        "Fetching the console's dependencies",
        "30 s, once",
        cargo(paths).arg("fetch"),
    )?;
    must(
        paths,
        "Building the console",
        "4 minutes the first time",
        cargo(paths)
            .args([
                "build",
                "--package=console",
                "--package=layout-worker",
                "--features=console/parts",
                "--profile=wasm-release",
            ])
            .arg(format!("--target={}", rust::WASM))
            .env("CARGO_ENCODED_RUSTFLAGS", flags(paths)),
    )?;
    let made = paths.target.join("console").join("made");
    clear(&made)?;
    must(
        paths,
        "Taking the console apart",
        "2 minutes the first time",
        cargo(paths)
            .args(["run", "--package=bundle", "--profile=tool", "--"])
            .args(["console.wasm", "layout_worker.wasm"].map(|file| {
                let built = paths.target.join(rust::WASM).join("wasm-release");
                built.join(file)
            }))
            .arg(&made),
    )?;
    let sheet = made.join("signalbox.css");
    fs::copy(css::joined(paths), &sheet).map_err(Problem::file("written", &sheet))?;
    if let Some(tools) = &shrink {
        optimise(paths, tools, &made)?;
    }
    clear(&dist)?;
    page::lay_out(paths, &made, &dist)?;
    if let Some(tools) = &shrink {
        minify(paths, tools, &dist)?;
    }
    compress::folder(&dist)?;
    stamp.keep()?;
    Ok(dist)
}

/// An empty folder, whatever was there.
fn clear(folder: &Path) -> Result<(), Problem> {
    if folder.is_dir() {
        fs::remove_dir_all(folder).map_err(Problem::file("removed", folder))?;
    }
    fs::create_dir_all(folder).map_err(Problem::file("made", folder))
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

/// The console's files, by kind.
pub struct Bundle {
    pub wasm: Vec<PathBuf>,
    /// Of `wasm`, what a browser needs to say how a run stands.
    pub wasm_of_a_run: Vec<PathBuf>,
    /// The same with what the page draws beneath it: canvas, timeline, Replay.
    pub wasm_with_picture: Vec<PathBuf>,
    pub glue: Vec<PathBuf>,
    pub styles: Vec<PathBuf>,
    pub page: PathBuf,
}

impl Bundle {
    pub fn of(dist: &Path) -> Self {
        let all = files(dist);
        let kind = |kind: &str| -> Vec<PathBuf> {
            all.iter()
                .filter(|file| file.extension().is_some_and(|found| found == kind))
                .cloned()
                .collect()
        };
        let wasm = kind("wasm");
        let parts = all.iter().find(|file| file.ends_with(page::PARTS));
        let of = |names: &[&str]| -> Vec<PathBuf> {
            let parts = parts.iter().flat_map(|file| {
                let files = names.iter().map(|name| page::part(file, name));
                files.flatten()
            });
            let parts: Vec<_> = parts.collect();
            let needed = wasm.iter().filter(|file| {
                let name = file.file_name().unwrap_or_default().to_string_lossy();
                name == "console_bg.wasm" || parts.iter().any(|part| *part == name)
            });
            needed.cloned().collect()
        };
        Self {
            wasm_of_a_run: of(&["run"]),
            wasm_with_picture: of(&["run", "picture"]),
            wasm,
            glue: kind("js"),
            styles: kind("css"),
            page: dist.join("index.html"),
        }
    }
}

fn optimise(paths: &Paths, tools: &Shrink, made: &Path) -> Result<(), Problem> {
    let smaller = made.with_extension("smaller");
    clear(&smaller)?;
    for wasm in Bundle::of(made).wasm {
        let name = wasm.file_name().unwrap_or_default();
        let outfile = smaller.join(name);
        must(
            paths,
            &format!("Optimising {}", name.to_string_lossy()),
            "1 minute",
            Command::new("node")
                .arg(&tools.wasm_opt)
                .args(["-Oz", "--strip-debug", "--strip-producers"])
                .args(WASM_FEATURES)
                .arg(&wasm)
                .arg("-o")
                .arg(&outfile),
        )?;
        fs::rename(&outfile, &wasm).map_err(Problem::file("replaced", &wasm))?;
    }
    Ok(())
}

fn minify(paths: &Paths, tools: &Shrink, dist: &Path) -> Result<(), Problem> {
    let bundle = Bundle::of(dist);
    let mut minify = Command::new("node");
    minify
        .arg(&tools.esbuild)
        .args([
            "--minify",
            "--log-level=warning",
            "--allow-overwrite",
            BROWSERS,
        ])
        .args(bundle.glue.iter().chain(&bundle.styles))
        .args(["--outbase", "--outdir"].map(|option| in_folder(option, dist)));
    must(paths, "Minifying the console", "1 s", &mut minify).map(|_| ())
}

fn in_folder(option: &str, folder: &Path) -> OsString {
    let mut argument = OsString::from(option);
    argument.push("=");
    argument.push(folder);
    argument
}

/// Compiler flags: views without their types spelled out, a tenth smaller in an application of this size; and this
/// machine's folders kept out of the texts of panics.
fn flags(paths: &Paths) -> OsString {
    let mut flags = vec![
        OsString::from("--cfg"),
        OsString::from("erase_components"),
        // What the console is taken apart by.
        OsString::from("-Clink-arg=--emit-relocs"),
    ];
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
