//! Looking through the folder: what is there, and where a text stands.

use super::arguments::{Entry, Found, Hit, Listed};
use super::error::{FileError, explain};
use super::folder::{Folder, Result, inside};
use cap_std::fs::Dir;
use std::io;

const MAX_ENTRIES: usize = 2000;
const MAX_HITS: usize = 500;
const MAX_LINE: usize = 400;
/// As deep as folders are walked.
const MAX_DEPTH: usize = 32;

impl Folder {
    pub fn list(&self, path: Option<&str>, recursive: bool) -> Result<Listed> {
        let mut files = Vec::new();
        let depth = if recursive { MAX_DEPTH } else { 1 };
        let whole = self.walk(path, depth, &mut |entry| {
            files.push(entry);
            Ok(files.len() < MAX_ENTRIES)
        })?;
        Ok(Listed { files, cut: !whole })
    }

    /// Every line with `text` in the files under `path`; what is no text or too large is passed over.
    pub fn search(&self, text: &str, path: Option<&str>, ignore_case: bool) -> Result<Found> {
        if text.is_empty() {
            return Err(FileError::NoText);
        }
        let folded = |line: &str| {
            if ignore_case {
                line.to_lowercase()
            } else {
                line.to_owned()
            }
        };
        let wanted = folded(text);
        let mut matches = Vec::new();
        let whole = self.walk(path, MAX_DEPTH, &mut |entry| {
            if entry.kind != "file" {
                return Ok(true);
            }
            let Ok(content) = self.read(&entry.path) else {
                return Ok(true);
            };
            for (number, line) in (1..).zip(content.lines()) {
                if folded(line).contains(&wanted) {
                    if matches.len() == MAX_HITS {
                        return Ok(false);
                    }
                    matches.push(Hit {
                        path: entry.path.clone(),
                        line: number,
                        text: line[..line.floor_char_boundary(MAX_LINE)].to_owned(),
                    });
                }
            }
            Ok(true)
        })?;
        Ok(Found {
            matches,
            cut: !whole,
        })
    }

    /// Visits what is under `path` by name, folders before their content, links unfollowed. Answers whether it saw all.
    fn walk(
        &self,
        path: Option<&str>,
        depth: usize,
        visit: &mut dyn FnMut(Entry) -> Result<bool>,
    ) -> Result<bool> {
        let path = match path {
            None | Some("" | "." | "./") => ".",
            Some(path) => inside(path)?,
        };
        let dir = self
            .dir
            .open_dir(path)
            .map_err(|error| match self.dir.metadata(path) {
                Ok(about) if about.is_file() => FileError::IsFile(path.to_owned()),
                _ => explain(path, error),
            })?;
        let prefix = if path == "." {
            String::new()
        } else {
            format!("{}/", path.trim_end_matches('/'))
        };
        walk(&dir, &prefix, depth, visit)
    }
}

fn walk(
    dir: &Dir,
    prefix: &str,
    depth: usize,
    visit: &mut dyn FnMut(Entry) -> Result<bool>,
) -> Result<bool> {
    let shown = if prefix.is_empty() { "." } else { prefix };
    let failed = |error| explain(shown, error);
    let mut entries = dir
        .entries()
        .and_then(Iterator::collect::<io::Result<Vec<_>>>)
        .map_err(failed)?;
    entries.sort_by_key(cap_std::fs::DirEntry::file_name);
    for entry in entries {
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let kind = entry.file_type().map_err(failed)?;
        let (kind, bytes) = if kind.is_dir() {
            ("folder", None)
        } else if kind.is_symlink() {
            ("link", None)
        } else {
            ("file", entry.metadata().ok().map(|about| about.len()))
        };
        let next = format!("{path}/");
        if !visit(Entry { path, kind, bytes })? {
            return Ok(false);
        }
        if kind == "folder" && depth > 1 {
            let inner = entry.open_dir().map_err(failed)?;
            if !walk(&inner, &next, depth - 1, visit)? {
                return Ok(false);
            }
        }
    }
    Ok(true)
}
