//! What goes to the clipboard: values, and the paths that lead to them.

use super::{
    doc::{Doc, unescaped},
    rows::{Name, Row},
    scan::end_of_text,
};

/// A part as a person wants it in the clipboard: a text as it is meant, anything else as JSON with its parts on lines.
pub(super) fn unfolded(doc: &Doc, at: usize) -> String {
    let raw = doc.raw(at);
    if doc.byte(at) == b'"' {
        return unescaped(raw, usize::MAX);
    }
    // Numbers stay as they are written, also those that a computer would round.
    let mut out = String::with_capacity(raw.len() + raw.len() / 4);
    let (mut depth, mut bytes) = (0_usize, raw.char_indices().peekable());
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    };
    while let Some((from, letter)) = bytes.next() {
        match letter {
            '"' => {
                let end = end_of_text(raw, from);
                out.push_str(&raw[from..end]);
                while bytes.next_if(|(at, _)| *at < end).is_some() {}
            }
            '{' | '[' => {
                out.push(letter);
                while bytes
                    .next_if(|(_, next)| next.is_ascii_whitespace())
                    .is_some()
                {}
                if let Some((_, close)) = bytes.next_if(|(_, next)| matches!(next, '}' | ']')) {
                    out.push(close);
                } else {
                    depth += 1;
                    line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(letter);
            }
            ',' => {
                out.push(letter);
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            _ if letter.is_ascii_whitespace() => {}
            _ => out.push(letter),
        }
    }
    out
}

/// The path of a row, as a template names it: `steps.read.result.lines[3]["unit price"]`, from what stands before it.
pub(super) fn path(doc: &Doc, rows: &[Row], index: usize, root: &str) -> String {
    let Some(row) = rows.get(index) else {
        return String::new();
    };
    let mut parts = Vec::new();
    let mut depth = row.depth + 1;
    for row in rows[..=index].iter().rev() {
        if row.depth < depth {
            depth = row.depth;
            parts.push(row.name);
        }
    }
    let mut path = root.to_owned();
    for name in parts.into_iter().rev() {
        match name {
            Name::Root | Name::Stretch(_) => {}
            Name::Item(place) => path.extend(["[", &place.to_string(), "]"]),
            Name::Field(at) => field(&mut path, &unescaped(doc.raw(at), usize::MAX)),
        }
    }
    path
}

fn field(path: &mut String, name: &str) {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(is_word);
    if plain {
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(name);
    } else {
        let quoted = name.replace('\\', "\\\\").replace('"', "\\\"");
        path.extend(["[\"", &quoted, "\"]"]);
    }
}
