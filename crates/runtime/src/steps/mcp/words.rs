//! What a server process says on its error output.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::ChildStderr;
use tokio::sync::watch;

/// Lines that are kept for a failure's detail.
const KEPT_LINES: usize = 20;
const MAX_LINE: usize = 1000;
/// How long a failure waits for the last words of a process that has just ended.
const PATIENCE: Duration = Duration::from_millis(500);

/// The last lines; empty for a server that is no process of ours.
pub(super) struct Words {
    lines: Mutex<VecDeque<String>>,
    ended: watch::Sender<bool>,
}

impl Default for Words {
    fn default() -> Self {
        Self {
            lines: Mutex::default(),
            ended: watch::Sender::new(true),
        }
    }
}

impl Words {
    pub fn listen(self: &Arc<Self>, stderr: ChildStderr) {
        let words = Arc::clone(self);
        words.ended.send_replace(false);
        tokio::spawn(async move {
            let mut lines = BufReader::new(stderr).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                words.keep(line);
            }
            words.ended.send_replace(true);
        });
    }

    fn keep(&self, mut line: String) {
        line.truncate(line.floor_char_boundary(MAX_LINE));
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == KEPT_LINES {
            lines.pop_front();
        }
        lines.push_back(line);
    }

    /// What was said last; `None` when nothing was.
    pub async fn last(&self) -> Option<String> {
        let mut ended = self.ended.subscribe();
        // A process that lives on has said what it had to say.
        let _ = tokio::time::timeout(PATIENCE, ended.wait_for(|ended| *ended)).await;
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }
}
