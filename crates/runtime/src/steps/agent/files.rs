//! The tools for the files of a run's sandbox.

use crate::mcp_files::Folder;
use crate::mcp_files::arguments::{Edit, List, OnePath, Read, Search, Write};
use crate::steps::{StepNote, media_type};
use model::TranscriptEntry;
use rmcp::schemars::{JsonSchema, schema_for};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use similar::TextDiff;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// The most files of a step that are kept as artifacts.
const MOST_KEPT: usize = 200;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileTool {
    Read,
    Write,
    Edit,
    List,
    Search,
    Delete,
}

impl FileTool {
    pub const ALL: [Self; 6] = [
        Self::Read,
        Self::Write,
        Self::Edit,
        Self::List,
        Self::Search,
        Self::Delete,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read_file",
            Self::Write => "write_file",
            Self::Edit => "edit_file",
            Self::List => "list_files",
            Self::Search => "search_files",
            Self::Delete => "delete_file",
        }
    }

    pub const fn changes(self) -> bool {
        match self {
            Self::Read | Self::List | Self::Search => false,
            Self::Write | Self::Edit | Self::Delete => true,
        }
    }

    pub const fn description(self) -> &'static str {
        match self {
            Self::Read => "Reads a text file (UTF-8, at most 10 MiB), or some of its lines.",
            Self::Write => {
                "Writes a text file, replacing what was there. Missing folders are made."
            }
            Self::Edit => {
                "Replaces a text in a file by another. The text must be given exactly and occur once, unless all is set."
            }
            Self::List => "Lists the files and folders in a folder.",
            Self::Search => "Finds the lines that hold a text, in all files of a folder.",
            Self::Delete => "Deletes a file or an empty folder.",
        }
    }

    pub fn schema(self) -> Value {
        fn of<T: JsonSchema>() -> Value {
            schema_for!(T).to_value()
        }
        match self {
            Self::Read => of::<Read>(),
            Self::Write => of::<Write>(),
            Self::Edit => of::<Edit>(),
            Self::List => of::<List>(),
            Self::Search => of::<Search>(),
            Self::Delete => of::<OnePath>(),
        }
    }
}

/// The files an agent sees.
#[derive(Clone)]
pub struct Files {
    folder: Arc<Folder>,
    /// What was written in this conversation, of which only what is still there is kept.
    written: Arc<Mutex<BTreeSet<String>>>,
}

impl Files {
    pub fn new(folder: Arc<Folder>) -> Self {
        Self {
            folder,
            written: Arc::default(),
        }
    }

    /// Files that earlier tries of the same conversation wrote.
    pub fn wrote(&self, paths: impl Iterator<Item = String>) {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        written.extend(paths);
    }

    /// Does what a tool does; the error is what the model reads. A change comes with its diff.
    pub async fn run(
        &self,
        tool: FileTool,
        arguments: Value,
    ) -> Result<(Value, Option<TranscriptEntry>), String> {
        let files = self.clone();
        let done = tokio::task::spawn_blocking(move || files.work(tool, arguments)).await;
        done.unwrap_or_else(|error| Err(format!("The tool broke down: {error}.")))
    }

    fn work(
        &self,
        tool: FileTool,
        arguments: Value,
    ) -> Result<(Value, Option<TranscriptEntry>), String> {
        let folder = &self.folder;
        match tool {
            FileTool::Read => {
                let args: Read = read(arguments)?;
                let text = folder.read(&args.path).map_err(said)?;
                let lines = text.split_inclusive('\n');
                let from = args.from_line.unwrap_or(1).saturating_sub(1);
                let most = args.max_lines.unwrap_or(usize::MAX);
                let lines: String = lines.skip(from).take(most).collect();
                Ok((lines.into(), None))
            }
            FileTool::Write => {
                let args: Write = read(arguments)?;
                self.change(&args.path, |folder| folder.write(&args.path, &args.content))
            }
            FileTool::Edit => {
                let args: Edit = read(arguments)?;
                self.change(&args.path, |folder| {
                    folder.edit(&args.path, &args.old, &args.new, args.all)
                })
            }
            FileTool::Delete => {
                let args: OnePath = read(arguments)?;
                self.change(&args.path, |folder| folder.delete(&args.path))
            }
            FileTool::List => {
                let args: List = read(arguments)?;
                let listed = folder.list(args.path.as_deref(), args.recursive);
                Ok((json!(listed.map_err(said)?), None))
            }
            FileTool::Search => {
                let args: Search = read(arguments)?;
                let found = folder.search(&args.text, args.path.as_deref(), args.ignore_case);
                Ok((json!(found.map_err(said)?), None))
            }
        }
    }

    fn change<T: Serialize, E: ToString>(
        &self,
        path: &str,
        change: impl FnOnce(&Folder) -> Result<T, E>,
    ) -> Result<(Value, Option<TranscriptEntry>), String> {
        let before = self.folder.read(path).unwrap_or_default();
        let done = change(&self.folder).map_err(|error| error.to_string())?;
        let after = self.folder.read(path);
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        if after.is_ok() {
            written.insert(path.to_owned());
        } else {
            written.remove(path);
        }
        let edit = difference(path, &before, &after.unwrap_or_default());
        Ok((json!(done), edit))
    }

    /// The files that were written, as notes to keep them by.
    pub async fn kept(&self, partial: bool) -> Vec<StepNote> {
        let files = self.clone();
        let kept = tokio::task::spawn_blocking(move || {
            let written = files.written.lock().unwrap_or_else(PoisonError::into_inner);
            let contents = written.iter().take(MOST_KEPT).filter_map(|path| {
                let content = files.folder.read(path).ok()?;
                Some(StepNote::Artifact {
                    name: path.clone(),
                    media_type: media_type(path).to_owned(),
                    bytes: content.into_bytes(),
                    partial,
                })
            });
            contents.collect()
        });
        kept.await.unwrap_or_default()
    }
}

/// A change as a unified diff; nothing where nothing changed.
fn difference(path: &str, before: &str, after: &str) -> Option<TranscriptEntry> {
    if before == after {
        return None;
    }
    let diff = TextDiff::from_lines(before, after);
    let (mut added, mut removed) = (0, 0);
    for change in diff.iter_all_changes() {
        match change.tag() {
            similar::ChangeTag::Insert => added += 1,
            similar::ChangeTag::Delete => removed += 1,
            similar::ChangeTag::Equal => {}
        }
    }
    let diff = diff.unified_diff().context_radius(3).to_string();
    Some(TranscriptEntry::FileEdit {
        path: path.to_owned(),
        diff,
        added,
        removed,
    })
}

fn read<T: DeserializeOwned>(arguments: Value) -> Result<T, String> {
    serde_json::from_value(arguments).map_err(|error| format!("The arguments do not fit: {error}."))
}

fn said(error: impl ToString) -> String {
    error.to_string()
}
