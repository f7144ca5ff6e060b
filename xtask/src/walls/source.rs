//! Rust source as tokens: which paths it mentions, wherever they stand (use trees, expressions, macros), tests left out.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::Text;
use crate::problem::Problem;

/// A path of at least two segments, resolved to `crate::…` where it began with `self` or `super`.
pub struct Mention {
    pub path: Vec<String>,
    pub line: usize,
}

impl Mention {
    pub fn starts_with(&self, prefix: &[&str]) -> bool {
        self.path.len() >= prefix.len()
            && self
                .path
                .iter()
                .zip(prefix)
                .all(|(own, other)| own == other)
    }

    pub fn shown(&self) -> String {
        self.path.join("::")
    }
}

impl Text {
    pub fn tokens(&self) -> Result<TokenStream, Problem> {
        self.text.parse().map_err(|_| {
            Problem::Wrong(format!(
                "{} is not Rust: its brackets or quotes do not match.",
                self.name
            ))
        })
    }

    pub fn mentions(&self) -> Result<Vec<Mention>, Problem> {
        let mut reader = Reader {
            module: self.module(),
            found: Vec::new(),
        };
        reader.read(self.tokens()?);
        Ok(reader.found)
    }

    /// The module that this file is, from its name: `src/ui/badge.rs` is `crate::ui::badge`.
    pub fn module(&self) -> Vec<String> {
        let inside = self
            .name
            .split_once("src/")
            .map_or("", |(_, inside)| inside);
        let parts = inside.trim_end_matches(".rs").split('/');
        let parts = parts.filter(|part| !matches!(*part, "main" | "lib" | ""));
        std::iter::once("crate")
            .chain(parts)
            .map(str::to_owned)
            .collect()
    }

    pub fn at(&self, line: usize, what: &str) -> String {
        format!("{}:{line}: {what}", self.name)
    }
}

struct Reader {
    module: Vec<String>,
    found: Vec<Mention>,
}

impl Reader {
    fn read(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = without_tests(tokens);
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            at += 1;
            match token {
                TokenTree::Ident(word) if word == "mod" => {
                    if let (Some(TokenTree::Ident(name)), Some(TokenTree::Group(body))) =
                        (tokens.get(at), tokens.get(at + 1))
                    {
                        self.module.push(name.to_string());
                        self.read(body.stream());
                        self.module.pop();
                        at += 2;
                    }
                }
                TokenTree::Ident(_) => at = self.path(&tokens, at - 1, &[]),
                TokenTree::Group(group) => self.read(group.stream()),
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }

    /// Reads the path that begins at `at`, behind `prefix`; the place after it.
    fn path(&mut self, tokens: &[TokenTree], mut at: usize, prefix: &[String]) -> usize {
        let mut path = prefix.to_vec();
        let line = tokens.get(at).map_or(0, |token| token.span().start().line);
        loop {
            match tokens.get(at) {
                Some(TokenTree::Ident(segment)) => path.push(segment.to_string()),
                Some(TokenTree::Punct(star)) if star.as_char() == '*' => path.push("*".into()),
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                    self.use_tree(group, &path);
                    return at + 1;
                }
                _ => break,
            }
            at += 1;
            if !is_separator(tokens, at) {
                break;
            }
            at += 2;
        }
        if path.len() > 1 {
            let path = self.resolve(path);
            self.found.push(Mention { path, line });
        }
        at
    }

    fn use_tree(&mut self, group: &Group, prefix: &[String]) {
        let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
        for branch in tokens.split(|token| is_punct(Some(token), ',')) {
            if !branch.is_empty() {
                self.path(branch, 0, prefix);
            }
        }
    }

    fn resolve(&self, path: Vec<String>) -> Vec<String> {
        let mut base = self.module.clone();
        let mut rest = path.iter().peekable();
        match rest.peek().map(|first| first.as_str()) {
            Some("self") => {
                rest.next();
            }
            Some("super") => {
                while rest.next_if(|segment| *segment == "super").is_some() {
                    base.pop();
                }
            }
            _ => return path,
        }
        base.extend(rest.cloned());
        base
    }
}

/// Leaves out what is compiled for tests only: the item behind `#[cfg(test)]`.
pub fn without_tests(tokens: TokenStream) -> Vec<TokenTree> {
    let mut kept = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let test = is_punct(Some(&token), '#')
            && matches!(tokens.peek(), Some(TokenTree::Group(group)) if is_cfg_test(group));
        if !test {
            kept.push(token);
            continue;
        }
        for skipped in tokens.by_ref() {
            let body = matches!(&skipped, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
            if body || is_punct(Some(&skipped), ';') {
                break;
            }
        }
    }
    kept
}

pub fn is_punct(token: Option<&TokenTree>, sign: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == sign)
}

fn is_separator(tokens: &[TokenTree], at: usize) -> bool {
    is_punct(tokens.get(at), ':') && is_punct(tokens.get(at + 1), ':')
}

fn is_cfg_test(group: &Group) -> bool {
    group.delimiter() == Delimiter::Bracket
        && group.stream().to_string().replace(' ', "") == "cfg(test)"
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn mentioned(name: &str, text: &str) -> Vec<String> {
        let mentions = Text::new(name, text).mentions().unwrap();
        mentions.iter().map(Mention::shown).collect()
    }

    #[test]
    fn use_trees_macros_and_relative_paths_are_resolved() {
        let text = r#"
            use crate::{api::runs, pages::{self, run::Header as H}};
            use super::dialog::*;
            fn f() { view! { <p>{move || crate::state::now()}</p> } }
            mod inner { use super::super::toast; }
            // crate::comment::is_none
            const TEXT: &str = "crate::text::is_none";
        "#;
        assert_eq!(
            mentioned("src/ui/badge.rs", text),
            [
                "crate::api::runs",
                "crate::pages::self",
                "crate::pages::run::Header",
                "crate::ui::dialog::*",
                "crate::state::now",
                "crate::ui::toast",
            ]
        );
    }

    #[test]
    fn tests_are_left_out() {
        let text = "#[cfg(test)] mod tests { use std::fs::read; } #[cfg(test)] use std::net::X; use std::fmt::Y;";
        assert_eq!(mentioned("src/a.rs", text), ["std::fmt::Y"]);
    }
}
