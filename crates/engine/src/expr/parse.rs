//! Tokens to an expression, by descent with a limit on depth.

use super::lex::{Token, lex};
use super::{Expr, MAX_DEPTH, MAX_LEN, Path, SyntaxError};

/// Reads an expression; an error names its place.
pub fn parse(text: &str) -> Result<Expr, SyntaxError> {
    if text.len() > MAX_LEN {
        return Err(SyntaxError {
            at: MAX_LEN,
            message: "the expression is longer than 16 KiB,".into(),
        });
    }
    let mut parser = Parser {
        tokens: lex(text)?,
        next: 0,
        depth: 0,
        end: text.len(),
    };
    let expr = parser.or()?;
    match parser.tokens.get(parser.next) {
        None => Ok(expr),
        Some((at, Token::Close)) => Err(SyntaxError {
            at: *at,
            message: "`)` without `(`".into(),
        }),
        Some((at, _)) => Err(SyntaxError {
            at: *at,
            message: "expected the end or an operator".into(),
        }),
    }
}

struct Parser {
    tokens: Vec<(usize, Token)>,
    next: usize,
    depth: usize,
    end: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|(_, token)| token)
    }

    fn at(&self) -> usize {
        self.tokens.get(self.next).map_or(self.end, |(at, _)| *at)
    }

    fn take(&mut self, token: &Token) -> bool {
        let found = self.peek() == Some(token);
        self.next += usize::from(found);
        found
    }

    fn wrong<T>(&self, message: &str) -> Result<T, SyntaxError> {
        Err(SyntaxError {
            at: self.at(),
            message: message.into(),
        })
    }

    fn chain(
        &mut self,
        by: &Token,
        of: fn(&mut Self) -> Result<Expr, SyntaxError>,
        into: fn(Vec<Expr>) -> Expr,
    ) -> Result<Expr, SyntaxError> {
        let first = of(self)?;
        if self.peek() != Some(by) {
            return Ok(first);
        }
        let mut list = vec![first];
        while self.take(by) {
            list.push(of(self)?);
        }
        Ok(into(list))
    }

    fn or(&mut self) -> Result<Expr, SyntaxError> {
        self.chain(&Token::Or, Self::and, Expr::Or)
    }

    fn and(&mut self) -> Result<Expr, SyntaxError> {
        self.chain(&Token::And, Self::not, Expr::And)
    }

    fn not(&mut self) -> Result<Expr, SyntaxError> {
        let mut negations = 0;
        while self.take(&Token::Not) {
            negations += 1;
        }
        let expr = self.compare()?;
        Ok(match negations {
            0 => expr,
            n if n % 2 == 1 => Expr::Not(Box::new(expr)),
            _ => Expr::Not(Box::new(Expr::Not(Box::new(expr)))),
        })
    }

    fn compare(&mut self) -> Result<Expr, SyntaxError> {
        let left = self.alternatives()?;
        let Some(Token::Compare(by)) = self.peek() else {
            return Ok(left);
        };
        let by = *by;
        self.next += 1;
        let right = self.alternatives()?;
        if matches!(self.peek(), Some(Token::Compare(_))) {
            return self.wrong("comparisons cannot be chained, join them with `and`,");
        }
        Ok(Expr::Compare(by, Box::new(left), Box::new(right)))
    }

    fn alternatives(&mut self) -> Result<Expr, SyntaxError> {
        self.chain(&Token::Alternative, Self::primary, Expr::FirstOf)
    }

    fn primary(&mut self) -> Result<Expr, SyntaxError> {
        let at = self.at();
        match self.peek().cloned() {
            Some(Token::Literal(value)) => {
                self.next += 1;
                Ok(Expr::Literal(value))
            }
            Some(Token::Word(root)) => {
                self.next += 1;
                let parts = self.parts()?;
                Ok(Expr::Path(Path { root, parts, at }))
            }
            Some(Token::Open) => {
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    return self.wrong("nested too deeply");
                }
                self.next += 1;
                let expr = self.or()?;
                if !self.take(&Token::Close) {
                    return self.wrong("expected `)`");
                }
                self.depth -= 1;
                Ok(expr)
            }
            _ => self.wrong("expected a value: a path such as `input.name`, a number, a text in quotes, true, false or null,"),
        }
    }

    fn parts(&mut self) -> Result<Vec<String>, SyntaxError> {
        let mut parts = Vec::new();
        loop {
            if self.take(&Token::Dot) {
                let Some(Token::Word(part)) = self.peek().cloned() else {
                    return self.wrong("expected a name after `.`");
                };
                self.next += 1;
                parts.push(part);
            } else if self.take(&Token::OpenIndex) {
                let part = match self.peek() {
                    Some(Token::Word(part)) if part.bytes().all(|b| b.is_ascii_digit()) => {
                        part.clone()
                    }
                    Some(Token::Literal(serde_json::Value::String(part))) => part.clone(),
                    _ => return self.wrong("expected a number or a text in quotes after `[`"),
                };
                self.next += 1;
                if !self.take(&Token::CloseIndex) {
                    return self.wrong("expected `]`");
                }
                parts.push(part);
            } else {
                return Ok(parts);
            }
        }
    }
}
