//! Building `signalbox`, the runtime.

use std::path::PathBuf;

use crate::paths::Paths;
use crate::problem::Problem;
use crate::process::{cargo, must};
use crate::stamp::Stamp;
use crate::tools::compiler;

/// Everything the binary is made of, files that are compiled into it included.
pub const INPUTS: [&str; 5] = ["crates", "docs", "Cargo.toml", "Cargo.lock", ".cargo"];

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    Debug,
    Release,
}

impl Profile {
    fn folder(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Release => "release",
        }
    }
}

/// Builds the runtime where its sources changed, and says where it stands.
pub fn build(paths: &Paths, profile: Profile) -> Result<PathBuf, Problem> {
    let binary = paths.runtime(profile.folder());
    let stamp = Stamp::of(paths, &format!("runtime-{}", profile.folder()), &INPUTS);
    if stamp.is_kept() && binary.is_file() {
        return Ok(binary);
    }
    compiler::ensure()?;
    let mut command = cargo(paths);
    command.args(["build", "--bin", "signalbox"]);
    let usual = match profile {
        // With the features that the `unit` stage compiles everything with, a test's among them: nothing is compiled twice.
        Profile::Debug => {
            command.args(["--workspace", "--exclude=bundle", "--test", "cli"]);
            "5 minutes the first time"
        }
        Profile::Release => {
            command.args(["-p", "runtime", "--release"]);
            "4 minutes the first time"
        }
    };
    must(
        paths,
        &format!("Building the runtime ({})", profile.folder()),
        usual,
        &mut command,
    )?;
    stamp.keep()?;
    Ok(binary)
}
