use super::super::copied::{path, unfolded};
use super::*;
use serde_json::{Value, json};

fn shown(doc: &Doc, levels: usize, turned: &HashSet<Key>) -> Vec<String> {
    let all = rows(doc, levels, turned);
    let name = |row: &Row| match row.name {
        Name::Root => "·".to_owned(),
        Name::Field(at) => unescaped(doc.raw(at), 99),
        Name::Item(place) => place.to_string(),
        Name::Stretch(from) => format!("{from}…"),
    };
    all.iter().map(name).collect()
}

#[test]
fn opens_to_its_levels() {
    let doc = Doc::of(&json!({"a": {"b": {"c": 1}}, "d": [true]}));
    let none = HashSet::new();
    assert_eq!(shown(&doc, 1, &none), ["·", "a", "d"]);
    assert_eq!(shown(&doc, 2, &none), ["·", "a", "b", "d", "0"]);
    let a = rows(&doc, 1, &none)[1].key();
    assert_eq!(shown(&doc, 2, &HashSet::from([a])), ["·", "a", "d", "0"]);
    let b = rows(&doc, 2, &none)[2].key();
    assert_eq!(
        shown(&doc, 2, &HashSet::from([b])),
        ["·", "a", "b", "c", "d", "0"]
    );
}

#[test]
fn a_long_array_opens_in_stretches() {
    let doc = Doc::of(&json!((0..250).collect::<Vec<_>>()));
    assert_eq!(shown(&doc, 2, &HashSet::new()), ["·", "0…", "100…", "200…"]);
    let turned = HashSet::from([(0, Some(200))]);
    let open = rows(&doc, 2, &turned);
    assert_eq!(open.len(), 4 + 50);
    assert_eq!(doc.raw(open[4].at), "200");
}

#[test]
fn levels_open_no_more_rows_than_one_can_look_through() {
    let inner: Value = (0..90).map(|_| (0..90).collect::<Value>()).collect();
    let doc = Doc::of(&(0..90).map(|_| inner.clone()).collect());
    let count = rows(&doc, 9, &HashSet::new()).len();
    assert!((MOST..MOST + 20_000).contains(&count), "{count}");
}

#[test]
fn the_way_to_a_byte_opens() {
    let lines: Vec<Value> = (0..300)
        .map(|n| json!({ "sku": format!("HP-{n}") }))
        .collect();
    let doc = Doc::of(&json!({ "order": { "lines": lines } }));
    let byte = doc.text().find("HP-255").unwrap_or_default();
    for levels in 0..6 {
        let mut turned = HashSet::new();
        let key = open_way(&doc, levels, &mut turned, byte);
        let all = rows(&doc, levels, &turned);
        let found = all.iter().position(|row| row.key() == key);
        let found = found.unwrap_or_else(|| panic!("not shown with {levels} levels"));
        assert_eq!(doc.raw(all[found].at), "\"HP-255\"");
        assert_eq!(
            path(&doc, &all, found, "steps.read.result"),
            "steps.read.result.order.lines[255].sku"
        );
        // What is open stays open.
        assert_eq!(open_way(&doc, levels, &mut turned, byte), key);
        assert_eq!(rows(&doc, levels, &turned), all);
    }
}

#[test]
fn a_path_can_be_pasted_in_a_template() {
    let doc = Doc::of(&json!({ "unit price": [{ "a\"b": 1 }], "2nd": 2, "line-no": 3 }));
    let all = rows(&doc, 9, &HashSet::new());
    let paths: Vec<String> = (0..all.len())
        .map(|index| path(&doc, &all, index, "input"))
        .collect();
    let wanted = [
        "input",
        "input[\"unit price\"]",
        "input[\"unit price\"][0]",
        "input[\"unit price\"][0][\"a\\\"b\"]",
        "input[\"2nd\"]",
        "input.line-no",
    ];
    assert_eq!(paths, wanted);
    for path in paths {
        assert!(engine::template::parse_condition(&path).is_ok(), "{path}");
    }
}

#[test]
fn long_texts_are_cut_and_pictures_folded() {
    let of = |text: &str| {
        let doc = Doc::of(&json!(text));
        let row = rows(&doc, 1, &HashSet::new())[0];
        what(&doc, row)
    };
    assert!(
        matches!(of(&"ä".repeat(5_000)), What::Cut(text, size) if text.chars().count() == CUT && size == "10 KB")
    );
    assert_eq!(of("a\nb"), What::Text("a⏎b".into()));
    let url = format!("data:image/png;base64,iVBORw0KGgo{}", "A".repeat(4_000));
    assert_eq!(of(&url), What::Picture("image/png", "3.0 KB".into()));
    let bare = format!("/9j/{}", "A".repeat(4_000));
    assert!(matches!(of(&bare), What::Picture("image/jpeg", _)));
    let drawn = format!("data:image/svg+xml;base64,{}", "A".repeat(4_000));
    assert!(matches!(of(&drawn), What::Cut(..)));
    assert!(matches!(of("/9j/ is how a picture begins"), What::Text(_)));
}

#[test]
fn what_is_copied_is_the_value_on_lines() {
    let value =
        json!({ "a": [1, { "b": "x, {y}: [z] \"q\"" }], "none": [], "empty": {}, "n": null });
    for written in [value.to_string(), format!("{value:#}")] {
        let read = Doc::read(written.as_str().into());
        let copied = read.map(|doc| unfolded(&doc, doc.root()));
        assert_eq!(copied, Ok(format!("{value:#}")));
    }
    let doc = Doc::of(&json!("two\nlines"));
    assert_eq!(unfolded(&doc, 0), "two\nlines");
}
