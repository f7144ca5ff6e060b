//! JSON written over many lines, without making a tree of it.

use crate::ui::slices::Slices;

/// Bytes written between two looks at the clock.
const SLICE: usize = 64 * 1024;
const INDENT: &str = "  ";

/// Writes the text of a valid document as `serde_json::to_string_pretty` does, piece by piece.
#[derive(Debug, Default)]
struct Pretty {
    out: String,
    depth: usize,
    in_text: bool,
    escaped: bool,
    /// An object or a list has just begun: what is empty stays on its line.
    fresh: bool,
}

impl Pretty {
    fn push(&mut self, piece: &str) {
        for letter in piece.chars() {
            self.letter(letter);
        }
    }

    fn letter(&mut self, letter: char) {
        if self.in_text {
            self.out.push(letter);
            (self.in_text, self.escaped) = match (self.escaped, letter) {
                (false, '"') => (false, false),
                (false, '\\') => (true, true),
                (_, _) => (true, false),
            };
            return;
        }
        if matches!(letter, ' ' | '\n' | '\r' | '\t') {
            return;
        }
        let closes = matches!(letter, '}' | ']');
        if closes {
            self.depth = self.depth.saturating_sub(1);
        }
        if self.fresh != closes {
            self.line();
        }
        self.fresh = false;
        match letter {
            '{' | '[' => {
                self.out.push(letter);
                self.depth += 1;
                self.fresh = true;
            }
            ',' => {
                self.out.push(letter);
                self.line();
            }
            ':' => self.out.push_str(": "),
            letter => {
                self.in_text = letter == '"';
                self.out.push(letter);
            }
        }
    }

    fn line(&mut self) {
        self.out.push('\n');
        for _ in 0..self.depth {
            self.out.push_str(INDENT);
        }
    }
}

/// The text of a JSON document over many lines, in slices: the page goes on meanwhile.
pub async fn pretty(text: &str) -> String {
    let (mut pretty, mut slices, mut from) = (Pretty::default(), Slices::begin(), 0);
    while from < text.len() {
        let until = text.ceil_char_boundary(from + SLICE);
        pretty.push(&text[from..until]);
        from = until;
        slices.breathe().await;
    }
    pretty.out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn it_reads_as_if_a_tree_had_been_made_and_written() {
        let all = [
            json!({}),
            json!([]),
            json!("a \"quoted\" {text}, with [all] \\ and ü"),
            json!({ "a": [], "b": {}, "c": [1, [2.5, null], { "d": true, "e": "x:y, z" }], "f": -3 }),
        ];
        let mut all = all.to_vec();
        all.push(Value::Array(all.clone()));
        for value in all {
            let wanted = serde_json::to_string_pretty(&value).unwrap_or_default();
            for text in [value.to_string(), wanted.clone()] {
                let mut pretty = Pretty::default();
                for letter in text.chars() {
                    pretty.push(&letter.to_string());
                }
                assert_eq!(pretty.out, wanted);
            }
        }
    }
}
