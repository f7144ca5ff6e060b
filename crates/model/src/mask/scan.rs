//! Finding what is secret, from where a word begins.

use super::MaskRule;

/// Something to cut out of a text that was looked at from its beginning.
pub(super) struct Found {
    pub(super) rule: MaskRule,
    /// Bytes that stay, before what is cut out.
    pub(super) keep: usize,
    /// Where what is cut out ends.
    pub(super) end: usize,
}

/// Prefixes that providers give their keys, with the least number of characters behind each.
const PREFIXES: &[(&str, usize)] = &[
    ("sk-", 8),
    ("sk_live_", 8),
    ("sk_test_", 8),
    ("rk_live_", 8),
    ("pk_live_", 8),
    ("ghp_", 16),
    ("gho_", 16),
    ("ghu_", 16),
    ("ghs_", 16),
    ("ghr_", 16),
    ("github_pat_", 16),
    ("glpat-", 12),
    ("xoxb-", 10),
    ("xoxp-", 10),
    ("xoxa-", 10),
    ("xapp-", 10),
    ("AKIA", 16),
    ("ASIA", 16),
    ("AIza", 30),
    ("ya29.", 16),
    ("hf_", 16),
    ("npm_", 16),
    ("whsec_", 16),
    ("pat_", 32),
    ("ses_", 32),
    ("sin_", 32),
    ("SG.", 20),
];

/// Whether `c` may stand inside a word.
pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether a name says that its value is secret.
pub(super) fn is_secret_name(name: &str) -> bool {
    let name: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    // A cause's name, a place in a list, a count: secret by no means.
    if name.ends_with("tokens") || name.ends_with("tokenid") || name.ends_with("keyid") {
        return false;
    }
    [
        "password",
        "passwd",
        "passphrase",
        "secret",
        "apikey",
        "privatekey",
        "accesskey",
        "credential",
        "authorization",
        "cookie",
    ]
    .iter()
    .any(|part| name.contains(part))
        || name.ends_with("token")
        || name == "pwd"
}

/// What begins exactly here. `before` is the character in front.
pub(super) fn at(text: &str, before: Option<char>) -> Option<Found> {
    let first = text.chars().next()?;
    if first == '-' {
        return private_key(text);
    }
    if first == ':' && text.starts_with("://") {
        return url_credentials(text);
    }
    let begins = is_word(first) && !before.is_some_and(is_word);
    if !begins {
        return None;
    }
    authorization(text)
        .or_else(|| jwt(text))
        .or_else(|| api_key(text))
        .or_else(|| named(text))
        .or_else(|| email(text))
        .or_else(|| card(text, before))
}

fn private_key(text: &str) -> Option<Found> {
    let head = text.strip_prefix("-----BEGIN ")?;
    let title = head.split("-----").next()?;
    if !title.ends_with("PRIVATE KEY") {
        return None;
    }
    let end = text
        .find("-----END ")
        .and_then(|from| Some(from + 9 + text.get(from + 9..)?.find("-----")? + 5))
        .unwrap_or(text.len());
    Some(Found {
        rule: MaskRule::PrivateKey,
        keep: 0,
        end,
    })
}

/// `://user:password@`: the user stays.
fn url_credentials(text: &str) -> Option<Found> {
    let rest = &text[3..];
    let end = rest
        .find(|c: char| c.is_whitespace() || "/?#\"'<>".contains(c))
        .unwrap_or(rest.len());
    let (before_at, _) = rest[..end].rsplit_once('@')?;
    let (user, password) = before_at.split_once(':')?;
    (!password.is_empty()).then_some(Found {
        rule: MaskRule::UrlCredentials,
        keep: 3 + user.len() + 1,
        end: 3 + before_at.len(),
    })
}

fn authorization(text: &str) -> Option<Found> {
    let scheme = ["bearer ", "basic "].into_iter().find(|scheme| {
        text.get(..scheme.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(scheme))
    })?;
    let keep = scheme.len();
    let end = keep
        + run(&text[keep..], |c| {
            c.is_ascii_alphanumeric() || "-._~+/=".contains(c)
        });
    // "bearer of news" and "basic idea" are words: a credential is longer, or holds a digit.
    let value = &text[keep..end];
    let likely =
        value.len() >= 16 || (value.len() >= 8 && value.bytes().any(|b| b.is_ascii_digit()));
    likely.then_some(Found {
        rule: MaskRule::Authorization,
        keep,
        end,
    })
}

