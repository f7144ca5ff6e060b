//! The commands of the README: `cargo xtask run | test | dev | bench`.

mod bench;
mod browser;
mod check;
mod compress;
mod console;
mod css;
mod dev;
mod paths;
mod problem;
mod process;
mod progress;
mod run;
mod runtime;
mod server;
mod stamp;
mod tools;
mod walls;

use std::process::ExitCode;

use lexopt::prelude::*;

use crate::paths::Paths;
use crate::problem::Problem;

const HELP: &str = "\
Signalbox: the console for agent runs.

cargo xtask run [--port N] [--data DIR] [--fresh] [--no-open]
    Sets up what is missing, builds, and serves the console. Prints a sign-in link.
      --port N     the port on 127.0.0.1 (default 4317)
      --data DIR   where runs are kept (default ./data)
      --fresh      deletes the data folder first
      --no-open    never opens a browser
cargo xtask test [STAGE]...
    Runs every check and test, or the named stages: fmt, clippy, walls, unit, wasm, console, e2e.
cargo xtask dev [--port N] [--data DIR]
    Runtime and console with reload on every change.
cargo xtask bench [NAME]...
    Measures against the budgets and prints the table.
";

fn main() -> ExitCode {
    match dispatch() {
        Ok(code) => code,
        Err(problem) => {
            eprintln!("signalbox: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch() -> Result<ExitCode, Problem> {
    let mut arguments = lexopt::Parser::from_env();
    let paths = Paths::find()?;
    let command = match arguments.next()? {
        Some(Value(command)) => command.string()?,
        Some(Short('h') | Long("help")) | None => {
            print!("{HELP}");
            return Ok(ExitCode::SUCCESS);
        }
        Some(other) => return Err(other.unexpected().into()),
    };
    match command.as_str() {
        "run" => run::run(&paths, &run::Options::parse(arguments, &paths)?),
        "dev" => dev::dev(&paths, &run::Options::parse(arguments, &paths)?),
        "test" => check::test(&paths, &names(arguments)?),
        "bench" => bench::bench(&paths, &names(arguments)?),
        "help" => {
            print!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        other => Err(Problem::Usage(format!(
            "There is no command \"{other}\". There are: run, test, dev, bench."
        ))),
    }
}

fn names(mut arguments: lexopt::Parser) -> Result<Vec<String>, Problem> {
    let mut names = Vec::new();
    while let Some(argument) = arguments.next()? {
        match argument {
            Value(name) => names.push(name.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(names)
}
