//! What something was built from: when that has not changed, the build is skipped without asking cargo.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use crate::paths::{Paths, files};
use crate::problem::Problem;

pub struct Stamp {
    file: PathBuf,
    value: String,
}

impl Stamp {
    /// The state of `inputs` (files and folders in the repository) at this moment.
    pub fn of(paths: &Paths, name: &str, inputs: &[&str]) -> Self {
        let mut hasher = DefaultHasher::new();
        for input in inputs {
            hash(&paths.root, &paths.root.join(input), &mut hasher);
        }
        Self {
            file: paths.notes().join(format!("{name}.stamp")),
            value: format!("{:016x}", hasher.finish()),
        }
    }

    /// Whether the last build that was kept began from this state.
    pub fn is_kept(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|kept| kept == self.value)
    }

    /// Notes that this state is built. To be called with the stamp taken *before* the build: a change during it counts.
    pub fn keep(&self) -> Result<(), Problem> {
        if let Some(folder) = self.file.parent() {
            fs::create_dir_all(folder).map_err(Problem::file("made", folder))?;
        }
        fs::write(&self.file, &self.value).map_err(Problem::file("written", &self.file))
    }
}

impl PartialEq for Stamp {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

fn hash(root: &Path, input: &Path, hasher: &mut DefaultHasher) {
    if input.is_file() {
        // A file that vanishes or cannot be read counts as an empty one: the build will say what is wrong.
        let content = fs::read(input).unwrap_or_default();
        input.strip_prefix(root).unwrap_or(input).hash(hasher);
        content.hash(hasher);
        return;
    }
    for file in files(input) {
        hash(root, &file, hasher);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn scratch(name: &str) -> Paths {
        let root = std::env::temp_dir().join(format!("signalbox-{name}-{}", std::process::id()));
        fs::create_dir_all(root.join("src")).unwrap();
        Paths {
            target: root.join("target"),
            tools: root.join("tools"),
            root,
        }
    }

    #[test]
    fn a_changed_or_renamed_file_is_a_new_state() {
        let paths = scratch("stamp");
        let of = || Stamp::of(&paths, "console", &["src", "Cargo.lock"]);
        fs::write(paths.root.join("src/a.rs"), "one").unwrap();
        let first = of();
        assert!(!first.is_kept());
        first.keep().unwrap();
        assert!(of().is_kept());

        fs::write(paths.root.join("src/a.rs"), "two").unwrap();
        assert!(!of().is_kept());
        fs::write(paths.root.join("src/a.rs"), "one").unwrap();
        assert!(of().is_kept());
        fs::rename(paths.root.join("src/a.rs"), paths.root.join("src/b.rs")).unwrap();
        assert!(!of().is_kept());
        fs::remove_dir_all(&paths.root).unwrap();
    }
}
