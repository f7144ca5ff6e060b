#![allow(clippy::unwrap_used)]
use super::*;
use proptest::prelude::*;
use serde_json::json;

fn doc(text: &str) -> Doc {
    Doc::read(text.into()).unwrap()
}

/// The value made again from what the document finds.
fn again(doc: &Doc, at: usize) -> Value {
    let children = doc.children(at, 0..usize::MAX);
    match doc.byte(at) {
        b'[' => children.iter().map(|child| again(doc, child.at)).collect(),
        b'{' => {
            let fields = children.iter().map(|child| {
                let name = unescaped(doc.raw(child.name.unwrap()), usize::MAX);
                (name, again(doc, child.at))
            });
            Value::Object(fields.collect())
        }
        b'"' => Value::String(unescaped(doc.raw(at), usize::MAX)),
        _ => serde_json::from_str(doc.raw(at)).unwrap(),
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[a-zä\"\\\\\n😀 ]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 60, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::vec(("[a-z/\"]{0,4}", inner), 0..8)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn every_part_is_found(value in any_json(), spaced in any::<bool>(), slice in 1_usize..40) {
        let text = if spaced { format!("{value:#}") } else { value.to_string() };
        let read = doc(&text);
        prop_assert_eq!(again(&read, read.root()), value);
        let mut scanner = Scanner::new();
        while scanner.read(&text, slice).unwrap() {}
        prop_assert_eq!(scanner.done().unwrap(), read.large);
    }
}

#[test]
fn large_parts_are_found_by_their_marks() {
    let rows: Vec<Value> = (0..1_234)
        .map(|n| json!({ "id": n, "of": "x".repeat(20) }))
        .collect();
    let value = json!({ "rows": rows, "text": "\u{e4}".repeat(9_000), "end": { "last": [1, 2] } });
    let read = doc(&value.to_string());
    assert_eq!(again(&read, read.root()), value);
    let rows = read.children(read.root(), 0..1)[0].at;
    assert_eq!(read.count(rows), 1_234);
    let some = read.children(rows, 1_000..1_003);
    let ids: Vec<&str> = some
        .iter()
        .map(|row| read.raw(read.children(row.at, 0..1)[0].at))
        .collect();
    assert_eq!(ids, ["1000", "1001", "1002"]);
    let byte = read.text.find("1111").unwrap();
    let way: Vec<usize> = read.way_to(byte).iter().map(|(place, _)| *place).collect();
    assert_eq!(way, [0, 1_111, 0]);
    let byte = read.text.find("last").unwrap();
    let way: Vec<usize> = read.way_to(byte).iter().map(|(place, _)| *place).collect();
    assert_eq!(way, [2, 0]);
}

#[test]
fn what_is_no_json_is_told() {
    for text in [
        "",
        "{",
        "[1,]",
        "{\"a\" 1}",
        "[1 2]",
        "\"open",
        "{]",
        "[}",
        "1 2",
        "{1: 2}",
        "hello",
        "]",
    ] {
        assert_eq!(Doc::read(text.into()), Err(NoJson), "{text}");
    }
    assert_eq!(Doc::read("[".repeat(501).into()), Err(NoJson));
}

#[test]
fn a_text_is_cut_between_letters() {
    assert_eq!(unescaped("\"a\\n\\u00e4b\"", 3), "a\nä");
    assert_eq!(unescaped("\"a\\\"b\"", 9), "a\"b");
}
