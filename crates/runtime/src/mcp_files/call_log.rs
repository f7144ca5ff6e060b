//! A record of every call, so that a person can see what ran and what did not run twice.

use model::Timestamp;
use serde_json::{Map, Value, json};
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Arguments that hold a file's content: the log names their size.
const CONTENTS: [&str; 3] = ["content", "old", "new"];

/// Lines of JSON: `{at, phase: "begin", call, tool, arguments}` before a call and `{at, phase: "end", call, tool, ok}` after
/// it. A call that was cut off has no end.
#[derive(Debug)]
pub struct CallLog {
    file: Option<File>,
    process: u32,
    calls: AtomicU64,
}

/// A call that has begun.
pub struct Begun {
    call: String,
    tool: String,
}

impl CallLog {
    pub fn open(path: Option<&Path>) -> io::Result<Self> {
        let open = |path: &Path| {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder)?;
            }
            OpenOptions::new().create(true).append(true).open(path)
        };
        Ok(Self {
            file: path.map(open).transpose()?,
            process: std::process::id(),
            calls: AtomicU64::new(0),
        })
    }

    pub fn begin(&self, tool: &str, arguments: Option<&Map<String, Value>>) -> io::Result<Begun> {
        let number = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
        let begun = Begun {
            // Unique over the restarts of the server.
            call: format!("{}-{number}", self.process),
            tool: tool.to_owned(),
        };
        let arguments: Map<String, Value> = arguments
            .into_iter()
            .flatten()
            .map(|(name, value)| (name.clone(), without_content(name, value)))
            .collect();
        self.write(&json!({
            "at": now(), "phase": "begin", "call": begun.call, "tool": tool, "arguments": arguments,
        }))?;
        Ok(begun)
    }

    pub fn end(&self, begun: &Begun, ok: bool) -> io::Result<()> {
        self.write(&json!({
            "at": now(), "phase": "end", "call": begun.call, "tool": begun.tool, "ok": ok,
        }))
    }

    /// One write for one line, so that lines of two servers never mix.
    fn write(&self, line: &Value) -> io::Result<()> {
        match &self.file {
            Some(file) => (&mut &*file).write_all(format!("{line}\n").as_bytes()),
            None => Ok(()),
        }
    }
}

fn without_content(name: &str, value: &Value) -> Value {
    match value {
        Value::String(text) if CONTENTS.contains(&name) => json!({ "bytes": text.len() }),
        other => other.clone(),
    }
}

fn now() -> Timestamp {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    Timestamp::from_millis(now.map_or(0, |now| now.as_millis() as i64))
}
