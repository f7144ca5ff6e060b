//! One script in a Lua state of its own, closed in.

use super::json::{ShapeError, from_lua, to_lua};
use super::limits::{Limits, MAX_MEMORY, MAX_SCRIPT, Stop};
use super::strings;
use crate::steps::MAX_RESULT;
use mlua::chunk::ChunkMode;
use mlua::{Error, HookTriggers, Lua, LuaOptions, StdLib, Table, Value, VmState};
use serde_json::Value as Json;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// The most a script may print, in bytes.
const MAX_LOG: usize = 64 * 1024;
/// Instructions between two looks at the limits.
const HOOK_EVERY: u32 = 500;
/// The largest text that `json.encode` makes.
const MAX_ENCODED: usize = 16 * 1024 * 1024;
/// What error messages call the script.
const CHUNK: &str = "=script";

/// What became of a script: its result, and what it printed either way.
pub struct Ran {
    pub result: Result<Json, ScriptError>,
    pub log: String,
}

/// Why a script gave no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScriptError {
    #[error("The script is {0} bytes long; it may have {MAX_SCRIPT}.")]
    TooLong(usize),
    #[error("The script cannot be read at line {line}: {message}.")]
    Syntax { line: u32, message: String },
    #[error("The script's input cannot be passed to Lua: {0}.")]
    Input(String),
    #[error("The script was stopped: {0}.")]
    Stopped(Stop),
    #[error("The script was stopped: it used more than {} MiB of memory.", MAX_MEMORY / 1024 / 1024)]
    Memory,
    #[error("The script failed{}: {message}.", .line.map(|line| format!(" at line {line}")).unwrap_or_default())]
    Runtime {
        line: Option<u32>,
        message: String,
        traceback: Option<String>,
    },
    #[error("The script's result cannot be kept: it {0}.")]
    Result(ShapeError),
}

/// Runs `script` with `input` as a global.
pub fn run(script: &str, input: &Json, limits: &Arc<Limits>) -> Ran {
    let log = Arc::new(Mutex::new(String::new()));
    let result = evaluate(script, input, limits, &log);
    let log = std::mem::take(&mut *log.lock().unwrap_or_else(PoisonError::into_inner));
    Ran { result, log }
}

/// Whether `script` can be read. Nothing runs.
pub fn check(script: &str) -> Result<(), ScriptError> {
    if script.len() > MAX_SCRIPT {
        return Err(ScriptError::TooLong(script.len()));
    }
    let lua = Lua::new_with(StdLib::NONE, LuaOptions::default()).map_err(|e| failure(&e))?;
    load(&lua, script).map(|_| ())
}

fn load(lua: &Lua, script: &str) -> Result<mlua::Function, ScriptError> {
    lua.load(script)
        .set_name(CHUNK)
        .set_mode(ChunkMode::Text)
        .into_function()
        .map_err(|error| failure(&error))
}

fn evaluate(
    script: &str,
    input: &Json,
    limits: &Arc<Limits>,
    log: &Arc<Mutex<String>>,
) -> Result<Json, ScriptError> {
    if script.len() > MAX_SCRIPT {
        return Err(ScriptError::TooLong(script.len()));
    }
    let libraries =
        StdLib::STRING | StdLib::TABLE | StdLib::MATH | StdLib::UTF8 | StdLib::COROUTINE;
    let lua = Lua::new_with(libraries, LuaOptions::default()).map_err(|e| failure(&e))?;
    let mark = lua.create_table().map_err(|e| failure(&e))?;
    close_in(&lua, &mark, limits, log).map_err(|e| failure(&e))?;
    let function = load(&lua, script)?;
    let input = to_lua(&lua, input, &mark).map_err(|error| match failure(&error) {
        ScriptError::Runtime { message, .. } => ScriptError::Input(message),
        other => other,
    })?;
    lua.globals()
        .raw_set("input", input)
        .map_err(|e| failure(&e))?;
    watch(&lua, limits).map_err(|e| failure(&e))?;
    let returned = function.call::<Value>(()).map_err(|error| {
        limits
            .stopped()
            .map_or_else(|| failure(&error), ScriptError::Stopped)
    })?;
    let result = from_lua(&returned, &mark, MAX_RESULT).map_err(ScriptError::Result)?;
    if result.to_string().len() > MAX_RESULT {
        return Err(ScriptError::Result(ShapeError::TooLarge(MAX_RESULT)));
    }
    Ok(result)
}

fn close_in(
    lua: &Lua,
    mark: &Table,
    limits: &Arc<Limits>,
    log: &Arc<Mutex<String>>,
) -> mlua::Result<()> {
    lua.load(prelude(lua)?)
        .set_mode(ChunkMode::Binary)
        .call::<()>(mark)?;
    strings::install(lua, limits)?;
    let globals = lua.globals();
    globals.raw_set("null", Value::NULL)?;
    globals.raw_set("json", json_library(lua, mark)?)?;
    let log = Arc::clone(log);
    let print = lua.create_function(move |_, words: mlua::Variadic<Value>| print(&log, &words))?;
    globals.raw_set("print", print)?;
    lua.set_memory_limit(MAX_MEMORY)?;
    Ok(())
}

