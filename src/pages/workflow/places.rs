//! Where each value of a JSON text stands, by its pointer: from an issue to its line, from the caret to its step.

/// Nesting deeper than this is not followed; `serde_json` reads no deeper either.
const DEEPEST: usize = 128;

/// One value of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// JSON pointer: `/steps/2/prompt`.
    pub pointer: String,
    /// The first and the last byte and one of the value, its key included.
    pub start: usize,
    pub end: usize,
}

/// Every value of a text, containers before what they hold. Of a text with a mistake: everything up to it.
pub fn spots(text: &str) -> Vec<Spot> {
    let mut reader = Reader {
        text,
        at: 0,
        found: Vec::new(),
    };
    reader.blanks();
    let start = reader.at;
    reader.value(String::new(), start, 0);
    reader.found
}

/// The value a pointer names, or the nearest one around it that exists.
pub fn find<'a>(spots: &'a [Spot], pointer: &str) -> Option<&'a Spot> {
    let mut wanted = pointer;
    loop {
        if let Some(spot) = spots.iter().find(|spot| spot.pointer == wanted) {
            return Some(spot);
        }
        wanted = &wanted[..wanted.rfind('/')?];
    }
}

/// The innermost step around a byte of the text, as its pointer: `/steps/2` or `/steps/2/steps/0`.
pub fn step_at(spots: &[Spot], byte: usize) -> Option<&str> {
    spots
        .iter()
        .rev()
        .find(|spot| (spot.start..=spot.end).contains(&byte) && is_step(&spot.pointer))
        .map(|spot| spot.pointer.as_str())
}

/// `/steps/0`, `/steps/0/steps/3`: pairs of the word and a number.
pub fn is_step(pointer: &str) -> bool {
    let mut parts = pointer.split('/').skip(1);
    let mut any = false;
    while let Some(word) = parts.next() {
        let index = parts.next();
        if word != "steps" || !index.is_some_and(|index| index.bytes().all(|b| b.is_ascii_digit()))
        {
            return false;
        }
        any = true;
    }
    any
}

/// The byte at a line and a column as `serde_json` counts them: both from 1, columns in bytes.
pub fn byte_at(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text
        .split('\n')
        .take(line.saturating_sub(1))
        .map(|line| line.len() + 1)
        .sum();
    (start + column.saturating_sub(1)).min(text.len())
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    found: Vec<Spot>,
}

impl Reader<'_> {
    fn next(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blanks(&mut self) {
        while self.next().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn take(&mut self, wanted: u8) -> bool {
        self.blanks();
        let here = self.next() == Some(wanted);
        if here {
            self.at += 1;
        }
        here
    }

    /// Reads a value that begins here; false where the text ends or stops making sense.
    fn value(&mut self, pointer: String, start: usize, depth: usize) -> bool {
        let own = self.found.len();
        self.found.push(Spot {
            pointer: pointer.clone(),
            start,
            end: self.text.len(),
        });
        let whole = match self.next() {
            _ if depth > DEEPEST => false,
            Some(b'{') => self.object(&pointer, depth),
            Some(b'[') => self.array(&pointer, depth),
            Some(b'"') => self.string().is_some(),
            Some(b'-' | b'0'..=b'9' | b'a'..=b'z') => {
                while self
                    .next()
                    .is_some_and(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
                {
                    self.at += 1;
                }
                true
            }
            _ => false,
        };
        if whole {
            self.found[own].end = self.at;
        }
        whole
    }

    fn object(&mut self, pointer: &str, depth: usize) -> bool {
        self.at += 1;
        if self.take(b'}') {
            return true;
        }
        loop {
            self.blanks();
            let start = self.at;
            let Some(key) = self.string() else {
                return false;
            };
            if !self.take(b':') {
                return false;
            }
            self.blanks();
            let own = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
            if !self.value(own, start, depth + 1) {
                return false;
            }
            if !self.take(b',') {
                return self.take(b'}');
            }
        }
    }

    fn array(&mut self, pointer: &str, depth: usize) -> bool {
        self.at += 1;
        if self.take(b']') {
            return true;
        }
        for index in 0_usize.. {
            self.blanks();
            if !self.value(format!("{pointer}/{index}"), self.at, depth + 1) {
                return false;
            }
            if !self.take(b',') {
                return self.take(b']');
            }
        }
        false
    }

    /// The text in quotes that begins here.
    fn string(&mut self) -> Option<String> {
        if self.next() != Some(b'"') {
            return None;
        }
        let start = self.at;
        let mut at = start + 1;
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'"' => {
                    self.at = at + 1;
                    let raw = self.text.get(start..self.at)?;
                    return serde_json::from_str(raw).ok();
                }
                b'\\' => at += 2,
                b'\n' => return None,
                _ => at += 1,
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const TEXT: &str = r#"{
  "name": "Ä",
  "steps": [
    { "id": "a", "prompt": "x \"y\" }" },
    { "id": "b", "steps": [ { "id": "c/d" } ], "a/b": [1, -2.5e3, true] }
  ]
}"#;

    fn at(pointer: &str) -> &'static str {
        let spots = spots(TEXT);
        let spot = find(&spots, pointer).unwrap();
        &TEXT[spot.start..spot.end]
    }

    #[test]
    fn a_pointer_leads_to_its_text() {
        assert_eq!(at("/name"), "\"name\": \"Ä\"");
        assert_eq!(at("/steps/0/prompt"), r#""prompt": "x \"y\" }""#);
        assert_eq!(at("/steps/1/a~1b/1"), "-2.5e3");
        assert_eq!(at(""), TEXT);
    }

    #[test]
    fn a_field_that_is_missing_leads_to_what_should_hold_it() {
        assert_eq!(at("/steps/1/steps/0/tool_name"), r#"{ "id": "c/d" }"#);
        assert_eq!(at("/nothing/here"), TEXT);
    }

    #[test]
    fn the_caret_knows_its_step() {
        let spots = spots(TEXT);
        let step = |needle: &str| step_at(&spots, TEXT.find(needle).unwrap());
        assert_eq!(step("prompt"), Some("/steps/0"));
        assert_eq!(step("c/d"), Some("/steps/1/steps/0"));
        assert_eq!(step("-2.5"), Some("/steps/1"));
        assert_eq!(step("name"), None);
        assert!(!is_step("/steps/0/arguments/steps/0"));
    }

    #[test]
    fn a_text_with_a_mistake_is_known_up_to_it() {
        let broken = &TEXT[..TEXT.find("-2.5").unwrap()];
        let spots = spots(broken);
        assert!(spots.iter().any(|spot| spot.pointer == "/steps/1/a~1b/0"));
        assert_eq!(step_at(&spots, broken.len()), Some("/steps/1"));
        let deep = "[".repeat(100_000);
        assert!(super::spots(&deep).len() < 200);
    }

    #[test]
    fn lines_and_columns_become_bytes() {
        let error = serde_json::from_str::<serde_json::Value>("{\n  \"ä\": tru }").unwrap_err();
        let byte = byte_at("{\n  \"ä\": tru }", error.line(), error.column());
        assert_eq!(&"{\n  \"ä\": tru }"[byte - 3..byte], "tru");
        assert_eq!(byte_at("a\nb", 9, 9), 3);
    }
}
