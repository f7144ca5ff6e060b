//! Both themes come from one file: nothing else names a colour. (The favicon is a document of its own that no style
//! sheet reaches; it is not looked at.)

use proc_macro2::{TokenStream, TokenTree};

use super::Text;
use super::source::without_tests;
use crate::problem::Problem;

const FUNCTIONS: [&str; 11] = [
    "rgb(",
    "rgba(",
    "hsl(",
    "hsla(",
    "hwb(",
    "lab(",
    "lch(",
    "oklab(",
    "oklch(",
    "color(",
    "device-cmyk(",
];
/// The names a person would type; the system's (`CanvasText`) and `transparent` belong to no theme and are fine.
const NAMES: [&str; 32] = [
    "black",
    "white",
    "gray",
    "grey",
    "silver",
    "red",
    "maroon",
    "crimson",
    "tomato",
    "coral",
    "orange",
    "gold",
    "yellow",
    "olive",
    "lime",
    "green",
    "teal",
    "aqua",
    "cyan",
    "turquoise",
    "blue",
    "navy",
    "indigo",
    "purple",
    "violet",
    "magenta",
    "fuchsia",
    "pink",
    "brown",
    "salmon",
    "beige",
    "ivory",
];

pub fn breaches(text: &Text) -> Result<Vec<String>, Problem> {
    if text.name == "style/tokens.css" {
        return Ok(Vec::new());
    }
    let found = match text.name.rsplit('.').next() {
        Some("css") => in_css(&text.text),
        Some("rs") => {
            let mut found = Vec::new();
            in_rust(text.tokens()?, &mut found);
            found
        }
        _ => in_lines(&text.text),
    };
    Ok(found
        .into_iter()
        .map(|(line, colour)| text.at(line, &colour))
        .collect())
}

/// Colours in the values of a style sheet; selectors such as `#add` are none.
fn in_css(sheet: &str) -> Vec<(usize, String)> {
    let sheet = without_comments(sheet);
    let mut found = Vec::new();
    let mut begin = 0;
    for (at, sign) in sheet.char_indices().chain([(sheet.len(), ';')]) {
        if !matches!(sign, '{' | '}' | ';') {
            continue;
        }
        let piece = &sheet[begin..at];
        if sign != '{'
            && let Some((_, value)) = piece.split_once(':')
        {
            let line = line_of(&sheet, at - value.trim_start().len());
            let colour = colour_in(value, true).or_else(|| named_in(value));
            found.extend(colour.map(|colour| (line, colour)));
        }
        begin = at + sign.len_utf8().min(sheet.len() - at);
    }
    found
}

fn in_rust(tokens: TokenStream, found: &mut Vec<(usize, String)>) {
    for token in without_tests(tokens) {
        match token {
            TokenTree::Group(group) => in_rust(group.stream(), found),
            TokenTree::Literal(literal) => {
                let text = literal.to_string();
                if text.contains('"')
                    && let Some(colour) = colour_in(&text, false)
                {
                    found.push((literal.span().start().line, colour));
                }
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
    }
}

fn in_lines(text: &str) -> Vec<(usize, String)> {
    let lines = text.lines().enumerate();
    lines
        .filter_map(|(at, line)| Some((at + 1, colour_in(line, false)?)))
        .collect()
}

/// The first colour by code or by function.
fn colour_in(text: &str, in_sheet: bool) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let function = FUNCTIONS.iter().find(|function| {
        lower.match_indices(*function).any(|(at, _)| {
            let before = lower[..at].chars().next_back();
            !before.is_some_and(|letter| {
                letter.is_ascii_alphanumeric() || letter == '-' || letter == '_'
            })
        })
    });
    function
        .map(|function| format!("{function}…)"))
        .or_else(|| hex_in(&lower, in_sheet))
}

fn hex_in(text: &str, numbers_count: bool) -> Option<String> {
    text.match_indices('#').find_map(|(at, _)| {
        let digits: String = text[at + 1..]
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect();
        let hex = matches!(digits.len(), 3 | 4 | 6 | 8)
            && digits.chars().all(|digit| digit.is_ascii_hexdigit());
        let before = text[..at].chars().next_back();
        // "&#123;" is a letter, "page/#add" a place, and "run #404" a number; a style sheet has no such numbers.
        let number = digits.len() < 6 && digits.bytes().all(|digit| digit.is_ascii_digit());
        let alone = before.is_none_or(|letter| matches!(letter, '"' | '\''));
        let other = matches!(before, Some('&' | '/')) || (number && !alone && !numbers_count);
        (hex && !other).then(|| format!("#{digits}"))
    })
}

fn named_in(value: &str) -> Option<String> {
    let words = value
        .split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '-' || letter == '_'));
    let mut words = words.map(str::to_ascii_lowercase);
    words.find(|word| NAMES.contains(&word.as_str()))
}

