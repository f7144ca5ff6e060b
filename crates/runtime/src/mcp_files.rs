//! The built-in MCP server for files, confined to one folder: `signalbox mcp-files --root FOLDER [--call-log FILE]`.

pub(crate) mod arguments;
mod call_log;
mod error;
mod folder;
mod room;
mod tools;
mod walk;

pub(crate) use error::FileError;
pub(crate) use folder::Folder;
pub use folder::MAX_FILE;
pub(crate) use room::Room;
pub use room::{Quota, Used};
pub use tools::FilesServer;

use crate::steps::MAX_MESSAGE;
use rmcp::ServiceExt;
use rmcp::transport::async_rw::AsyncRwTransport;
use std::io;
use std::path::PathBuf;

/// What the server is started with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilesArgs {
    /// The folder that is all the server can see; made when it is missing.
    pub root: PathBuf,
    /// Gets one line when a call begins and one when it ends.
    pub call_log: Option<PathBuf>,
}

/// Why the server could not start or had to stop.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    #[error("The folder {0} cannot be used: {1}.")]
    Root(PathBuf, io::Error),
    #[error("The call log {0} cannot be written: {1}.")]
    CallLog(PathBuf, io::Error),
    #[error("The connection could not be opened: {0}.")]
    Connection(String),
}

/// Serves standard input and output until the input ends.
pub async fn serve_stdio(args: FilesArgs) -> Result<(), FilesError> {
    serve(args, rmcp::transport::stdio()).await
}

/// Serves one connection until it ends.
pub async fn serve<R, W>(args: FilesArgs, (read, write): (R, W)) -> Result<(), FilesError>
where
    R: tokio::io::AsyncRead + Send + Unpin + 'static,
    W: tokio::io::AsyncWrite + Send + Unpin + 'static,
{
    let server = FilesServer::new(args)?;
    let closed = |error: String| FilesError::Connection(error);
    let lines = AsyncRwTransport::new_server(read, write).with_max_line_length(MAX_MESSAGE);
    let serving = server.serve(lines).await;
    let serving = serving.map_err(|error| closed(error.to_string()))?;
    let ended = serving.waiting().await;
    ended.map(|_| ()).map_err(|error| closed(error.to_string()))
}
