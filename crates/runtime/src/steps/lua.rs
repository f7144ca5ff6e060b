//! `lua_script`: Lua 5.4 without any way out, within limits.

mod json;
mod limits;
mod pattern;
mod replacement;
mod sandbox;
mod strings;

pub use limits::{MAX_INSTRUCTIONS, MAX_MEMORY, MAX_SCRIPT, MAX_TIME};

use super::{Notes, StepCall, StepDone, StepError, StepNote, StepRunner};
use async_trait::async_trait;
use limits::Limits;
use model::{Effect, Failure, FailureCode, ProjectId, Step, StepKind, TenantId, TranscriptEntry};
use sandbox::{Ran, ScriptError};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// What is wrong with a script that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct LuaSyntaxError {
    /// Counts from 1; `None` where the whole script is meant.
    pub line: Option<u32>,
    /// A sentence for the author, with the line in it.
    pub message: String,
}

/// Whether a script can be read, for validation. Nothing runs.
pub fn lua_syntax(script: &str) -> Result<(), LuaSyntaxError> {
    sandbox::check(script).map_err(|error| LuaSyntaxError {
        line: match &error {
            ScriptError::Syntax { line, .. } => Some(*line),
            _ => None,
        },
        message: error.to_string(),
    })
}

/// Runs scripts, as many at once as the machine has cores.
#[derive(Debug)]
pub struct LuaRunner {
    slots: Arc<Semaphore>,
}

impl Default for LuaRunner {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self {
            slots: Arc::new(Semaphore::new(cores.max(2))),
        }
    }
}

/// Stops the script when the try is dropped.
struct CancelOnDrop(Arc<Limits>);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

impl LuaRunner {
    async fn evaluate(&self, call: &StepCall) -> Result<Ran, Failure> {
        // The permit goes with the thread: a dropped try frees its slot when its script has really stopped.
        let permit = Arc::clone(&self.slots).acquire_owned().await;
        let limits = Arc::new(Limits::new(call.timeout.unwrap_or(MAX_TIME)));
        let _cancel = CancelOnDrop(Arc::clone(&limits));
        let (step, input) = (Arc::clone(&call.step), call.field("input").clone());
        let ran = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            match &step.kind {
                StepKind::LuaScript(lua) => Ok(sandbox::run(&lua.script, &input, &limits)),
                other => Err(super::runners::not_here(other)),
            }
        });
        ran.await.unwrap_or_else(|error| {
            Err(Failure::new(
                FailureCode::WorkerCrashed,
                "The script's worker broke down.",
            )
            .detail(error.to_string()))
        })
    }
}

#[async_trait]
impl StepRunner for LuaRunner {
    async fn run(&self, call: &StepCall, notes: &dyn Notes) -> Result<StepDone, StepError> {
        let Ran { result, log } = self.evaluate(call).await?;
        let mut entries = Vec::new();
        if !log.is_empty() {
            entries.push(TranscriptEntry::Log { text: log });
        }
        let result = result.map_err(failure);
        if let Err(failure) = &result {
            entries.push(TranscriptEntry::Error {
                text: failure.message.clone(),
            });
        }
        if !entries.is_empty() {
            notes.note(StepNote::Transcript(entries)).await;
        }
        Ok(StepDone {
            output: result?,
            usage: None,
        })
    }

    async fn effect(&self, _: &TenantId, _: &ProjectId, _: &Step) -> Option<Effect> {
        None
    }
}

fn failure(error: ScriptError) -> Failure {
    let code = match &error {
        ScriptError::Input(_) => FailureCode::InvalidInput,
        ScriptError::TooLong(_)
        | ScriptError::Syntax { .. }
        | ScriptError::Stopped(_)
        | ScriptError::Memory
        | ScriptError::Runtime { .. }
        | ScriptError::Result(_) => FailureCode::LuaScriptFailed,
    };
    let failure = Failure::new(code, error.to_string());
    match error {
        ScriptError::Runtime {
            traceback: Some(traceback),
            ..
        } => failure.detail(traceback),
        _ => failure,
    }
}