/// The prelude, compiled once.
fn prelude(lua: &Lua) -> mlua::Result<&'static [u8]> {
    static COMPILED: OnceLock<Vec<u8>> = OnceLock::new();
    if let Some(code) = COMPILED.get() {
        return Ok(code);
    }
    let code = lua
        .load(include_str!("prelude.lua"))
        .set_name("=prelude")
        .into_function()?
        .dump(true);
    Ok(COMPILED.get_or_init(|| code))
}

fn json_library(lua: &Lua, mark: &Table) -> mlua::Result<Table> {
    let library = lua.create_table()?;
    library.raw_set("null", Value::NULL)?;
    let own = mark.clone();
    library.raw_set(
        "encode",
        lua.create_function(move |_, value: Value| {
            from_lua(&value, &own, MAX_ENCODED)
                .map(|json| json.to_string())
                .map_err(|error| Error::RuntimeError(format!("json.encode: the value {error}")))
        })?,
    )?;
    let own = mark.clone();
    library.raw_set(
        "decode",
        lua.create_function(move |lua, text: mlua::LuaString| {
            let value: Json = serde_json::from_slice(&text.as_bytes())
                .map_err(|error| Error::RuntimeError(format!("json.decode: {error}")))?;
            to_lua(lua, &value, &own)
        })?,
    )?;
    let own = mark.clone();
    library.raw_set(
        "array",
        lua.create_function(move |lua, items: Option<Table>| {
            let items = items.map_or_else(|| lua.create_table(), Ok)?;
            items.set_metatable(Some(own.clone()))?;
            Ok(items)
        })?,
    )?;
    Ok(library)
}

fn print(log: &Mutex<String>, words: &[Value]) -> mlua::Result<()> {
    let mut line = String::new();
    for (i, word) in words.iter().enumerate() {
        if i > 0 {
            line.push('\t');
        }
        line.push_str(&word.to_string()?);
    }
    let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
    if log.len() >= MAX_LOG {
        return Ok(());
    }
    log.push_str(&line);
    log.push('\n');
    if log.len() > MAX_LOG {
        let end = log.floor_char_boundary(MAX_LOG);
        log.truncate(end);
        log.push_str("\n(the script printed more; the rest is cut)\n");
    }
    Ok(())
}

/// Looks at the limits while the script runs.
fn watch(lua: &Lua, limits: &Arc<Limits>) -> mlua::Result<()> {
    let limits = Arc::clone(limits);
    let every = HookTriggers::new().every_nth_instruction(HOOK_EVERY);
    lua.set_global_hook(every, move |lua, _| {
        let Err(stop) = limits.spend(u64::from(HOOK_EVERY)) else {
            return Ok(VmState::Continue);
        };
        // A script that catches this error would go on until the hook's next turn, and so for ever: now every instruction
        // is a turn.
        let each = HookTriggers::new().every_nth_instruction(1);
        lua.set_global_hook(each, move |_, _| Err(Error::RuntimeError(stop.to_string())))?;
        Err(Error::RuntimeError(stop.to_string()))
    })
}

/// Lua's error in the terms of the script's author.
fn failure(error: &Error) -> ScriptError {
    let (root, traceback) = root(error);
    let text = match root {
        Error::MemoryError(_) => return ScriptError::Memory,
        Error::SyntaxError { message, .. } | Error::RuntimeError(message) => message.clone(),
        other => other.to_string(),
    };
    // Lua appends the traceback to the message of an uncaught error.
    let (text, own_traceback) = match text.split_once("\nstack traceback:\n") {
        Some((text, traceback)) => (text.to_owned(), Some(traceback.to_owned())),
        None => (text, None),
    };
    let traceback = own_traceback.or(traceback);
    let (line, message) = match split_line(&text) {
        Some((line, message)) => (Some(line), message.to_owned()),
        None => (traceback.as_deref().and_then(line_in), text),
    };
    let message = message.trim_end_matches('.').to_owned();
    if matches!(root, Error::SyntaxError { .. }) {
        return ScriptError::Syntax {
            line: line.unwrap_or(1),
            message,
        };
    }
    ScriptError::Runtime {
        line,
        message,
        traceback: traceback
            .map(|t| script_frames(&t))
            .filter(|t| !t.is_empty()),
    }
}

/// The innermost error, and where in the script it came through.
fn root(error: &Error) -> (&Error, Option<String>) {
    match error {
        Error::CallbackError { traceback, cause } => {
            let (inner, deeper) = root(cause);
            (inner, deeper.or_else(|| Some(traceback.clone())))
        }
        Error::WithContext { cause, .. } | Error::BadArgument { cause, .. } => root(cause),
        other => (other, None),
    }
}

/// `script:3: message` as its parts.
fn split_line(text: &str) -> Option<(u32, &str)> {
    let (line, message) = text.strip_prefix("script:")?.split_once(": ")?;
    Some((line.parse().ok()?, message))
}

/// The first line of the script that a traceback names.
fn line_in(traceback: &str) -> Option<u32> {
    let (_, after) = traceback.split_once("script:")?;
    after.split(':').next()?.parse().ok()
}

/// The traceback without the frames around the script.
fn script_frames(traceback: &str) -> String {
    let frames: Vec<&str> = traceback
        .lines()
        .map(str::trim)
        .filter(|frame| frame.starts_with("script:"))
        .collect();
    frames.join("\n")
}
