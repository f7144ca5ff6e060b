//! One line about a long step: what it is, how long it usually takes, how long it has taken.

use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

/// Steps that end sooner are not worth a line.
const QUIET: Duration = Duration::from_millis(700);
/// How often a log that nobody can rewrite hears that a step is still going on.
const HEARTBEAT: Duration = Duration::from_mins(1);

pub struct Progress {
    what: String,
    usual: String,
    began: Instant,
    shown: Option<Duration>,
    terminal: bool,
}

impl Progress {
    /// `usual` is a length of time in words, such as "1 minute".
    pub fn new(what: &str, usual: &str) -> Self {
        Self {
            what: what.to_owned(),
            usual: usual.to_owned(),
            began: Instant::now(),
            shown: None,
            terminal: stderr().is_terminal(),
        }
    }

    pub fn tick(&mut self) {
        let elapsed = self.began.elapsed();
        if elapsed < QUIET {
            return;
        }
        let (what, usual) = (&self.what, &self.usual);
        let due = match self.shown {
            None => true,
            Some(last) if self.terminal => last.as_secs() != elapsed.as_secs(),
            Some(last) => elapsed.saturating_sub(last) >= HEARTBEAT,
        };
        if !due {
            return;
        }
        if self.terminal {
            eprint!("\r\x1b[2K  {what} (usually {usual}) … {}", words(elapsed));
        } else if self.shown.is_none() {
            eprintln!("  {what} (usually {usual}) …");
        } else {
            eprintln!("  {what} … {}", words(elapsed));
        }
        // A progress line that cannot be written is no reason to stop the work.
        let _ = stderr().flush();
        self.shown = Some(elapsed);
    }

    /// Ends the line, if one was begun, and says how it went.
    pub fn end(self, outcome: &str) {
        if self.shown.is_none() {
            return;
        }
        let start = if self.terminal { "\r\x1b[2K" } else { "" };
        eprintln!(
            "{start}  {}: {outcome} ({})",
            self.what,
            words(self.began.elapsed())
        );
    }
}

/// A length of time for a person: "0.4 s", "34 s", "4 min 12 s".
pub fn words(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 10 {
        format!("{:.1} s", time.as_secs_f64())
    } else if seconds < 60 {
        format!("{seconds} s")
    } else {
        format!("{} min {} s", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_in_words() {
        assert_eq!(words(Duration::from_millis(420)), "0.4 s");
        assert_eq!(words(Duration::from_secs(34)), "34 s");
        assert_eq!(words(Duration::from_secs(252)), "4 min 12 s");
    }
}
