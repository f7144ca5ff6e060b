//! The walls of the architecture: who may know whom, and where a colour may be named.

mod colours;
mod crates;
mod modules;
mod pure;
mod source;
mod styles;

use std::fs;
use std::path::{Path, PathBuf};

use crate::paths::{Paths, files};
use crate::problem::Problem;
use crate::process::{ask, cargo};

/// One rule, and every place that breaks it.
pub struct Wall {
    pub name: &'static str,
    pub breaches: Vec<String>,
}

/// A file's name as a person sees it, and its text.
pub struct Text {
    name: String,
    text: String,
}

pub fn check(paths: &Paths) -> Result<Vec<Wall>, Problem> {
    let console = read(paths, &["src"], &["rs"])?;
    let pure_crates = read(paths, &["crates/model/src", "crates/engine/src"], &["rs"])?;
    let styled = read(
        paths,
        &["style", "src", "public", "index.html"],
        &["css", "rs", "js", "html"],
    )?;
    let metadata = ask(
        cargo(paths).get_program(),
        &[
            "metadata",
            "--no-deps",
            "--format-version",
            "1",
            "--manifest-path",
            &manifest(paths),
        ],
    )
    .ok_or_else(|| Problem::Wrong("cargo metadata failed; is a Cargo.toml broken?".into()))?;

    Ok(vec![
        Wall {
            name: "crates depend inwards only",
            breaches: crates::breaches(&metadata)?,
        },
        Wall {
            name: "model and engine see no clock, chance, thread or I/O",
            breaches: each(&pure_crates, pure::breaches)?,
        },
        Wall {
            name: "ui/ knows no page and no API",
            breaches: each(&console, modules::ui_breaches)?,
        },
        Wall {
            name: "pages do not know each other",
            breaches: each(&console, modules::page_breaches)?,
        },
        Wall {
            name: "only style/tokens.css names a colour",
            breaches: each(&styled, colours::breaches)?,
        },
        Wall {
            name: "no inline style attributes",
            breaches: each(&console, styles::breaches)?,
        },
    ])
}

fn each(
    texts: &[Text],
    breaches: impl Fn(&Text) -> Result<Vec<String>, Problem>,
) -> Result<Vec<String>, Problem> {
    let mut all = Vec::new();
    for text in texts {
        all.extend(breaches(text)?);
    }
    Ok(all)
}

fn manifest(paths: &Paths) -> String {
    paths.root.join("Cargo.toml").display().to_string()
}

fn read(paths: &Paths, places: &[&str], kinds: &[&str]) -> Result<Vec<Text>, Problem> {
    let mut texts = Vec::new();
    for place in places {
        let place = paths.root.join(place);
        let found = if place.is_file() {
            vec![place]
        } else {
            files(&place)
        };
        for file in found {
            let kind = file.extension().unwrap_or_default();
            if kinds.iter().any(|known| kind == *known) {
                texts.push(Text {
                    text: fs::read_to_string(&file).map_err(Problem::file("read", &file))?,
                    name: name(&paths.root, &file),
                });
            }
        }
    }
    Ok(texts)
}

/// Relative to the repository, with `/` on every system.
fn name(root: &Path, file: &Path) -> String {
    let relative: PathBuf = file.strip_prefix(root).unwrap_or(file).to_owned();
    relative
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect::<Vec<_>>()
        .join("/")
}

#[cfg(test)]
impl Text {
    fn new(name: &str, text: &str) -> Self {
        Self {
            name: name.to_owned(),
            text: text.to_owned(),
        }
    }
}
