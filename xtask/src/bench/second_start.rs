//! How long a person waits for `cargo xtask run` when everything is there.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::Row;
use crate::console;
use crate::paths::Paths;
use crate::problem::Problem;
use crate::process::cargo;
use crate::runtime::{self, Profile};
use crate::server::sign_in_link;

const BUDGET: Duration = Duration::from_secs(3);

pub fn measure(paths: &Paths, name: &str) -> Result<Row, Problem> {
    console::build(paths)?;
    runtime::build(paths, Profile::Release)?;
    let data = paths.notes().join(format!("{name}-data"));
    let start = || {
        let began = Instant::now();
        let mut child = cargo(paths)
            .args(["xtask", "run", "--no-open", "--port", "0", "--data"])
            .arg(&data)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|source| Problem::Start {
                program: "cargo xtask run".to_owned(),
                source,
            })?;
        let ready = child.stdout.take().is_some_and(|said| {
            let mut lines = BufReader::new(said).lines().map_while(Result::ok);
            lines.any(|line| sign_in_link(&line).is_some())
        });
        let took = began.elapsed();
        // Cargo becomes xtask, and xtask becomes the runtime: this ends the runtime.
        let _ = child.kill();
        let _ = child.wait();
        if ready {
            Ok(took)
        } else {
            Err(Problem::Wrong(
                "cargo xtask run ended before it printed a sign-in link.".into(),
            ))
        }
    };
    start()?;
    let took = start()?;
    Ok(Row {
        measured: format!("{:.2} s", took.as_secs_f64()),
        within: took <= BUDGET,
    })
}
