//! The page that is served may run no inline script: its policy would stop it, and the console with it.

/// What in a page the strict policy would refuse.
pub fn refused(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    for tag in tags(page) {
        let name = tag
            .split(|sign: char| sign.is_whitespace() || sign == '>')
            .next()
            .unwrap_or_default();
        if name == "script" && !attributes(tag).any(|attribute| attribute == "src") {
            found.push("an inline <script>".to_owned());
        }
        if name == "style" {
            found.push("an inline <style>".to_owned());
        }
        for attribute in attributes(tag) {
            if attribute.starts_with("on") || attribute == "style" {
                found.push(format!("{attribute}=\"…\" on <{name}>"));
            }
        }
    }
    found
}

fn tags(page: &str) -> impl Iterator<Item = &str> {
    page.split('<')
        .skip(1)
        .map(|rest| rest.split('>').next().unwrap_or(rest))
        .filter(|tag| tag.starts_with(|first: char| first.is_ascii_alphabetic()))
}

/// Names of a tag's attributes; quoted values hold no spaces that matter, since only names are compared.
fn attributes(tag: &str) -> impl Iterator<Item = &str> {
    tag.split_whitespace()
        .skip(1)
        .map(|part| part.split('=').next().unwrap_or(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_policy_refuses_is_found() {
        assert_eq!(
            refused("<body><script type=\"module\">go()</script>").len(),
            1
        );
        assert_eq!(refused("<style>p{}</style>").len(), 1);
        assert_eq!(
            refused("<body onload=\"go()\"><p style=\"top:0\">").len(),
            2
        );
    }

    #[test]
    fn scripts_in_files_are_fine() {
        let page = "<!doctype html><html><script type=\"module\" src=\"/boot.js\" data-js=\"/a.js\"></script><p id=\"on\">a</p>";
        assert!(refused(page).is_empty());
    }
}
