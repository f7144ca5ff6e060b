//! The small language of conditions and templates: paths, literals, comparisons, `and`, `or`, `not`, and `|` for the first
//! alternative that has a value. Total on hostile input: length and nesting are limited.

mod eval;
mod lex;
mod parse;

pub use eval::{EvalError, Scope, eval, truth};
pub(crate) use eval::{follow, kind};
pub use parse::parse;

use serde_json::Value;

/// The longest expression, in bytes.
pub const MAX_LEN: usize = 16 * 1024;
/// The deepest nesting of parentheses and `not`.
pub const MAX_DEPTH: usize = 64;

/// A parsed expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    Literal(Value),
    Path(Path),
    /// The first that has a value and is not null.
    FirstOf(Vec<Expr>),
    Not(Box<Expr>),
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Compare(Comparison, Box<Expr>, Box<Expr>),
}

/// A way into a run's values: `steps.price.result.lines[0].total`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// `input`, `steps`, `item` or `index`.
    pub root: String,
    pub parts: Vec<String>,
    /// Where it begins in the source, in bytes.
    pub at: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    /// An item of a list, a part of a text, a key of an object.
    In,
}

/// What is wrong with an expression, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} at character {}", at + 1)]
pub struct SyntaxError {
    /// In bytes from the start.
    pub at: usize,
    pub message: String,
}

impl Expr {
    /// Calls `each` with every path, and whether an alternative stands behind it.
    pub fn paths<'a>(&'a self, each: &mut dyn FnMut(&'a Path, bool)) {
        self.visit(false, each);
    }

    fn visit<'a>(&'a self, has_default: bool, each: &mut dyn FnMut(&'a Path, bool)) {
        match self {
            Self::Literal(_) => {}
            Self::Path(path) => each(path, has_default),
            Self::FirstOf(list) => {
                for (i, e) in list.iter().enumerate() {
                    e.visit(has_default || i + 1 < list.len(), each);
                }
            }
            Self::And(list) | Self::Or(list) => {
                for e in list {
                    e.visit(has_default, each);
                }
            }
            Self::Not(e) => e.visit(has_default, each),
            Self::Compare(_, a, b) => {
                a.visit(has_default, each);
                b.visit(has_default, each);
            }
        }
    }
}

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.root)?;
        for part in &self.parts {
            write!(f, ".{part}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
