//! Text to tokens.

use super::{Comparison, SyntaxError};
use serde_json::{Number, Value};

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Word(String),
    Literal(Value),
    Compare(Comparison),
    And,
    Or,
    Not,
    Alternative,
    Open,
    Close,
    OpenIndex,
    CloseIndex,
    Dot,
}

/// Tokens with the place each begins.
pub(super) fn lex(text: &str) -> Result<Vec<(usize, Token)>, SyntaxError> {
    let bytes = text.as_bytes();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let next = bytes.get(at + 1).copied();
        let (token, length) = match byte {
            b' ' | b'\t' | b'\n' | b'\r' => {
                at += 1;
                continue;
            }
            b'(' => (Token::Open, 1),
            b')' => (Token::Close, 1),
            b'[' => (Token::OpenIndex, 1),
            b']' => (Token::CloseIndex, 1),
            b'.' => (Token::Dot, 1),
            b'|' if next == Some(b'|') => (Token::Or, 2),
            b'|' => (Token::Alternative, 1),
            b'&' if next == Some(b'&') => (Token::And, 2),
            b'=' if next == Some(b'=') => (Token::Compare(Comparison::Equal), 2),
            b'!' if next == Some(b'=') => (Token::Compare(Comparison::NotEqual), 2),
            b'!' => (Token::Not, 1),
            b'<' if next == Some(b'=') => (Token::Compare(Comparison::LessOrEqual), 2),
            b'<' => (Token::Compare(Comparison::Less), 1),
            b'>' if next == Some(b'=') => (Token::Compare(Comparison::GreaterOrEqual), 2),
            b'>' => (Token::Compare(Comparison::Greater), 1),
            b'"' | b'\'' => string(text, at)?,
            b'0'..=b'9' if matches!(tokens.last(), Some((_, Token::Dot | Token::OpenIndex))) => {
                let length = run_of(bytes, at, |b| b.is_ascii_digit());
                (Token::Word(text[at..at + length].to_owned()), length)
            }
            b'0'..=b'9' | b'-' => number(text, at)?,
            b'=' => return Err(wrong(at, "`=` is no comparison, use `==`,")),
            b if b.is_ascii_alphabetic() || b == b'_' => {
                let is_word = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
                let length = run_of(bytes, at, is_word);
                let after_dot = matches!(tokens.last(), Some((_, Token::Dot)));
                (word(&text[at..at + length], after_dot), length)
            }
            _ => {
                let c = text[at..].chars().next().unwrap_or(' ');
                return Err(wrong(at, &format!("unexpected `{c}`")));
            }
        };
        tokens.push((at, token));
        at += length;
    }
    Ok(tokens)
}

fn run_of(bytes: &[u8], at: usize, belongs: impl Fn(u8) -> bool) -> usize {
    bytes[at..].iter().take_while(|b| belongs(**b)).count()
}

fn word(text: &str, after_dot: bool) -> Token {
    if after_dot {
        return Token::Word(text.to_owned());
    }
    match text {
        "and" => Token::And,
        "or" => Token::Or,
        "not" => Token::Not,
        "in" => Token::Compare(Comparison::In),
        "true" => Token::Literal(Value::Bool(true)),
        "false" => Token::Literal(Value::Bool(false)),
        "null" => Token::Literal(Value::Null),
        _ => Token::Word(text.to_owned()),
    }
}

fn number(text: &str, at: usize) -> Result<(Token, usize), SyntaxError> {
    let bytes = text.as_bytes();
    let belongs = |b: u8| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-');
    let length = run_of(bytes, at, belongs);
    let source = &text[at..at + length];
    let value = source
        .parse::<i64>()
        .map(Number::from)
        .ok()
        .or_else(|| source.parse().ok().and_then(Number::from_f64))
        .ok_or_else(|| wrong(at, &format!("`{source}` is no number")))?;
    Ok((Token::Literal(Value::Number(value)), length))
}

/// A text in single or double quotes, with `\` before a quote, a backslash, `n` or `t`.
fn string(text: &str, at: usize) -> Result<(Token, usize), SyntaxError> {
    let mut chars = text[at..].char_indices();
    let quote = chars.next().map_or('"', |(_, c)| c);
    let mut value = String::new();
    while let Some((offset, c)) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some((_, 'n')) => value.push('\n'),
                Some((_, 't')) => value.push('\t'),
                Some((_, other)) => value.push(other),
                None => break,
            },
            c if c == quote => {
                return Ok((Token::Literal(Value::String(value)), offset + 1));
            }
            c => value.push(c),
        }
    }
    Err(wrong(at, "a text is not closed,"))
}

fn wrong(at: usize, message: &str) -> SyntaxError {
    SyntaxError {
        at,
        message: message.to_owned(),
    }
}
