//! `model` and `engine` are functions of what they are given: the same journal folds to the same run, everywhere, always.

use proc_macro2::{TokenStream, TokenTree};

use super::Text;
use super::source::{Mention, without_tests};
use crate::problem::Problem;

/// Parts of the standard library that reach outside.
const OUTSIDE: [&str; 7] = ["env", "fs", "io", "net", "process", "thread", "os"];
/// Libraries that bring a clock, chance, threads or a network.
const LIBRARIES: [&str; 14] = [
    "tokio",
    "futures",
    "async_std",
    "rand",
    "getrandom",
    "fastrand",
    "uuid",
    "reqwest",
    "hyper",
    "rusqlite",
    "web_sys",
    "js_sys",
    "gloo_net",
    "wasm_bindgen",
];
const CLOCKS: [&str; 4] = ["Utc", "Local", "Instant", "SystemTime"];

pub fn breaches(text: &Text) -> Result<Vec<String>, Problem> {
    if text.name.ends_with("/tests.rs") || text.name.contains("/tests/") {
        return Ok(Vec::new());
    }
    let mentions = text.mentions()?;
    let mut broken: Vec<String> = mentions
        .iter()
        .filter(|mention| reaches_outside(mention))
        .map(|mention| text.at(mention.line, &mention.shown()))
        .collect();
    asynchronous(text, text.tokens()?, &mut broken);
    Ok(broken)
}

fn reaches_outside(mention: &Mention) -> bool {
    let segments: Vec<&str> = mention.path.iter().map(String::as_str).collect();
    match segments.as_slice() {
        // A length of time is a number; only the clock is not.
        ["std" | "core", "time", "Duration", ..] => false,
        ["std" | "core", "time", ..] => true,
        ["std", part, ..] if OUTSIDE.contains(part) => true,
        [library, ..] if LIBRARIES.contains(library) => true,
        [.., clock, "now"] => CLOCKS.contains(clock),
        _ => false,
    }
}

fn asynchronous(text: &Text, tokens: TokenStream, broken: &mut Vec<String>) {
    for token in without_tests(tokens) {
        match token {
            TokenTree::Group(group) => asynchronous(text, group.stream(), broken),
            TokenTree::Ident(word) if word == "async" || word == "await" => {
                broken.push(text.at(word.span().start().line, &word.to_string()));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn caught(source: &str) -> usize {
        breaches(&Text::new("crates/engine/src/decide.rs", source))
            .unwrap()
            .len()
    }

    #[test]
    fn clocks_chance_threads_and_io_are_caught() {
        for source in [
            "use std::time::Instant;",
            "use std::{fmt, time::{Duration, SystemTime}};",
            "fn f() { std::thread::spawn(|| ()); }",
            "use std::net::TcpStream;",
            "fn f() { let _ = std::fs::read(\"x\"); }",
            "use rand::Rng;",
            "fn f() -> u8 { rand::random() }",
            "use tokio::sync::mpsc;",
            "fn f() { let now = chrono::Utc::now(); }",
            "fn f() { let now = Utc::now(); }",
            "async fn f() {}",
        ] {
            assert_eq!(caught(source), 1, "{source}");
        }
    }

    #[test]
    fn lengths_of_time_and_tests_are_not() {
        for source in [
            "use std::time::Duration;",
            "use std::collections::BTreeMap; fn now() {} fn f() { now() }",
            "#[cfg(test)] mod tests { use std::fs; fn f() { std::env::var(\"SEED\"); } }",
            "/// Never calls std::fs::read.\nfn f() {}",
        ] {
            assert_eq!(caught(source), 0, "{source}");
        }
    }
}
