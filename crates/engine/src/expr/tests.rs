#![allow(clippy::unwrap_used)]

use super::*;
use proptest::prelude::*;
use serde_json::json;
use std::borrow::Cow;

struct Object(Value);

impl Scope for Object {
    fn get(&self, path: &Path) -> Option<Cow<'_, Value>> {
        follow(self.0.get(&path.root)?, &path.parts).map(Cow::Borrowed)
    }
}

fn value(text: &str) -> Result<Value, String> {
    let scope = Object(json!({
        "input": {"n": 3, "s": "abc", "list": [1, {"a": "x"}], "none": null, "and": true},
        "steps": {"price-2": {"result": {"total": 1200.0}}},
        "index": 2,
    }));
    let expr = parse(text).map_err(|e| e.to_string())?;
    eval(&expr, &scope)
        .map(Cow::into_owned)
        .map_err(|e| e.to_string())
}

#[test]
fn values() {
    let cases = [
        ("input.n", json!(3)),
        ("input.list.0", json!(1)),
        ("input.list[1].a", json!("x")),
        ("input[\"s\"]", json!("abc")),
        ("input.and", json!(true)),
        ("steps.price-2.result.total > 1000", json!(true)),
        ("steps.price-2.result.total == 1200", json!(true)),
        ("input.n >= 3 and input.n < 4", json!(true)),
        ("input.n > 3 || index == 2", json!(true)),
        ("not (input.n == 3)", json!(false)),
        ("!!input.n", json!(true)),
        ("input.gone | input.none | \"x\"", json!("x")),
        ("input.none | null", json!(null)),
        ("(input.gone | 5) > 4", json!(true)),
        ("\"b\" in input.s", json!(true)),
        ("1 in input.list && 'n' in input", json!(true)),
        ("-1.5e1 < 0", json!(true)),
        ("\"a\\\"b\"", json!("a\"b")),
        ("false and input.gone", json!(false)),
        ("true or input.gone", json!(true)),
    ];
    for (text, expected) in cases {
        assert_eq!(value(text), Ok(expected), "{text}");
    }
}

#[test]
fn errors_name_their_place() {
    let cases = [
        ("", "at character 1"),
        ("input.", "after `.` at character 7"),
        ("input.a = 1", "use `==`, at character 9"),
        ("(input.a", "expected `)` at character 9"),
        ("input.a)", "`)` without `(` at character 8"),
        ("\"abc", "not closed, at character 1"),
        ("a b", "at character 3"),
        ("1 < 2 < 3", "chained"),
        ("ü", "unexpected `ü` at character 1"),
        ("input[x]", "after `[`"),
        ("1-2", "no number"),
    ];
    for (text, part) in cases {
        let error = value(text).unwrap_err();
        assert!(error.contains(part), "{text}: {error}");
    }
    assert_eq!(
        value("input.gone").unwrap_err(),
        "`input.gone` has no value"
    );
    assert_eq!(
        value("input.s < 3").unwrap_err(),
        "a text and a number have no order"
    );
}

#[test]
fn hostile_nesting_is_refused_not_followed() {
    for text in [
        "(".repeat(100_000),
        "(".repeat(8_000),
        format!("{}1{}", "(".repeat(5_000), ")".repeat(5_000)),
    ] {
        assert!(parse(&text).is_err());
    }
    // Chains are flat, however long.
    for text in [
        format!("{}1", "not ".repeat(4_000)),
        format!("1{}", " and 1".repeat(2_000)),
        format!("a{}", ".b".repeat(5_000)),
        format!("1{}", "|1".repeat(5_000)),
    ] {
        assert!(parse(&text).is_ok());
    }
}

proptest! {
    #[test]
    fn any_text_parses_or_is_refused(text in "\\PC{0,80}") {
        let _ = value(&text);
    }

    #[test]
    fn any_row_of_words_parses_or_is_refused(words in prop::collection::vec(
        prop::sample::select(vec!["input", ".", "n", "(", ")", "|", "||", "and", "not", "==", "<", "\"x\"", "1", "[", "]", "-", "in"]), 0..20)) {
        let _ = value(&words.join(" "));
    }
}
