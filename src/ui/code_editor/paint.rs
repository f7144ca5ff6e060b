//! The words of one line of JSON, for their colours. A text in JSON never runs over a line, so each line is read by itself.

/// What a piece of a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Blanks, and what is no JSON.
    Plain,
    Key,
    Text,
    /// `{{…}}` inside a text.
    Template,
    /// A number, `true`, `false`, `null`.
    Word,
    Mark,
}

impl Kind {
    pub const fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Key => "ce-key",
            Self::Text => "ce-text",
            Self::Template => "ce-template",
            Self::Word => "ce-word",
            Self::Mark => "ce-mark",
        }
    }
}

/// The pieces of a line, without gaps.
pub fn pieces(line: &str) -> Vec<(Kind, &str)> {
    let mut out = Vec::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let (kind, length) = match first {
            '"' => (Kind::Text, text_length(rest)),
            '{' | '}' | '[' | ']' | ',' | ':' => (Kind::Mark, 1),
            '-' | '0'..='9' | 'a'..='z' => (
                Kind::Word,
                run(rest, |c| c.is_ascii_alphanumeric() || "+-.".contains(c)),
            ),
            _ => (
                Kind::Plain,
                run(rest, |c| {
                    !(c.is_ascii_alphanumeric() || "\"{}[],:-".contains(c))
                })
                .max(first.len_utf8()),
            ),
        };
        let (piece, after) = rest.split_at(length);
        if kind == Kind::Text && after.trim_start().starts_with(':') {
            out.push((Kind::Key, piece));
        } else if kind == Kind::Text {
            templates(piece, &mut out);
        } else {
            out.push((kind, piece));
        }
        rest = after;
    }
    out
}

fn run(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}

/// How long the text at the start is, its quotes included; to the end of the line where the last one is missing.
fn text_length(rest: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in rest.char_indices().skip(1) {
        match letter {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => return at + 1,
            _ => escaped = false,
        }
    }
    rest.len()
}

fn templates<'a>(text: &'a str, out: &mut Vec<(Kind, &'a str)>) {
    let mut rest = text;
    while let Some(start) = rest.find("{{") {
        let Some(length) = rest[start..].find("}}") else {
            break;
        };
        if start > 0 {
            out.push((Kind::Text, &rest[..start]));
        }
        out.push((Kind::Template, &rest[start..start + length + 2]));
        rest = &rest[start + length + 2..];
    }
    if !rest.is_empty() {
        out.push((Kind::Text, rest));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_its_pieces() {
        let line = r#"  "prompt": "Hi {{input.name}}, \"x\"", "n": -1.5e3, "ok": true }"#;
        let all = pieces(line);
        assert_eq!(
            all.iter().map(|(_, piece)| *piece).collect::<String>(),
            line
        );
        let of = |kind: Kind| {
            all.iter()
                .filter(|(own, _)| *own == kind)
                .map(|(_, piece)| *piece)
                .collect::<Vec<_>>()
        };
        assert_eq!(of(Kind::Key), ["\"prompt\"", "\"n\"", "\"ok\""]);
        assert_eq!(of(Kind::Template), ["{{input.name}}"]);
        assert_eq!(of(Kind::Word), ["-1.5e3", "true"]);
    }

    #[test]
    fn nothing_is_lost_of_what_is_no_json() {
        for line in ["\"open", "ünï {{ \"a", "é\"\\", "A=1 // x", ""] {
            assert_eq!(
                pieces(line)
                    .iter()
                    .map(|(_, piece)| *piece)
                    .collect::<String>(),
                line
            );
        }
    }
}
