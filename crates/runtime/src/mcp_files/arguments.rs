//! What the tools take and give. The field docs are the schemas' descriptions.

use rmcp::schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
#[serde(deny_unknown_fields)]
pub struct Read {
    /// The file, relative to the folder: `requests/rfq-17.txt`.
    pub path: String,
    /// The first line to read, counted from 1.
    #[serde(default)]
    pub from_line: Option<usize>,
    /// The most lines to read.
    #[serde(default)]
    pub max_lines: Option<usize>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
#[serde(deny_unknown_fields)]
pub struct Write {
    /// The file, relative to the folder. Missing folders are made.
    pub path: String,
    /// The whole new content, as text.
    pub content: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
#[serde(deny_unknown_fields)]
pub struct Append {
    /// The file, relative to the folder; made when it is missing.
    pub path: String,
    /// The text to add at its end.
    pub content: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// The file, relative to the folder.
    pub path: String,
    /// The text to replace, exactly as it stands in the file.
    pub old: String,
    /// The text to put in its place.
    pub new: String,
    /// Replace every occurrence; without it the text must occur exactly once.
    #[serde(default)]
    pub all: bool,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
#[serde(deny_unknown_fields)]
pub struct List {
    /// The folder to list, relative to the folder the server is confined to; that one when absent.
    #[serde(default)]
    pub path: Option<String>,
    /// List the folders inside too.
    #[serde(default)]
    pub recursive: bool,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// The text to look for, exactly.
    pub text: String,
    /// Where to look: a folder, with all in it.
    #[serde(default)]
    pub path: Option<String>,
    /// Take upper and lower case as the same.
    #[serde(default)]
    pub ignore_case: bool,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
#[serde(deny_unknown_fields)]
pub struct OnePath {
    /// Relative to the folder.
    pub path: String,
}

#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
pub struct Written {
    pub path: String,
    /// The file's size now.
    pub bytes: u64,
    /// The file did not exist before.
    pub created: bool,
}

#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
pub struct Edited {
    pub path: String,
    /// How many occurrences were replaced.
    pub replaced: usize,
}

#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
pub struct Made {
    pub path: String,
    /// The folder did not exist before.
    pub created: bool,
}

#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
pub struct Deleted {
    pub path: String,
    /// False when there was nothing to delete.
    pub deleted: bool,
}

#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
pub struct Listed {
    pub files: Vec<Entry>,
    /// There are more than could be listed.
    pub cut: bool,
}

#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
pub struct Entry {
    pub path: String,
    /// `file`, `folder` or `link`.
    pub kind: &'static str,
    /// A file's size.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
}

#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
pub struct Found {
    pub matches: Vec<Hit>,
    /// There are more than could be listed.
    pub cut: bool,
}

#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
pub struct Hit {
    pub path: String,
    /// Counted from 1.
    pub line: usize,
    /// The line, cut to 400 bytes.
    pub text: String,
}
