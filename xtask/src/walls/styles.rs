//! The page's policy forbids `style="…"`: the browser would drop it. `style:width=…` sets one property and is allowed.

use proc_macro2::{Spacing, TokenStream, TokenTree};

use super::Text;
use super::source::is_punct;
use crate::problem::Problem;

/// Calls that set an attribute by its name.
const SETTERS: [&str; 3] = ["attr", "set_attribute", "setAttribute"];

pub fn breaches(text: &Text) -> Result<Vec<String>, Problem> {
    let mut broken = Vec::new();
    read(text, text.tokens()?, false, &mut broken);
    Ok(broken)
}

fn read(text: &Text, tokens: TokenStream, in_view: bool, broken: &mut Vec<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| tokens.get(at));
        match token {
            TokenTree::Group(group) => {
                let view = is_punct(before, '!')
                    && at
                        .checked_sub(2)
                        .and_then(|at| tokens.get(at))
                        .is_some_and(|name| is_word(name, "view"));
                read(text, group.stream(), in_view || view, broken);
            }
            TokenTree::Ident(word) if word == "style" && in_view => {
                let declared =
                    before.is_some_and(|word| is_word(word, "let") || is_word(word, "mut"));
                if !declared && is_assignment(tokens.get(at + 1)) {
                    broken.push(text.at(word.span().start().line, "style=…"));
                }
            }
            TokenTree::Ident(word) if SETTERS.iter().any(|setter| word == setter) => {
                if let Some(TokenTree::Group(call)) = tokens.get(at + 1)
                    && call.stream().to_string().starts_with("\"style\"")
                {
                    broken
                        .push(text.at(word.span().start().line, &format!("{word}(\"style\", …)")));
                }
            }
            _ => {}
        }
    }
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(found) if found == word)
}

/// `=`, and not the first half of `==` or `=>`.
fn is_assignment(token: Option<&TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Punct(sign)) if sign.as_char() == '=' && sign.spacing() == Spacing::Alone)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn caught(source: &str) -> Vec<String> {
        breaches(&Text::new("src/ui/bar.rs", source)).unwrap()
    }

    #[test]
    fn a_style_attribute_is_caught() {
        assert_eq!(
            caught("fn f() {\n view! { <p style=\"width:1px\"/> } }"),
            ["src/ui/bar.rs:2: style=…"]
        );
        assert_eq!(
            caught("fn f() { view! { <p class=\"a\" style=move || w.get()/> } }").len(),
            1
        );
        assert_eq!(
            caught("fn f() { element.set_attribute(\"style\", \"width:1px\") }").len(),
            1
        );
    }

    #[test]
    fn single_properties_and_variables_are_not() {
        assert!(
            caught("fn f() { view! { <p style:width=\"1px\">{ let style = 1; style == 2 }</p> } }")
                .is_empty()
        );
        assert!(caught("fn f() { let style = 1; }").is_empty());
    }
}
