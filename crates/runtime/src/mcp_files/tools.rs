//! The tools, with what they do to the folder in their annotations.

use super::arguments::{
    Append, Deleted, Edit, Edited, Found, List, Listed, Made, OnePath, Read, Search, Write, Written,
};
use super::call_log::CallLog;
use super::error::FileError;
use super::folder::Folder;
use super::{FilesArgs, FilesError};
use rmcp::handler::server::router::tool::ToolRouter;
use rmcp::handler::server::tool::ToolCallContext;
use rmcp::handler::server::wrapper::{Json, Parameters};
use rmcp::model::{CallToolRequestParams, CallToolResponse};
use rmcp::service::{RequestContext, RoleServer};
use rmcp::{ErrorData, ServerHandler, tool, tool_handler, tool_router};
use std::sync::Arc;

/// Answers MCP requests about one folder.
#[derive(Debug, Clone)]
pub struct FilesServer {
    folder: Arc<Folder>,
    log: Arc<CallLog>,
    router: ToolRouter<Self>,
}

impl FilesServer {
    pub fn new(args: FilesArgs) -> Result<Self, FilesError> {
        let folder = Folder::open(&args.root).map_err(|e| FilesError::Root(args.root, e))?;
        let log = CallLog::open(args.call_log.as_deref());
        Ok(Self {
            folder: Arc::new(folder),
            log: Arc::new(
                log.map_err(|e| FilesError::CallLog(args.call_log.unwrap_or_default(), e))?,
            ),
            router: Self::tool_router(),
        })
    }

    /// Does file work on a thread where it may block. The error is what the caller reads.
    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Folder) -> Result<T, FileError> + Send + 'static,
    ) -> Result<T, String> {
        let folder = Arc::clone(&self.folder);
        match tokio::task::spawn_blocking(move || work(&folder)).await {
            Ok(done) => done.map_err(|error| error.to_string()),
            Err(error) => Err(format!("The server broke down: {error}.")),
        }
    }
}

#[tool_router]
impl FilesServer {
    #[tool(
        description = "Reads a text file (UTF-8, at most 10 MiB), or some of its lines.",
        annotations(title = "Read a file", read_only_hint = true, open_world_hint = false)
    )]
    async fn read_file(&self, Parameters(args): Parameters<Read>) -> Result<String, String> {
        let text = self.work(move |folder| folder.read(&args.path)).await?;
        if args.from_line.is_none() && args.max_lines.is_none() {
            return Ok(text);
        }
        let lines = text.split_inclusive('\n');
        let lines = lines.skip(args.from_line.unwrap_or(1).saturating_sub(1));
        Ok(lines.take(args.max_lines.unwrap_or(usize::MAX)).collect())
    }

    #[tool(
        description = "Writes a text file, replacing what was there. Missing folders are made.",
        annotations(
            title = "Write a file",
            read_only_hint = false,
            destructive_hint = true,
            idempotent_hint = true,
            open_world_hint = false
        )
    )]
    async fn write_file(
        &self,
        Parameters(args): Parameters<Write>,
    ) -> Result<Json<Written>, String> {
        let written = self.work(move |folder| folder.write(&args.path, &args.content));
        written.await.map(Json)
    }

    #[tool(
        description = "Adds text at the end of a file; makes the file when it is missing.",
        annotations(
            title = "Append to a file",
            read_only_hint = false,
            destructive_hint = false,
            idempotent_hint = false,
            open_world_hint = false
        )
    )]
    async fn append_file(
        &self,
        Parameters(args): Parameters<Append>,
    ) -> Result<Json<Written>, String> {
        let written = self.work(move |folder| folder.append(&args.path, &args.content));
        written.await.map(Json)
    }

    #[tool(
        description = "Replaces a text in a file by another. The text must be given exactly and occur once, unless all is set.",
        annotations(
            title = "Edit a file",
            read_only_hint = false,
            destructive_hint = true,
            idempotent_hint = false,
            open_world_hint = false
        )
    )]
    async fn edit_file(&self, Parameters(args): Parameters<Edit>) -> Result<Json<Edited>, String> {
        let edited =
            self.work(move |folder| folder.edit(&args.path, &args.old, &args.new, args.all));
        edited.await.map(Json)
    }

    #[tool(
        description = "Lists the files and folders in a folder.",
        annotations(title = "List files", read_only_hint = true, open_world_hint = false)
    )]
    async fn list_files(&self, Parameters(args): Parameters<List>) -> Result<Json<Listed>, String> {
        let listed = self.work(move |folder| folder.list(args.path.as_deref(), args.recursive));
        listed.await.map(Json)
    }

    #[tool(
        description = "Finds the lines that hold a text, in all files of a folder.",
        annotations(
            title = "Search in files",
            read_only_hint = true,
            open_world_hint = false
        )
    )]
    async fn search_files(
        &self,
        Parameters(args): Parameters<Search>,
    ) -> Result<Json<Found>, String> {
        let found = self
            .work(move |folder| folder.search(&args.text, args.path.as_deref(), args.ignore_case));
        found.await.map(Json)
    }

    #[tool(
        description = "Makes a folder, with the folders above it.",
        annotations(
            title = "Make a folder",
            read_only_hint = false,
            destructive_hint = false,
            idempotent_hint = true,
            open_world_hint = false
        )
    )]
    async fn make_dir(&self, Parameters(args): Parameters<OnePath>) -> Result<Json<Made>, String> {
        let made = self.work(move |folder| folder.make_dir(&args.path));
        made.await.map(Json)
    }

    #[tool(
        description = "Deletes a file or an empty folder.",
        annotations(
            title = "Delete a file",
            read_only_hint = false,
            destructive_hint = true,
            idempotent_hint = true,
            open_world_hint = false
        )
    )]
    async fn delete_file(
        &self,
        Parameters(args): Parameters<OnePath>,
    ) -> Result<Json<Deleted>, String> {
        let deleted = self.work(move |folder| folder.delete(&args.path));
        deleted.await.map(Json)
    }
}

#[tool_handler(
    router = self.router,
    name = "signalbox-files",
    instructions = "Files of one folder. All paths are relative to it; nothing outside can be reached."
)]
impl ServerHandler for FilesServer {
    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let unlogged = |error: std::io::Error| {
            let message = format!("The call log cannot be written: {error}.");
            ErrorData::internal_error(message, None)
        };
        let begun = self.log.begin(&request.name, request.arguments.as_ref());
        let begun = begun.map_err(unlogged)?;
        let call = ToolCallContext::new(self, request, context);
        let answer = self.router.call(call).await;
        let ok = matches!(&answer, Ok(CallToolResponse::Complete(result)) if result.is_error != Some(true));
        // The call has taken place: its answer must not be lost over the log.
        if let Err(error) = self.log.end(&begun, ok) {
            tracing::error!(%error, "the call log cannot be written");
        }
        answer
    }
}