fn jwt(text: &str) -> Option<Found> {
    if !text.starts_with("eyJ") {
        return None;
    }
    let end = run(text, |c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    let parts: Vec<&str> = text[..end].trim_end_matches('.').split('.').collect();
    (parts.len() == 3 && parts.iter().take(2).all(|part| part.len() >= 4)).then_some(Found {
        rule: MaskRule::Jwt,
        keep: 0,
        end,
    })
}

fn api_key(text: &str) -> Option<Found> {
    PREFIXES.iter().find_map(|(prefix, least)| {
        let rest = text.strip_prefix(prefix)?;
        let length = run(rest, |c| c.is_ascii_alphanumeric() || "-_".contains(c));
        (length >= *least).then_some(Found {
            rule: MaskRule::ApiKey,
            keep: prefix.len(),
            end: prefix.len() + length,
        })
    })
}

/// `password=…`, `"api_key": "…"`, `token: …`.
fn named(text: &str) -> Option<Found> {
    let name = run(text, |c| c.is_ascii_alphanumeric() || "_-".contains(c));
    if name < 3 || !is_secret_name(&text[..name]) {
        return None;
    }
    let mut at = name;
    at += run(&text[at..], |c| c == '\\' || c == '"' || c == '\'');
    at += run(&text[at..], |c| c == ' ');
    if !text[at..].starts_with([':', '=']) {
        return None;
    }
    at += 1;
    at += run(&text[at..], |c| c == ' ' || c == '>');
    let quote = run(&text[at..], |c| c == '\\' || c == '"' || c == '\'');
    at += quote;
    // A scheme in front of the value is told as such.
    for scheme in ["Bearer ", "Basic "] {
        if text[at..].starts_with(scheme) {
            at += scheme.len();
        }
    }
    let length = if quote > 0 {
        run(&text[at..], |c| {
            c != '"' && c != '\'' && c != '\\' && c != '\n'
        })
    } else {
        run(&text[at..], |c| {
            !c.is_whitespace() && !",;&\"')}]".contains(c)
        })
    };
    (length > 0 && !text[at..].starts_with(super::MASK)).then_some(Found {
        rule: MaskRule::NamedSecret,
        keep: at,
        end: at + length,
    })
}

fn email(text: &str) -> Option<Found> {
    let name = run(text, |c| c.is_ascii_alphanumeric() || "._%+-".contains(c));
    let domain = text.get(name..)?.strip_prefix('@')?;
    let length = run(domain, |c| c.is_ascii_alphanumeric() || ".-".contains(c));
    let domain = domain[..length].trim_end_matches(['.', '-']);
    let (_, top) = domain.rsplit_once('.')?;
    (name > 0 && top.len() >= 2 && top.bytes().all(|b| b.is_ascii_alphabetic())).then_some(Found {
        rule: MaskRule::Email,
        keep: 0,
        end: name + 1 + domain.len(),
    })
}

fn card(text: &str, before: Option<char>) -> Option<Found> {
    if matches!(before, Some('.' | '-')) {
        return None;
    }
    let end = run(text, |c| c.is_ascii_digit() || c == ' ' || c == '-');
    let shown = text[..end].trim_end_matches([' ', '-']);
    let digits: Vec<u32> = shown.chars().filter_map(|c| c.to_digit(10)).collect();
    if !(13..=19).contains(&digits.len()) || text[shown.len()..].starts_with(is_word) {
        return None;
    }
    // Long numbers that are no cards, such as times in milliseconds, begin otherwise.
    if !matches!(digits.first(), Some(3..=6)) {
        return None;
    }
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(index, digit)| match (index % 2, digit * 2) {
            (0, _) => *digit,
            (_, doubled) if doubled > 9 => doubled - 9,
            (_, doubled) => doubled,
        })
        .sum();
    sum.is_multiple_of(10).then_some(Found {
        rule: MaskRule::CardNumber,
        keep: 0,
        end: shown.len(),
    })
}

/// Bytes of the characters from the beginning that pass.
fn run(text: &str, passes: impl Fn(char) -> bool) -> usize {
    text.find(|c| !passes(c)).unwrap_or(text.len())
}