/// Comments and quoted text become spaces, so that places stay where they are.
fn without_comments(sheet: &str) -> String {
    let mut kept = String::with_capacity(sheet.len());
    let mut quote: Option<char> = None;
    let mut comment = false;
    let mut previous = ' ';
    for letter in sheet.chars() {
        let was_comment = comment;
        if comment {
            comment = !(previous == '*' && letter == '/');
        } else if let Some(open) = quote {
            if letter == open && previous != '\\' {
                quote = None;
            }
        } else if letter == '"' || letter == '\'' {
            quote = Some(letter);
        } else if previous == '/' && letter == '*' {
            comment = true;
            kept.pop();
            kept.push(' ');
        }
        let hidden = was_comment || comment || quote.is_some();
        kept.push(if letter == '\n' || !hidden {
            letter
        } else {
            ' '
        });
        // The star that opens a comment does not also close it.
        previous = if comment && !was_comment { ' ' } else { letter };
    }
    kept
}

fn line_of(text: &str, at: usize) -> usize {
    text.get(..at)
        .map_or(1, |before| before.matches('\n').count() + 1)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn caught(name: &str, source: &str) -> Vec<String> {
        breaches(&Text::new(name, source)).unwrap()
    }

    #[test]
    fn a_colour_in_a_style_sheet_is_caught() {
        for value in [
            "#fff",
            "#000",
            "#1a2b3c80",
            "rgb(0 0 0 / 50%)",
            "oklch(50% .1 20)",
            "1px solid red",
            "white",
        ] {
            let sheet = format!(".a {{\n  border: {value};\n}}");
            let found = caught("style/ui/badge.css", &sheet);
            assert_eq!(found.len(), 1, "{value}: {found:?}");
            assert!(found[0].starts_with("style/ui/badge.css:2: "), "{found:?}");
        }
        assert_eq!(caught("style/base.css", ".a{color:#abc}").len(), 1);
        assert_eq!(
            caught("style/base.css", ".a { &:hover { color: blue } }").len(),
            1
        );
    }

    #[test]
    fn tokens_selectors_comments_and_mixes_are_fine() {
        let sheet = "/* like #fff or red */ #add, a:hover #bad { color: var(--red-line); \
            background: color-mix(in oklab, var(--ink) 8%, transparent); outline-color: CanvasText; \
            content: \"#fff\"; white-space: nowrap; transition: color .1s }";
        assert!(caught("style/ui/badge.css", sheet).is_empty());
        assert!(caught("style/tokens.css", ":root { --ink: oklch(24% .02 262) }").is_empty());
    }

    #[test]
    fn a_colour_in_the_console_is_caught() {
        assert_eq!(
            caught(
                "src/ui/bar.rs",
                "fn f() {\n view! { <rect fill=\"#1a2b3c\"/> } }"
            ),
            ["src/ui/bar.rs:2: #1a2b3c"]
        );
        assert_eq!(
            caught("src/ui/bar.rs", "const C: &str = \"rgb(1, 2, 3)\";").len(),
            1
        );
        assert_eq!(
            caught("public/boot.js", "line.style.color = \"#c00\";").len(),
            1
        );
    }

    #[test]
    fn ids_numbers_and_links_are_not() {
        for text in [
            "\"run #404\"",
            "\"[#100\"",
            "\"/help/#add\"",
            "\"attempt #2\"",
            "\"url(#arrow)\"",
            "\"&#123;\"",
        ] {
            assert!(
                caught("src/a.rs", &format!("const A: &str = {text};")).is_empty(),
                "{text}"
            );
        }
    }
}
