//! What keys do to the text: indent, outdent, a new line. Pure; places are bytes.

/// Spaces of one level.
const LEVEL: usize = 2;

/// A change of the text: `from..to` becomes `text`, then `select` is selected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    pub from: usize,
    pub to: usize,
    pub text: String,
    pub select: (usize, usize),
}

/// The byte that stands `units` UTF-16 units into the text: what the browser counts in.
pub fn byte_at(text: &str, units: usize) -> usize {
    let mut left = units;
    for (at, letter) in text.char_indices() {
        if left == 0 {
            return at;
        }
        left = left.saturating_sub(letter.len_utf16());
    }
    text.len()
}

/// The reverse of [`byte_at`].
pub fn units_at(text: &str, byte: usize) -> usize {
    let end = (0..=byte.min(text.len()))
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0);
    text[..end].encode_utf16().count()
}

/// The line a byte stands on, counted from 0.
pub fn line_at(text: &str, byte: usize) -> usize {
    text.bytes()
        .take(byte)
        .filter(|letter| *letter == b'\n')
        .count()
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |end| end + 1)
}

/// Tab: spaces to the next level, or a level more for every line that is selected.
pub fn indent(text: &str, start: usize, end: usize) -> Edit {
    if start == end {
        let column = text[line_start(text, start)..start].chars().count();
        let spaces = LEVEL - column % LEVEL;
        return Edit {
            from: start,
            to: end,
            text: " ".repeat(spaces),
            select: (start + spaces, start + spaces),
        };
    }
    each_line(text, start, end, |line| {
        if line.is_empty() {
            String::new()
        } else {
            format!("{}{line}", " ".repeat(LEVEL))
        }
    })
}

/// Shift and Tab: a level less for every line that is selected.
pub fn outdent(text: &str, start: usize, end: usize) -> Edit {
    each_line(text, start, end, |line| {
        let spaces = line
            .bytes()
            .take(LEVEL)
            .take_while(|letter| *letter == b' ')
            .count();
        line[spaces..].to_owned()
    })
}

fn each_line(text: &str, start: usize, end: usize, change: impl Fn(&str) -> String) -> Edit {
    let from = line_start(text, start);
    let to = text[end..].find('\n').map_or(text.len(), |more| end + more);
    let old = &text[from..to];
    let lines: Vec<String> = old.split('\n').map(change).collect();
    let new = lines.join("\n");
    // The selection keeps its text: its start moves with its line, its end with all of them.
    let first = old.split('\n').next().map_or(0, str::len);
    let moved = lines
        .first()
        .map_or(0, |line| line.len().cast_signed() - first.cast_signed());
    let grown = new.len().cast_signed() - old.len().cast_signed();
    let select = (
        start.saturating_add_signed(moved).max(from),
        end.saturating_add_signed(grown).max(from),
    );
    Edit {
        from,
        to,
        text: new,
        select,
    }
}

/// Enter: a new line as deep as this one, deeper after an opening bracket.
pub fn new_line(text: &str, start: usize, end: usize) -> Edit {
    let line = &text[line_start(text, start)..start];
    let depth = line.len() - line.trim_start_matches(' ').len();
    let opens = line.trim_end().ends_with(['{', '[']);
    let closes = text[end..].starts_with(['}', ']']);
    let inner = if opens { depth + LEVEL } else { depth };
    let mut new = format!("\n{}", " ".repeat(inner));
    let caret = start + new.len();
    if opens && closes {
        new.push('\n');
        new.push_str(&" ".repeat(depth));
    }
    Edit {
        from: start,
        to: end,
        text: new,
        select: (caret, caret),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apply(text: &str, edit: &Edit) -> String {
        format!("{}{}{}", &text[..edit.from], edit.text, &text[edit.to..])
    }

    #[test]
    fn places_count_as_the_browser_counts() {
        let text = "aä😀b";
        for (units, byte) in [(0, 0), (1, 1), (2, 3), (4, 7), (5, 8), (9, 8)] {
            assert_eq!(byte_at(text, units), byte);
        }
        assert_eq!(units_at(text, 7), 4);
        assert_eq!(units_at(text, 5), 2, "inside a letter: its start");
        assert_eq!(line_at("a\nb\nc", 3), 1);
    }

    #[test]
    fn tab_goes_to_the_next_level() {
        let edit = indent("  \"a\"", 2, 2);
        assert_eq!(apply("  \"a\"", &edit), "    \"a\"");
        let edit = indent("abc", 3, 3);
        assert_eq!((edit.text.as_str(), edit.select), (" ", (4, 4)));
    }

    #[test]
    fn tab_on_a_selection_moves_its_lines_and_keeps_it() {
        let text = "{\n  a\n\n  b\n}";
        let edit = indent(text, 4, 10);
        assert_eq!(apply(text, &edit), "{\n    a\n\n    b\n}");
        assert_eq!(edit.select, (6, 14));
    }

    #[test]
    fn outdent_takes_at_most_what_is_there() {
        let text = "    a\n b\nc";
        let edit = outdent(text, 0, text.len());
        assert_eq!(apply(text, &edit), "  a\nb\nc");
        let edit = outdent("a", 1, 1);
        assert_eq!(edit.select, (1, 1));
        let edit = outdent("  a", 1, 1);
        assert_eq!(edit.select, (0, 0), "not into the line before");
    }

    #[test]
    fn enter_keeps_the_depth_and_opens_a_pair() {
        let edit = new_line("  \"a\": 1,", 9, 9);
        assert_eq!(edit.text, "\n  ");
        let edit = new_line("  {}", 3, 3);
        assert_eq!(apply("  {}", &edit), "  {\n    \n  }");
        assert_eq!(edit.select, (8, 8));
    }
}
