//! The browser of the end-to-end tests: the system's, else Debian's package.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use crate::paths::Paths;
use crate::problem::Problem;
use crate::process::{ask, find, must, npm, watch};

const NAMES: [&str; 6] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
];
const MAC: [&str; 2] = [
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

pub fn ensure(paths: &Paths) -> Result<PathBuf, Problem> {
    if let Some(found) = installed() {
        return Ok(found);
    }
    let root = ask("id", &["-u"]).is_some_and(|id| id == "0");
    if !root || find("apt-get").is_none() {
        return Err(Problem::NoChromium {
            advice: advice().to_owned(),
        });
    }
    let apt = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        command
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    // An old package list only matters if the package is not found in it at all.
    watch(
        paths,
        "Updating the package list",
        "20 s",
        &mut apt(&["update"]),
    )?;
    must(
        paths,
        "Installing Chromium",
        "1 to 2 minutes, once",
        &mut apt(&["install", "-y", "--no-install-recommends", "chromium"]),
    )?;
    installed().ok_or_else(|| Problem::NoChromium {
        advice: advice().to_owned(),
    })
}

/// What Playwright and axe need, from the lock file beside the tests.
pub fn test_packages(paths: &Paths) -> Result<(), Problem> {
    let folder = paths.root.join("end2end");
    let stamp = crate::stamp::Stamp::of(paths, "end2end-packages", &["end2end/package-lock.json"]);
    if stamp.is_kept() && folder.join("node_modules/@playwright/test").is_dir() {
        return Ok(());
    }
    let mut npm = npm().ok_or_else(|| Problem::NoNode {
        doing: "the end-to-end test".to_owned(),
    })?;
    npm.args(["ci", "--no-audit", "--no-fund"])
        .current_dir(&folder)
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    must(paths, "Installing Playwright", "15 s, once", &mut npm)?;
    stamp.keep()
}

fn installed() -> Option<PathBuf> {
    env::var_os("SIGNALBOX_CHROMIUM")
        .map(PathBuf::from)
        .or_else(|| NAMES.iter().find_map(|name| find(name)))
        .or_else(|| MAC.iter().map(PathBuf::from).find(|path| path.is_file()))
}

fn advice() -> &'static str {
    if cfg!(target_os = "macos") {
        "Install one: brew install --cask chromium"
    } else if cfg!(windows) {
        "Install Chrome, and name it in SIGNALBOX_CHROMIUM."
    } else {
        "Install one: sudo apt-get install chromium (Debian, Ubuntu), or name yours in SIGNALBOX_CHROMIUM."
    }
}
