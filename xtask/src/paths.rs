//! Where things stand: the repository, what is built from it, and what is installed for it.

use std::env;
use std::path::{Path, PathBuf};

use crate::problem::Problem;

#[derive(Debug)]
pub struct Paths {
    /// The repository.
    pub root: PathBuf,
    /// Cargo's target folder.
    pub target: PathBuf,
    /// Tools that are installed for this project only, shared by all its checkouts.
    pub tools: PathBuf,
}

impl Paths {
    pub fn find() -> Result<Self, Problem> {
        let manifest = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = manifest
            .parent()
            .map(Path::to_owned)
            .ok_or_else(|| Problem::Wrong("The repository's folder was not found.".into()))?;
        let target = match env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => absolute(Path::new(&folder))?,
            None => root.join("target"),
        };
        Ok(Self {
            tools: cache(&target).join("signalbox").join("tools"),
            root,
            target,
        })
    }

    /// The console as it is served.
    pub fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    pub fn examples(&self) -> PathBuf {
        self.root.join("examples")
    }

    /// Logs, stamps and other notes of these commands.
    pub fn notes(&self) -> PathBuf {
        self.target.join("xtask")
    }

    pub fn runtime(&self, profile: &str) -> PathBuf {
        self.target
            .join(profile)
            .join(format!("signalbox{}", env::consts::EXE_SUFFIX))
    }
}

/// `path` seen from where the command was typed.
pub fn absolute(path: &Path) -> Result<PathBuf, Problem> {
    std::path::absolute(path).map_err(Problem::file("found", path))
}

/// Every file below `folder`, in a fixed order; none when the folder is missing.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    collect(folder, &mut found);
    found.sort();
    found
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, found);
        } else {
            found.push(path);
        }
    }
}

fn cache(target: &Path) -> PathBuf {
    let home = || env::home_dir().filter(|home| home.is_absolute());
    let folder = if cfg!(windows) {
        env::var_os("LOCALAPPDATA").map(PathBuf::from)
    } else if cfg!(target_os = "macos") {
        home().map(|home| home.join("Library/Caches"))
    } else {
        env::var_os("XDG_CACHE_HOME")
            .map(PathBuf::from)
            .filter(|folder| folder.is_absolute())
            .or_else(|| home().map(|home| home.join(".cache")))
    };
    folder.unwrap_or_else(|| target.to_owned())
}
