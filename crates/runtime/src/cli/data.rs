//! The data folder, and reaching it while the runtime uses it.

use super::CliError;
use crate::serve::running::DATABASE;
use crate::store::Store;
use crate::store::sqlite::SqliteStore;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

/// Makes the folder where it is missing.
pub fn folder(data: &Path) -> Result<(), CliError> {
    fs::create_dir_all(data).map_err(|error| {
        let why = match error.kind() {
            ErrorKind::PermissionDenied => {
                "it is not allowed here; choose another folder with --data".to_owned()
            }
            ErrorKind::AlreadyExists | ErrorKind::NotADirectory => {
                "there is a file of that name; choose another folder with --data".to_owned()
            }
            _ => error.to_string(),
        };
        CliError::Wrong(format!(
            "The data folder {} cannot be made: {why}.",
            data.display()
        ))
    })
}

/// The store, also beside a runtime that uses it: for records only.
pub fn beside(data: &Path) -> Result<Arc<dyn Store>, CliError> {
    folder(data)?;
    Ok(Arc::new(SqliteStore::open_beside(&data.join(DATABASE))?))
}
