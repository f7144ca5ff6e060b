//! Laying out what is served: hashed files that are kept for good, and a page that is asked for each time.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use serde_json::Value;

use crate::paths::{Paths, files};
use crate::problem::Problem;

/// Which files each part of the console needs: `{"run": ["split_run.wasm", …]}`.
pub const PARTS: &str = "parts.json";

/// Puts what was made into `dist`: the hash of it all in the folder's name, so that parts find each other by plain names.
pub fn lay_out(paths: &Paths, made: &Path, dist: &Path) -> Result<(), Problem> {
    let hash = hash(made)?;
    let folder = dist.join(&hash);
    fs::create_dir_all(&folder).map_err(Problem::file("made", &folder))?;
    let list = made.join(PARTS);
    let parts = fs::read_to_string(&list).map_err(Problem::file("read", &list))?;
    for file in files(made) {
        copy(&file, &folder)?;
    }
    let public = paths.root.join("public");
    for file in files(&public) {
        let within = file.strip_prefix(&public).unwrap_or(&file);
        let folder = dist.join(within.parent().unwrap_or(Path::new("")));
        fs::create_dir_all(&folder).map_err(Problem::file("made", &folder))?;
        copy(&file, &folder)?;
    }
    let template = paths.root.join("index.html");
    let text = fs::read_to_string(&template).map_err(Problem::file("read", &template))?;
    let page = dist.join("index.html");
    fs::write(&page, fill(&text, &hash, &parts)).map_err(Problem::file("written", &page))
}

/// The files of one part, as `list` names them.
pub fn part(list: &Path, name: &str) -> Vec<String> {
    let parts: Value = fs::read(list)
        .ok()
        .and_then(|text| serde_json::from_slice(&text).ok())
        .unwrap_or_default();
    let files = parts[name].as_array().map_or(&[][..], Vec::as_slice);
    files
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

/// The page for the browser from the one for Trunk: its lines for Trunk give way to what they stand for.
fn fill(template: &str, hash: &str, parts: &str) -> String {
    let at = |file: &str| format!("/{hash}/{file}");
    let mut page = String::new();
    for line in template.lines() {
        if line.contains("data-trunk") {
            continue;
        }
        if line.trim() == "</head>" {
            let (glue, wasm, sheet) =
                (at("console.js"), at("console_bg.wasm"), at("signalbox.css"));
            let parts = parts.replace('&', "&amp;").replace('"', "&quot;");
            for tag in [
                format!(r#"<link rel="stylesheet" href="{sheet}">"#),
                r#"<link rel="icon" href="/favicon.svg" type="image/svg+xml">"#.to_owned(),
                format!(r#"<link rel="modulepreload" href="{glue}">"#),
                format!(r#"<link rel="modulepreload" href="{}">"#, at("parts.js")),
                format!(
                    r#"<link rel="preload" href="{wasm}" as="fetch" type="application/wasm" crossorigin>"#
                ),
                format!(
                    r#"<script type="module" src="/boot.js" data-js="{glue}" data-wasm="{wasm}" data-parts="{parts}"></script>"#
                ),
            ] {
                page.push_str("    ");
                page.push_str(&tag);
                page.push('\n');
            }
        }
        page.push_str(line);
        page.push('\n');
    }
    page
}

fn copy(file: &Path, folder: &Path) -> Result<(), Problem> {
    let Some(name) = file.file_name() else {
        return Ok(());
    };
    let to = folder.join(name);
    fs::copy(file, &to)
        .map(|_| ())
        .map_err(Problem::file("written", &to))
}

fn hash(folder: &Path) -> Result<String, Problem> {
    let mut hasher = DefaultHasher::new();
    for file in files(folder) {
        file.strip_prefix(folder).unwrap_or(&file).hash(&mut hasher);
        let content = fs::read(&file).map_err(Problem::file("read", &file))?;
        content.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::unwrap_used)]
    fn public_files_keep_their_folders() {
        let root = std::env::temp_dir().join(format!("signalbox-page-{}", std::process::id()));
        let (made, dist) = (root.join("made"), root.join("dist"));
        for folder in [&made, &dist, &root.join("public/help")] {
            fs::create_dir_all(folder).unwrap();
        }
        fs::write(made.join(PARTS), "{}").unwrap();
        fs::write(root.join("index.html"), "<html></html>").unwrap();
        fs::write(root.join("public/boot.js"), "").unwrap();
        fs::write(root.join("public/help/run-failed.md"), "# A run failed").unwrap();
        let paths = Paths {
            root: root.clone(),
            target: root.join("target"),
            tools: root.join("tools"),
        };
        lay_out(&paths, &made, &dist).unwrap();
        assert!(dist.join("boot.js").is_file());
        assert!(dist.join("help/run-failed.md").is_file());
        fs::remove_dir_all(&root).unwrap();
    }

    #[test]
    fn the_page_names_hashed_files_and_nothing_of_trunk() {
        let template = "<html>\n  <head>\n    <link data-trunk rel=\"css\" href=\"a.css\">\n  </head>\n</html>";
        let page = fill(
            template,
            "0123456789abcdef",
            r#"{"run":["split_run.wasm"]}"#,
        );
        assert!(!page.contains("data-trunk"));
        assert!(page.contains(r#"href="/0123456789abcdef/signalbox.css""#));
        assert!(page.contains(r#"data-wasm="/0123456789abcdef/console_bg.wasm""#));
        assert!(page.contains("data-parts=\"{&quot;run&quot;:[&quot;split_run.wasm&quot;]}\""));
    }
}
