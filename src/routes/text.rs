//! Percent-encoding of path segments and queries.

const DIGITS: &[u8; 16] = b"0123456789ABCDEF";

/// Appends `text` with everything but unreserved characters encoded.
pub fn encode(text: &str, out: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(DIGITS[usize::from(byte >> 4)]));
            out.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
    }
}

/// One segment of a path.
pub fn segment(text: &str) -> String {
    let mut out = String::new();
    encode(text, &mut out);
    out
}

/// The reverse of [`encode`]; what is no valid encoding stays as it is.
pub fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let pair = (byte == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        if let Some(value) = pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            out.push(value);
            at += 3;
        } else {
            out.push(byte);
            at += 1;
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

/// An address with query parameters; empty values are left out.
pub fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut out = path.to_owned();
    let mut sign = if path.contains('?') { '&' } else { '?' };
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        out.push(sign);
        sign = '&';
        out.push_str(name);
        out.push('=');
        encode(value, &mut out);
    }
    out
}

/// The parameters of a query, in order; a `+` stands for a space, as forms write it.
pub fn parse_query(query: &str) -> Vec<(String, String)> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (
                decode(&name.replace('+', " ")),
                decode(&value.replace('+', " ")),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_survives_encoding() {
        for text in ["plain", "a b&c=d/e", "größe ✓", "100%", "%zz", ""] {
            let mut encoded = String::new();
            encode(text, &mut encoded);
            assert_eq!(decode(&encoded), text);
        }
        assert_eq!(decode("%zz"), "%zz");
    }

    #[test]
    fn a_query_is_read_as_it_was_written() {
        let written = with_query("", &[("q", "50%41 + a=b&c"), ("step", "lines[3].look_up")]);
        assert_eq!(
            parse_query(&written[1..]),
            [
                ("q".to_owned(), "50%41 + a=b&c".to_owned()),
                ("step".to_owned(), "lines[3].look_up".to_owned())
            ]
        );
        assert_eq!(
            parse_query("a=1+2&b"),
            [
                ("a".to_owned(), "1 2".to_owned()),
                ("b".to_owned(), String::new())
            ]
        );
        assert!(parse_query("").is_empty());
    }

    #[test]
    fn a_query_leaves_out_what_is_empty_and_joins_what_is_there() {
        assert_eq!(
            with_query("/a", &[("x", "1 2"), ("y", ""), ("z", "ä")]),
            "/a?x=1%202&z=%C3%A4"
        );
        assert_eq!(with_query("/a?q=1", &[("x", "2")]), "/a?q=1&x=2");
        assert_eq!(with_query("/a", &[]), "/a");
    }
}
