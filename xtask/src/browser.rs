//! Opening the console where a person sits in front of this machine.

use std::env;
use std::process::{Command, Stdio};

/// Whether a window would be seen: not on a server, not over SSH, not in CI.
pub fn is_at_hand() -> bool {
    let set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    if set("CI") || set("SSH_CONNECTION") {
        return false;
    }
    cfg!(target_os = "macos") || cfg!(windows) || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

/// Best effort: the link is printed as well.
pub fn open(link: &str) {
    let (program, before): (&str, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        ("cmd", &["/C", "start", ""])
    } else {
        ("xdg-open", &[])
    };
    // Its child is the browser, which outlives this program: it is not waited for.
    let _ = Command::new(program)
        .args(before)
        .arg(link)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
}
