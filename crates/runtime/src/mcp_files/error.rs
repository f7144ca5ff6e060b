//! What can go wrong with a file, for whoever called the tool.

use super::folder::MAX_FILE;
use std::io::{self, ErrorKind};

#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("The path is empty.")]
    NoPath,
    #[error("“{0}” is not a path inside the folder: paths here are relative to it.")]
    Absolute(String),
    #[error("“{0}” leads out of the folder, and nothing outside can be reached.")]
    Outside(String),
    #[error("There is no “{0}”.")]
    Missing(String),
    #[error("“{0}” is a folder, not a file.")]
    IsFolder(String),
    #[error("“{0}” is a file, not a folder.")]
    IsFile(String),
    #[error("“{0}” is not empty.")]
    NotEmpty(String),
    #[error("“{path}” has {bytes} bytes; files here may have {MAX_FILE}.")]
    TooLarge { path: String, bytes: u64 },
    #[error("“{path}” is not UTF-8 text: it breaks off at byte {at}.")]
    NotText { path: String, at: usize },
    #[error(
        "“{0}” does not hold the text to replace. It must be given exactly, with its spaces and line breaks."
    )]
    NoMatch(String),
    #[error(
        "“{path}” holds the text to replace {times} times. Give more of its surroundings, or set all."
    )]
    ManyMatches { path: String, times: usize },
    #[error(
        "“{path}” was not written: with it the folder would have {what}, and it may have {most}. Delete what is not needed."
    )]
    Full {
        path: String,
        what: String,
        most: String,
    },
    #[error("The text to look for is empty.")]
    NoText,
    #[error("“{path}” cannot be used: {error}.")]
    Io { path: String, error: io::Error },
}

/// The system's error in the tool's words.
pub fn explain(path: &str, error: io::Error) -> FileError {
    let path = path.to_owned();
    match error.kind() {
        ErrorKind::NotFound => FileError::Missing(path),
        ErrorKind::IsADirectory => FileError::IsFolder(path),
        ErrorKind::NotADirectory | ErrorKind::AlreadyExists => FileError::IsFile(path),
        ErrorKind::DirectoryNotEmpty => FileError::NotEmpty(path),
        // What cap-std says when a path or a link leaves the folder.
        ErrorKind::PermissionDenied if error.to_string().contains("outside") => {
            FileError::Outside(path)
        }
        _ => FileError::Io { path, error },
    }
}
