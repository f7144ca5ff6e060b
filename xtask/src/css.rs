//! The style sheets, one file a component, joined to the one file that goes over the wire.

use std::fs;
use std::path::{Path, PathBuf};

use crate::paths::{Paths, files};
use crate::problem::Problem;

/// Joins `style/` into the file that `index.html` names. Written only when it changed, so that nothing reloads for nothing.
pub fn join(paths: &Paths) -> Result<(), Problem> {
    let style = paths.root.join("style");
    let mut sheet = String::new();
    for file in order(&style) {
        let text = fs::read_to_string(&file).map_err(Problem::file("read", &file))?;
        sheet.push_str(&text);
        sheet.push('\n');
    }
    let joined = joined(paths);
    if fs::read_to_string(&joined).is_ok_and(|old| old == sheet) {
        return Ok(());
    }
    if let Some(folder) = joined.parent() {
        fs::create_dir_all(folder).map_err(Problem::file("made", folder))?;
    }
    fs::write(&joined, sheet).map_err(Problem::file("written", &joined))
}

/// Always below the repository: `index.html` cannot follow another target folder.
pub fn joined(paths: &Paths) -> PathBuf {
    paths.root.join("target/console/signalbox.css")
}

/// Tokens, then what every element starts from, then the building blocks, then the screens.
fn order(style: &Path) -> Vec<PathBuf> {
    let rank = |file: &PathBuf| {
        let name = file.strip_prefix(style).unwrap_or(file);
        match name.to_string_lossy().as_ref() {
            "tokens.css" => 0,
            "base.css" => 1,
            _ if name.starts_with("ui") => 3,
            _ if name.starts_with("pages") => 4,
            _ => 2,
        }
    };
    let mut sheets: Vec<PathBuf> = files(style)
        .into_iter()
        .filter(|file| file.extension().is_some_and(|kind| kind == "css"))
        .collect();
    sheets.sort_by_key(|file| (rank(file), file.clone()));
    sheets
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn tokens_come_first_and_screens_last() {
        let style = std::env::temp_dir().join(format!("signalbox-css-{}", std::process::id()));
        for sheet in [
            "pages/run.css",
            "ui/badge.css",
            "base.css",
            "boot.css",
            "tokens.css",
            "ui/read.me",
        ] {
            let file = style.join(sheet);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, "").unwrap();
        }
        let names: Vec<String> = order(&style)
            .iter()
            .map(|file| {
                file.strip_prefix(&style)
                    .unwrap()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        assert_eq!(
            names,
            [
                "tokens.css",
                "base.css",
                "boot.css",
                "ui/badge.css",
                "pages/run.css"
            ]
        );
        fs::remove_dir_all(&style).unwrap();
    }
}
