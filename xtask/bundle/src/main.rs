//! `bundle CONSOLE.wasm WORKER.wasm OUT`: writes into the folder OUT what a browser loads.
//!
//! | file | what |
//! |---|---|
//! | `console.js`, `console_bg.wasm` | the main module and its glue |
//! | `parts.js` | loads parts; the main module imports it |
//! | `split_NAME.wasm`, `chunk_N.wasm` | what only the part NAME needs; what several parts share |
//! | `layout.js`, `layout_worker_bg.wasm` | the worker that lays out large graphs |
//! | `parts.json` | `{"NAME": ["split_NAME.wasm", …]}`: the files of each part |

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use wasm_bindgen_cli_support::Bindgen;
use wasm_split_cli_support::{Options, transform};

const NAME: &str = "console";
const WORKER: &str = "layout_worker";
/// Runs the worker; the console knows it by this name.
const WORKER_SCRIPT: (&str, &str) = ("layout.js", include_str!("layout.js"));

#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error("Use: bundle CONSOLE.wasm WORKER.wasm OUT")]
    Usage,
    #[error("{path} cannot be {done}: {source}.", path = .path.display())]
    File {
        done: &'static str,
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("The console cannot be split into its parts: {0}.")]
    Split(String),
    #[error("The glue of {0} cannot be made: {1}.")]
    Glue(&'static str, String),
}

impl Problem {
    fn file(done: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::File {
            done,
            path: path.to_owned(),
            source,
        }
    }
}

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let mut next = || arguments.next();
    let done = match (next(), next(), next(), next()) {
        (Some(console), Some(layout), Some(output), None) => {
            bundle(&console, &output).and_then(|()| worker(&layout, &output))
        }
        _ => Err(Problem::Usage),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

fn bundle(input: &Path, output: &Path) -> Result<(), Problem> {
    let bytes = fs::read(input).map_err(Problem::file("read", input))?;
    fs::create_dir_all(output).map_err(Problem::file("made", output))?;
    let main = output.join(format!("{NAME}.wasm"));
    let glue = format!("./{NAME}.js");
    let mut options = Options::new(&bytes);
    options.output_dir = output;
    options.main_out_path = &main;
    options.link_name = "./parts.js";
    options.main_module = &glue;
    let split = transform(options).map_err(|error| Problem::Split(format!("{error:#}")))?;

    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(&main)
        .out_name(NAME)
        .typescript(false)
        // Parts find functions of the main module by the names the linker gave them.
        .keep_lld_exports(true)
        .demangle(false)
        .remove_name_section(true)
        .remove_producers_section(true);
    bindgen
        .web(true)
        .and_then(|bindgen| bindgen.generate(output))
        .map_err(|error| Problem::Glue(NAME, format!("{error:#}")))?;
    fs::remove_file(&main).map_err(Problem::file("removed", &main))?;

    let parts: BTreeMap<String, Vec<String>> = split
        .prefetch_map
        .into_iter()
        .map(|(part, files)| {
            let files = files.into_iter().map(|file| format!("{file}.wasm"));
            (part, files.collect())
        })
        .collect();
    let list = output.join("parts.json");
    let text = serde_json::to_string(&parts).map_err(|error| Problem::Split(error.to_string()))?;
    fs::write(&list, text).map_err(Problem::file("written", &list))
}

/// The worker is started by a few lines of its own, which need no more of the glue than what passes values.
fn worker(input: &Path, output: &Path) -> Result<(), Problem> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(input)
        .out_name(WORKER)
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true);
    bindgen
        .bundler(true)
        .and_then(|bindgen| bindgen.generate(output))
        .map_err(|error| Problem::Glue(WORKER, format!("{error:#}")))?;
    let made = |name: &str| output.join(name);
    let glue = made(&format!("{WORKER}_bg.js"));
    let text = fs::read_to_string(&glue).map_err(Problem::file("read", &glue))?;
    // One script, in which nothing is for others: its names can be shortened.
    let (name, own) = WORKER_SCRIPT;
    let script = made(name);
    let text = format!("{own}{}", text.replace("export function", "function"));
    fs::write(&script, text).map_err(Problem::file("written", &script))?;
    // The second is what starts it in a bundler.
    for part in [glue, made(&format!("{WORKER}.js"))] {
        fs::remove_file(&part).map_err(Problem::file("removed", &part))?;
    }
    Ok(())
}
